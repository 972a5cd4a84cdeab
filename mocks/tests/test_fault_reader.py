"""Faults are read from mappings, short texts and YAML, by one reader that says what is wrong."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.tests.client import application
from mocks.fault import Delay, Fault
from mocks.fault_reader import READERS, FaultFile, WrongFault, read_fault, read_faults, read_short

PLANS: Final = application().plans


@pytest.mark.parametrize(
    ("described", "fault"),
    [
        ({"status": 503}, Fault(status=503)),
        (
            {"operation": "list_*", "chance": 0.5, "count": 3, "status": 429, "example": "cok"},
            Fault("list_*", 0.5, 3, status=429, example="cok"),
        ),
        ({"delay": 800}, Fault(delay=Delay("fixed", (800,)))),
        ({"delay": {"uniform": [100, 900]}}, Fault(delay=Delay("uniform", (100, 900)))),
        ({"delay": "normal:300:50"}, Fault(delay=Delay("normal", (300, 50)))),
        ({"delay": {"lognormal": [200, 0.5]}}, Fault(delay=Delay("lognormal", (200, 0.5)))),
        ({"close": "before"}, Fault(close="before")),
        ({"close": "inside", "status": 503, "throttle": 100}, Fault(close="inside", status=503, throttle=100)),
        ({"body": "malformed", "count": None}, Fault(body="malformed")),
    ],
)
def test_a_fault_is_described_by_a_mapping_and_described_again_as_it_was(described: Any, fault: Fault) -> None:
    read = read_fault(described, PLANS)
    assert read == fault
    assert read_fault(fault.describe(), PLANS) == fault
    assert read_fault(msgspec.json.decode(msgspec.json.encode(fault.describe())), PLANS) == fault


@pytest.mark.parametrize(
    ("described", "why"),
    [
        ([], "a fault must be an object"),
        ({}, "needs at least one of `delay`, `status`, `close`, `body`, `throttle`"),
        ({"operation": "login", "chance": 1}, "needs at least one of"),
        ({"stauts": 503}, "/stauts: there is no such member. Did you mean `status`? There are operation, chance"),
        ({"status": 200}, "/status: must be an integer from 400 to 599"),
        ({"status": "503"}, "/status: must be an integer"),
        ({"status": True}, "/status: must be an integer"),
        ({"status": 503, "chance": 0}, "/chance: must be a number above 0, to 1"),
        ({"status": 503, "chance": 1.5}, "/chance: must be a number"),
        ({"status": 503, "chance": float("nan")}, "/chance: must be a number"),
        ({"status": 503, "count": 0}, "/count: must be an integer from 1 to 1000000"),
        ({"status": 503, "operation": ""}, "/operation: must be a text"),
        ({"status": 503, "operation": "list_chat"}, "no operation (operationId) `list_chat`. Is it one of list_chats"),
        ({"status": 503, "operation": "yok_*"}, "/operation: there is no operation"),
        ({"status": 503, "example": "yok"}, "/example: 503 has no example `yok`"),
        ({"delay": 5, "example": "cok"}, "/example: `example` needs a `status`"),
        ({"delay": -1}, "/delay: must be milliseconds (0 to 60000) or one of {uniform: [least, most]}, {normal: ["),
        ({"delay": 60_001}, "/delay: must be milliseconds"),
        ({"delay": float("nan")}, "/delay: must be milliseconds"),
        ({"delay": {"poisson": [1]}}, "/delay: must be milliseconds"),
        ({"delay": {"uniform": [1]}}, "/delay: must be milliseconds"),
        ({"delay": {"uniform": 5}}, "/delay: must be milliseconds"),
        ({"delay": {"uniform": [9, 1]}}, "/delay: the first number must not exceed the second"),
        ({"delay": {"uniform": [1, 2], "normal": [1, 2]}}, "/delay: must be milliseconds"),
        ({"delay": "soon"}, "/delay: must be milliseconds"),
        ({"delay": [5]}, "/delay: must be milliseconds"),
        ({"close": "after"}, "/close: must be one of `request`, `before`, `inside`"),
        ({"close": ["before"]}, "/close: must be one of"),
        ({"body": "odd"}, "/body: must be one of `truncated`, `malformed`"),
        ({"throttle": 0}, "/throttle: must be an integer from 1"),
        ({"close": "before", "status": 503}, "/close: `close: before` sends no answer, so that `status` says nothing"),
        ({"close": "request", "throttle": 5}, "/close: `close: request` sends no answer"),
        ({"close": "inside", "body": "truncated"}, "/close: `close: inside` cuts the body off"),
    ],
)
def test_what_is_no_fault_is_told_with_the_member(described: Any, why: str) -> None:
    with pytest.raises(WrongFault) as wrong:
        read_fault(described, PLANS)
    assert why in str(wrong.value)
    assert wrong.value.text.tr != wrong.value.text.en
    assert wrong.value.field_error().pointer == wrong.value.pointer


@pytest.mark.parametrize(
    ("text", "described"),
    [
        ("status=503", {"status": 503}),
        (
            " status = 503 ; chance=0.5,operation=list_chats",
            {"status": 503, "chance": 0.5, "operation": "list_chats"},
        ),
        ("delay=uniform:100:900", {"delay": "uniform:100:900"}),
        ('{"delay": {"normal": [300, 50]}}', {"delay": {"normal": [300, 50]}}),
        ("", {}),
    ],
)
def test_a_short_text_is_read_as_a_mapping(text: str, described: Any) -> None:
    assert read_short(text) == described


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("status", "`status` cannot be read; it is written `status=503, chance=0.5`"),
        ("=503", "cannot be read"),
        ("status=503, status=429", "cannot be read"),
        ('{"status": ', "is not JSON"),
        ("a" * 5_000, "may have 4000 characters at most"),
        ('{"a":' * 790, "is not JSON"),
    ],
)
def test_a_text_that_is_no_fault_is_told(text: str, why: str) -> None:
    with pytest.raises(WrongFault) as wrong:
        read_short(text)
    assert why in str(wrong.value)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", FaultFile(())),
        (
            "- status: 503\n- {operation: login, close: before}",
            FaultFile((Fault(status=503), Fault("login", close="before"))),
        ),
        ("seed: 7\nfaults:\n- delay: {uniform: [1, 2]}", FaultFile((Fault(delay=Delay("uniform", (1, 2))),), 7)),
        ("seed: 7", FaultFile((), 7)),
    ],
)
def test_a_file_has_a_list_of_faults_and_perhaps_a_seed(text: str, read: FaultFile) -> None:
    assert read_faults(text, PLANS) == read


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("faults: [", "is not YAML: 2:1: did not find"),
        ("- status: 2024-13-45", "/0/status: "),
        ("- status: !!int abc", "is not YAML: "),
        ("[" * 3_000, "is not YAML: 1:101: nested too deep"),
        ("- status: 503\n  chance: 0.5\n  status: 500", "is not YAML: 3:3: `status` is written twice, first on line 1"),
        ("- status: 503\n- status: 5", "/1/status: must be an integer from 400 to 599"),
        (
            "faults:\n- operation: lgin\n  status: 503",
            "/faults/0/operation: there is no operation (operationId) `lgin`",
        ),
        ("faults: 5", "/faults: must be a list of faults"),
        ("503", "must be a list of faults"),
        ("seeds: 5", "/seeds: only `seed` and `faults` may stand here"),
        ("seed: x", "/seed: must be an integer"),
        ("- 503: status", "/0/503: there is no such member"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_place(text: str, why: str) -> None:
    with pytest.raises(WrongFault) as wrong:
        read_faults(text, PLANS)
    assert why in str(wrong.value)


JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["before", "uniform:1:2", "*", "login"]),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.sampled_from(["uniform", "normal", "a"]), parts),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from([*READERS, "x"]), JSON, max_size=4) | JSON)
def test_any_description_is_a_fault_that_can_be_written_down_or_is_told(described: Any) -> None:
    try:
        fault = read_fault(described, PLANS)
    except WrongFault:
        return
    assert read_fault(fault.describe(), PLANS) == fault


@given(st.text(st.sampled_from('statusdelay=503.,;:{}"ş'), max_size=30) | st.text(max_size=30))
def test_any_text_is_read_or_told(text: str) -> None:
    with suppress(WrongFault):
        assert read_fault(read_short(text), PLANS)
