"""Who may call at all, and how a request is refused: keys, origins, the envelope of errors."""

from __future__ import annotations

from typing import Any

import pytest

from impl.tests.client import DEMO_KEY, ESNAF_KEY, ESNAF_ORIGIN, LONELY_KEY, Client, Reply

INIT = "/api/v1/widget/init"
START = "/api/v1/widget/chat/start"
JSON = {"content-type": "application/json"}


def init(client: Client, headers: Any, visitor: str = "abc123") -> Reply:
    return client.call("POST", INIT, body={"ziyaretci_id": visitor}, headers=headers)


# Keys


@pytest.mark.parametrize(
    "key",
    [
        None,
        "",
        "CM_",
        "CM_ABC",
        "cm_demo_2026",
        "CM_demo_2026",
        " CM_DEMO_2026",
        "CM_DEMO_2026 ",
        "CM_DEMO_2026\t",
        "CM_DEMO-2026",
        f"CM_{'A' * 33}",
        "CM_BILINMEYEN",
        "CM_ŞİFRE".encode().decode("latin-1"),
        "1",
    ],
)
def test_what_is_not_a_tenant_s_key_is_refused_with_a_challenge(client: Client, key: str | None) -> None:
    reply = init(client, {} if key is None else {"x-api-key": key})
    assert (reply.status, reply.code) == (401, "anahtar_gecersiz")
    assert reply.headers["www-authenticate"] == 'ApiKey realm="cozum", header="X-API-Key"'


def test_every_widget_call_asks_for_the_key(client: Client) -> None:
    calls = [
        ("POST", INIT),
        ("POST", START),
        ("POST", "/api/v1/widget/chat/message"),
        ("GET", "/api/v1/widget/chat/messages"),
        ("POST", "/api/v1/widget/chat/end"),
        ("POST", "/api/v1/widget/chat/rate"),
        ("POST", "/api/v1/context/customer-info"),
    ]
    assert {client.call(method, path).code for method, path in calls} == {"anahtar_gecersiz"}


def test_every_operator_call_asks_for_the_token(client: Client) -> None:
    calls = [
        ("POST", "/api/v1/auth/logout"),
        ("GET", "/api/v1/operator/chats"),
        ("GET", "/api/v1/operator/chat/42/messages"),
        ("POST", "/api/v1/operator/chat/42/message"),
        ("POST", "/api/v1/operator/chat/42/accept"),
        ("POST", "/api/v1/operator/chat/42/transfer"),
        ("POST", "/api/v1/operator/chat/42/close"),
        ("GET", "/api/v1/operator/tenants"),
        ("PUT", "/api/v1/operator/tenants/sira"),
        ("PUT", "/api/v1/operator/tenants/2/sessize"),
        ("GET", "/api/v1/operator/context/abc123"),
    ]
    assert {client.call(method, path, key=DEMO_KEY).code for method, path in calls} == {"token_gecersiz"}


def test_a_token_is_no_key(client: Client, token: str) -> None:
    assert client.call("POST", INIT, token=token, body={"ziyaretci_id": "abc123"}).code == "anahtar_gecersiz"


@pytest.mark.parametrize("name", ["x-api-key", "origin", "referer", "content-type", "x-ziyaretci-token"])
def test_a_doubled_header_is_refused(client: Client, name: str) -> None:
    values = {
        "x-api-key": ESNAF_KEY,
        "origin": ESNAF_ORIGIN,
        "referer": f"{ESNAF_ORIGIN}/",
        "content-type": "application/json",
        "x-ziyaretci-token": "a",
    }
    reply = init(client, [*values.items(), (name, values[name])])
    assert (reply.status, reply.code) == (400, "cift_baslik")
    assert init(client, list(values.items())).status == 200


