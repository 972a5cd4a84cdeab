"""Shows what comes to a running mock, until it is interrupted: for `cozum log -f` and `cozum listen`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from cozum.control import NobodyThere

if TYPE_CHECKING:
    from rich.console import Console

WAIT: Final = 20
"""Seconds that the mock is asked to wait for news."""
PAUSE: Final = 0.5
"""Seconds until a mock that went away is asked again."""
COLOURS: Final = {2: "green", 3: "cyan", 4: "yellow", 5: "red"}
"""Of statuses, by their first digit."""


def build_console() -> Console:
    """Writes to stdout what it is given, as it is. Raises BrokenPipeError when its reader has gone."""
    from rich.console import Console

    class Output(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Output(highlight=False, soft_wrap=True, markup=False)


@contextmanager
def reader_may_leave() -> Iterator[None]:
    """Ends quietly when whoever reads stdout has gone: `cozum log -f | head`."""
    try:
        yield
    except BrokenPipeError:
        write_to_nobody()


def write_to_nobody() -> None:
    """From now on stdout leads nowhere: Python writes what is left for it at its end, and complains if it cannot."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Follower:
    """Asks for what came after the last that it was told, also of a mock that begins anew."""

    def __init__(
        self, ask: Callable[..., Mapping[str, Any]], member: str, first: Mapping[str, Any], *, most: int
    ) -> None:
        """`ask` answers what stands in `member`, at most `most` at once; `first` is what it answered before."""
        self._ask = ask
        self._member = member
        self._most = most
        self._since: int = first["son_id"]
        self._beginning = first.get("baslangic")

    def next(self) -> Mapping[str, Any] | None:
        """What came, as soon as there is something; None when there is nothing to tell yet."""
        try:
            answer = self._ask(since=self._since, wait=WAIT, limit=self._most)
        except NobodyThere as gone:
            _say(f"{gone}; waiting")
            self._wait_for_mock()
            return None
        if self._begins_anew(answer):
            return None
        told = answer[self._member]
        self._say_lost(answer)
        self._since = told[-1]["id"] if len(told) == self._most else answer["son_id"]
        return answer

    def _wait_for_mock(self) -> None:
        while True:
            time.sleep(PAUSE)
            try:
                answer = self._ask(limit=1)
            except NobodyThere:
                continue
            self._begins_anew(answer)
            return

    def _begins_anew(self, answer: Mapping[str, Any]) -> bool:
        """Whether it is another mock than before, which has forgotten what was and counts anew."""
        beginning = answer.get("baslangic")
        if beginning == self._beginning and answer["son_id"] >= self._since:
            return False
        self._beginning, self._since = beginning, 0
        return True

    def _say_lost(self, answer: Mapping[str, Any]) -> None:
        """How many fell out of the ring before they were asked for: it drops the first ids first, unless emptied."""
        lost = answer.get("dusen", 0) - self._since
        if lost > 0:
            _say(f"{lost} more came, and went before they could be shown: the mock keeps only the last")


def _say(text: str) -> None:
    print(f"cozum: {text}", file=sys.stderr, flush=True)
