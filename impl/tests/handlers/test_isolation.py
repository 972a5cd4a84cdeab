"""The isolation matrix: every operation that takes an id, for everybody whose id it is not.

Visitor `sahip` of tenant 1 has a chat, a ticket and files; tenant 1 has an origin and a delivery; all of it says GIZLI.
The owner's own request succeeds. The same request by anybody else is 404 (401 without a credential, 403 without the
role), changes nothing in the store, compared whole, and tells nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from typing import Any, Final, NamedTuple

import pytest
from msgspec.structs import replace

from impl.contract.document import follow, load
from impl.model import Delivery, WebhookEndpoint
from impl.store.memory import MemoryStore
from impl.store.port import Tx
from impl.tests.client import DEMO_KEY, DOCUMENT, LONELY_KEY, NOON, Client, Reply

SECRET: Final = "GIZLI"
"""Stands in everything that only its owners may read."""
OWNER: Final = "sahip"
OTHER: Final = "baska"
SAME_SITE: Final = {"sec-fetch-site": "same-origin"}
PIXEL: Final = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC"
)


class House(NamedTuple):
    """What there is to be kept apart, and everybody's credentials."""

    client: Client
    chat: int
    ticket: int
    file: str
    operators_file: str
    visitor_tokens: Mapping[str, str]
    tokens: Mapping[str, str]
    cookies: Mapping[str, str]


class Call(NamedTuple):
    """A request, without who sends it."""

    method: str
    path: str
    body: Any = None
    multipart: bool = False


@pytest.fixture
def house(client: Client) -> House:
    """Tenant 1 with everything that has an id."""
    visitor_tokens = {
        visitor: _widget(client, "init", {"ziyaretci_id": visitor}).data["ziyaretci_token"]
        for visitor in (OWNER, OTHER)
    }
    client.add_member(7, 1, role="junior")
    names = {"owner": "destek@example.com", "junior": "operator@example.com", "stranger": "yalniz@example.com"}
    tokens = {name: client.login(email) for name, email in names.items()} | {"revoked": client.login()}
    client.call("POST", "/api/v1/auth/logout", token=tokens["revoked"])
    chat = client.start_chat(OWNER, SECRET)["id"]
    client.accept(chat, tokens["owner"])
    ticket = _widget(client, "ticket/create", {"ziyaretci_id": OWNER, "konu": SECRET, "mesaj": SECRET, "ad": SECRET})
    file = _upload(client, "/api/v1/widget/upload", {"ziyaretci_id": OWNER}, key=DEMO_KEY)
    operators_file = _upload(client, "/api/v1/operator/upload", {"musteri_id": "1"}, token=tokens["owner"])
    for name, body in TOLD.items():
        assert _tell(client, name, {"ziyaretci_id": OWNER} | body).status < 300
    cookies = {name: _cookie(client, email) for name, email in names.items()}
    choose = "/portal/projeler/sec/1"
    assert client.call("POST", choose, headers=SAME_SITE | {"cookie": cookies["junior"]}).status == 200
    client.change(_portal_rows)
    client.change_tenant(1, allowed_origins=())
    made = House(client, chat, ticket.data["ticket"]["id"], file, operators_file, visitor_tokens, tokens, cookies)
    for token in ("owner", "junior", "stranger"):  # so that their last call is not what a refused one changes
        client.call("GET", "/api/v1/operator/status", token=tokens[token])
    return made


TOLD: Final = {
    "customer-info": {"ad": SECRET, "email": "gizli@example.com"},
    "page-info": {"sayfa_url": f"https://site.example/{SECRET}"},
    "error-log": {"mesaj": SECRET},
    "screenshot": {"goruntu": PIXEL, "sayfa_url": f"https://site.example/{SECRET}"},
}


async def _portal_rows(tx: Tx) -> None:
    await tx.put_webhook(
        WebhookEndpoint(
            1, f"https://hook.example.com/{SECRET}", ("chat_opened",), "whsec_" + "A" * 43 + "=", NOON, NOON
        )
    )
    await tx.put_delivery(Delivery(1, 1, f"msg_{SECRET}", "chat_opened", 1, NOON, None, state="failed"))


