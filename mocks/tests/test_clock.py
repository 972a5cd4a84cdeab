"""The mock's clock stands still, goes on, and does on its way what falls due, each at its time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.rules.identity import sign
from impl.rules.times import ISTANBUL
from impl.tests.client import DEMO_KEY
from mocks.clock import FASTEST, MockClock
from mocks.durations import read_duration
from mocks.tests.whole import Whole, whole_mock


class Machine:
    """A machine's clock that the test moves."""

    def __init__(self) -> None:
        self.seconds = 1_776_000_000.25

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def mock() -> Iterator[Whole]:
    with whole_mock() as made:
        yield made


def test_it_goes_with_the_machine_until_it_is_told_otherwise() -> None:
    machine = Machine()
    clock = MockClock(machine)
    assert clock.timestamp() == machine.seconds
    machine.seconds += 10
    assert clock.timestamp() == machine.seconds
    assert clock.now() == datetime.fromtimestamp(int(machine.seconds), ISTANBUL)


def test_it_stands_still_and_runs_faster_from_where_it_is() -> None:
    machine = Machine()
    clock = MockClock(machine)
    clock.run(0)
    before = clock.timestamp()
    machine.seconds += 100
    assert clock.timestamp() == before
    clock.run(60)
    machine.seconds += 2
    assert clock.timestamp() == pytest.approx(before + 120)
    clock.run(1)
    machine.seconds += 2
    assert clock.timestamp() == pytest.approx(before + 122)


@pytest.mark.parametrize("speed", [-1, FASTEST + 1, float("nan")])
def test_no_other_speeds(speed: float) -> None:
    with pytest.raises(ValueError, match="between 0 and"):
        MockClock().run(speed)


@given(st.lists(st.tuples(st.sampled_from(["run", "move", "wait"]), st.floats(0, 1_000)), max_size=20))
def test_it_never_goes_back(steps: list[tuple[str, float]]) -> None:
    machine = Machine()
    clock = MockClock(machine)
    last = clock.timestamp()
    for step, number in steps:
        if step == "run":
            clock.run(number)
        elif step == "move":
            clock.move_to(clock.timestamp() + number)
        else:
            machine.seconds += number
        assert clock.timestamp() >= last - 1e-6
        last = clock.timestamp()
    with pytest.raises(ValueError, match="does not go back"):
        clock.move_to(last - 1)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("5m", 300), ("2h30m", 9_000), ("1d", 86_400), ("1.5h", 5_400), (" 10ms ", 0.01), (7, 7)],
)
def test_durations_are_read(text: object, seconds: float) -> None:
    assert read_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "h", "5 m", "-5", "5x", "m5", "1e3", True, None, -1, 10**12, "٣s"])
def test_what_is_no_duration(text: object) -> None:
    assert read_duration(text) is None


# Over the control API


def test_the_clock_is_shown_frozen_and_advanced(mock: Whole) -> None:
    shown = mock.control("GET", "/clock")
    assert (shown["hiz"], abs(shown["fark_saniye"]) < 1) == (1, True)
    frozen = mock.control("POST", "/clock", {"hiz": 0})
    assert frozen["hiz"] == 0
    later = mock.control("POST", "/clock", {"ilerlet": "2h30m"})
    assert later["timestamp"] == frozen["timestamp"] + 9_000
    assert mock.control("GET", "/clock")["timestamp"] == later["timestamp"]


def test_a_signature_is_judged_by_the_mocks_time(mock: Whole) -> None:
    mock.control("POST", "/clock", {"ilerlet": "1h"})
    chat = mock.widget("chat/start", {"ziyaretci_id": "yeni", "mesaj": "a"}).json["data"]["oturum"]
    shown = mock.control("GET", "/clock")
    assert datetime.fromisoformat(chat["baslangic"]) - datetime.fromisoformat(shown["zaman"]) < timedelta(seconds=2)


