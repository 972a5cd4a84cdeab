"""Webhooks as a person meets them: a started server posts to a local port, and ends at once all the same."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any

import pytest
from standardwebhooks import Webhook

from cozum.tests.test_cli import _call, _end, _started

Heard = Queue[tuple[dict[str, str], bytes]]


@contextmanager
def receiver(release: threading.Event) -> Iterator[tuple[str, Heard]]:
    """Listens on a loopback port; answers once released. Its URL, and what came."""
    heard: Heard = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.put(({name.lower(): value for name, value in self.headers.items()}, body))
            release.wait(20)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def set_webhook(port: int, url: str) -> tuple[int, Any]:
    """Set tenant 1's endpoint as its owner does."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Content-Type": "application/json", "Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
    login = {"email": "destek@example.com", "sifre": "sifre123"}
    connection.request("POST", "/portal/giris", json.dumps(login), headers)
    answer = connection.getresponse()
    answer.read()
    headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]
    connection.request("PUT", "/portal/webhook", json.dumps({"url": url, "olaylar": ["yeni_chat"]}), headers)
    answer = connection.getresponse()
    status, body = answer.status, json.loads(answer.read())
    connection.close()
    return status, body


@pytest.mark.parametrize(
    "arguments",
    [("mock", "--quiet"), ("serve", "--store", "memory://", "--demo", "--webhooks-anywhere")],
    ids=["mock", "serve"],
)
def test_event_reaches_a_local_port_and_the_server_ends_while_it_waits_there(arguments: tuple[str, ...]) -> None:
    release = threading.Event()
    with receiver(release) as (url, heard), _started(*arguments) as (process, port, _):
        status, answer = set_webhook(port, url)
        assert status == 200
        assert _call(port, "POST", "/api/v1/widget/chat/start", {"ziyaretci_id": "abc123"})[0] == 201
        headers, body = heard.get(timeout=5)
        told = Webhook(answer["data"]["webhook"]["secret"]).verify(body, headers)
        seconds, _, err = _end(process, signal.SIGINT)
        release.set()
    assert (told["olay"], told["veri"]["musteri_id"]) == ("yeni_chat", 1)
    assert (process.returncode, err) == (0, "")
    assert seconds < 2


def test_backend_sends_only_to_public_addresses_unless_told_otherwise() -> None:
    with _started("serve", "--store", "memory://", "--demo") as (process, port, _):
        status, answer = set_webhook(port, "http://127.0.0.1:9/hook")
        _end(process, signal.SIGINT)
    assert (status, answer["hatalar"][0]["alan"]) == (422, "/url")