def _widget(client: Client, name: str, body: Any) -> Reply:
    return client.call("POST", f"/api/v1/widget/{name}", key=DEMO_KEY, body=body)


def _tell(client: Client, name: str, body: Any) -> Reply:
    return client.call("POST", f"/api/v1/context/{name}", key=DEMO_KEY, body=body)


def _cookie(client: Client, email: str) -> str:
    reply = client.call("POST", "/portal/giris", body={"email": email, "sifre": "sifre123"}, headers=SAME_SITE)
    return reply.headers["set-cookie"].partition(";")[0]


def _multipart(fields: Mapping[str, str]) -> tuple[bytes, dict[str, str]]:
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    ]
    parts.append(
        f'--b\r\nContent-Disposition: form-data; name="dosya"; filename="{SECRET}.txt"\r\n\r\n{SECRET}\r\n--b--\r\n'
    )
    return "".join(parts).encode(), {"content-type": "multipart/form-data; boundary=b"}


def _upload(client: Client, path: str, fields: Mapping[str, str], **who: str) -> str:
    raw, headers = _multipart(fields)
    return str(client.call("POST", path, raw=raw, headers=headers, **who).data["dosya"]["dosya_id"])


# The owner's requests


def _as_visitor(path: str, **fields: Any) -> Callable[[House, str], Call]:
    """A widget call; `chat`, `ticket` and `file` stand for the owner's."""

    def call(house: House, visitor: str) -> Call:
        body = {"ziyaretci_id": visitor} | {name: _filled(house, value) for name, value in fields.items()}
        return Call("POST", path.format(**house._asdict()), body)

    return call


def _filled(house: House, value: Any) -> Any:
    if isinstance(value, list):
        return [_filled(house, item) for item in value]
    return getattr(house, value[1:]) if isinstance(value, str) and value.startswith("$") else value


def _asked(path: str) -> Callable[[House, str], Call]:
    return lambda house, visitor: Call("GET", path.format(visitor=visitor, **house._asdict()))


WIDGET: Final[Mapping[str, Callable[[House, str], Call]]] = {
    "send_visitor_message": _as_visitor("/api/v1/widget/chat/message", oturum_id="$chat", mesaj="x", dosya_id="$file"),
    "list_visitor_messages": _asked("/api/v1/widget/chat/messages?ziyaretci_id={visitor}&oturum_id={chat}"),
    "end_chat": _as_visitor("/api/v1/widget/chat/end", oturum_id="$chat"),
    "rate_chat": _as_visitor("/api/v1/widget/chat/rate", oturum_id="$chat", puan=5),
    "get_ticket": _asked("/api/v1/widget/ticket/{ticket}?ziyaretci_id={visitor}"),
    "reply_ticket": _as_visitor("/api/v1/widget/ticket/{ticket}/reply", mesaj="x", dosyalar=["$file"]),
    "create_ticket": _as_visitor("/api/v1/widget/ticket/create", konu="x", mesaj="x", dosyalar=["$file"]),
}
"""Widget calls that name a record: another visitor's and another tenant's are 404."""

OWN_ONLY: Final[Mapping[str, Callable[[House, str], Call]]] = {
    "widget_init": _as_visitor("/api/v1/widget/init"),
    "start_chat": _as_visitor("/api/v1/widget/chat/start", mesaj="x"),
    "list_tickets": _asked("/api/v1/widget/ticket/list?ziyaretci_id={visitor}"),
    "set_customer_info": _as_visitor("/api/v1/context/customer-info", ad="x"),
    "add_page_view": _as_visitor("/api/v1/context/page-info", sayfa_url="https://site.example/"),
    "add_error_log": _as_visitor("/api/v1/context/error-log", mesaj="x"),
    "add_screenshot": _as_visitor("/api/v1/context/screenshot", goruntu=PIXEL),
    "upload_file": lambda house, visitor: Call(
        "POST", "/api/v1/widget/upload", {"ziyaretci_id": visitor}, multipart=True
    ),
}
"""Widget calls that name only a visitor: others find or make their own."""

