"""The journal over HTTP: every answer keeps `control.yaml`, and what is asked wrongly is refused by name."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from time import perf_counter
from typing import Any
from urllib.parse import quote

import pytest
from starlette.applications import Starlette

from impl.contract.schemas import Schemas
from impl.tests.client import DEMO_KEY, Client, application
from impl.world import Waker
from mocks.app import build_journal, build_mock
from mocks.control.document import control_document
from mocks.control.journal import journal_routes
from mocks.control.requests import BODY_LIMIT
from mocks.journal import Journal
from mocks.tests.entries import entry

Message = Mapping[str, Any]


@cache
def _document() -> Any:
    return deepcopy(control_document())


@cache
def _validator(path: str, method: str, status: int) -> Any:
    response = _document()["paths"][path][method.lower()]["responses"][str(status)]
    if "$ref" in response:
        response = _document()["components"]["responses"][response["$ref"].rpartition("/")[2]]
    ((media_type, content),) = response["content"].items()
    return media_type, Schemas(_document()).validator(content["schema"])


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Mock:
    """The mock in process, and its control beside it; every answer of that is held against its document."""

    def __init__(self, client: Client, journal: Journal) -> None:
        self.journal = journal
        self._world = client.world
        self._mock = build_mock(application(), lambda *told: None, journal=journal)
        self._control = Starlette(routes=journal_routes(journal))

    async def call(self, method: str, target: str, body: Any = None, **headers: str) -> Answer:
        path, _, query = target.partition("?")
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        named = {"content-type": "application/json", "content-length": str(len(raw))} if body is not None else {}
        pairs = (named | {"host": "m", **{k.replace("_", "-"): v for k, v in headers.items()}}).items()
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": quote(path).encode(),
            "query_string": quote(query, safe="=&%*").encode(),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in pairs],
            "client": ("127.0.0.1", 1),
            "cozum.tests.world": self._world,
        }
        sent: list[Message] = []

        asked = False

        async def receive() -> Message:
            nonlocal asked
            if asked:
                await asyncio.Event().wait()  # nobody leaves
            asked = True
            return {"type": "http.request", "body": raw}

        async def send(message: Message) -> None:
            sent.append(message)

        is_control = path.startswith("/_mock")
        await (self._control if is_control else self._mock)(scope, receive, send)  # type: ignore[arg-type]
        told = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
        answer = Answer(sent[0]["status"], told, b"".join(part.get("body", b"") for part in sent[1:]))
        if is_control:
            _judge(method, path, answer)
        return answer

    def __call__(self, method: str, target: str, body: Any = None, **headers: str) -> Answer:
        return asyncio.run(self.call(method, target, body, **headers))

    def ids(self, query: str = "", **headers: str) -> list[int]:
        answer = self("GET", f"/_mock/journal?{query}", **headers)
        assert answer.status == 200, answer
        return [one["id"] for one in answer.json["kayitlar"]]

    def init(self, visitor: str = "abc123", **headers: str) -> Answer:
        return self("POST", "/api/v1/widget/init", {"ziyaretci_id": visitor}, x_api_key=DEMO_KEY, **headers)


def _judge(method: str, path: str, answer: Answer) -> None:
    known = path if path in _document()["paths"] else "/_mock/journal/{id}"
    media_type, validator = _validator(known, method, answer.status)
    assert answer.headers["content-type"] == media_type
    faults = [f"{list(error.instance_path)}: {error.message}" for error in validator.iter_errors(answer.json)]
    assert not faults


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client()
    yield made
    made.close()


@pytest.fixture
def mock(client: Client) -> Mock:
    return Mock(client, build_journal(application()))


@pytest.fixture
def busy(mock: Mock) -> Mock:
    """1: an init, 2: an init that is refused, 3: no such path, 4: an operator without token."""
    mock.init()
    mock.init("a|b")
    mock("GET", "/yok?a=ş")
    mock("GET", "/api/v1/operator/chats")
    return mock


# What is listed


def test_requests_are_listed_newest_last(busy: Mock) -> None:
    answer = busy("GET", "/_mock/journal").json
    first, second, third, fourth = answer["kayitlar"]
    assert [one["id"] for one in (first, second, third, fourth)] == [1, 2, 3, 4]
    assert (first["islem"], first["yontem"], first["durum"]) == ("widget_init", "POST", 200)
    assert second["durum"] == 422
    assert (third["islem"], third["yol"], third["hedef"], third["durum"]) == (None, "/yok", "/yok?a=%C5%9F", 404)
    assert fourth["islem"] == "list_chats"
    assert (answer["son_id"], answer["dusen"]) == (4, 0)
    assert not any(one["kusurlar"] for one in answer["kayitlar"])


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("operation=widget_init", [1, 2]),
        ("method=get", [3, 4]),
        ("path=/yok", [3]),
        ("path=/api/*", [1, 2, 4]),
        ("status=404", [3]),
        ("status=4xx", [2, 3, 4]),
        ("broken=true", []),
        ("broken=false", [1, 2, 3, 4]),
        ("since=2", [3, 4]),
        ("since=4", []),
        ("since=99", []),
        ("limit=2", [3, 4]),
        ("limit=2&since=1", [2, 3]),
        ("operation=widget_init&status=2xx&since=0", [1]),
    ],
)
def test_filters_choose_what_is_listed(busy: Mock, query: str, ids: list[int]) -> None:
    assert busy.ids(query) == ids


def test_what_breaks_the_contract_can_be_listed_alone(busy: Mock) -> None:
    busy.journal.add(entry(faults=("the header X-Request-Id is missing",), notes=("bilinmeyen alan",)))
    (one,) = busy("GET", "/_mock/journal?broken=true").json["kayitlar"]
    assert (one["id"], one["kusurlar"]) == (5, ["the header X-Request-Id is missing"])
    assert one["notlar"] == ["bilinmeyen alan"]


@pytest.mark.parametrize(
    ("target", "pointer"),
    [
        ("journal?operation=widget_inti", "/operation"),
        ("journal?method=P%20T", "/method"),
        ("journal?method=POTS", "/method"),
        ("journal?path=", "/path"),
        ("journal?path=api", "/path"),
        ("journal.har?method=POTS", "/method"),
        ("journal?status=6xx", "/status"),
        ("journal?status=x", "/status"),
        ("journal?broken=1", "/broken"),
        ("journal?since=-1", "/since"),
        ("journal?since=9223372036854775808", "/since"),
        ("journal?limit=0", "/limit"),
        ("journal?limit=1001", "/limit"),
        ("journal?limit=²", "/limit"),
        ("journal?wait=31", "/wait"),
        ("journal?opertion=widget_init", "/opertion"),
        ("journal.har?limit=1", "/limit"),
        ("journal.har?secrets=evet", "/secrets"),
        ("journal/abc", "/id"),
        ("journal/0", "/id"),
        ("journal/1?x=1", "/x"),
    ],
)
def test_a_query_that_means_nothing_is_refused_by_name(busy: Mock, target: str, pointer: str) -> None:
    answer = busy("GET", f"/_mock/{target}")
    assert answer.status == 422
    assert [error["alan"] for error in answer.json["hatalar"]] == [pointer]


def test_a_misspelt_name_gets_the_nearest_known_one_in_the_callers_language(busy: Mock) -> None:
    target = "/_mock/journal?operation=widget_inti"
    assert busy("GET", target).json["hatalar"][0]["mesaj"] == "Bilinmiyor; `widget_init` mi demek istediniz?"
    english = busy("GET", target, accept_language="en").json
    assert english["hatalar"][0]["mesaj"] == "Unknown; did you mean `widget_init`?"
    assert (english["title"], english["basarili"]) == ("Invalid fields", False)


# One entry


def test_an_entry_shows_headers_and_bodies(busy: Mock) -> None:
    whole = busy("GET", "/_mock/journal/1").json["kayit"]
    assert {"ad": "x-api-key", "deger": DEMO_KEY} in whole["istek"]["basliklar"]
    assert whole["istek"]["govde"] == {"bayt": 26, "kesildi": False, "json": {"ziyaretci_id": "abc123"}}
    assert whole["yanit"]["govde"]["json"]["data"]["firma_adi"] == "CozumMerkezi Demo"
    assert "x-request-id" in [header["ad"] for header in whole["yanit"]["basliklar"]]


@pytest.mark.parametrize(
    ("kept", "size", "media_type", "shown"),
    [
        (b"", 0, b"application/json", {}),
        (b'{"a": 1}', 8, b"application/problem+json", {"json": {"a": 1}}),
        (b'{"a": ', 6, b"application/json", {"metin": '{"a": '}),
        (b'"\\ud800"', 8, b"application/json", {"metin": '"\\ud800"'}),
        (b"[" * 9_999, 9_999, b"application/json", {"metin": "[" * 9_999}),
        ("şu".encode()[:1], 3, b"text/plain", {"metin": ""}),
        ("aş".encode()[:2], 3, b"application/json", {"metin": "a"}),
        (b"\xff\xd8\xff\xe0", 4, b"image/jpeg", {"base64": "/9j/4A=="}),
    ],
    ids=["empty", "problem", "broken", "surrogate", "deep", "only half a letter", "half a letter", "bytes"],
)
def test_a_body_is_shown_as_what_it_is(mock: Mock, kept: bytes, size: int, media_type: bytes, shown: Any) -> None:
    head = [(b"content-type", media_type)]
    mock.journal.add(entry(answer=kept, answer_size=size, answer_head=head))
    body = mock("GET", "/_mock/journal/1").json["kayit"]["yanit"]["govde"]
    assert body == {"bayt": size, "kesildi": len(kept) < size} | shown


def test_a_body_that_nobody_read_is_told_by_its_declared_size(mock: Mock) -> None:
    mock("POST", "/api/v1/widget/init", {"ziyaretci_id": "abc123"})  # no key: refused before the body is read
    body = mock("GET", "/_mock/journal/1").json["kayit"]["istek"]["govde"]
    assert body == {"bayt": 0, "kesildi": False, "bildirilen_bayt": 26}


def test_an_entry_that_is_not_there_is_not_found(busy: Mock) -> None:
    answer = busy("GET", "/_mock/journal/99")
    assert (answer.status, answer.json["kod"]) == (404, "bulunamadi")


# Clearing and sandboxes


def test_clearing_forgets_all_and_ids_go_on(busy: Mock) -> None:
    assert busy("DELETE", "/_mock/journal").json == {"silinen": 4}
    busy.init()
    assert busy.ids() == [5]


def test_a_sandbox_sees_and_clears_only_its_own(mock: Mock) -> None:
    mock.init(x_mock_sandbox="a")
    mock.init(x_mock_sandbox="b")
    mock.init()
    assert mock.ids() == [1, 2, 3]
    assert mock.ids(x_mock_sandbox="b") == [2]
    expected = {"islem": "widget_init", "kez": 1}
    assert not mock("POST", "/_mock/verify", expected).json["tutuyor"]
    assert mock("POST", "/_mock/verify", expected, x_mock_sandbox="a").json["eslesen"] == [1]
    assert mock("DELETE", "/_mock/journal", x_mock_sandbox="b").json == {"silinen": 1}
    assert mock.ids() == [1, 3]


# Waiting


def test_whoever_waits_is_woken_by_what_they_wait_for(mock: Mock) -> None:
    async def scene() -> tuple[list[int], float]:
        start = perf_counter()
        waiting = asyncio.create_task(mock.call("GET", "/_mock/journal?since=0&wait=20&status=404"))
        await asyncio.sleep(0.05)
        await mock.call("GET", "/")
        await asyncio.sleep(0.05)
        assert not waiting.done(), "a redirect is not what was waited for"
        await mock.call("GET", "/yok")
        answer = await waiting
        return [one["id"] for one in answer.json["kayitlar"]], perf_counter() - start

    ids, seconds = asyncio.run(scene())
    assert ids == [2]
    assert seconds < 10


def test_waiting_ends_with_nothing_after_its_time(busy: Mock) -> None:
    start = perf_counter()
    assert busy.ids("since=4&wait=1") == []
    assert 0.9 < perf_counter() - start < 10


@pytest.mark.parametrize("query", ["since=0&wait=20", "wait=20", "since=9&wait=20"])
def test_nobody_waits_for_what_is_there_or_for_another_journal(busy: Mock, query: str) -> None:
    start = perf_counter()
    assert busy.ids(query) == ([] if query.startswith("since=9") else [1, 2, 3, 4])
    assert perf_counter() - start < 10


def test_waiting_ends_with_the_process(client: Client) -> None:
    async def scene() -> Answer:
        waker = Waker()
        mock = Mock(client, Journal(waker=waker))
        asyncio.get_running_loop().call_later(0.05, waker.close)
        async with asyncio.timeout(10):
            return await mock.call("GET", "/_mock/journal?wait=20")

    assert asyncio.run(scene()).json["kayitlar"] == []


# HAR


def test_the_archive_holds_every_exchange_without_the_secrets(mock: Mock) -> None:
    login = {"email": "operator@example.com", "sifre": "sifre123"}
    token = mock("POST", "/api/v1/auth/login", login).json["data"]["token"]
    mock("GET", "/api/v1/operator/chats?limit=1", authorization=f"Bearer {token}")
    exported = mock("GET", "/_mock/journal.har")
    assert token not in exported.body.decode()
    assert "sifre123" not in exported.body.decode()
    log = exported.json["log"]
    assert (log["version"], log["creator"]["name"]) == ("1.2", "cozum")
    signed_in, listed = log["entries"]
    assert signed_in["_operation"] == "login"
    assert json.loads(signed_in["request"]["postData"]["text"]) == {"email": "operator@example.com", "sifre": "…"}
    assert listed["request"]["url"] == "http://m/api/v1/operator/chats?limit=1"
    assert listed["request"]["queryString"] == [{"name": "limit", "value": "1"}]
    assert (listed["response"]["status"], listed["response"]["statusText"]) == (200, "OK")
    assert json.loads(listed["response"]["content"]["text"])["basarili"]
    for one in log["entries"]:
        assert {"startedDateTime", "time", "request", "response", "cache", "timings"} <= one.keys()
    whole = mock("GET", "/_mock/journal.har?secrets=true&operation=login")
    assert token in whole.body.decode()
    assert len(whole.json["log"]["entries"]) == 1


def test_cut_and_binary_bodies_are_said_in_the_archive(mock: Mock) -> None:
    secret = b'{"sifre": "yar'
    mock.journal.add(entry(body=secret, body_size=99, answer=b"\xff\x00", answer_size=2, status=299))
    (one,) = mock("GET", "/_mock/journal.har").json["log"]["entries"]
    assert one["request"]["postData"]["comment"] == "cut to 14 of 99 bytes"
    assert one["request"]["postData"]["text"] == '{"sifre": "…"'
    assert one["response"]["content"] == {
        "size": 2,
        "mimeType": "application/json",
        "text": "/wA=",
        "encoding": "base64",
    }
    assert one["response"]["statusText"] == ""


# Verifying


def test_a_call_that_came_is_verified(busy: Mock) -> None:
    expected = {
        "islem": "widget_init",
        "yontem": "post",
        "yol": "/api/v1/widget/*",
        "durum": "200",
        "basliklar": {"X-API-Key": DEMO_KEY, "Origin": None},
        "govde": {"ziyaretci_id": "abc123"},
        "kez": 1,
    }
    answer = busy("POST", "/_mock/verify", expected).json
    assert answer == {
        "tutuyor": True,
        "sayi": 1,
        "aciklama": "Beklenen: 1 kez; gelen: 1 kez.",
        "eslesen": [1],
        "yakin": [],
        "dusen": 0,
    }


def test_on_a_miss_the_nearest_calls_are_told_with_their_differences(busy: Mock) -> None:
    expected = {"islem": "widget_init", "govde": {"ziyaretci_id": "user_42"}}
    answer = busy("POST", "/_mock/verify", expected, accept_language="en").json
    assert (answer["tutuyor"], answer["sayi"]) == (False, 0)
    assert answer["aciklama"] == "Expected: at least once; came: 0 times."
    assert [one["id"] for one in answer["yakin"]] == [2, 1, 4, 3]
    assert answer["yakin"][0]["uymayan"] == [{"alan": "/govde/ziyaretci_id", "beklenen": "user_42", "gelen": "a|b"}]
    assert answer["yakin"][3]["uymayan"] == [{"alan": "/islem", "beklenen": "widget_init", "gelen": None}]


@pytest.mark.parametrize(
    ("counts", "holds"),
    [
        ({}, True),
        ({"kez": 2}, True),
        ({"kez": 1}, False),
        ({"kez": 0}, False),
        ({"en_az": 3}, False),
        ({"en_cok": 1}, False),
        ({"en_cok": 2}, True),
        ({"en_az": 1, "en_cok": 2}, True),
        ({"kez": 1, "since": 1}, True),
        ({"kez": 1.0, "since": 1.0}, True),
    ],
)
def test_counts_are_exact_or_bounds(busy: Mock, counts: dict[str, Any], holds: bool) -> None:
    answer = busy("POST", "/_mock/verify", {"islem": "widget_init"} | counts).json
    assert answer["tutuyor"] is holds


def test_whoever_expects_nothing_more_than_few_calls_may_expect_none(mock: Mock) -> None:
    assert mock("POST", "/_mock/verify", {"en_cok": 2}).json["tutuyor"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"islem": "widget_inti"}, "/islem"),
        ({"islem": None}, "/islem"),
        ({"isem": "widget_init"}, "/isem"),
        ({"kez": -1}, "/kez"),
        ({"kez": "1"}, "/kez"),
        ({"kez": 1, "en_az": 1}, "/kez"),
        ({"en_az": 2, "en_cok": 1}, "/en_az"),
        ({"durum": 200}, "/durum"),
        ({"yol": ""}, "/yol"),
        ({"yol": "api", "kez": 0}, "/yol"),
        ({"yontem": "POTS", "kez": 0}, "/yontem"),
        ({"yontem": "P T"}, "/yontem"),
        ({"sorgu": {"a": 1}}, "/sorgu/a"),
        ({"basliklar": {"a": ["x"]}}, "/basliklar/a"),
        ([], ""),
    ],
)
def test_an_expectation_that_means_nothing_is_refused_by_name(busy: Mock, body: Any, pointer: str) -> None:
    answer = busy("POST", "/_mock/verify", body)
    assert answer.status == 422
    assert [error["alan"] for error in answer.json["hatalar"]] == [pointer]


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"yontem": "pots"}, "Unknown; did you mean `POST`?"),
        ({"yontem": "X"}, "Unknown; known: CONNECT, DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, TRACE."),
        ({"yol": "api"}, "Must begin with `/` or `*`; did you mean `/api`?"),
        ({"yol": "api/v1/widget/*"}, "Must begin with `/` or `*`; did you mean `/api/v1/widget/*`?"),
        ({"yol": "widget/init"}, "Must begin with `/` or `*`; did you mean `/api/v1/widget/init`?"),
        ({"yol": "http://m/api/v1/widget/init?a"}, "Must begin with `/` or `*`; did you mean `/api/v1/widget/init`?"),
        ({"yol": "http://[/"}, "Must begin with `/` or `*`; did you mean `/http://[/`?"),
        ({"yol": "/yok?a=1"}, "The query is no part of the path; did you mean `/yok`?"),
        (
            {"yol": "/api/v1/operator/chat/{id}/accept"},
            "Any value is written `*`; did you mean `/api/v1/operator/chat/*/accept`?",
        ),
    ],
)
def test_a_condition_that_no_call_can_meet_gets_the_nearest_that_one_can(
    busy: Mock, condition: dict[str, str], said: str
) -> None:
    refused = busy("POST", "/_mock/verify", condition | {"kez": 0}, accept_language="en")
    assert (refused.status, [error["mesaj"] for error in refused.json["hatalar"]]) == (422, [said])


@pytest.mark.parametrize("condition", [{"yontem": "trace"}, {"yol": "/yok/{id}"}, {"yol": "*"}, {"yol": "*init"}])
def test_a_condition_that_calls_may_meet_is_no_mistake(busy: Mock, condition: dict[str, str]) -> None:
    assert busy("POST", "/_mock/verify", condition).status == 200


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b'{"govde": 1e999}', {}, 400),
        (b"{}", {"content_type": "text/plain"}, 415),
        (b" " * (BODY_LIMIT + 1), {}, 413),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(busy: Mock, body: bytes, headers: dict[str, str], status: int) -> None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    assert busy("POST", "/_mock/verify", body, **named).status == status


def test_what_left_the_journal_is_told(client: Client) -> None:
    small = Journal({}, entries=1)
    for _ in range(3):
        small.add(entry())
    assert small.dropped == 2
    mock = Mock(client, small)
    assert mock("POST", "/_mock/verify", {"kez": 3}).json["dusen"] == 2
