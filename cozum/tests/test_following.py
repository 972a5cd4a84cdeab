"""Following a mock: nothing is told twice or lost unsaid, also when it begins anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from cozum.control import NobodyThere
from cozum.following import WAIT, Follower


def _answer(ids: list[int], last: int, beginning: str = "a", dropped: int = 0) -> dict[str, Any]:
    return {"olaylar": [{"id": one} for one in ids], "son_id": last, "dusen": dropped, "baslangic": beginning}


class _Mock:
    """Answers these, one after the other."""

    def __init__(self, *answers: dict[str, Any] | None) -> None:
        self._answers = list(answers)
        self.asked: list[Mapping[str, Any]] = []

    def __call__(self, **query: Any) -> dict[str, Any]:
        self.asked.append(query)
        answer = self._answers.pop(0)
        if answer is None:
            raise NobodyThere("gone")
        return answer


def _followed(*answers: dict[str, Any] | None, most: int = 100, since: int = 5) -> tuple[list[int], list[int]]:
    """The ids that were told, and since which the mock was asked."""
    mock, told = _Mock(*answers), []
    follower = Follower(mock, "olaylar", _answer([], since), most=most)
    while mock._answers:
        news = follower.next()
        told += [] if news is None else [one["id"] for one in news["olaylar"]]
    return told, [query["since"] for query in mock.asked if "since" in query]


def test_each_is_told_once() -> None:
    assert _followed(_answer([6, 7], 9), _answer([], 9), _answer([12], 12)) == ([6, 7, 12], [5, 9, 9])


def test_it_asks_on_where_there_were_more_than_at_once() -> None:
    assert _followed(_answer([6, 7], 9), _answer([8, 9], 9), most=2) == ([6, 7, 8, 9], [5, 7])


def test_it_waits_in_the_mock() -> None:
    mock = _Mock(_answer([], 5))
    Follower(mock, "olaylar", _answer([], 5), most=7).next()
    assert mock.asked == [{"since": 5, "wait": WAIT, "limit": 7}]


def test_a_mock_that_began_anew_is_told_from_its_first_although_it_counted_further() -> None:
    answers = (_answer([6, 7], 7, "b"), _answer([1, 2, 7], 7, "b"))
    assert _followed(*answers) == ([1, 2, 7], [5, 0])


def test_one_that_was_away_is_looked_at_when_it_is_back(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cozum.following.PAUSE", 0.0)
    again = (None, None, _answer([9], 9, "b"), _answer([1, 9], 9, "b"))
    assert _followed(*again) == ([1, 9], [5, 0])
    assert capsys.readouterr().err == "cozum: gone; waiting\n"
    only_away = (None, _answer([9], 9), _answer([6, 9], 9))
    assert _followed(*only_away) == ([6, 9], [5, 5])


def test_what_went_before_it_could_be_shown_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert _followed(_answer([6], 6, dropped=5), _answer([10, 11], 11, dropped=9)) == ([6, 10, 11], [5, 6])
    said = "cozum: 3 more came, and went before they could be shown: the mock keeps only the last\n"
    assert capsys.readouterr().err == said