ALL_OF_THE_WIDGET: Final[Mapping[str, Callable[[House, str], Call]]] = dict(WIDGET) | dict(OWN_ONLY)

OPERATOR: Final[Mapping[str, Callable[[House], Call]]] = {
    "list_chats": lambda house: Call("GET", "/api/v1/operator/chats?musteri_id=1"),
    "list_operator_messages": lambda house: Call("GET", f"/api/v1/operator/chat/{house.chat}/messages"),
    "send_operator_message": lambda house: Call(
        "POST", f"/api/v1/operator/chat/{house.chat}/message", {"mesaj": "x", "dosya_id": house.operators_file}
    ),
    "accept_chat": lambda house: Call("POST", f"/api/v1/operator/chat/{house.chat}/accept"),
    "transfer_chat": lambda house: Call("POST", f"/api/v1/operator/chat/{house.chat}/transfer", {"operator_id": 8}),
    "close_chat": lambda house: Call("POST", f"/api/v1/operator/chat/{house.chat}/close"),
    "list_operator_tickets": lambda house: Call("GET", "/api/v1/operator/tickets?musteri_id=1"),
    "get_operator_ticket": lambda house: Call("GET", f"/api/v1/operator/ticket/{house.ticket}"),
    "reply_operator_ticket": lambda house: Call(
        "POST", f"/api/v1/operator/ticket/{house.ticket}/reply", {"mesaj": "x", "dosyalar": [house.operators_file]}
    ),
    "set_ticket_status": lambda house: Call(
        "PUT", f"/api/v1/operator/ticket/{house.ticket}/status", {"durum": "cozuldu"}
    ),
    "upload_operator_file": lambda house: Call("POST", "/api/v1/operator/upload", {"musteri_id": "1"}, multipart=True),
    "list_canned_responses": lambda house: Call("GET", "/api/v1/operator/canned-responses?musteri_id=1"),
    "mute_tenant": lambda house: Call("PUT", "/api/v1/operator/tenants/1/sessize", {"sessize": True}),
    "list_tenant_operators": lambda house: Call("GET", "/api/v1/operator/tenants/1/operators"),
    "get_visitor_context": lambda house: Call("GET", f"/api/v1/operator/context/{OWNER}?musteri_id=1"),
    "erase_visitor": lambda house: Call("DELETE", f"/api/v1/operator/context/{OWNER}?musteri_id=1"),
}

PORTAL: Final[Mapping[str, Callable[[House], Call]]] = {
    "portal_choose_project": lambda house: Call("POST", "/portal/projeler/sec/1"),
    "portal_remove_origin": lambda house: Call("DELETE", "/portal/widget/originler?origin=https://gizli.example.com"),
    "portal_resend_delivery": lambda house: Call("POST", "/portal/webhook/teslimatlar/1/yeniden"),
}

MANAGED: Final = {"erase_visitor", "portal_remove_origin", "portal_resend_delivery"}
"""What only an owner or a manager may do."""

NO_RECORD_OF_ANYBODYS: Final = {
    "get_article": "an address of the tenant's own published article, the same for all its visitors",
    "download_logo": "logos are public",
    "download_file": "knowing the unguessable id is enough: test_a_file_is_found_by_its_whole_id_only",
    "order_tenants": "a list of the caller's own tenants: test_tenants.py",
}

BEFORE: Final[Mapping[str, Callable[[House], object]]] = {
    "rate_chat": lambda house: house.client.end(OWNER, house.chat),
    "portal_remove_origin": lambda house: house.client.change_tenant(
        1, allowed_origins=("https://gizli.example.com", "https://kalan.example.com")
    ),
}
"""What the owner's request needs to succeed."""


