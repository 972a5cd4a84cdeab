"""The named examples of `openapi.yaml` are true: each request, sent to a fresh demo, gets its answer, whole.

Every request example and every example of a 2xx answer is executed, at 2026-04-12T14:30:00+03:00. What is random in
them is compared by its form, and must be the same wherever the answer repeats it.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

import pytest

from impl.contract.document import follow, load
from impl.model import Delivery
from impl.rules.times import ISTANBUL
from impl.store.port import Tx
from impl.tests.client import DEMO_KEY, DOCUMENT, ESNAF_KEY, Client, Reply

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"
PAGE: Final = "text/html"
"""The portal's pages are made elsewhere; what their examples show is only their beginning."""

SAME_SITE: Final = {"sec-fetch-site": "same-origin", "host": "cozummerkezi.net"}

FILE_NAMES: Final = {"upload_file": "siparis.txt", "upload_operator_file": "kargo.txt"}

Given = dict[str, str]
"""What a preparation made, by the example value that stands for it in the request."""


class Answered(NamedTuple):
    """An example of an answer: what was called, by whom, and what came back."""

    operation: str
    name: str
    method: str
    path: str
    secured_by: str
    media_type: str
    """Of the request; empty without a body."""
    body: Any
    status: int
    answer_type: str
    answer: Any

    def __str__(self) -> str:
        form = "-form" if self.media_type == FORM else ""
        return f"{self.operation}-{self.name}-{self.status}{form}"


# What has happened before, as the examples' summaries say


def _nothing(client: Client) -> None:
    pass


def _portal(client: Client, email: str, method: str, path: str, body: Any) -> None:
    reply = client.call(method, path, body=body, headers=SAME_SITE | _cookie(client, email))
    assert reply.status < 300, reply.body.decode()


def _cookie(client: Client, email: str) -> dict[str, str]:
    credentials = {"email": email, "sifre": "sifre123"}
    reply = client.call("POST", "/portal/giris", body=credentials, headers=SAME_SITE)
    return {"cookie": reply.headers["set-cookie"].partition(";")[0]}


def _example(operation: str, name: str, media_type: str = JSON) -> Any:
    """The value of a request example."""
    for item in load(DOCUMENT)["paths"].values():
        for node in item.values():
            if node["operationId"] == operation:
                return node["requestBody"]["content"][media_type]["examples"][name]["value"]
    raise AssertionError(operation)


def _first_ticket(client: Client) -> None:
    body = _example("create_ticket", "fatura")
    assert client.call("POST", "/api/v1/widget/ticket/create", key=DEMO_KEY, body=body).status == 201


def _replied_ticket(client: Client) -> None:
    _first_ticket(client)
    body = _example("reply_operator_ticket", "metin")
    assert client.call("POST", "/api/v1/operator/ticket/1/reply", token=client.login(), body=body).status == 201


def _uploaded(client: Client) -> Given:
    body, content_type = _multipart("upload_file", _example("upload_file", "metin", MULTIPART))
    headers = {"content-type": content_type}
    reply = client.call("POST", "/api/v1/widget/upload", key=ESNAF_KEY, raw=body, headers=headers)
    return {"Zk3v9QxT7mB2nL5rW8yA1c": reply.data["dosya"]["dosya_id"]}


def _chat_started(client: Client) -> None:
    client.call("POST", "/api/v1/widget/chat/start", key=DEMO_KEY, body=_example("start_chat", "ilkMesajla"))


def _own_chat(client: Client) -> None:
    client.accept(42, client.login())


def _written_once(client: Client) -> None:
    _own_chat(client)
    client.answer(42, client.login(), **_operator_message())


def _operator_message() -> dict[str, str]:
    return {"text": "Merhaba Ahmet Bey, hemen bakıyorum.", "istemci_mesaj_id": "o-1"}


def _reached_by_name(client: Client) -> None:
    client.world = dataclasses.replace(client.world, public_url="https://cozummerkezi.net")


def _origin_listed(client: Client) -> None:
    body = _example("portal_add_origin", "site")
    _portal(client, "yalniz@example.com", "POST", "/portal/widget/originler", body)


def _webhook_set(client: Client) -> None:
    _portal(client, "yalniz@example.com", "PUT", "/portal/webhook", _example("portal_set_webhook", "kur"))


def _delivery_failed(client: Client) -> None:
    _webhook_set(client)
    delivery = Delivery(
        id=1,
        tenant_id=3,
        webhook_id="msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
        event_kind="chat_opened",
        outbox_id=1,
        created_at=datetime(2026, 4, 9, 11, 30, tzinfo=ISTANBUL),
        next_attempt_at=None,
        state="failed",
        attempts=10,
        last_status=500,
        last_error="Sunucu 500 döndü",
        last_attempt_at=client.clock.now(),
    )

    async def work(tx: Tx) -> None:
        await tx.put_delivery(delivery)

    client.change(work)


