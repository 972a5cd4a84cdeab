"""Live servers on loopback ports, in threads: a real one, one that does what a test says, and a proxy before either."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

import uvicorn

from cozum.server import configuration
from impl.contract.call import Scope
from impl.contract.replies import App, Receive, Send
from impl.tests.client import DEMO_KEY, Client, application
from mocks.journal import Entry
from mocks.proxy.address import read_address
from mocks.proxy.app import Proxy
from mocks.proxy.connections import trusting
from mocks.proxy.upstream import Upstream
from mocks.recorder import Tape

CERTIFICATE: Final = Path(__file__).parent / "localhost.pem"
"""Of `localhost` and 127.0.0.1, with its key; valid for a hundred years and believed by nobody."""

KEY: Final = {"X-API-Key": DEMO_KEY}
JSON: Final = {"Content-Type": "application/json"}
INIT: Final = "/api/v1/widget/init"
GOOD_INIT: Final = json.dumps(
    {
        "basarili": True,
        "data": {
            "firma_adi": "Deneme",
            "logo_url": None,
            "renk_primary": "#2563EB",
            "cevrimici": False,
            "aktif_oturum": None,
        },
    }
).encode()

Write = Callable[[asyncio.StreamWriter, bytes], Awaitable[None]]
"""Answers a request, of which it is given all bytes."""


@dataclass(frozen=True)
class Answer:
    """What came."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        """The values of a header."""
        return [value for known, value in self.headers if known.lower() == name]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Running:
    """Something that serves on a loop of its own."""

    port: int

    def _begin(self) -> None:
        self._begun = threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._live(),))
        self._thread.start()
        assert self._begun.wait(20)

    async def _live(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        await self._serve()

    async def _serve(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self._over.set)
        self._thread.join(20)
        assert not self._thread.is_alive()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Served(Running):
    """An ASGI application, as `cozum` serves it."""

    def __init__(self, app: App, *, date_header: bool = True) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._server = uvicorn.Server(configuration(app, date_header=date_header))
        self._begin()

    async def _serve(self) -> None:
        serving = asyncio.create_task(self._server.serve(sockets=[self._listener]))
        while not self._server.started:  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.005)
        self._begun.set()
        await self._over.wait()
        self._server.should_exit = True
        await serving
        self._listener.close()


class Scripted(Running):
    """Reads requests, keeps them, and lets a test write the answers."""

    def __init__(self, write: Write, context: ssl.SSLContext | None = None) -> None:
        self._write = write
        self._context = context
        self.requests: list[bytes] = []
        self.left = threading.Event()
        """A connection was closed from the other side, or after an answer."""
        self._begin()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=self._context)
        self.port = server.sockets[0].getsockname()[1]
        self._begun.set()
        await self._over.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def _tasks(self) -> list[asyncio.Task[Any]]:
        return [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            try:
                while not writer.is_closing():
                    request = await _read(reader)
                    self.requests.append(request)
                    answering = asyncio.ensure_future(self._write(writer, request))
                    leaving = asyncio.ensure_future(_end(reader))
                    await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
                    leaving.cancel()
                    if not answering.done():
                        answering.cancel()
                        return
                    await answering
            finally:
                self.left.set()
                writer.close()


async def _end(reader: asyncio.StreamReader) -> None:
    while not reader.at_eof():  # noqa: ASYNC110 - it has no event
        await asyncio.sleep(0.005)


async def _read(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    if b"transfer-encoding: chunked" in lower:
        return head + await reader.readuntil(b"0\r\n\r\n")
    if b"content-length: " in lower:
        return head + await reader.readexactly(int(lower.split(b"content-length: ")[1].split(b"\r\n")[0]))
    return head


def answers(whole: bytes) -> Write:
    """These bytes to every request; the connection stays."""

    async def write(writer: asyncio.StreamWriter, request: bytes) -> None:
        writer.write(whole)
        await writer.drain()

    return write


def http(status: str, *headers: str, body: bytes = b"") -> bytes:
    """The bytes of an answer; its length is said unless a header says how it goes."""
    lines = [f"HTTP/1.1 {status}", *headers]
    if not any(header.lower().startswith(("transfer-encoding", "content-length")) for header in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def good_init(*headers: str) -> bytes:
    """What the contract promises of `widget_init`."""
    return http("200 OK", "Content-Type: application/json", "X-Request-Id: 1", *headers, body=GOOD_INIT)


class Proxied:
    """A proxy before a server, and what it told."""

    def __init__(self, server: str, *, errors: bool = False, tape: Tape | None = None, seconds: float = 10.0) -> None:
        address = read_address(server)
        upstream = Upstream(address, trusting(CERTIFICATE) if address.is_secure else None, seconds=seconds)
        self.told: list[Entry] = []
        """Each after its answer: whoever reads this asks for `last` before."""
        self.proxy = Proxy(application(), upstream, self.told.extend, errors=errors, tape=tape)
        self.upstream = upstream
        self._served = Served(self.proxy.app, date_header=False)
        self.port = self._served.port

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self.upstream.close(), self._served.loop).result(10)
        self._served.stop()

    def connect(self) -> socket.socket:
        """For those who write their requests themselves."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def ask(self, method: str, target: str, body: Any = None, **headers: str) -> Answer:
        """One request over a connection of its own; no header but `Host` comes by itself."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        if body is not None:
            headers = {"Content-Type": "application/json", "Content-Length": str(len(raw))} | headers
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders(raw)
            with connection.getresponse() as response:
                return Answer(response.status, response.getheaders(), response.read())

    def init(self, body: Any = None, **headers: str) -> Answer:
        """A call that keeps the contract, unless told otherwise."""
        return self.ask("POST", INIT, {"ziyaretci_id": "abc123"} if body is None else body, **(KEY | headers))

    def control(self, target: str) -> Any:
        """What the control API answers to GET."""
        answer = self.ask("GET", f"/_mock{target}")
        assert answer.status == 200, answer
        return answer.json

    @property
    def last(self) -> dict[str, Any]:
        """The journal's last line."""
        line: dict[str, Any] = self.control("/journal?limit=1")["kayitlar"][0]
        return line


@contextmanager
def proxied(server: Running | str, **how: Any) -> Iterator[Proxied]:
    """A proxy before a server."""
    made = Proxied(server if isinstance(server, str) else server.address, **how)
    try:
        yield made
    finally:
        made.stop()


@contextmanager
def scripted(write: Write | bytes, context: ssl.SSLContext | None = None) -> Iterator[Scripted]:
    """A server that answers what a test says."""
    server = Scripted(answers(write) if isinstance(write, bytes) else write, context)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def blurting(said: bytes) -> Iterator[str]:
    """The address of a server that says the same to everybody, whatever it is asked, and ends."""

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(1)
                    connection.sendall(said)
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(65_536):
                        pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(20)


@contextmanager
def our_server() -> Iterator[Served]:
    """The application itself, with the demo data, as `cozum serve` runs it."""
    client = Client()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope["cozum.tests.world"] = client.world
        await application().asgi(scope, receive, send)

    server = Served(app)
    try:
        yield server
    finally:
        client.world.waker.close()
        server.stop()
        client.close()


def tls() -> ssl.SSLContext:
    """For a server that has the certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context
