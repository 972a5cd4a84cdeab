"""The named examples of `openapi.yaml` are true: each request, sent to a fresh demo, gets its answer.

What is random in them (`token`, `ziyaretci_token`) is compared by its form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import pytest

from impl.contract.document import follow, load
from impl.tests.client import DEMO_KEY, DOCUMENT, ESNAF_KEY, Client

SLICE: Final = (
    "login",
    "logout",
    "widget_init",
    "start_chat",
    "send_visitor_message",
    "list_visitor_messages",
    "end_chat",
    "rate_chat",
    "list_chats",
    "list_operator_messages",
    "send_operator_message",
    "accept_chat",
    "transfer_chat",
    "close_chat",
    "list_tenants",
    "order_tenants",
    "mute_tenant",
    "set_customer_info",
    "get_visitor_context",
    "search_articles",
    "list_categories",
    "get_article",
    "list_campaigns",
    "list_canned_responses",
    "list_tenant_operators",
    "get_dashboard",
)

REQUEST_OF: Final = {
    ("start_chat", "acikSohbet"): {"ziyaretci_id": "abc123", "mesaj": "Orada mısınız?"},
    ("send_visitor_message", "yineleme"): "metin",
    ("send_operator_message", "yineleme"): {
        "mesaj": "Merhaba Ahmet Bey, hemen bakıyorum.",
        "istemci_mesaj_id": "o-1",
    },
}
"""The bodies of answers that no request is named after: another example's, or what the answer shows."""


def _send_again(client: Client, token: str) -> None:
    client.accept(42, token)
    client.answer(42, token, "Merhaba Ahmet Bey, hemen bakıyorum.", istemci_mesaj_id="o-1")


PREPARE: Final[dict[tuple[str, str], Callable[[Client, str], object]]] = {
    ("rate_chat", "bes"): lambda client, _: client.end("ahmet.yilmaz", 42, ESNAF_KEY),
    ("send_operator_message", "metin"): lambda client, token: client.accept(42, token),
    ("send_operator_message", "yineleme"): _send_again,
    ("send_visitor_message", "yineleme"): lambda client, _: client.say(
        "ahmet.yilmaz", 42, "Teşekkürler", ESNAF_KEY, istemci_mesaj_id="m-1"
    ),
    ("start_chat", "acikSohbet"): lambda client, _: client.start_chat("abc123", "Merhaba, faturamı göremiyorum."),
}
"""What has happened before, as the example's summary says."""

RANDOM: Final = {"token": r"\d+\|[A-Za-z0-9_-]{40,43}", "ziyaretci_token": r"[A-Za-z0-9_-]{43}"}


class Example(NamedTuple):
    """A call of the document and the answer that it promises."""

    operation: str
    name: str
    method: str
    path: str
    secured_by: str
    body: Any
    status: int
    answer: Any


def _examples() -> Iterator[Example]:
    document = load(DOCUMENT)
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if operation["operationId"] in SLICE:
                yield from _of(document, path, method.upper(), operation)


def _of(document: Any, path: str, method: str, operation: Any) -> Iterator[Example]:
    name = operation["operationId"]
    security: dict[str, Any] = next(iter(operation["security"]), {})
    bodies = _bodies(operation)
    for status, response in operation["responses"].items():
        if not status.startswith("2"):
            continue
        for example, answer in response["content"]["application/json"]["examples"].items():
            given = REQUEST_OF.get((name, example), example)
            body = bodies[given] if bodies and isinstance(given, str) else given if bodies else None
            yield Example(
                name,
                example,
                method,
                _address(document, path, operation),
                next(iter(security), ""),
                body,
                int(status),
                answer["value"],
            )


def _bodies(operation: Any) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return {name: example["value"] for name, example in content.get("examples", {}).items()}


def _address(document: Any, path: str, operation: Any) -> str:
    """The path with the first example of each required parameter."""
    query = []
    for given in operation.get("parameters", []):
        parameter = follow(document, given["$ref"]) if "$ref" in given else given
        if not parameter.get("required"):
            continue
        value = next(iter(parameter["examples"].values()))["value"]
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(value))
        else:
            query.append(f"{parameter['name']}={value}")
    return f"{path}?{'&'.join(query)}" if query else path


EXAMPLES: Final = list(_examples())


def test_every_operation_of_the_slice_has_an_answer_to_compare() -> None:
    assert {example.operation for example in EXAMPLES} == set(SLICE)


def test_every_request_example_is_compared() -> None:
    sent = {(example.operation, example.name) for example in EXAMPLES}
    document = load(DOCUMENT)
    named = {
        (operation["operationId"], name)
        for item in document["paths"].values()
        for operation in item.values()
        if operation["operationId"] in SLICE
        for name in _bodies(operation)
    }
    assert named - sent == set()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.operation}-{example.name}")
def test_an_example_s_request_gets_its_answer(client: Client, example: Example) -> None:
    options: dict[str, Any] = {}
    token = ""
    if example.operation != "login":
        token = client.login()
    if example.secured_by == "operatorToken":
        options["token"] = token
    if example.secured_by == "widgetKey":
        options["key"] = ESNAF_KEY if "ahmet.yilmaz" in f"{example.body}{example.path}" else DEMO_KEY
    prepare = PREPARE.get((example.operation, example.name))
    if prepare:
        prepare(client, token)
    reply = client.call(example.method, example.path, body=example.body, **options)
    assert reply.status == example.status, reply.body.decode()
    assert _fixed(reply.value) == _fixed(example.answer)


def _fixed(answer: Any) -> Any:
    """The answer with random values replaced, once they have the right form."""
    data = dict(answer["data"])
    for name in RANDOM.keys() & data.keys():
        assert re.fullmatch(RANDOM[name], data[name]), f"{name}: {data[name]}"
        if name == "token":
            data[name] = data[name].partition("|")[0]
        else:
            data[name] = "random"
    return answer | {"data": data}
