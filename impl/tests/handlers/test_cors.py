"""What pages of other origins may call and read (Fetch standard, CORS)."""

from __future__ import annotations

import pytest

from impl.tests.client import DEMO_KEY, ESNAF_KEY, Client, Reply

INIT = "/api/v1/widget/init"
WIDGET_PATHS = [
    (INIT, "POST"),
    ("/api/v1/widget/chat/start", "POST"),
    ("/api/v1/widget/chat/messages", "GET"),
    ("/api/v1/context/customer-info", "POST"),
]
OTHER_PATHS = [
    ("/api/v1/auth/login", "POST"),
    ("/api/v1/auth/logout", "POST"),
    ("/api/v1/operator/chats", "GET"),
    ("/api/v1/operator/chat/42/accept", "POST"),
    ("/api/v1/operator/context/abc123", "GET"),
    ("/portal/giris", "POST"),
]


def preflight(client: Client, path: str, method: str) -> Reply:
    headers = {
        "origin": "https://siteniz.com",
        "access-control-request-method": method,
        "access-control-request-headers": "content-type,x-api-key",
    }
    return client.call("OPTIONS", path, headers=headers)


def cors_headers(reply: Reply) -> list[str]:
    return [name for name in reply.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(("path", "method"), WIDGET_PATHS)
def test_a_preflight_of_the_widget_is_answered_without_a_key(client: Client, path: str, method: str) -> None:
    reply = preflight(client, path, method)
    assert (reply.status, reply.body) == (204, b"")
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["access-control-allow-methods"] == method
    allowed = {name.strip().lower() for name in reply.headers["access-control-allow-headers"].split(",")}
    assert {"content-type", "x-api-key", "x-ziyaretci-token", "idempotency-key"} <= allowed
    assert int(reply.headers["access-control-max-age"]) > 0


def test_a_preflight_of_a_tenant_with_a_list_is_answered_too(client: Client) -> None:
    headers = {"origin": "https://baska.com", "x-api-key": ESNAF_KEY}
    assert client.call("OPTIONS", INIT, headers=headers).status == 204


def readable(reply: Reply) -> bool:
    exposed = {name.strip().lower() for name in reply.headers.get("access-control-expose-headers", "").split(",")}
    return (
        reply.headers.get("access-control-allow-origin") == "*"
        and "access-control-allow-credentials" not in reply.headers
        and {"x-request-id", "retry-after", "ratelimit", "ratelimit-policy"} <= exposed
    )


def test_every_answer_to_the_widget_is_readable_also_errors(client: Client) -> None:
    body = {"ziyaretci_id": "abc123"}
    foreign = {"origin": "https://baska.com"}
    replies = {
        200: client.call("POST", INIT, key=DEMO_KEY, body=body, headers=foreign),
        201: client.call("POST", "/api/v1/widget/chat/start", key=DEMO_KEY, body=body, headers=foreign),
        400: client.call("POST", INIT, key=DEMO_KEY, raw=b"{", headers={"content-type": "application/json"}),
        401: client.call("POST", INIT, body=body),
        403: client.call("POST", INIT, key=ESNAF_KEY, body=body, headers=foreign),
        404: client.call("POST", "/api/v1/widget/yok"),
        405: client.call("GET", INIT),
        413: client.call("POST", INIT, key=DEMO_KEY, raw=b"x" * 262_145),
        415: client.call("POST", INIT, key=DEMO_KEY, raw=b"x"),
        422: client.call("POST", INIT, key=DEMO_KEY, body={}),
        431: client.call("POST", INIT, key=DEMO_KEY, body=body, headers={"x-dolgu": "x" * 32_768}),
    }
    assert {status: reply.status for status, reply in replies.items()} == {status: status for status in replies}
    assert [status for status, reply in replies.items() if not readable(reply)] == []


def test_a_conflict_and_an_ended_trial_are_readable(client: Client) -> None:
    client.end("ahmet.yilmaz", 42, ESNAF_KEY)
    conflict = client.say("ahmet.yilmaz", 42, "selam", ESNAF_KEY)
    client.change_tenant(2, trial_ends_at=client.clock.now())
    over = client.say("ahmet.yilmaz", 42, "selam", ESNAF_KEY)
    assert (conflict.status, over.status) == (409, 402)
    assert readable(conflict)
    assert readable(over)


@pytest.mark.parametrize(("path", "method"), OTHER_PATHS)
def test_operator_and_portal_paths_know_no_cors(client: Client, token: str, path: str, method: str) -> None:
    headers = {"origin": "https://siteniz.com"}
    replies = [
        preflight(client, path, method),
        client.call(method, path, headers=headers, token=token),
        client.call(method, path, headers=headers),
    ]
    assert replies[0].status == 405
    assert [cors_headers(reply) for reply in replies] == [[], [], []]


def test_a_path_outside_of_the_widget_knows_no_cors(client: Client) -> None:
    assert cors_headers(client.call("GET", "/api/v1/yok")) == []
