"""The pages beside the contract."""

from __future__ import annotations

import re

import msgspec
import pytest

from impl.contract.document import load
from impl.tests.client import DOCUMENT, Client, application
from impl.tests.contract.small import exchange

PAGES = {
    "/docs": "text/html; charset=utf-8",
    "/docs/start.js": "text/javascript; charset=utf-8",
    "/docs/swagger-ui.css": "text/css; charset=utf-8",
    "/docs/swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "/openapi.json": "application/json",
    "/openapi.yaml": "application/yaml; charset=utf-8",
}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_served_with_its_type_and_its_headers(client: Client, path: str) -> None:
    reply = client.call("GET", path)
    assert (reply.status, reply.headers["content-type"]) == (200, PAGES[path])
    assert reply.headers["content-length"] == str(len(reply.body))
    assert len(reply.body) > 100
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert reply.headers["x-request-id"]


@pytest.mark.parametrize("path", PAGES)
def test_head_is_get_without_the_body(client: Client, path: str) -> None:
    reply, page = client.call("HEAD", path), client.call("GET", path)
    assert (reply.status, reply.body) == (200, b"")
    for name in ("content-type", "content-length", "content-security-policy"):
        assert reply.headers[name] == page.headers[name]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
def test_pages_are_only_read(client: Client, method: str, path: str) -> None:
    reply = client.call(method, path)
    assert (reply.status, reply.code, reply.headers["allow"]) == (405, "yontem_desteklenmiyor", "GET, HEAD")


def test_the_root_leads_to_the_documentation(client: Client) -> None:
    for method in ("GET", "HEAD"):
        reply = client.call(method, "/")
        assert (reply.status, reply.headers["location"], reply.body) == (307, "/docs", b"")
        assert reply.headers["x-request-id"]
    assert client.call("POST", "/").status == 405


@pytest.mark.parametrize(
    "path", ["/docs/", "/docs/../openapi.yaml", "/docs/demo.yaml", "/openapi", "//docs", "/favicon.ico"]
)
def test_nothing_else_is_served(client: Client, path: str) -> None:
    assert client.call("GET", path).code == "yol_bulunamadi"


def test_the_page_loads_nothing_from_another_host(client: Client) -> None:
    page = client.call("GET", "/docs").body.decode()
    loaded = re.findall(r"(?:src|href)\s*=\s*[\"']?([^\"'\s>]+)", page)
    assert loaded
    for target in loaded:
        assert target.startswith("data:") or re.match(r"/(?!/)", target), target
        if target.startswith("/"):
            assert target in PAGES, target
    assert not re.search(r"https?://|//[a-z]", page)
    assert not re.search(r"https?://", client.call("GET", "/docs/start.js").body.decode())
    assert not re.search(
        r"@import|url\(\s*[\"']?(https?:)?//", client.call("GET", "/docs/swagger-ui.css").body.decode()
    )


def test_the_page_says_that_it_loads_nothing_from_another_host(client: Client) -> None:
    policy = client.call("GET", "/docs").headers["content-security-policy"]
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["default-src"] == "'self'"
    assert "script-src" not in rules
    assert not re.search(r"https?:|\*|unsafe-eval", policy)
    assert rules["frame-ancestors"] == "'none'"
    assert "<script>" not in client.call("GET", "/docs").body.decode()


def test_the_document_is_served_as_it_is(client: Client) -> None:
    assert client.call("GET", "/openapi.yaml").body == DOCUMENT.read_bytes()
    served = msgspec.json.decode(client.call("GET", "/openapi.json").body)
    assert served == load(DOCUMENT)


def test_the_lifespan_is_answered() -> None:
    messages = exchange(
        application().asgi,
        {"type": "lifespan", "state": {}},
        [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}],
    )
    assert [message["type"] for message in messages] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
