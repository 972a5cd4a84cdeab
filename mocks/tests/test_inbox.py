"""Every event of a sandbox is in its inbox: as it was sent or would be, judged, with what came of telling it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import datetime
from time import monotonic
from typing import Any

import pytest

from contract_tests.receiver import Reply, always
from impl.tests.client import application
from impl.webhooks.messages import Message
from mocks.event_contract import event_contract, is_signed
from mocks.inbox import MOCK_SECRET, Inbox
from mocks.tests.hooking import EVENTS, attempted, inbox, listening, set_webhook, trigger, verified
from mocks.tests.whole import Whole, whole_mock

DOWN = "http://127.0.0.1:1/hook"
"""Where nobody listens."""


@pytest.fixture
def mock() -> Iterator[Whole]:
    with whole_mock() as made:
        yield made


# Without an endpoint


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_that_nobody_is_told_of_is_there_as_it_would_be_sent(mock: Whole, event: str) -> None:
    trigger(mock, event)
    told = inbox(mock)[-1]
    assert told["olay"] == told["govde"]["olay"] == event
    assert (told["kusurlar"], told["imza_gecerli"], told["denemeler"], told["teslimat"]) == ([], True, [], None)
    assert told["musteri_id"] == told["govde"]["veri"]["musteri_id"]
    assert told["zaman"] == told["govde"]["zaman"]
    assert told["secret"] == MOCK_SECRET == mock.control("GET", "/inbox")["secret"]
    assert verified(MOCK_SECRET, told["metin"], told["basliklar"]) == told["govde"]


def test_it_stays_the_same_however_often_it_is_read(mock: Whole) -> None:
    trigger(mock, "yeni_chat")
    first = inbox(mock)
    assert inbox(mock) == first
    assert mock.control("GET", "/inbox/1")["olay"] == first[0]
    assert mock.ask("GET", "/_mock/inbox/2").status == 404


def test_what_the_demo_begins_with_did_not_happen_here(mock: Whole) -> None:
    assert mock.mock.sandboxes.main.store.tables.outbox
    assert mock.control("GET", "/inbox")["son_id"] == 0


def test_requests_do_nothing_for_it(mock: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Inbox, "collect", None)
        assert mock.widget("chat/start", {"ziyaretci_id": "yeni"}).status == 201
    assert [one["olay"] for one in inbox(mock)] == ["yeni_chat"]


# With an endpoint


def test_what_was_sent_is_shown_as_the_receiver_had_it(mock: Whole) -> None:
    with listening() as receiver:
        secret = set_webhook(mock, receiver.url)
        trigger(mock, "yeni_chat")
        attempted(mock)
    (heard,) = receiver.heard
    (told,) = inbox(mock)
    assert told["metin"].encode() == heard.body
    assert told["basliklar"].items() <= heard.headers.items()
    assert verified(secret, heard.body, told["basliklar"])
    assert (told["secret"], told["imza_gecerli"], told["kusurlar"]) == (secret, True, [])
    (attempt,) = told["denemeler"]
    assert (attempt["url"], attempt["durum"], attempt["hata"], attempt["elle"]) == (receiver.url, 204, None, False)
    assert 0 < attempt["sure_ms"] < 5_000
    assert told["teslimat"] == {
        "id": 1,
        "url": receiver.url,
        "durum": "teslim_edildi",
        "deneme_sayisi": 1,
        "sonraki_deneme": None,
        "son_hata": None,
    }


def test_of_what_the_endpoint_does_not_want_nothing_is_sent(mock: Whole) -> None:
    set_webhook(mock, DOWN, "yeni_ticket")
    trigger(mock, "yeni_chat")
    (told,) = inbox(mock)
    assert (told["teslimat"], told["secret"], told["denemeler"]) == (None, MOCK_SECRET, [])


def test_each_attempt_says_what_came_and_when_the_next_is_due(mock: Whole) -> None:
    mock.control("POST", "/clock", {"hiz": 0})
    with listening() as receiver:
        receiver.replies = always(503)
        set_webhook(mock, receiver.url)
        trigger(mock, "yeni_chat")
        attempted(mock)
        (told,) = inbox(mock)
        due = told["teslimat"]["sonraki_deneme"]
        assert 4 <= (datetime.fromisoformat(due) - datetime.fromisoformat(told["zaman"])).total_seconds() <= 6
        mock.control("POST", "/clock", {"ilerlet": "10s"})
        (told,) = inbox(mock)
        assert [one["durum"] for one in told["denemeler"]] == [503, 503]
        assert told["denemeler"][1]["zaman"] == due
        assert told["basliklar"].items() <= receiver.heard[1].headers.items(), "the last attempt's"
        assert receiver.heard[0].timestamp < receiver.heard[1].timestamp
        assert (told["teslimat"]["durum"], told["teslimat"]["deneme_sayisi"]) == ("bekliyor", 2)
    mock.control("POST", "/clock", {"ilerlet": "6m"})
    third = inbox(mock)[0]["denemeler"][2]
    assert (third["durum"], third["hata"]) == (None, "Sunucuya bağlanılamadı")
    in_english = inbox(mock, accept_language="en")[0]["denemeler"][2]
    assert in_english["hata"] == "The server could not be connected to"


def test_a_jump_over_months_loses_nothing(mock: Whole) -> None:
    set_webhook(mock, DOWN)
    trigger(mock, "yeni_chat")
    mock.control("POST", "/clock", {"ilerlet": "100d"})
    assert not mock.mock.sandboxes.main.store.tables.outbox, "the store has forgotten them"
    by_name = {(one["olay"], one["musteri_id"]): one for one in inbox(mock)}
    assert set(by_name) == {("yeni_chat", 1), ("chat_kapandi", 1), ("chat_kapandi", 2)}
    opened = by_name["yeni_chat", 1]
    assert (opened["teslimat"]["durum"], opened["teslimat"]["deneme_sayisi"]) == ("basarisiz", 10)
    assert len(opened["denemeler"]) == 10
    instants = [one["zaman"] for one in opened["denemeler"]]
    assert instants == sorted(set(instants))
    assert by_name["chat_kapandi", 2]["govde"]["veri"]["kapatan"] == "sistem"


def test_a_secret_that_was_renewed_is_the_one_that_is_shown(mock: Whole) -> None:
    old = set_webhook(mock, DOWN)
    trigger(mock, "yeni_chat")
    attempted(mock)
    new = set_webhook(mock, DOWN, new_secret=True)
    assert inbox(mock)[0]["secret"] == old != new, "with which it was sent"
    mock.control("POST", "/clock", {"ilerlet": "10s"})
    (told,) = inbox(mock)
    assert (told["secret"], told["imza_gecerli"]) == (new, True)


def test_it_is_told_when_the_portal_sends_it_again(mock: Whole) -> None:
    with listening() as receiver:
        set_webhook(mock, receiver.url)
        trigger(mock, "yeni_chat")
        attempted(mock)
        same_site = {"accept": "application/json", "sec_fetch_site": "same-origin"}
        login = {"email": "destek@example.com", "sifre": "sifre123"}
        cookie = mock.ask("POST", "/portal/giris", login, **same_site).headers["set-cookie"].partition(";")[0]
        again = mock.ask("POST", "/portal/webhook/teslimatlar/1/yeniden", cookie=cookie, **same_site)
        assert again.status == 202
        attempted(mock, 2)
    assert [one["elle"] for one in inbox(mock)[0]["denemeler"]] == [False, False]
    assert inbox(mock)[0]["teslimat"]["deneme_sayisi"] == 2


def test_a_sandbox_that_ends_disturbs_nobody_elses_deliveries(mock: Whole) -> None:
    released = threading.Event()
    with listening() as receiver:
        receiver.replies = lambda heard: Reply(204 if released.wait(10) else 500)
        for name in ("a", "b"):
            set_webhook(mock, receiver.url, x_mock_sandbox=name)
            mock.control("POST", "/trigger", {"olay": "yeni_chat"}, x_mock_sandbox=name)

        async def both_are_under_way() -> object:
            return await asyncio.to_thread(receiver.wait, lambda: len(receiver.heard) == 2, 10)

        assert mock.run(both_are_under_way())
        assert mock.ask("DELETE", "/_mock/sandboxes/a").status == 204
        released.set()
        attempted(mock, sandbox="b")
    assert inbox(mock, x_mock_sandbox="b")[0]["denemeler"][0]["durum"] == 204


# Asking


def test_filters_choose_among_the_events(mock: Whole) -> None:
    for options in ({"olay": "yeni_chat"}, {"olay": "yeni_ticket"}, {"olay": "chat_kapandi", "oturum": 42}):
        mock.control("POST", "/trigger", options)
    assert [one["id"] for one in inbox(mock)] == [1, 2, 3]
    assert [one["id"] for one in inbox(mock, "event=yeni_ticket")] == [2]
    assert [one["id"] for one in inbox(mock, "event=yeni_ticket&event=chat_kapandi")] == [2, 3]
    assert [one["id"] for one in inbox(mock, "tenant=2")] == [3]
    assert inbox(mock, "tenant=3") == []
    assert [one["id"] for one in inbox(mock, "since=1")] == [2, 3]
    assert [one["id"] for one in inbox(mock, "limit=1")] == [3]
    assert [one["id"] for one in inbox(mock, "since=1&limit=1")] == [2]


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ("event=yeni_cat", "/event", "did you mean `yeni_chat`"),
        ("tenant=4", "/tenant", "known: 1, 2, 3"),
        ("tenant=a", "/tenant", "an integer"),
        ("limit=0", "/limit", "an integer"),
        ("wait=31", "/wait", "an integer"),
        ("evnt=yeni_chat", "/evnt", "did you mean `event`"),
    ],
)
def test_what_is_asked_wrongly_is_refused_by_name(mock: Whole, query: str, field: str, said: str) -> None:
    refused = mock.ask("GET", f"/_mock/inbox?{query}", accept_language="en")
    (error,) = refused.json["hatalar"]
    assert (refused.status, error["alan"]) == (422, field)
    assert said in error["mesaj"]


def test_who_waits_is_told_at_once(mock: Whole) -> None:
    async def scene() -> tuple[Any, float]:
        waiting = asyncio.create_task(mock.asked("GET", "/_mock/inbox?event=yeni_ticket&since=0&wait=20"))
        await asyncio.sleep(0.1)
        await mock.asked("POST", "/_mock/trigger", {"olay": "yeni_chat"})
        await asyncio.sleep(0.1)
        assert not waiting.done(), "that is not what it waits for"
        began = monotonic()
        await mock.asked("POST", "/_mock/trigger", {"olay": "yeni_ticket"})
        return (await waiting).json, monotonic() - began

    told, seconds = mock.run(scene())
    assert [one["id"] for one in told["olaylar"]] == [2]
    assert seconds < 2


def test_who_waits_is_let_go_when_time_is_up_or_the_sandbox_ends(mock: Whole) -> None:
    assert inbox(mock, "wait=1") == []

    async def scene() -> Any:
        waiting = asyncio.create_task(mock.asked("GET", "/_mock/inbox?wait=20", x_mock_sandbox="a"))
        await asyncio.sleep(0.1)
        await mock.asked("DELETE", "/_mock/sandboxes/a")
        return (await asyncio.wait_for(waiting, 5)).json

    assert mock.run(scene())["olaylar"] == []


def test_who_asks_for_what_comes_after_a_restart_is_answered_at_once(mock: Whole) -> None:
    began = monotonic()
    assert mock.control("GET", "/inbox?since=7&wait=20")["son_id"] == 0
    assert monotonic() - began < 5


def test_it_is_emptied_and_the_numbers_go_on(mock: Whole) -> None:
    trigger(mock, "memnuniyet_puan")
    assert mock.control("DELETE", "/inbox") == {"silinen": 3}
    assert inbox(mock) == []
    trigger(mock, "yeni_chat")
    assert [one["id"] for one in inbox(mock)] == [4]


def test_each_sandbox_has_its_own(mock: Whole) -> None:
    mock.control("POST", "/trigger", {"olay": "yeni_chat"}, x_mock_sandbox="a")
    assert inbox(mock) == []
    assert [one["id"] for one in inbox(mock, x_mock_sandbox="a")] == [1]


def test_a_state_that_begins_anew_empties_it(mock: Whole) -> None:
    trigger(mock, "memnuniyet_puan")
    inbox(mock)
    mock.run(mock.mock.sandboxes.main.begin(mock.mock.sandboxes.make))
    assert inbox(mock) == []
    trigger(mock, "yeni_chat")
    assert [(one["id"], one["olay"]) for one in inbox(mock)] == [(4, "yeni_chat")]


def test_what_a_state_begins_with_is_news_only_while_it_is_still_to_be_told(mock: Whole) -> None:
    set_webhook(mock, DOWN, "yeni_chat")
    trigger(mock, "memnuniyet_puan")
    fresh = Inbox(mock.mock.sandboxes.main.store)
    assert [event.kind for event in fresh.after(0)] == ["chat_opened"]


def test_the_oldest_go_when_there_are_too_many_and_are_counted(mock: Whole) -> None:
    small = Inbox(mock.mock.sandboxes.main.store, most=3)
    for expected in ([1, 2], [2, 3, 4], [4, 5, 6]):
        trigger(mock, "yeni_chat")
        trigger(mock, "yeni_ticket")
        assert [event.id for event in small.after(0)] == expected
    for _ in range(5):
        trigger(mock, "yeni_ticket")
    assert [event.id for event in small.after(0)] == [9, 10, 11]
    assert (small.last_id, small.dropped) == (11, 8)
    assert small.clear() == 3
    assert small.dropped == 0


# Judging


def _message(mock: Whole, **headers: str) -> Message:
    trigger(mock, "yeni_chat")
    message = mock.mock.sandboxes.main.inbox.after(0)[-1].message
    return message._replace(headers=message.headers | headers)


@pytest.mark.parametrize(
    ("headers", "change", "fault"),
    [
        ({}, (b"musteri_id", b"musteri"), "musteri_id"),
        ({}, (b'"kanal":"web"', b'"kanal":7'), "veri/kanal"),
        ({}, (b"}}", b"}"), "not JSON"),
        ({"webhook-id": "1"}, (b"", b""), "the header webhook-id is 1"),
        ({"webhook-timestamp": "bugün"}, (b"", b""), "the header webhook-timestamp is bugün"),
        ({"webhook-signature": "v1,x"}, (b"", b""), "the header webhook-signature is v1,x"),
        ({"content-type": "text/plain"}, (b"", b""), "media type text/plain"),
    ],
)
def test_a_message_that_breaks_the_document_is_told(
    mock: Whole, headers: dict[str, str], change: tuple[bytes, bytes], fault: str
) -> None:
    right = _message(mock)
    contract = event_contract(application())
    assert contract.faults("yeni_chat", right) == []
    wrong = right._replace(headers=right.headers | headers, body=right.body.replace(*change))
    assert fault in "; ".join(contract.faults("yeni_chat", wrong))


def test_a_missing_header_and_another_events_name_are_told(mock: Whole) -> None:
    message, contract = _message(mock), event_contract(application())
    headers = {name: value for name, value in message.headers.items() if name != "webhook-id"}
    assert contract.faults("yeni_chat", message._replace(headers=headers)) == ["the header webhook-id is missing"]
    assert contract.faults("chat_kapandi", message)
    assert contract.faults("yok", message) == ["the document has no webhook yok"]


def test_a_signature_is_over_id_timestamp_and_bytes(mock: Whole) -> None:
    message = _message(mock)
    assert is_signed(message, MOCK_SECRET)
    assert not is_signed(message._replace(body=message.body + b" "), MOCK_SECRET)
    for name in ("webhook-id", "webhook-timestamp"):
        changed = message.headers | {name: message.headers[name][:-1] + "x"}
        assert not is_signed(message._replace(headers=changed), MOCK_SECRET)
    assert not is_signed(message, "whsec_AAAA")
    assert not is_signed(message, "whsec_ş")
    several = message.headers | {"webhook-signature": f"v1,AAAA {message.headers['webhook-signature']}"}
    assert is_signed(message._replace(headers=several), MOCK_SECRET)