def _said_once(client: Client) -> None:
    client.say("ahmet.yilmaz", 42, "Teşekkürler", ESNAF_KEY, istemci_mesaj_id="m-1")


def _ended(client: Client) -> None:
    client.end("ahmet.yilmaz", 42, ESNAF_KEY)


Prepare = Callable[[Client], Given | None]

PREPARE: Final[Mapping[tuple[str, str], Prepare]] = {
    ("start_chat", "acikSohbet"): _chat_started,
    ("send_visitor_message", "yineleme"): _said_once,
    ("rate_chat", "bes"): _ended,
    ("send_operator_message", "metin"): _own_chat,
    ("send_operator_message", "yineleme"): _written_once,
    ("list_tickets", "ilkTicket"): _first_ticket,
    ("get_ticket", "yanitli"): _replied_ticket,
    ("reply_ticket", "metin"): _first_ticket,
    ("list_operator_tickets", "ilkTicket"): _first_ticket,
    ("get_operator_ticket", "ilkTicket"): _first_ticket,
    ("reply_operator_ticket", "metin"): _first_ticket,
    ("set_ticket_status", "coz"): _first_ticket,
    ("download_file", "metin"): _uploaded,
    ("portal_get_widget", "pratikesnaf"): _reached_by_name,
    ("portal_add_origin", "site 200"): _origin_listed,
    ("portal_remove_origin", "site"): _origin_listed,
    ("portal_get_webhook", "kurulu"): _delivery_failed,
    ("portal_resend_delivery", "yeniden"): _delivery_failed,
}
"""By operation and example; with its status where two answers have an example of one name."""


REQUEST_OF: Final[Mapping[tuple[str, str], Any]] = {
    ("start_chat", "acikSohbet"): {"ziyaretci_id": "abc123", "mesaj": "Orada mısınız?"},
    ("send_visitor_message", "yineleme"): "metin",
    ("send_operator_message", "yineleme"): {
        "mesaj": "Merhaba Ahmet Bey, hemen bakıyorum.",
        "istemci_mesaj_id": "o-1",
    },
}
"""The bodies of answers that no request is named after: another example's, or what the answer shows."""

WHO: Final[Mapping[str, str]] = {
    "erase_visitor": "destek@example.com",
    "portal_add_origin": "yalniz@example.com",
    "portal_remove_origin": "yalniz@example.com",
    "portal_get_webhook": "yalniz@example.com",
    "portal_set_webhook": "yalniz@example.com",
    "portal_resend_delivery": "yalniz@example.com",
}
"""Who calls, as the summaries say; else operator 7."""

RANDOM: Final[Mapping[str, str]] = {
    "token": r"\d+\|[A-Za-z0-9_-]{40,43}",
    "ziyaretci_token": r"[A-Za-z0-9_-]{43}",
    "dosya_id": r"[A-Za-z0-9_-]{22}",
    "api_secret": r"[A-Za-z0-9_-]{43}",
    "secret": r"whsec_[A-Za-z0-9+/]{43}=",
}
"""What is random, by its name, and the form that it has."""
RANDOM_PARTS: Final[Mapping[str, str]] = {
    "url": r"(?<=^/storage/dosyalar/)[A-Za-z0-9_-]{22}$",
    "api_key": r"(?<=^CM_)[A-Z0-9]{12}$",
}
"""What is random in part: nothing else of the value is."""


# The examples of the document


def _examples() -> Iterator[Answered]:
    document = load(DOCUMENT)
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield from _of(document, path, method.upper(), operation)


def _of(document: Any, path: str, method: str, operation: Any) -> Iterator[Answered]:
    name = operation["operationId"]
    security: dict[str, Any] = next(iter(operation["security"]), {})
    bodies = operation.get("requestBody", {}).get("content", {"": {}})
    for status, response in operation["responses"].items():
        if not status.startswith("2"):
            continue
        for answer_type, content in response["content"].items():
            for example, answer in content.get("examples", {}).items():
                if answer_type == PAGE:
                    continue
                for media_type, request in bodies.items():
                    yield Answered(
                        name,
                        example,
                        method,
                        _address(document, path, operation),
                        next(iter(security), ""),
                        media_type,
                        _request_of(name, example, request),
                        int(status),
                        answer_type,
                        answer["value"],
                    )


def _request_of(operation: str, example: str, request: Any) -> Any:
    values = {name: given["value"] for name, given in request.get("examples", {}).items()}
    wanted = REQUEST_OF.get((operation, example), example)
    if not values:
        return None
    return values[wanted] if isinstance(wanted, str) else wanted