def _prepare(house: House, operation: str) -> None:
    before = BEFORE.get(operation)
    if before:
        before(house)


def _takes_an_id(document: Any, operation: Any) -> bool:
    schemas = [parameter.get("schema", {}) for parameter in _parameters(document, operation)]
    for content in operation.get("requestBody", {}).get("content", {}).values():
        schemas += follow(document, content["schema"]["$ref"]).get("properties", {}).values()
    return any(schema.get("$ref", "").rpartition("/")[2] in IDS for schema in _flat(document, schemas))


IDS: Final = {"Id", "VisitorId", "FileId", "Slug", "Origin"}


def _flat(document: Any, schemas: list[Any]) -> Iterator[Any]:
    for schema in schemas:
        yield schema
        target = follow(document, schema["$ref"]) if "$ref" in schema else schema
        if "items" in target:
            yield target["items"]


def _parameters(document: Any, operation: Any) -> list[Any]:
    given = operation.get("parameters", [])
    return [follow(document, parameter["$ref"]) if "$ref" in parameter else parameter for parameter in given]


def test_every_operation_that_takes_an_id_is_in_the_matrix() -> None:
    document = load(DOCUMENT)
    operations = [node for item in document["paths"].values() for node in item.values()]
    taking = {node["operationId"] for node in operations if _takes_an_id(document, node)}
    assert taking == {*WIDGET, *OWN_ONLY, *OPERATOR, *PORTAL, *NO_RECORD_OF_ANYBODYS}


# Sending, and looking at what it did


def _send(house: House, call: Call, headers: Mapping[str, str] | None = None, **who: Any) -> Reply:
    if call.multipart:
        raw, more = _multipart(call.body)
        return house.client.call(call.method, call.path, raw=raw, headers={**(headers or {}), **more}, **who)
    return house.client.call(call.method, call.path, body=call.body, headers=headers, **who)


def _state(house: House) -> dict[str, Any]:
    """The whole store, copied."""
    assert isinstance(house.client.store, MemoryStore)
    return {name: _copied(table) for name, table in vars(house.client.store.tables).items()}


def _copied(value: Any) -> Any:
    match value:
        case dict():
            return {key: _copied(row) for key, row in value.items()}
        case list() | set() | bytearray():
            return copy(value)
        case object(__dict__=parts):  # an index of its own kind
            return _copied(parts)
        case _:
            return value


def _refused(house: House, status: int, send: Callable[[], Reply]) -> None:
    before = _state(house)
    reply = send()
    assert reply.status == status, reply.body.decode()
    assert _state(house) == before, "a refused call changed the store"
    _tells_nothing(house, reply)


def _tells_nothing(house: House, reply: Reply) -> None:
    told = reply.body.decode()
    assert SECRET not in told
    assert house.file not in told
    assert house.operators_file not in told


# The matrix


@pytest.mark.parametrize("operation", ALL_OF_THE_WIDGET)
def test_the_owner_s_own_widget_call_succeeds(house: House, operation: str) -> None:
    _prepare(house, operation)
    assert _send(house, ALL_OF_THE_WIDGET[operation](house, OWNER), key=DEMO_KEY).status < 300


@pytest.mark.parametrize("operation", WIDGET)
@pytest.mark.parametrize(("visitor", "key"), [(OTHER, DEMO_KEY), (OWNER, LONELY_KEY), (OTHER, LONELY_KEY)])
def test_another_visitor_or_tenant_finds_nothing(house: House, operation: str, visitor: str, key: str) -> None:
    _prepare(house, operation)
    _refused(house, 404, lambda: _send(house, WIDGET[operation](house, visitor), key=key))


@pytest.mark.parametrize("operation", OWN_ONLY)
@pytest.mark.parametrize(("visitor", "key"), [(OTHER, DEMO_KEY), (OWNER, LONELY_KEY)])
def test_another_visitor_or_tenant_has_their_own(house: House, operation: str, visitor: str, key: str) -> None:
    before = _owned(house)
    reply = _send(house, OWN_ONLY[operation](house, visitor), key=key)
    assert reply.status < 300, reply.body.decode()
    assert house.file not in reply.body.decode()
    if operation != "upload_file":  # the file that is sent here has the name
        _tells_nothing(house, reply)
    assert _owned(house) == before