# Origins


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://pratikesnaf.com"},
        {"origin": "https://pratikesnaf.com:443"},
        {"origin": "HTTPS://PratikEsnaf.COM"},
        {"referer": "https://pratikesnaf.com"},
        {"referer": "https://pratikesnaf.com/urun/1?x=https://baska.com#y"},
        {"origin": "https://pratikesnaf.com", "referer": "https://baska.com/"},
    ],
)
def test_a_listed_origin_may_call(client: Client, headers: dict[str, str]) -> None:
    assert init(client, {"x-api-key": ESNAF_KEY} | headers).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": ""},
        {"origin": "null"},
        {"origin": "http://pratikesnaf.com"},
        {"origin": "https://pratikesnaf.com:8443"},
        {"origin": "https://pratikesnaf.com.baska.com"},
        {"origin": "https://www.pratikesnaf.com"},
        {"origin": "https://pratikesnaf.co"},
        {"origin": "https://apratikesnaf.com"},
        {"origin": "https://pratikesnaf.com@baska.com"},
        {"origin": "https://kim:ne@pratikesnaf.com"},
        {"origin": "https://pratikesnaf.com/"},
        {"origin": "https://pratikesnaf.com "},
        {"origin": "https://pratikesnaf.com, https://baska.com"},
        {"origin": "https://pratikesnaf.com\\.baska.com"},
        {"origin": "https://pratıkesnaf.com".encode().decode("latin-1")},
        {"origin": "pratikesnaf.com"},
        {"origin": "//pratikesnaf.com"},
        {"origin": "null", "referer": "https://pratikesnaf.com/"},
        {"origin": "https://baska.com", "referer": "https://pratikesnaf.com/"},
        {"referer": "https://baska.com/?https://pratikesnaf.com/"},
        {"referer": "https://pratikesnaf.com.baska.com/"},
        {"referer": "https://pratikesnaf.com@baska.com/"},
        {"referer": "/urun/1"},
        {"referer": ""},
        {"host": "pratikesnaf.com"},
    ],
)
def test_any_other_origin_or_none_is_refused(client: Client, headers: dict[str, str]) -> None:
    reply = init(client, {"x-api-key": ESNAF_KEY} | headers)
    assert (reply.status, reply.code) == (403, "origin_izinsiz")


@pytest.mark.parametrize("headers", [{}, {"origin": "null"}, {"origin": "https://a.com"}, {"referer": "x"}])
def test_an_empty_list_accepts_all(client: Client, headers: dict[str, str]) -> None:
    assert init(client, {"x-api-key": DEMO_KEY} | headers).status == 200


def test_a_port_of_the_list_counts(client: Client) -> None:
    client.change_tenant(3, allowed_origins=("http://localhost:3000",))
    assert init(client, {"x-api-key": LONELY_KEY, "origin": "http://localhost:3000"}).status == 200
    assert init(client, {"x-api-key": LONELY_KEY, "origin": "http://localhost"}).status == 403


def test_operator_calls_do_not_look_at_the_origin(client: Client, token: str) -> None:
    foreign = {"origin": "https://baska.com"}
    assert client.call("GET", "/api/v1/operator/chats", token=token, headers=foreign).status == 200


# The envelope


def test_a_path_that_is_not_there_is_told_in_the_envelope(client: Client) -> None:
    reply = client.call("GET", "/api/v1/widget/yok")
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["content-language"] == "tr"
    assert reply.value == {
        "type": "tag:cozummerkezi.net,2026:yol_bulunamadi",
        "title": "Yol bulunamadı",
        "status": 404,
        "detail": "Böyle bir yol yok.",
        "basarili": False,
        "kod": "yol_bulunamadi",
        "istek_id": reply.headers["x-request-id"],
    }


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/widget/init/",
        "/api/v1//widget/init",
        "/API/v1/widget/init",
        "/api/v1/widget/%69nit/x",
        "/api/v2/widget/init",
        "/api/v1/operator/chat//accept",
        "/api/v1/operator/chat/4%2F2/accept/x",
        "/api/v1/operator/chat/%FF/kapat",
        "/api",
    ],
)
def test_other_paths_are_not_there(client: Client, path: str) -> None:
    assert client.call("POST", path).code == "yol_bulunamadi"


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", INIT, "POST"),
        ("POST", "/api/v1/widget/chat/messages", "GET"),
        ("PATCH", "/api/v1/operator/context/abc123", "DELETE, GET"),
        ("GET", "/api/v1/operator/tenants/2/sessize", "PUT"),
        ("OPTIONS", "/api/v1/operator/chats", "GET"),
        ("YOK", "/api/v1/auth/login", "POST"),
    ],
)
def test_another_method_is_refused_with_those_that_are_allowed(
    client: Client, method: str, path: str, allow: str
) -> None:
    reply = client.call(method, path)
    assert (reply.status, reply.code, reply.headers["allow"]) == (405, "yontem_desteklenmiyor", allow)


