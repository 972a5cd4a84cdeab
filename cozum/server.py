"""Runs an ASGI application with uvicorn: binds first, says when it listens, ends at once on Ctrl-C."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, Protocol

import uvicorn

from cozum.errors import UsageError
from cozum.protocol import WholeAnswers
from impl.due import keep_running
from impl.world import World


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises UsageError for a busy port or a host that is not this machine's."""
    if not host:
        raise UsageError("--host is empty; 0.0.0.0 listens on every address")
    if not 0 <= port <= 65535:
        raise UsageError(f"--port {port}: must be from 0 to 65535")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        hint = " (choose another one with --port)" if "in use" in reason else ""
        raise UsageError(f"cannot listen on {host}:{port}: {reason.lower()}{hint}") from None
    return listener


def configuration(app: Any, http: type[WholeAnswers] = WholeAnswers, *, date_header: bool = True) -> uvicorn.Config:
    """How every server of ours is run; without the date for one whose answers bring their own."""
    return uvicorn.Config(
        app,
        http=http,
        interface="asgi3",
        log_level="error",  # what clients send wrong is answered, not logged
        access_log=False,
        server_header=False,
        date_header=date_header,
        proxy_headers=False,  # anybody could name an address of their choice
        ws="none",
        lifespan="on",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )


class Behind(Protocol):
    """What goes on behind an application while it is served."""

    async def run(self) -> None:
        """Do what falls due, until cancelled."""
        ...

    def release(self) -> None:
        """The server is to end: let nobody wait any more."""
        ...

    def close(self) -> None:
        """The server has ended."""
        ...


class OneWorld:
    """Behind an application of one world (implements `Behind`)."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def run(self) -> None:
        await keep_running(self._world)

    def release(self) -> None:
        self._world.waker.close()

    def close(self) -> None:
        self._world.files.close()


def run(how: uvicorn.Config, listener: socket.socket, behind: Behind, on_ready: Callable[[], None]) -> None:
    """Serve until Ctrl-C or SIGTERM, and do what falls due behind it meanwhile; `how` is a `configuration`.

    uvicorn raises the signal again when all is done: what that does is up to the caller's handlers.
    """
    with suppress(KeyboardInterrupt):
        _Command(how, behind, on_ready).run(sockets=[listener])


class Server(uvicorn.Server):
    """Serves an application, and beside it does what falls due and sends the webhooks."""

    def __init__(self, how: uvicorn.Config, behind: Behind) -> None:
        super().__init__(how)
        self._behind = behind
        self._due: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._due = asyncio.create_task(self._behind.run())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._due is not None:
            self._due.cancel()
            await asyncio.gather(self._due, return_exceptions=True)
        await super().shutdown(sockets)
        self._behind.close()


class _Command(Server):
    """A server that a person started: it says when it listens, and ends at once on Ctrl-C."""

    def __init__(self, how: uvicorn.Config, behind: Behind, on_ready: Callable[[], None]) -> None:
        super().__init__(how, behind)
        self._on_ready = on_ready
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        if self.started:
            gc.collect()
            gc.set_threshold(50_000, 20, 20)
            gc.freeze()  # what was made at start stays: no need to look through it again
            self._on_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # requests that are cut off now are no news
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._behind.release)
        super().handle_exit(sig, frame)
