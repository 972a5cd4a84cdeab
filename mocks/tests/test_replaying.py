"""A recording is played back: what is most alike, in order, and else the mock's own answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from impl.app import Application
from impl.contract.replies import App
from impl.settings import Settings
from impl.tests.client import DEMO_KEY, DOCUMENT, application
from mocks.app import Mock
from mocks.matching import Takes
from mocks.recording import NoRecording, Recording, read_recording
from mocks.replaying import Replaying
from mocks.tape import Tape
from mocks.tests.live import GOOD_INIT, KEY, our_server, proxied
from mocks.tests.whole import Whole


def har(*exchanges: tuple[str, str, Any, Any], **changed: Any) -> bytes:
    """A recording of requests (method, target, JSON) and their JSON answers."""
    entries = []
    for method, target, body, answer in exchanges:
        status, said = answer if isinstance(answer, tuple) else (200, answer)
        request: dict[str, Any] = {"method": method, "url": f"http://x{target}", "headers": []}
        if body is not None:
            request["postData"] = {"mimeType": "application/json", "text": json.dumps(body)}
        content = {"size": 1, "mimeType": "application/json", "text": json.dumps(said)}
        headers = [{"name": "Content-Type", "value": "application/json"}, {"name": "X-Request-Id", "value": "r"}]
        response = {"status": status, "headers": headers, "content": content} | changed
        entries.append({"request": request, "response": response})
    return json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()


@contextmanager
def playing(raw: bytes, *, only: bool = False) -> Iterator[Whole]:
    """A mock that plays a recording."""

    def around(app: App, application: Application) -> App:
        return Replaying(app, read_recording(raw), application.find_plan, only=only)

    mock = Mock(Settings(DOCUMENT, demo=True), lambda entries: None, replay=around)
    whole = Whole(mock)
    whole.run(mock.start())
    try:
        yield whole
    finally:
        whole.run(mock.sandboxes.main.end())
        whole.close()


INIT = "/api/v1/widget/init"
CHATS = "/api/v1/operator/chats"
TICKET = "/api/v1/operator/ticket"


def asked(whole: Whole, method: str, target: str, body: Any = None, **headers: str) -> Any:
    answer = whole.ask(method, target, body, **headers)
    assert answer.status == 200, answer.body
    return answer.json


def test_the_most_alike_is_played_and_the_journal_says_so() -> None:
    recorded = har(
        ("GET", f"{TICKET}/1", None, "ticket 1"),
        ("GET", f"{TICKET}/2", None, "ticket 2"),
        ("GET", f"{CHATS}?durum=aktif", None, "active"),
        ("GET", f"{CHATS}?durum=kapandi&limit=5", None, "closed"),
        ("POST", INIT, {"ziyaretci_id": "a"}, "a"),
        ("POST", INIT, {"ziyaretci_id": "b", "x": {"y": 1, "z": 2}}, "b"),
        ("GET", "/not/in/the/contract", None, "beside"),
    )
    with playing(recorded) as whole:
        assert asked(whole, "GET", f"{TICKET}/2") == "ticket 2"
        assert asked(whole, "GET", f"{TICKET}/77") == "ticket 1"
        assert asked(whole, "GET", f"{CHATS}?limit=5&durum=kapandi") == "closed"
        assert asked(whole, "GET", f"{CHATS}?limit=5") == "closed"
        assert asked(whole, "GET", CHATS) == "active"
        assert asked(whole, "POST", INIT, {"ziyaretci_id": "b", "x": {"z": 2}}) == "b"
        assert asked(whole, "POST", INIT, {"ziyaretci_id": "a"}) == "a"
        assert asked(whole, "GET", "/not/in/the/contract") == "beside"
        assert whole.ask("GET", "/not/in/the/contrac").status == 404
        lines = whole.control("GET", "/journal")["kayitlar"]
    assert [line["notlar"] for line in lines[:3]] == [
        [f"replayed: GET {TICKET}/2"],
        [f"replayed: GET {TICKET}/1, the most like it"],
        [f"replayed: GET {CHATS}?durum=kapandi&limit=5"],
    ]
    assert [line["islem"] for line in lines[-2:]] == [None, None]
    assert None not in [line["islem"] for line in lines[:-2]]
    assert lines[-1]["notlar"] == []


def test_the_same_request_gets_its_answers_in_order_and_the_last_again_and_again() -> None:
    recorded = har(*[("POST", INIT, {"ziyaretci_id": "a"}, f"answer {number}") for number in (1, 2, 3)])
    with playing(recorded) as whole:
        body = {"ziyaretci_id": "a"}
        played = [asked(whole, "POST", INIT, body) for _ in range(5)]
        assert played == ["answer 1", "answer 2", "answer 3", "answer 3", "answer 3"]
        assert asked(whole, "POST", INIT, body, x_mock_sandbox="other") == "answer 1"
        line = whole.control("GET", "/journal?limit=2")["kayitlar"][0]
        assert line["notlar"] == [f"replayed: POST {INIT}; answer 3 of 3"]


def test_a_sandbox_that_begins_anew_begins_the_recording_anew() -> None:
    with playing(har(("POST", INIT, {}, "first"), ("POST", INIT, {}, "second"))) as whole:
        assert [asked(whole, "POST", INIT, {}) for _ in range(2)] == ["first", "second"]
        whole.run(whole.mock.sandboxes.main.begin(whole.mock.sandboxes.make))
        assert asked(whole, "POST", INIT, {}) == "first"


def test_the_same_bytes_of_another_type_are_another_body() -> None:
    refused = json.loads(
        har(("POST", INIT, {"ziyaretci_id": "a"}, "no JSON"), ("POST", INIT, {"ziyaretci_id": "a"}, "a"))
    )
    refused["log"]["entries"][0]["request"]["postData"]["mimeType"] = "text/plain"
    with playing(json.dumps(refused).encode()) as whole:
        assert asked(whole, "POST", INIT, {"ziyaretci_id": "a"}) == "a"
        assert asked(whole, "POST", INIT, b'{"ziyaretci_id": "a"}', content_type="text/plain") == "no JSON"


def test_equals_are_taken_one_after_the_other() -> None:
    recorded = har(("POST", INIT, {"ziyaretci_id": "a"}, "a"), ("POST", INIT, {"ziyaretci_id": "b"}, "b"))
    with playing(recorded) as whole:
        assert [asked(whole, "POST", INIT, {"ziyaretci_id": "c"}) for _ in range(3)] == ["a", "b", "a"]


def test_what_is_not_recorded_is_the_mocks_to_answer() -> None:
    with playing(har(("GET", CHATS, None, "chats"))) as whole:
        answer = whole.widget("init", {"ziyaretci_id": "abc123"})
        assert answer.json["data"]["firma_adi"] == "CozumMerkezi Demo"
        assert whole.control("GET", "/journal?limit=1")["kayitlar"][0]["notlar"] == []


def test_only_the_recording_answers_when_that_is_asked_for() -> None:
    with playing(har(("POST", f"{INIT}", {}, "i"), ("GET", CHATS, None, "c")), only=True) as whole:
        refused = whole.ask("GET", f"{CHATS}s", accept_language="en")
        assert (refused.status, refused.json["kod"]) == (404, "kayitta_yok")
        assert refused.json["detail"] == f"The recording has no `GET {CHATS}s`; the nearest is `GET {CHATS}`."
        browser = whole.ask("POST", "/api/v1/widget/chat/start", {"ziyaretci_id": "a"}, x_api_key=DEMO_KEY)
        assert (browser.status, browser.headers["access-control-allow-origin"]) == (404, "*")
        assert whole.control("GET", "/journal?limit=1")["kayitlar"][0]["kusurlar"] == []
        preflight = whole.ask("OPTIONS", INIT, origin="https://a.example", access_control_request_method="POST")
        assert preflight.status == 204


def test_what_asks_for_an_answer_of_its_own_gets_it() -> None:
    with playing(har(("POST", INIT, {"ziyaretci_id": "abc123"}, "recorded"))) as whole:
        assert whole.widget("init", {"ziyaretci_id": "abc123"}, prefer="code=429").status == 429
        assert whole.widget("init", {"ziyaretci_id": "abc123"}, x_mock_fault="status=503").status == 503


def test_answers_are_still_judged() -> None:
    with playing(har(("POST", INIT, {}, "no object"))) as whole:
        whole.widget("init", {})
        assert whole.control("GET", "/journal?broken=true")["kayitlar"][0]["kusurlar"]


def test_secrets_that_were_left_out_have_something_of_their_form_in_their_place() -> None:
    said = {"basarili": True, "data": {**json.loads(GOOD_INIT)["data"], "ziyaretci_token": "…"}}
    with playing(har(("POST", INIT, {"ziyaretci_id": "abc123"}, said))) as whole:
        token = asked(whole, "POST", INIT, {"ziyaretci_id": "abc123"})["data"]["ziyaretci_token"]
        assert len(token) == 43
        assert whole.control("GET", "/journal")["kayitlar"][0]["kusurlar"] == []


def test_a_password_that_was_left_out_is_like_any() -> None:
    login = "/api/v1/auth/login"
    recorded = har(
        ("POST", login, {"email": "a", "sifre": "…"}, "a"), ("POST", login, {"email": "b", "sifre": "…"}, "b")
    )
    with playing(recorded) as whole:
        assert asked(whole, "POST", login, {"email": "b", "sifre": "gizli"}) == "b"
        assert whole.control("GET", "/journal")["kayitlar"][0]["notlar"] == [f"replayed: POST {login}"]


def test_what_the_proxy_recorded_of_our_server_is_played_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    calls: list[tuple[str, str, Any, dict[str, str]]] = [
        ("POST", INIT, {"ziyaretci_id": "yeni"}, KEY),
        ("POST", "/api/v1/widget/chat/start", {"ziyaretci_id": "yeni", "mesaj": "Merhaba"}, KEY),
        ("POST", INIT, {"ziyaretci_id": "yeni"}, KEY),
        ("GET", "/api/v1/widget/kb/search?q=%C5%9Fifre", None, KEY),
        ("GET", "/storage/tenants/2/logo.png", None, {}),
        ("POST", "/api/v1/auth/login", {"email": "operator@example.com", "sifre": "yanlis"}, {}),
        ("HEAD", "/api/v1/widget/campaigns", None, KEY),
        ("GET", "/yok/b%C3%B6yle?a=%26", None, {}),
    ]
    with our_server() as server, proxied(server, tape=Tape(path, secrets=True)) as proxy:
        live = [proxy.ask(method, target, body, **headers) for method, target, body, headers in calls]
    with playing(path.read_bytes(), only=True) as whole:
        for (method, target, body, headers), was in zip(calls, live, strict=True):
            given = {name.lower().replace("-", "_"): value for name, value in headers.items()}
            now = whole.ask(method, target.replace("%C3%B6", "ö"), body, **given)
            assert (now.status, now.body) == (was.status, was.body)
            assert now.headers == {name: value for name, value in was.headers if name not in ("date", "connection")} | (
                {"content-length": "0"} if method == "HEAD" else {}
            )


# Files


BROKEN: list[tuple[bytes, str]] = [
    (b"", "is no recording"),
    (b"openapi: 3.1.0", "is no recording"),
    (b"[]", "is no recording"),
    (b'{"log": {}}', "is no recording"),
    (b'{"log": {"entries": [{"request": {', "breaks off before the end of its first exchange"),
    (b'{"log": {"entries": []}}', "has no exchange that can be played"),
    (b'{"log": {"entries": [{"request": {"method": "GET", "url": 7}}]}}', r"entries\[0\].request.url"),
    (har(("GET", "/", None, ""), content={"text": "x", "encoding": "base64", "size": 1}), "entry 0"),
    (har(("GET", "/", None, ""), headers=[{"name": "x", "value": "…a"}]), "entry 0"),
    (har(("GET", "/", None, (0, ""))), "has no exchange that can be played"),
    (
        har(("GET", "/", None, ""), content={"text": "x", "comment": "cut to 1 of 9 bytes", "size": 9}),
        "has no exchange",
    ),
    (b"\xff\xfe", "is no recording"),
    (b"[" * 100_000, "is no recording"),
]


@pytest.mark.parametrize(("raw", "said"), BROKEN)
def test_what_is_no_recording_is_refused_with_its_place(raw: bytes, said: str) -> None:
    with pytest.raises(NoRecording, match=said) as caught:
        read_recording(raw)
    assert "\n" not in str(caught.value)


def test_what_browsers_export_is_read() -> None:
    """Of what browsers add nothing matters; what they did not keep is left out."""
    raw = json.loads(har(("GET", CHATS, None, "kept"), ("GET", "/x", None, "gone")))
    raw["log"]["entries"][0] |= {"_initiator": {"type": "script"}, "cache": {}, "timings": {"wait": 1}}
    raw["log"]["entries"][0]["response"]["headers"] += [
        {"name": ":status", "value": "200"},
        {"name": "content-encoding", "value": "br"},
        {"name": "Date", "value": "now"},
        {"name": "Set-Cookie", "value": "…"},
    ]
    del raw["log"]["entries"][1]["response"]["content"]["text"]
    recording = read_recording(json.dumps(raw).encode())
    ((one,), left_out) = recording
    assert (one.answer.body, left_out) == (b'"kept"', 1)
    assert one.answer.headers == [("content-type", "application/json"), ("x-request-id", "r")]


def test_ten_thousand_exchanges_are_looked_up_at_once() -> None:
    find_plan: Callable[[Any], Any] = application().find_plan
    exchanges = read_recording(har(*[("GET", f"{CHATS}?imlec={n}", None, n) for n in range(10_000)])).exchanges
    takes = Takes(Recording(exchanges, 0).exchanges, find_plan)
    assert len(takes.of("GET", CHATS)) == 10_000
    assert takes.nearest("GET", CHATS) == f"GET {CHATS}?imlec=0"