def test_a_refused_head_has_no_body(client: Client) -> None:
    reply = client.call("HEAD", INIT)
    assert (reply.status, reply.body) == (405, b"")


def test_every_answer_has_an_id_of_its_own(client: Client, token: str) -> None:
    replies = [
        client.call("GET", "/api/v1/operator/tenants", token=token),
        client.call("GET", "/api/v1/operator/tenants"),
        client.call("GET", "/yok"),
        client.call("GET", INIT),
        client.call("OPTIONS", INIT),
        client.call("POST", INIT, key=DEMO_KEY, raw=b"{", headers=JSON),
        client.call("GET", "/docs"),
    ]
    ids = [reply.headers.get("x-request-id") for reply in replies]
    assert None not in ids
    assert len(set(ids)) == len(ids)
    for reply in replies:
        if reply.value and reply.status >= 400:
            assert reply.value["istek_id"] == reply.headers["x-request-id"]


def test_answers_are_neither_stored_nor_sniffed(client: Client, token: str) -> None:
    for reply in (client.call("GET", "/api/v1/operator/tenants", token=token), client.call("GET", INIT)):
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("preference", "title"),
    [
        ("en", "No such path"),
        ("en-GB,en;q=0.9", "No such path"),
        ("tr;q=0.5, en;q=0.6", "No such path"),
        ("tr,en;q=0.9", "Yol bulunamadı"),
        ("de", "Yol bulunamadı"),
        ("en;q=0", "Yol bulunamadı"),
        ("en;q=çok".encode().decode("latin-1"), "Yol bulunamadı"),
        ("", "Yol bulunamadı"),
    ],
)
def test_texts_are_english_when_that_is_preferred(client: Client, preference: str, title: str) -> None:
    reply = client.call("GET", "/yok", headers={"accept-language": preference})
    assert reply.value["title"] == title
    assert reply.headers["content-language"] == ("en" if title == "No such path" else "tr")


def test_field_errors_are_english_too(client: Client) -> None:
    reply = client.call("POST", INIT, key=DEMO_KEY, body={}, headers={"accept-language": "en"})
    assert reply.value["hatalar"] == [{"alan": "/ziyaretci_id", "mesaj": "This field is required."}]


# Bodies


def post(client: Client, raw: bytes, media_type: str | None = "application/json", path: str = INIT) -> Reply:
    headers = {} if media_type is None else {"content-type": media_type}
    return client.call("POST", path, key=DEMO_KEY, raw=raw, headers=headers)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"ziyaretci_id=abc123",
        b'{"ziyaretci_id": "abc123"} x',
        b"{'ziyaretci_id': 'abc123'}",
        b'{"ziyaretci_id": "abc123",}',
        b'{"ziyaretci_id": "\xff\xfe"}',
        b"\xff\xfe{\x00}\x00",
        '{"ziyaretci_id": "abc123"}'.encode("utf-16"),
        b'{"ziyaretci_id": "a\\ud800"}',
        b'{"ziyaretci_id": "abc123", "x": "\\udc00"}',
        b'{"ziyaretci_id": "\xed\xa0\x80"}',
        b"[" * 200_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"ziyaretci_id": "abc123", "x": ' + b"[" * 33 + b"]" * 33 + b"}",
        b'{"ziyaretci_id": 1e400}',
        b'{"ziyaretci_id": "abc123", "x": -1e999}',
        b'{"ziyaretci_id": NaN}',
        b'{"ziyaretci_id": Infinity}',
        b'{"ziyaretci_id": 01}',
    ],
    ids=lambda raw: raw[:24].decode("latin-1").strip() or "empty",
)
def test_what_is_not_json_is_refused(client: Client, raw: bytes) -> None:
    assert (post(client, raw).status, post(client, raw).code) == (400, "gecersiz_json")