def _address(document: Any, path: str, operation: Any) -> str:
    """The path with the first example of each required parameter."""
    query = {}
    for given in operation.get("parameters", []):
        parameter = follow(document, given["$ref"]) if "$ref" in given else given
        if not parameter.get("required"):
            continue
        value = next(iter(parameter["examples"].values()))["value"]
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", quote(str(value)))
        else:
            query[parameter["name"]] = value
    return f"{path}?{urlencode(query)}" if query else path


EXAMPLES: Final = list(_examples())


def test_every_operation_has_an_answer_to_compare() -> None:
    """But for those that answer bytes only (a logo)."""
    document = load(DOCUMENT)
    operations = {node["operationId"] for item in document["paths"].values() for node in item.values()}
    assert operations - {example.operation for example in EXAMPLES} == {"download_logo"}


def test_every_request_example_is_sent() -> None:
    sent = {(example.operation, example.media_type, example.name) for example in EXAMPLES}
    document = load(DOCUMENT)
    named = {
        (node["operationId"], media_type, name)
        for item in document["paths"].values()
        for node in item.values()
        for media_type, content in node.get("requestBody", {}).get("content", {}).items()
        for name in content["examples"]
    }
    assert named - sent == set()


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_s_request_gets_its_answer(client: Client, example: Answered) -> None:
    prepare = PREPARE.get((example.operation, f"{example.name} {example.status}"))
    prepare = prepare or PREPARE.get((example.operation, example.name), _nothing)
    given = prepare(client) or {}
    path = example.path
    for shown, made in given.items():
        path = path.replace(shown, made)
    reply = _sent(client, example, path)
    assert reply.status == example.status, reply.body.decode()
    assert reply.headers["content-type"].partition(";")[0] == example.answer_type
    if example.answer_type == JSON:
        assert _fixed(reply.value) == _fixed(example.answer)
    else:
        assert reply.body.decode() == example.answer


def _sent(client: Client, example: Answered, path: str) -> Reply:
    options: dict[str, Any] = {}
    headers: dict[str, str] = {}
    who = WHO.get(example.operation, "operator@example.com")
    match example.secured_by:
        case "operatorToken":
            options["token"] = client.login(who)
        case "widgetKey":
            options["key"] = ESNAF_KEY if "ahmet.yilmaz" in f"{example.body}{path}" else DEMO_KEY
        case "portalSession" | "portalManager":
            headers = SAME_SITE | _cookie(client, who)
        case _ if path.startswith("/portal"):
            headers = dict(SAME_SITE)
    match example.media_type:
        case "application/json":
            options["body"] = example.body
        case "multipart/form-data":
            options["raw"], headers["content-type"] = _multipart(example.operation, example.body)
        case "application/x-www-form-urlencoded":
            options["raw"], headers["content-type"] = urlencode(example.body).encode(), FORM
    if path.startswith("/portal"):
        headers["accept"] = JSON
    return client.call(example.method, path, headers=headers, **options)


def _multipart(operation: str, body: Mapping[str, Any]) -> tuple[bytes, str]:
    parts = []
    for name, value in body.items():
        file = f'; filename="{FILE_NAMES[operation]}"' if name == "dosya" else ""
        parts.append(f'--sinir\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{value}\r\n')
    return "".join([*parts, "--sinir--\r\n"]).encode(), "multipart/form-data; boundary=sinir"


def _fixed(answer: Any) -> Any:
    """The answer with random values replaced by their form; equal ones stay equal."""
    numbers: dict[str, str] = {}

    def number(found: str) -> str:
        return numbers.setdefault(found, f"random {len(numbers) + 1}")

    def fixed(name: str, value: Any) -> Any:
        match value:
            case dict():
                return {key: fixed(key, item) for key, item in value.items()}
            case list():
                return [fixed(name, item) for item in value]
            case str() if name in RANDOM and name == "token":
                assert re.fullmatch(RANDOM[name], value), f"{name}: {value}"
                return value.partition("|")[0]
            case str() if name in RANDOM:
                assert re.fullmatch(RANDOM[name], value), f"{name}: {value}"
                return number(value)
            case str() if name in RANDOM_PARTS:
                return re.sub(RANDOM_PARTS[name], lambda found: number(found[0]), value)
            case _:
                return value

    return fixed("", json.loads(json.dumps(answer)))


def test_a_wrong_answer_is_found() -> None:
    """That the comparison can fail: other values, other forms, and random ones that should be equal."""
    one = {"dosya_id": "A" * 22, "url": f"/storage/dosyalar/{'A' * 22}"}
    other = one | {"url": f"/storage/dosyalar/{'B' * 22}"}
    assert _fixed(one) != _fixed(other)
    assert _fixed({"id": 1}) != _fixed({"id": 2})
    assert _fixed({"url": "https://a/"}) != _fixed({"url": "https://b/"})
    with pytest.raises(AssertionError):
        _fixed({"ziyaretci_token": "short"})