def _owned(house: House) -> dict[str, Any]:
    """What an operator of the owner's tenant sees of the owner: everything."""
    context = house.client.context(OWNER, house.tokens["owner"], musteri_id=1)
    ticket = house.client.call("GET", f"/api/v1/operator/ticket/{house.ticket}", token=house.tokens["owner"])
    messages = house.client.call("GET", f"/api/v1/operator/chat/{house.chat}/messages", token=house.tokens["owner"])
    return {"context": context.data, "ticket": ticket.data, "messages": messages.data}


@pytest.mark.parametrize("operation", ALL_OF_THE_WIDGET)
@pytest.mark.parametrize("token", [None, OTHER], ids=["no token", "another's token"])
def test_in_secure_mode_another_browser_is_nobody(house: House, operation: str, token: str | None) -> None:
    _prepare(house, operation)
    house.client.change_tenant(1, secure_mode=True)
    call = ALL_OF_THE_WIDGET[operation](house, OWNER)
    sent = token and house.visitor_tokens[token]
    _refused(house, 401, lambda: _send(house, call, key=DEMO_KEY, visitor_token=sent))


@pytest.mark.parametrize("operation", ALL_OF_THE_WIDGET)
def test_in_secure_mode_the_owner_s_browser_goes_on(house: House, operation: str) -> None:
    _prepare(house, operation)
    house.client.change_tenant(1, secure_mode=True)
    call = ALL_OF_THE_WIDGET[operation](house, OWNER)
    assert _send(house, call, key=DEMO_KEY, visitor_token=house.visitor_tokens[OWNER]).status < 300


@pytest.mark.parametrize("operation", OPERATOR)
def test_an_operator_of_the_tenant_may(house: House, operation: str) -> None:
    assert _send(house, OPERATOR[operation](house), token=house.tokens["owner"]).status < 300


@pytest.mark.parametrize("operation", OPERATOR)
def test_another_tenant_s_operator_finds_nothing(house: House, operation: str) -> None:
    _refused(house, 404, lambda: _send(house, OPERATOR[operation](house), token=house.tokens["stranger"]))


@pytest.mark.parametrize("operation", OPERATOR)
@pytest.mark.parametrize("token", [None, "revoked"])
def test_without_a_live_token_nobody_is_known(house: House, operation: str, token: str | None) -> None:
    sent = token and house.tokens[token]
    _refused(house, 401, lambda: _send(house, OPERATOR[operation](house), token=sent))


@pytest.mark.parametrize("operation", PORTAL)
def test_a_manager_of_the_tenant_may(house: House, operation: str) -> None:
    _prepare(house, operation)
    headers = SAME_SITE | {"cookie": house.cookies["owner"]}
    assert _send(house, PORTAL[operation](house), headers).status < 300


@pytest.mark.parametrize("operation", PORTAL)
def test_another_tenant_s_portal_user_finds_nothing(house: House, operation: str) -> None:
    _prepare(house, operation)
    headers = SAME_SITE | {"cookie": house.cookies["stranger"]}
    if operation != "portal_choose_project":
        house.client.change(_webhook_of_the_stranger)
    _refused(house, 404, lambda: _send(house, PORTAL[operation](house), headers))


async def _webhook_of_the_stranger(tx: Tx) -> None:
    """So that what is refused is the record, not that there is no endpoint."""
    endpoint = await tx.webhook(1)
    assert endpoint
    await tx.put_webhook(replace(endpoint, tenant_id=3, url="https://hook.example.com/"))


