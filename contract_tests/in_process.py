"""Our own application as a target: in a thread of this process, on a loopback port, with the demo data."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from contract_tests.target import Target, Tenant
from cozum.server import OneWorld, Server, bind, configuration
from impl.app import Application, build_world
from impl.contract.replies import App, Receive, Send
from impl.due import run_due
from impl.model import Tenant as TenantRow
from impl.settings import Settings
from impl.world import SystemClock, World

SECURE: Final = TenantRow(
    9001, "Güvenli A.Ş.", "CM_GUVENLI_2026", "guvenli_api_secret_2026", None, "#0F766E", secure_mode=True
)
"""The demo data has no tenant whose visitors must prove themselves."""


class MovableClock(SystemClock):
    """The machine's clock, ahead by as much as it was moved."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead = 0.0

    def timestamp(self) -> float:
        return super().timestamp() + self._ahead

    def move(self, seconds: float) -> None:
        """Go on, in whole seconds."""
        self._ahead += int(seconds)


@contextmanager
def our_server(document: Path) -> Iterator[Target]:
    """Serve the application inside; it is gone outside."""
    settings = Settings(document, demo=True, webhooks_anywhere=True)
    clock = MovableClock()
    world = asyncio.run(_world(settings, clock))
    application = Application(settings, lambda scope: world)
    listener = bind("127.0.0.1", 0)
    port: int = listener.getsockname()[1]
    loop_of: list[asyncio.AbstractEventLoop] = []
    server = Server(configuration(_telling_its_loop(application.asgi, loop_of)), OneWorld(world))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    with _quiet():
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.005)
        try:
            yield Target(
                f"http://127.0.0.1:{port}",
                owned=True,
                clock=_mover(clock, world, loop_of),
                receiver="http://127.0.0.1:{port}/",
                secure=Tenant(SECURE.api_key, SECURE.api_secret),
            )
        finally:
            server.should_exit = True
            thread.join(10)


@contextmanager
def _quiet() -> Iterator[None]:
    """What fails inside is judged by its answer, not logged. (uvicorn sets its level when it is configured.)"""
    logs = [logging.getLogger(name) for name in ("cozum", "uvicorn.error", "python_multipart")]
    levels = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for log, level in zip(logs, levels, strict=True):
            log.setLevel(level)


async def _world(settings: Settings, clock: MovableClock) -> World:
    world = await build_world(settings, clock)
    await world.store.transact(lambda tx: tx.put_tenant(SECURE))
    return world


def _telling_its_loop(app: App, found: list[asyncio.AbstractEventLoop]) -> App:
    async def told(scope: dict[str, object], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            found.append(asyncio.get_running_loop())
        await app(scope, receive, send)

    return told


def _mover(clock: MovableClock, world: World, loop_of: list[asyncio.AbstractEventLoop]) -> Callable[[float], None]:
    def move(seconds: float) -> None:
        clock.move(seconds)
        asyncio.run_coroutine_threadsafe(run_due(world), loop_of[0]).result(30)

    return move
