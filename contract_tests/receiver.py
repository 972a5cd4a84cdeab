"""A receiver of webhooks: keeps what came, and answers as a check wants."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from io import BufferedIOBase
from socketserver import ThreadingTCPServer
from typing import Any, Final
from urllib.parse import urlsplit

from contract_tests.findings import NotJudged

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
PORTS: Final = {"http": 80, "https": 443}
LARGEST: Final = 4 * 1024 * 1024
"""Bytes of a webhook that are read."""
SILENCE: Final = 20.0
"""Seconds after which a connection that says nothing is left."""


@dataclass(frozen=True)
class Heard:
    """A webhook that came."""

    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes = field(repr=False)

    @property
    def value(self) -> Any:
        """The body as JSON, an empty object where it is none."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def event(self) -> Any:
        """The event's name."""
        return self.value.get("olay")

    @property
    def data(self) -> Any:
        """What happened."""
        data = self.value.get("veri")
        return data if isinstance(data, dict) else {}

    @property
    def id(self) -> str:
        """The same at every attempt."""
        return self.headers.get("webhook-id", "")

    @property
    def timestamp(self) -> int:
        """The attempt's Unix second; 0 where there is none."""
        text = self.headers.get("webhook-timestamp", "")
        return int(text) if text.isascii() and text.isdigit() else 0

    def told(self) -> str:
        """The beginning of the body."""
        return self.body[:300].decode("utf-8", "replace")


@dataclass(frozen=True)
class Reply:
    """How a webhook is answered; a body is written until the sender leaves."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Iterable[bytes] = ()


def always(status: int, headers: Mapping[str, str] | None = None) -> Callable[[Heard], Reply]:
    """Each is answered so."""
    return lambda heard: Reply(status, {"Content-Length": "0", **(headers or {})})


class Receiver:
    """What came to its path since it listens; elsewhere is 404."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.heard: list[Heard] = []
        self.elsewhere: list[str] = []
        """Paths below its own that were asked for."""
        self.replies: Callable[[Heard], Reply] = always(204)
        """How each is answered, in a thread of its own."""
        self.left_after: int | None = None
        """Bytes of the last body that was written, once its sender had left before its end."""
        self._changed = threading.Condition()

    def take(self, heard: Heard) -> Reply:
        """Keep it; how it is answered."""
        with self._changed:
            self.heard.append(heard)
            self._changed.notify_all()
        return self.replies(heard)

    def leave(self, written: int) -> None:
        """The sender had enough."""
        with self._changed:
            self.left_after = written
            self._changed.notify_all()

    def wait(self, until: Callable[[], Any], seconds: float) -> Any:
        """What `until` answers as soon as it is true, or what it answers after so long."""
        with self._changed:
            return self._changed.wait_for(until, seconds)


@contextmanager
def receiving(template: str, listen: int | None = None) -> Iterator[Receiver]:
    """Listens inside. `template` is the URL at which the server reaches us, with `{port}` where it may be any port.

    `listen` is the port on which we listen, in plain HTTP, where that is not the URL's: behind a tunnel or a proxy.
    Raises NotJudged where there is no listening.
    """
    parts = urlsplit(template.replace("{port}", "0"))
    host = "127.0.0.1" if parts.hostname in LOOPBACK else ""
    port = listen or (0 if "{port}" in template else (parts.port or PORTS.get(parts.scheme, 0)))
    path = f"{parts.path.rstrip('/')}/{secrets.token_hex(4)}"
    try:
        server = _Server((host, port), _Handler)
    except OSError as error:
        raise NotJudged(f"webhooks cannot be received on port {port}: {error.strerror}") from None
    base = urlsplit(template.replace("{port}", str(server.server_address[1])))
    server.path, server.receiver = path, Receiver(f"{base.scheme}://{base.netloc}{path}")
    thread = threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True)
    thread.start()
    try:
        yield server.receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    path: str
    receiver: Receiver

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that breaks off is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = SILENCE

    def do_POST(self) -> None:
        body = _read(self.rfile, self.headers)
        receiver = self.server.receiver
        if self.path != self.server.path:
            if self.path.startswith(f"{self.server.path}/"):
                receiver.elsewhere.append(self.path)
            self.send_error(404)
            return
        reply = receiver.take(Heard({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        written = 0
        try:
            for part in reply.body:
                self.wfile.write(part)
                written += len(part)
        except OSError:
            receiver.leave(written)

    def do_GET(self) -> None:
        """Who follows a redirect may come so."""
        self.do_POST()

    def log_message(self, *args: object) -> None:
        """Nobody reads it."""


def _read(stream: BufferedIOBase, headers: Any) -> bytes:
    if "chunked" not in headers.get("transfer-encoding", "").lower():
        return stream.read(min(int(headers.get("content-length") or 0), LARGEST))
    body = b""
    while (size := int(stream.readline(64).partition(b";")[0], 16)) and len(body) < LARGEST:
        body += stream.read(min(size, LARGEST))
        stream.readline(8)
    return body


def endless(part: bytes = b"x" * 16_384, seconds: float = 20.0) -> Iterator[bytes]:
    """A body that goes on for so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield part