@pytest.mark.parametrize("operation", PORTAL)
@pytest.mark.parametrize("cookie", [None, "cozum_portal=" + "x" * 43], ids=["no cookie", "a wrong cookie"])
def test_without_a_session_nobody_is_known(house: House, operation: str, cookie: str | None) -> None:
    headers = SAME_SITE | ({"cookie": cookie} if cookie else {})
    _refused(house, 401, lambda: _send(house, PORTAL[operation](house), headers))


@pytest.mark.parametrize("operation", sorted(MANAGED))
def test_a_member_without_the_role_may_not(house: House, operation: str) -> None:
    _prepare(house, operation)
    if operation in OPERATOR:
        _refused(house, 403, lambda: _send(house, OPERATOR[operation](house), token=house.tokens["junior"]))
    else:
        headers = SAME_SITE | {"cookie": house.cookies["junior"]}
        _refused(house, 403, lambda: _send(house, PORTAL[operation](house), headers))


def test_what_only_managers_may_is_what_the_document_says() -> None:
    """Operations with an id whose 403 names `yetki_yok`."""
    document = load(DOCUMENT)
    operations = [node for item in document["paths"].values() for node in item.values()]
    permitted = {node["operationId"] for node in operations if _names_the_role(document, node)}
    assert permitted & {*OPERATOR, *PORTAL} == MANAGED


def _names_the_role(document: Any, operation: Any) -> bool:
    response = operation["responses"].get("403", {})
    response = follow(document, response["$ref"]) if "$ref" in response else response
    examples = response.get("content", {}).get("application/problem+json", {}).get("examples", {})
    return any(example["value"]["kod"] == "yetki_yok" for example in examples.values())


# Beyond the matrix: another's record inside one's own


def test_lists_hold_only_the_caller_s_own(house: House) -> None:
    token = house.tokens["stranger"]
    for path in ("chats", "chats?durum=aktif", "tickets", "canned-responses", "dashboard", "tenants"):
        reply = house.client.call("GET", f"/api/v1/operator/{path}", token=token)
        assert reply.status == 200
        _tells_nothing(house, reply)


def test_another_s_file_cannot_be_sent_in_one_s_own_chat(house: House) -> None:
    client = house.client
    chat = client.start_chat(OTHER)["id"]
    for file in (house.file, house.operators_file):
        body = {"ziyaretci_id": OTHER, "oturum_id": chat, "dosya_id": file}
        _refused(house, 404, lambda body=body: _widget(client, "chat/message", body))  # type: ignore[misc]
    lonely = client.start_chat(OTHER, key=LONELY_KEY)["id"]
    client.accept(lonely, house.tokens["stranger"])
    path = f"/api/v1/operator/chat/{lonely}/message"
    for file in (house.file, house.operators_file):
        body = {"dosya_id": file}
        _refused(
            house,
            404,
            lambda body=body: client.call("POST", path, token=house.tokens["stranger"], body=body),  # type: ignore[misc]
        )


def test_a_chat_goes_to_no_operator_of_another_tenant(house: House) -> None:
    path = f"/api/v1/operator/chat/{house.chat}/transfer"
    body = {"operator_id": 9}
    _refused(house, 404, lambda: house.client.call("POST", path, token=house.tokens["owner"], body=body))


def test_a_file_is_found_by_its_whole_id_only(house: House) -> None:
    path = f"/storage/dosyalar/{house.file}"
    assert house.client.call("GET", path).body == f"{SECRET}".encode()
    for wrong in (path[:-1] + ("a" if path[-1] != "a" else "b"), path[:-1], path.upper(), path + "x"):
        _refused(house, 404, lambda wrong=wrong: house.client.call("GET", wrong))  # type: ignore[misc]


def test_the_context_of_the_same_visitor_id_is_the_caller_s_own(house: House) -> None:
    client = house.client
    client.customer_info(OWNER, LONELY_KEY, ad="Yalnız")
    for query in ({}, {"musteri_id": 3}):
        reply = client.context(OWNER, house.tokens["stranger"], **query)
        assert reply.data["musteri"]["ad"] == "Yalnız"
        _tells_nothing(house, reply)
