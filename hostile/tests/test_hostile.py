"""Some of the hostile requests against the mock server, and proof that each kind of fault would be found."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from hostile.__main__ import main, report, shown
from hostile.attempts import Attempt
from hostile.run import CATEGORIES, PREPARATIONS, Run, chosen
from hostile.stand import Stand, frozen
from impl.contract.call import Scope
from impl.contract.replies import App, Receive, Send

SEED = 20_260_412
COUNT = 800
NEVER_ACCEPTED = {
    "portal_resend_delivery": "there is a delivery only after a webhook was set and sent to",
    "portal_remove_origin": "an origin of tenant 1 would shut out all calls of its widget",
}
"""Operations whose example finds nothing in any of the prepared worlds, and why."""
REFUSED = b"POST /api/v1/widget/init HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
def run() -> Iterator[Run]:
    """A run against a server of its own."""
    with Stand() as stand, Run(stand, SEED) as run:
        yield run


def test_hostile_requests_are_refused_as_the_contract_says(run: Run) -> None:
    """`make fuzz` sends many more."""
    run.fire(chosen(run.source, COUNT))
    assert run.outcome.total >= COUNT
    assert run.outcome.sent.keys() == CATEGORIES.keys()
    assert not run.outcome.failures, report(run.outcome, 0)


def test_valid_requests_are_accepted_in_one_of_the_worlds(run: Run) -> None:
    """Else their mutations would try nothing."""
    written = {plan.id for plan in run.stand.application.plans if plan.implemented}
    accepted = set()
    for call in run.source.calls:
        for _ in PREPARATIONS:
            run.renew()
            if run.ask(call).status < 400:
                accepted.add(call.operation)
                break
    assert written - accepted - NEVER_ACCEPTED.keys() == set()


def test_same_seed_sends_the_same_bytes(run: Run) -> None:
    with Stand() as stand, Run(stand, SEED) as again:
        first, second = (
            [one.build() for one in chosen(each.source, 200, ["paths", "fields", "generated"])] for each in (run, again)
        )
        assert first == second


# That these tests can fail


def _answering(change: Callable[[dict[str, Any]], None]) -> Callable[[App], App]:
    """Changes each message on its way out."""

    def spoil(app: App) -> App:
        async def spoilt(scope: Scope, receive: Receive, send: Send) -> None:
            async def changed(message: Mapping[str, Any]) -> None:
                message = {**message}
                if message["type"] == "http.response.start":
                    change(message)
                await send(message)

            await app(scope, receive, changed if scope["type"] == "http" else send)

        return spoilt

    return spoil


def _internal_error(message: dict[str, Any]) -> None:
    message["status"] = 500


def _no_request_id(message: dict[str, Any]) -> None:
    message["headers"] = [pair for pair in message["headers"] if pair[0] != b"x-request-id"]


def _no_cors(message: dict[str, Any]) -> None:
    message["headers"] = [pair for pair in message["headers"] if not pair[0].startswith(b"access-control")]


def _silent(app: App) -> App:
    async def spoilt(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)

    return spoilt


def _logging(app: App) -> App:
    async def spoilt(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            logging.getLogger("cozum").error("something failed")
        await app(scope, receive, send)

    return spoilt


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (_answering(_internal_error), "status 500"),
        (_answering(_no_request_id), "no X-Request-Id"),
        (_answering(_no_cors), "401 without CORS"),
        (_silent, "closed before answer 1 of 1"),
        (_logging, "logged: cozum: something failed"),
    ],
    ids=["internal error", "no request id", "no CORS", "silent", "logging"],
)
def test_planted_defect_is_found(spoil: Callable[[App], App], found: str) -> None:
    broken = False

    def sometimes(app: App) -> App:
        """Whole until the world is prepared."""
        spoilt = spoil(app)

        async def either(scope: Scope, receive: Receive, send: Send) -> None:
            await (spoilt if broken else app)(scope, receive, send)

        return either

    with Stand(sometimes) as stand, Run(stand, SEED) as run:
        broken = True
        run.try_one(Attempt("fields", "planted", lambda: REFUSED, (b"POST",)))
    assert any(failure.problem.startswith(found) for failure in run.outcome.failures), run.outcome.failures
    assert found in report(run.outcome, 0)


def test_planted_change_by_a_refused_call_is_found(run: Run) -> None:
    def build() -> bytes:
        table: dict[Any, Any] = run.stand.tables["visitors"]
        table["planted"] = "row"
        return REFUSED

    run.try_one(Attempt("fields", "planted", build, (b"POST",)))
    assert [failure.problem for failure in run.outcome.failures] == ["refused, and yet changed: visitors"]


def test_snapshot_is_not_reached_by_later_changes() -> None:
    table = {1: [{2}, bytearray(b"a")]}
    before = frozen(table)
    table[1].append(set())
    assert before == {1: [{2}, b"a"]}


# The command


def test_command_prints_a_table_and_the_seed(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["--seed", "5", "--count", "20", "--only", "paths", "--only", "forms"])
    printed = capsys.readouterr().out
    assert status == 0, printed
    assert printed.startswith("seed 5\n")
    assert "paths" in printed
    assert "memory" in printed


def test_bytes_are_shown_as_an_expression_that_makes_them_again() -> None:
    raw = b"POST / " + b"[" * 200_000 + b"]" * 200_000 + b'\r\n{"a":' + b'{"a":' * 5_000
    assert len(shown(raw)) < 200
    assert eval(shown(raw)) == raw


def test_event_loop_of_the_stand_is_gone_afterwards() -> None:
    with Stand() as stand:
        address = stand.address
    with pytest.raises(OSError, match="Connect call failed"):
        asyncio.run(asyncio.open_connection(*address))