def test_advancing_does_what_falls_due_on_its_way(mock: Whole) -> None:
    operator = mock.signed_in()
    assert mock.ask("PUT", "/api/v1/operator/status", {"durum": "cevrimici"}, **operator).status == 200
    chat_id = mock.widget("chat/start", {"ziyaretci_id": "yeni", "mesaj": "a"}).json["data"]["oturum"]["id"]
    assert mock.ask("POST", f"/api/v1/operator/chat/{chat_id}/accept", **operator).status == 200
    told = mock.control("POST", "/clock", {"ilerlet": "25h"})
    assert told["yapilan"] >= 3, "the operator went offline, both open chats were closed"
    sandbox = mock.mock.sandboxes.main
    events = [(row.at, type(row.event).__name__) for row in sandbox.store.tables.outbox][-3:]
    assert [name for _, name in events] == ["OperatorWentOffline", "ChatClosed", "ChatClosed"]
    offline, *closed = [at for at, _ in events]
    began = sandbox.clock.now() - timedelta(hours=25)
    assert timedelta(minutes=2) <= offline - began <= timedelta(minutes=2, seconds=5)
    assert all(
        timedelta(hours=24) - timedelta(seconds=5) <= at - began <= timedelta(hours=24, seconds=5) for at in closed
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ilerlet": "yarın"}, "/ilerlet"),
        ({"ilerlet": -5}, "/ilerlet"),
        ({"ilerlet": "9999d"}, "/ilerlet"),
        ({"ayarla": "2020-01-01T00:00:00+03:00"}, "/ayarla"),
        ({"ayarla": "9999-12-31"}, "/ayarla"),
        ({"ayarla": "dün"}, "/ayarla"),
        ({"ayarla": "2090-01-01", "ilerlet": 5}, "/ayarla"),
        ({"hiz": -1}, "/hiz"),
        ({"hızz": 1}, "/hızz"),
        ({}, ""),
    ],
)
def test_a_wrong_change_names_the_field_and_changes_nothing(mock: Whole, body: object, field: str) -> None:
    refused = mock.ask("POST", "/_mock/clock", body)
    assert (refused.status, refused.json["hatalar"][0]["alan"]) == (422, field)
    assert abs(mock.control("GET", "/clock")["fark_saniye"]) < 1


def test_a_change_of_nothing_is_told_what_there_is_to_change(mock: Whole) -> None:
    refused = mock.ask("POST", "/_mock/clock", {}, accept_language="en")
    assert refused.json["hatalar"][0]["mesaj"] == "At least one of `ilerlet`, `ayarla`, `hiz` is needed."


def test_parts_of_a_second_add_up(mock: Whole) -> None:
    mock.control("POST", "/clock", {"hiz": 0})
    before = mock.control("GET", "/clock")["timestamp"]
    for _ in range(10):
        mock.control("POST", "/clock", {"ilerlet": 0.5})
    assert mock.control("GET", "/clock")["timestamp"] - before == 5


def test_it_goes_as_far_as_it_may_at_once(mock: Whole) -> None:
    mock.control("POST", "/clock", {"hiz": 0})
    assert mock.control("POST", "/clock", {"ilerlet": "3660d"})["hiz"] == 0


def test_an_instant_without_an_offset_is_istanbuls(mock: Whole) -> None:
    year = datetime.now(ISTANBUL).year + 1
    told = mock.control("POST", "/clock", {"ayarla": f"{year}-05-01T09:00:00", "hiz": 0})
    assert told["zaman"] == f"{year}-05-01T09:00:00+03:00"


def test_of_two_changes_at_once_the_second_begins_where_the_first_arrived(mock: Whole) -> None:
    async def both() -> None:
        asked = [{"ilerlet": "2d"}, {"ilerlet": "10s"}, {"hiz": 0}]
        answers = await asyncio.gather(*[mock.asked("POST", "/_mock/clock", one) for one in asked])
        assert [answer.status for answer in answers] == [200, 200, 200]

    mock.run(both())
    shown = mock.control("GET", "/clock")
    assert (shown["hiz"], round(shown["fark_saniye"])) == (0, 2 * 86_400 + 10)


def test_who_leaves_in_the_middle_of_a_body_is_no_failure(mock: Whole, caplog: pytest.LogCaptureFixture) -> None:
    async def leave() -> None:
        begun: dict[str, object] = {"type": "http.request", "body": b"{", "more_body": True}
        messages: list[dict[str, object]] = [{"type": "http.disconnect"}, begun]
        headers = [(b"host", b"localhost"), (b"content-type", b"application/json"), (b"content-length", b"9")]
        scope = {"type": "http", "method": "POST", "path": "/_mock/clock", "raw_path": b"/_mock/clock"}

        async def receive() -> dict[str, object]:
            return messages.pop()

        async def send(message: object) -> None:
            pass

        client = {"query_string": b"", "headers": headers, "client": ("127.0.0.1", 1)}
        await mock.mock.app(scope | client, receive, send)

    mock.run(leave())
    assert not caplog.records


def test_a_signature_of_the_machines_time_is_told_that_the_mocks_clock_was_changed(mock: Whole) -> None:
    mock.control("POST", "/clock", {"ilerlet": "1h"})
    now = int(time.time())
    signature = sign("demo_api_secret_2026", "abc123", None, now)
    body = {"ziyaretci_id": "abc123", "timestamp": now, "signature": signature}
    answer = mock.ask("POST", "/api/v1/context/customer-info", body, x_api_key=DEMO_KEY, accept_language="en")
    assert answer.status == 401
    told = answer.json["ipucu"]["mesaj"]
    assert "3600 seconds behind the server's clock" in told
    assert told.endswith("the mock's was changed (`cozum clock`): send that one's time.")
