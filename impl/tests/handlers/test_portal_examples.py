"""The JSON examples of the portal in `openapi.yaml` are true: sent to a fresh demo, each request gets its answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Final, NamedTuple

import pytest

from impl.contract.document import follow, inlined, load
from impl.model import Delivery
from impl.tests.client import DOCUMENT, NOON, Client
from impl.tests.handlers.browser import OWNER_OF_3, SENIOR, Browser, put_delivery

RANDOM: Final = {
    "api_key": r"CM_[A-Z0-9]{12}",
    "api_secret": r"[A-Za-z0-9_-]{43}",
    "secret": r"whsec_[A-Za-z0-9+/]{43}=",
    "webhook_id": r"msg_[A-Za-z0-9_-]{27}",
}
"""What is compared by its form, in an answer and in its example."""

ITS_HOST: Final = "cozummerkezi.net"
"""Where the example of the embed code says that the server is."""


def _signed_in_as_7(client: Client) -> Browser:
    return Browser(client, SENIOR)


def _signed_in_as_9(client: Client) -> Browser:
    return Browser(client, OWNER_OF_3)


def _with_origin(client: Client) -> Browser:
    browser = Browser(client, OWNER_OF_3)
    browser.add_origin("https://yalniz.example.com")
    return browser


def _with_delivery(client: Client) -> Browser:
    browser = Browser(client, OWNER_OF_3)
    browser.set_webhook(events=["yeni_chat", "yeni_ticket"])
    created = NOON - timedelta(days=3, hours=3)
    given_up = Delivery(
        1,
        3,
        "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
        "chat_opened",
        outbox_id=2,
        created_at=created,
        next_attempt_at=None,
        state="failed",
        attempts=10,
        last_status=500,
        last_error="Sunucu 500 döndü",
        last_attempt_at=NOON,
    )
    put_delivery(client, given_up)
    return browser


BEFORE: Final[dict[tuple[str, str], Callable[[Client], Browser]]] = {
    ("portal_sign_in_form", "kapali"): Browser,
    ("portal_sign_in", "operator7"): Browser,
    ("portal_add_origin", "200"): _with_origin,
    ("portal_add_origin", "201"): _signed_in_as_9,
    ("portal_remove_origin", "site"): _with_origin,
    ("portal_get_webhook", "demo"): _signed_in_as_9,
    ("portal_get_webhook", "kurulu"): _with_delivery,
    ("portal_set_webhook", "kur"): _signed_in_as_9,
    ("portal_resend_delivery", "yeniden"): _with_delivery,
}
"""Who asks, and what has happened before, as the example's summary says; else operator 7 has signed in."""

PLACES: Final = {
    "/portal/projeler/sec/{musteriId}": "/portal/projeler/sec/2",
    "/portal/webhook/teslimatlar/{id}/yeniden": "/portal/webhook/teslimatlar/1/yeniden",
    "DELETE /portal/widget/originler": "/portal/widget/originler?origin=https://yalniz.example.com",
}


class Example(NamedTuple):
    """A call of the document and the answer that it promises."""

    operation: str
    name: str
    method: str
    path: str
    body: Any
    status: str
    answer: Any


def _examples() -> Iterator[Example]:
    document = load(DOCUMENT)
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if operation["operationId"].startswith("portal_"):
                yield from _of(path, method.upper(), inlined(document, operation))


def _of(path: str, method: str, operation: Any) -> Iterator[Example]:
    place = PLACES.get(f"{method} {path}", PLACES.get(path, path))
    bodies = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("examples", {})
    body = next((example["value"] for example in bodies.values()), None)
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            for name, answer in response["content"]["application/json"]["examples"].items():
                yield Example(operation["operationId"], name, method, place, body, status, answer["value"])


EXAMPLES: Final = list(_examples())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.operation}-{e.name}-{e.status}")
def test_an_example_s_request_gets_its_answer(client: Client, example: Example) -> None:
    operation = example.operation
    before = BEFORE.get((operation, example.name)) or BEFORE.get((operation, example.status)) or _signed_in_as_7
    browser = before(client)
    object.__setattr__(client.world, "public_url", f"https://{ITS_HOST}")
    reply = browser.call(example.method, example.path, body=example.body)
    assert reply.status == int(example.status), reply.body.decode()
    assert _fixed(reply.value) == _fixed(example.answer)


def test_every_portal_operation_has_an_example_to_compare() -> None:
    document = load(DOCUMENT)
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    named = {operation["operationId"] for operation in operations if operation["tags"] == ["portal"]}
    assert {example.operation for example in EXAMPLES} == named
    assert len(named) == 14


def test_cookie_of_the_document_s_example_has_the_form_of_ours(client: Client) -> None:
    example = follow(load(DOCUMENT), "#/components/headers/SessionCookie")["example"]
    object.__setattr__(client.world, "public_url", f"https://{ITS_HOST}")
    ours = Browser(client).sign_in().headers["set-cookie"]
    assert _without_value(example) == _without_value(ours)


def _without_value(line: str) -> list[str]:
    return [part.partition("=")[0] if part.startswith("cozum_portal=") else part for part in line.split("; ")]


def _fixed(value: Any) -> Any:
    """The value with what is random replaced, once it has the right form; the demo's own keys stay."""
    match value:
        case dict():
            return {
                name: _fixed_text(name, item) if isinstance(item, str) else _fixed(item) for name, item in value.items()
            }
        case list():
            return [_fixed(item) for item in value]
        case _:
            return value


def _fixed_text(name: str, text: str) -> str:
    return "random" if name in RANDOM and re.fullmatch(RANDOM[name], text) else text
