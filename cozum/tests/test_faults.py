"""Faults over real connections, and as the command line plants them."""

from __future__ import annotations

import asyncio
import http.client
import time
from pathlib import Path
from typing import Any, Final

import pytest

from cozum.errors import UsageError
from cozum.faults import plant
from cozum.protocol import WholeAnswers
from cozum.start import build, read_settings
from cozum.tests.test_cli import _refusal, _started
from cozum.tests.test_protocol import init, talk_to
from mocks.app import build_mock
from mocks.fault import Delay, Fault
from mocks.faults import Faults

FAULTS: Final = """\
seed: 7
faults:
- {operation: widget_init, status: 503, count: 1}
- operation: list_*
  delay: {lognormal: [200, 0.5]}
"""


@pytest.fixture(scope="module")
def application() -> Any:
    return build(read_settings(None, "memory://", demo=True))[1]


def _mock(application: Any, *faults: Fault) -> Any:
    planted = Faults()
    planted.replace(faults)
    return build_mock(application, lambda *told: None, planted)


def _until_closed(*requests: bytes) -> Any:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(b"".join(requests))
        return await reader.read()

    return talk


@pytest.mark.parametrize("close", ["request", "before"])
def test_a_connection_closed_before_the_answer_says_nothing(application: Any, close: Any) -> None:
    assert talk_to(WholeAnswers, _until_closed(init()), _mock(application, Fault(close=close))) == b""


def test_a_connection_closed_inside_the_body_has_said_half_of_it(application: Any) -> None:
    got = talk_to(WholeAnswers, _until_closed(init()), _mock(application, Fault(close="inside")))
    head, _, body = got.partition(b"\r\n\r\n")
    (length,) = (int(line[16:]) for line in head.split(b"\r\n") if line.startswith(b"content-length: "))
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert length // 2 == len(body) > 0
    assert body.startswith(b'{"basarili":true')


def test_the_answers_before_a_closed_connection_arrive(application: Any) -> None:
    asked = init(more=b"X-Mock-Fault: close=before\r\n")
    got = talk_to(WholeAnswers, _until_closed(init(), asked, init()), _mock(application))
    assert got.count(b"HTTP/1.1 ") == 1
    assert got.endswith(b"}")


def test_a_throttled_body_arrives_whole_and_slowly(application: Any) -> None:
    start = time.perf_counter()
    closing = init(more=b"Connection: close\r\n")
    got = talk_to(WholeAnswers, _until_closed(closing), _mock(application, Fault(throttle=300)))
    assert got.endswith(b"}")
    assert time.perf_counter() - start > 0.2


def test_the_command_line_plants_faults_from_a_file_and_from_texts(tmp_path: Path) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text(FAULTS)
    told = ["--faults", str(file), "--fault", "operation=login, status=500"]
    with _started("mock", "--quiet", *told) as (_, port, _):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        statuses = []
        for path in ("/api/v1/widget/init", "/api/v1/widget/init", "/api/v1/auth/login"):
            connection.request("POST", path, b'{"ziyaretci_id": "abc123"}', {"X-API-Key": "CM_DEMO_2026"})
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
        connection.close()
    assert statuses == [503, 415, 500]


def test_what_is_planted_is_what_was_written(application: Any, tmp_path: Path) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text(FAULTS)
    faults = plant(file, ["status=503, chance=0.5"], None, application.plans)
    assert faults.seed == 7
    assert [planted.fault for planted in faults.planted] == [
        Fault("widget_init", count=1, status=503),
        Fault("list_*", delay=Delay("lognormal", (200, 0.5))),
        Fault(status=503, chance=0.5),
    ]
    assert plant(file, [], 9, application.plans).seed == 9
    assert plant(None, [], None, application.plans).list() == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--fault", "stauts=503"], "--fault 'stauts=503': /stauts: there is no such member. Did you mean `status`?"),
        (["--faults", "yok.yaml"], "yok.yaml: No such file or directory"),
        (["--seed", "x"], "--seed"),
    ],
)
def test_a_fault_that_is_none_stops_the_start_with_one_line(arguments: list[str], said: str) -> None:
    assert said in _refusal("mock", "--port", "0", *arguments)


def test_a_broken_file_is_told_with_its_place(application: Any, tmp_path: Path) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text("- {operation: lgin, status: 503}")
    with pytest.raises(UsageError, match=r"faults\.yaml: /0/operation: there is no operation .* Is it one of login\?"):
        plant(file, [], None, application.plans)
