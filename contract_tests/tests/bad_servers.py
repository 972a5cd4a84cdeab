"""Servers that are no servers: what they send, whatever they are asked."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Behaviour = Callable[[socket.socket], object]
"""What becomes of a connection on which a request has come."""


@contextmanager
def listening(behave: Behaviour) -> Iterator[str]:
    """The URL at which a server behaves so."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        thread = threading.Thread(target=_accept, args=(listener, behave, over))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            over.set()
            thread.join()


def _accept(listener: socket.socket, behave: Behaviour, over: threading.Event) -> None:
    while not over.is_set():
        with suppress(TimeoutError):
            connection, _ = listener.accept()
            threading.Thread(target=_serve, args=(connection, behave), daemon=True).start()


def _serve(connection: socket.socket, behave: Behaviour) -> None:
    with connection, suppress(OSError):
        connection.settimeout(10)
        while _request_came(connection):
            if behave(connection) is None:
                return


def _request_came(connection: socket.socket) -> bool:
    """Read a request with its body, as far as Content-Length tells."""
    seen = b""
    while b"\r\n\r\n" not in seen:
        part = connection.recv(65536)
        if not part:
            return False
        seen += part
    head, _, body = seen.partition(b"\r\n\r\n")
    lengths = [line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    missing = int(lengths[0]) - len(body) if lengths else 0
    while missing > 0:
        missing -= len(connection.recv(65536)) or missing
    return True


def answers(status: int, kind: str, body: bytes, *lines: str) -> Behaviour:
    """The same, always; connections stay open."""
    head = [f"HTTP/1.1 {status} x", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *lines, "", ""]
    whole = "\r\n".join(head).encode() + body

    def behave(connection: socket.socket) -> bool:
        connection.sendall(whole)
        return True

    return behave


def says(raw: bytes) -> Behaviour:
    """These bytes, then the end."""
    return lambda connection: connection.sendall(raw)


def drips(connection: socket.socket) -> None:
    """An answer that goes on and on."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n")
    until = time.monotonic() + 20
    while time.monotonic() < until:
        connection.sendall(b" ")
        time.sleep(0.05)


def stays_silent(connection: socket.socket) -> None:
    """Nothing, until the other side goes."""
    connection.recv(1)
