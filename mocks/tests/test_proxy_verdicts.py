"""What breaks the contract is found on both sides, told apart, and with `errors` kept from passing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from mocks.tests.live import (
    GOOD_INIT,
    INIT,
    KEY,
    Proxied,
    Scripted,
    good_init,
    http,
    our_server,
    proxied,
    scripted,
)

BEARER = {"Authorization": "Bearer 1|abc"}


@pytest.fixture(scope="module")
def good() -> Iterator[Scripted]:
    """A server that answers everything as `widget_init` is answered."""
    with scripted(good_init()) as server:
        yield server


@pytest.fixture(scope="module")
def lenient(good: Scripted) -> Iterator[Proxied]:
    with proxied(good) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def strict(good: Scripted) -> Iterator[Proxied]:
    with proxied(good, errors=True) as proxy:
        yield proxy


NO_KEY = "The header `X-API-Key` is missing."
NO_JSON = "body: The body is not valid JSON (UTF-8, at most 32 levels deep, at most 50,000 values)."
CHATS = "/api/v1/operator/chats"
WRONG: list[tuple[str, str, Any, dict[str, str], list[str]]] = [
    ("GET", f"{INIT}t", None, KEY, [f"The contract has no path '{INIT}t'; the nearest is {INIT}"]),
    ("GET", INIT, None, KEY, [f"The contract has no GET for this path, but POST: '{INIT}'"]),
    ("POST", INIT, {"ziyaretci_id": "a"}, {}, [NO_KEY]),
    ("POST", INIT, {"ziyaretci_id": 7}, KEY, ["body /ziyaretci_id: This value must be text."]),
    ("POST", INIT, {}, {}, [NO_KEY, "body /ziyaretci_id: This field is required."]),
    ("POST", INIT, b"{", KEY, [NO_JSON]),
    ("POST", INIT, b"a=b", KEY | {"Content-Type": "text/plain"}, ["body: The body must be `application/json`."]),
    (
        "GET",
        f"{CHATS}?limit=0&durum=x",
        None,
        {"Authorization": "Basic eA=="},
        [
            "header /Authorization: Must be of the form `Bearer …`.",
            "parameter /durum: Must be one of: `bekliyor`, `aktif`, `kapandi`.",
            "parameter /limit: Must be 1 or more.",
        ],
    ),
    (
        "GET",
        "/api/v1/operator/ticket/abc",
        None,
        BEARER,
        ["A value in the path is not in the form that the contract gives."],
    ),
    ("GET", f"{CHATS}?limit=1&limit=2", None, BEARER, ["parameter /limit: This parameter may be given once."]),
]


@pytest.mark.parametrize(("method", "target", "body", "headers", "said"), WRONG)
def test_a_wrong_request_is_passed_on_and_each_fault_of_it_is_told(
    lenient: Proxied, method: str, target: str, body: Any, headers: dict[str, str], said: list[str]
) -> None:
    assert lenient.ask(method, target, body, **headers).body == GOOD_INIT
    line = lenient.last
    assert sorted(line["istek_kusurlari"]) == sorted(said)
    assert list(lenient.told[-1].request_faults) == line["istek_kusurlari"]


@pytest.mark.parametrize(("method", "target", "body", "headers", "said"), WRONG)
def test_a_strict_proxy_refuses_a_wrong_request_with_its_fields(
    strict: Proxied, good: Scripted, method: str, target: str, body: Any, headers: dict[str, str], said: list[str]
) -> None:
    before = len(good.requests)
    answer = strict.ask(method, target, body, **headers, **{"Accept-Language": "en"})
    assert (answer.status, answer.json["kod"]) == (422, "istek_sozlesmeye_uymuyor")
    messages = [error["mesaj"] for error in answer.json["hatalar"]]
    assert len(messages) == len(said)
    assert all(any(sentence.endswith(message) for sentence in said) for message in messages)
    assert len(good.requests) == before
    line = strict.last
    assert sorted(line["istek_kusurlari"]) == sorted(said)
    assert line["kusurlar"] == []


def test_a_refusal_can_be_read_by_the_page_and_names_the_fields_in_turkish(strict: Proxied) -> None:
    answer = strict.init({"ziyaretci_id": ""})
    assert answer.all("access-control-allow-origin") == ["*"]
    assert answer.json["hatalar"][0]["alan"] == "/ziyaretci_id"
    assert answer.all("x-request-id") == [answer.json["istek_id"]]
    assert len(answer.all("date")) == 1


def test_a_form_and_a_file_are_held_against_the_contract_too(lenient: Proxied) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    lenient.ask("POST", "/portal/giris", b"email=a%40b.example", **form)
    assert lenient.last["istek_kusurlari"] == ["body /sifre: This field is required."]
    multipart = KEY | {"Content-Type": "multipart/form-data; boundary=b"}
    part = b'--b\r\nContent-Disposition: form-data; name="ziyaretci_id"\r\n\r\nabc123\r\n--b--\r\n'
    lenient.ask("POST", "/api/v1/widget/upload", part, **multipart)
    assert lenient.last["istek_kusurlari"] == ["body /dosya: This field is required."]
    lenient.ask("POST", "/api/v1/widget/upload", part[:40], **multipart)
    assert lenient.last["istek_kusurlari"] == ["body: The body is not valid `multipart/form-data`."]


def test_unknown_fields_and_misspelt_headers_are_notes(lenient: Proxied, strict: Proxied) -> None:
    for proxy in (lenient, strict):
        proxy.ask("POST", INIT, {"ziyaretci_id": "a", "visitorName": "b"}, **KEY, **{"X-Ziyaretci-Tokn": "x"})
        line = proxy.last
        assert line["istek_kusurlari"] == line["kusurlar"] == []
        assert [note.split("'")[1] for note in line["notlar"]] == ["visitorName", "x-ziyaretci-tokn"]


WRONG_ANSWERS = [
    (http("418 Teapot", "X-Request-Id: 1", body=b"x"), ["status 418 is not documented for widget_init"]),
    (http("302 Found", "X-Request-Id: 1", "Location: /"), ["status 302 is not documented for widget_init"]),
    (http("200 OK", "Content-Type: application/json", body=GOOD_INIT), ["the header X-Request-Id is missing"]),
    (http("200 OK", "Content-Type: text/html", "X-Request-Id: 1", body=b"<!doctype html>"), ["media type text/html"]),
    (http("200 OK", "Content-Type: application/json", "X-Request-Id: 1", body=b"{,"), ["the body is not JSON"]),
    (
        http(
            "200 OK", "Content-Type: application/json", "X-Request-Id: 1", body=GOOD_INIT.replace(b"false", b'"evet"')
        ),
        ["data/cevrimici: "],
    ),
    (
        http("500 Oops", "Content-Type: text/html", "X-Request-Id: 1", body=b"<h1>PHP Fatal error</h1>"),
        ["status 500 is not documented for widget_init"],
    ),
]


@pytest.mark.parametrize(("whole", "said"), WRONG_ANSWERS)
def test_a_wrong_answer_is_passed_on_and_told(whole: bytes, said: list[str]) -> None:
    with scripted(whole) as server, proxied(server) as proxy:
        assert proxy.init().body == whole.partition(b"\r\n\r\n")[2]
        line = proxy.last
        assert len(line["kusurlar"]) == len(said)
        assert all(fault.startswith(start) for fault, start in zip(line["kusurlar"], said, strict=True))
        assert line["istek_kusurlari"] == []
        assert proxy.control("/journal?broken=true")["kayitlar"] == [line]


@pytest.mark.parametrize(("whole", "said"), WRONG_ANSWERS)
def test_a_strict_proxy_answers_502_in_the_place_of_a_wrong_answer(whole: bytes, said: list[str]) -> None:
    with scripted(whole) as server, proxied(server, errors=True) as proxy:
        answer = proxy.init()
        assert (answer.status, answer.json["kod"]) == (502, "sozlesme_bozuk")
        assert [error["mesaj"][: len(start)] for error, start in zip(answer.json["hatalar"], said, strict=True)] == said
        line = proxy.last
        assert (line["durum"], line["kusurlar"]) == (502, [error["mesaj"] for error in answer.json["hatalar"]])


def test_headers_in_any_order_are_judged_each_time_anew() -> None:
    length = f"Content-Length: {len(GOOD_INIT)}"
    answers = iter(
        [
            http("200 OK", length, "Content-Type: application/json", "X-Request-Id: 1", body=GOOD_INIT),
            http("200 OK", length, "Content-Type: text/html", "X-Request-Id: 1", body=GOOD_INIT),
            http("200 OK", length, "Content-Type: application/json", body=GOOD_INIT),
        ]
    )

    async def write(writer: Any, request: bytes) -> None:
        writer.write(next(answers))

    with scripted(write) as server, proxied(server) as proxy:
        verdicts = []
        for _ in range(3):
            proxy.init()
            verdicts.append(proxy.last["kusurlar"])
    assert verdicts[0] == []
    assert verdicts[1][0].startswith("media type text/html is not documented")
    assert verdicts[2] == ["the header X-Request-Id is missing"]


def test_a_strict_proxy_changes_nothing_of_what_is_right() -> None:
    with our_server() as server, proxied(server, errors=True) as proxy, proxied(server) as lenient:
        for call in (proxy, lenient):
            assert call.init().json["data"]["firma_adi"] == "CozumMerkezi Demo"
            assert call.ask("GET", "/portal/giris").json["basarili"] is True
            assert call.control("/journal?broken=true")["kayitlar"] == []


def test_a_strict_proxy_passes_long_and_chunked_answers_too() -> None:
    text = json.loads(GOOD_INIT)
    text["data"]["ek"] = "ğ" * 200_000
    body = json.dumps(text, ensure_ascii=False).encode()
    chunked = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:7], body[7:], b""))
    head = ("Content-Type: application/json", "X-Request-Id: 1")
    for whole in (http("200 OK", *head, body=body), http("200 OK", *head, "Transfer-Encoding: chunked", body=chunked)):
        with scripted(whole) as server, proxied(server, errors=True) as proxy:
            assert proxy.init().body == body
            assert proxy.last["kusurlar"] == []
