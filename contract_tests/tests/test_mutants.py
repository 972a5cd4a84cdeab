"""Wrong servers are found, each in its own process; one that is not found, or cannot be judged, fails the build."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from contract_tests.catalogue import CATALOGUE
from contract_tests.findings import Finding
from contract_tests.mutants import MUTANTS, Mutant, __main__
from contract_tests.mutants.__main__ import Found, judge_all, run_all

KILLED = Found(Finding("hmac.tolerance", "401", "200", by="hmac.tolerance"), 0.1)


def test_a_wrong_server_is_found_in_a_process_of_its_own() -> None:
    [(mutant, found)] = judge_all([MUTANTS["tolerance-of-301"]])
    assert mutant.name == "tolerance-of-301"
    assert found.finding
    assert found.finding.rule == "hmac.tolerance"


@pytest.mark.parametrize(
    ("plant", "trouble"),
    [
        (lambda patch: os._exit(3), "its process ended"),
        (lambda patch: patch.set(object(), "x", 1), "TypeError: vars() argument must have __dict__ attribute"),
    ],
)
def test_one_that_cannot_be_judged_has_survived(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], plant: object, trouble: str
) -> None:
    mutant = Mutant("strange", "hmac.tolerance", "It is strange.", plant)  # type: ignore[arg-type]
    monkeypatch.setitem(MUTANTS, "strange", mutant)
    assert run_all([mutant]) is False
    told = capsys.readouterr().out
    assert trouble in told
    assert "survived: strange" in told


def test_survivors_fail_the_build(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = list(MUTANTS.values())[:2]

    def judged(mutants: list[Mutant]) -> Iterator[tuple[Mutant, Found]]:
        yield mutants[0], KILLED
        yield mutants[1], Found(None, 0.2)

    monkeypatch.setattr(__main__, "judge_all", judged)
    assert run_all([first, second]) is False
    told = capsys.readouterr().out
    assert "1 of 2 mutants killed" in told
    assert f"survived: {second.name}" in told


def test_all_killed_is_a_success(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(__main__, "judge_all", lambda mutants: ((mutant, KILLED) for mutant in mutants))
    assert run_all(list(MUTANTS.values())[:2]) is True


def test_there_are_many_over_all_topics() -> None:
    assert len(MUTANTS) >= 100
    assert {mutant.rule.partition(".")[0] for mutant in MUTANTS.values()} == {
        rule.partition(".")[0] for rule in CATALOGUE
    }