@pytest.mark.parametrize("raw", [b"[]", b"null", b"5", b'"x"', b"true", b"1e308"])
def test_json_that_is_no_object_is_a_field_error(client: Client, raw: bytes) -> None:
    assert post(client, raw).fields == [""]


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "APPLICATION/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
    ],
)
def test_json_is_taken_in_utf_8(client: Client, media_type: str) -> None:
    assert post(client, b'{"ziyaretci_id": "abc123"}', media_type).status == 200


@pytest.mark.parametrize(
    "media_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=iso-8859-9",
        "application/jsonp",
        "application/problem+json",
        "*/*",
    ],
)
def test_another_media_type_is_refused_before_the_body(client: Client, media_type: str | None) -> None:
    assert post(client, b"{", media_type).code == "medya_tipi_desteklenmiyor"


def test_a_body_of_256_kib_is_the_largest(client: Client) -> None:
    raw = b'{"ziyaretci_id": "abc123"}'
    assert post(client, raw + b" " * (262_144 - len(raw))).status == 200
    assert post(client, raw + b" " * (262_145 - len(raw))).code == "govde_cok_buyuk"


def post_in_parts(client: Client, chunks: list[bytes], **headers: str) -> Reply:
    return client.call("POST", INIT, key=DEMO_KEY, chunks=chunks, headers=JSON | headers)


@pytest.mark.parametrize("length", ["262145", "99999999999999999999999"])
def test_a_length_that_is_too_large_is_refused_before_the_rest_comes(client: Client, length: str) -> None:
    reply = post_in_parts(client, [b"{", b"}"], **{"content-length": length})
    assert reply.code == "govde_cok_buyuk"


def test_a_body_may_come_in_parts(client: Client) -> None:
    assert post_in_parts(client, [b'{"ziyaretci', b'_id": ', b'"abc123"}', b""]).status == 200


def test_parts_that_grow_too_large_are_refused(client: Client) -> None:
    assert post_in_parts(client, [b" " * 100_000] * 3).code == "govde_cok_buyuk"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["/ziyaretci_id"]),
        ({"ziyaretci_id": "a", "ad": "", "email": "x", "mesaj": 1}, ["/ad", "/email", "/mesaj"]),
    ],
)
def test_every_bad_field_is_pointed_at(client: Client, body: dict[str, Any], fields: list[str]) -> None:
    reply = client.call("POST", START, key=DEMO_KEY, body=body)
    assert (reply.status, sorted(reply.fields)) == (422, fields)


def test_headers_of_more_than_32_kib_are_refused(client: Client, token: str) -> None:
    def with_header(size: int) -> Reply:
        headers = {"x-dolgu": "x" * size}
        return client.call("GET", "/api/v1/operator/tenants", token=token, headers=headers)

    assert with_header(32_000).status == 200
    assert (with_header(32_768).status, with_header(32_768).code) == (431, "basliklar_cok_buyuk")


# Which refusal comes first


def test_refusals_come_in_the_order_of_the_contract(client: Client) -> None:
    """Each step repairs what was refused before and meets the next refusal."""
    client.change_tenant(2, trial_ends_at=client.clock.now())
    large, text = b"x" * 262_145, {"content-type": "text/plain"}
    message, seen = "/api/v1/widget/chat/message", []

    def step(path: str, raw: bytes, headers: dict[str, str], method: str = "POST") -> None:
        seen.append(client.call(method, path, raw=raw, headers=headers).status)

    key = {"x-api-key": ESNAF_KEY}
    step("/api/v1/widget/yok", large, text, "YOK")
    step(message, large, text, "YOK")
    step(message, large, text)
    step(message, large, text | key)
    allowed = key | {"origin": ESNAF_ORIGIN}
    step(message, large, text | allowed)
    client.change_tenant(2, trial_ends_at=None)
    step(message, large, text | allowed)
    step(message, b"{", text | allowed)
    step(message, b"{", JSON | allowed)
    step(message, b"{}", JSON | allowed)
    client.end("ahmet.yilmaz", 42, ESNAF_KEY)
    step(message, b'{"ziyaretci_id": "baskasi", "oturum_id": 42, "mesaj": "x"}', JSON | allowed)
    step(message, b'{"ziyaretci_id": "ahmet.yilmaz", "oturum_id": 42, "mesaj": "x"}', JSON | allowed)
    assert seen == [404, 405, 401, 403, 402, 413, 415, 400, 422, 404, 409]
