"""`cozum listen`"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from cozum.control import DEFAULT_URL, NobodyThere, Sandbox, Url

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from cozum.forwarding import Came, Forwarder
    from cozum.inbox import InboxClient

WAIT: Final = 20
"""Seconds that the mock is asked to wait for news."""
MOST: Final = 100
"""Events that are asked for at once."""
PAUSE: Final = 0.5
"""Seconds until a mock that went away is asked again."""
COLOURS: Final = {2: "green", 3: "cyan", 4: "yellow", 5: "red"}


def listen(
    *,
    forward: Annotated[str | None, Parameter(help="Post each event to this URL, signed.")] = None,
    event: Annotated[
        list[str] | None, Parameter(negative=(), help="Only this event (`yeni_chat`); more than once for several.")
    ] = None,
    print_: Annotated[bool, Parameter(name="--print", negative=(), help="Print what each event says.")] = False,
    url: Url = DEFAULT_URL,
    sandbox: Sandbox = None,
) -> None:
    """Wait for the mock's events."""
    from cozum.forwarding import forwarder
    from cozum.inbox import InboxClient

    names = tuple(dict.fromkeys(event or ()))
    try:
        with forwarder(forward) as forwarding:
            Listener(InboxClient(url, sandbox), names, forwarding, show=print_).run()
    except BrokenPipeError:  # whoever read this has gone: `cozum listen | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Listener:
    """Tells what happens in a mock, until it is interrupted."""

    def __init__(
        self, client: InboxClient, names: tuple[str, ...], forwarding: Forwarder | None, *, show: bool
    ) -> None:
        self._client = client
        self._names = names
        self._forwarding = forwarding
        self._show = show
        self._console = _console()

    def run(self) -> None:
        """Begin with what happens from now on. Raises UsageError when there is no mock."""
        now = self._client.events(event=self._names, limit=1)
        self._begin(now["secret"])
        since = now["son_id"]
        while True:
            since = self._next(since)

    def _begin(self, secret: str) -> None:
        to = "" if self._forwarding is None else f", forwarding to {self._forwarding.url}"
        self._console.print(f"Listening to {self._client.shown}{to}. Ctrl-C ends it.")
        self._console.print(f"Signing secret: {secret}")
        self._flush()

    def _next(self, since: int) -> int:
        """Tell what came after `since`, and answer since when to ask next."""
        try:
            answer = self._client.events(event=self._names, since=since, wait=WAIT, limit=MOST)
        except NobodyThere as gone:
            print(f"cozum: {gone}; waiting", file=sys.stderr, flush=True)
            return self._awaited(since)
        if answer["son_id"] < since:
            return 0  # another mock than before: it counts anew
        told = answer["olaylar"]
        for happening in told:
            self._tell(happening, answer["secret"])
        last: int = told[-1]["id"] if len(told) == MOST else answer["son_id"]
        return last

    def _awaited(self, since: int) -> int:
        """Wait until a mock answers again; it has forgotten what was, unless it only could not be reached."""
        while True:
            time.sleep(PAUSE)
            try:
                last: int = self._client.events(limit=1)["son_id"]
            except NobodyThere:
                continue
            return since if last >= since else 0

    def _tell(self, happening: dict[str, Any], secret: str) -> None:
        came = None if self._forwarding is None else self._forwarding.post(happening, secret)
        for line in _lines(happening, came):
            self._console.print(line)
        if self._show:
            self._console.print(json.dumps(happening["govde"], ensure_ascii=False, indent=2))
        self._flush()

    def _flush(self) -> None:
        self._console.file.flush()


def _console() -> Console:
    from rich.console import Console

    class Output(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Output(highlight=False, soft_wrap=True, markup=False)


def _lines(happening: dict[str, Any], came: Came | None) -> list[Text]:
    """One line for the event, one below it for each thing in which it breaks the contract."""
    from rich.text import Text

    from cozum.plain import plain

    told = Text.assemble(
        (f"{plain(happening['zaman'])[11:19]}  ", "dim"),
        (f"{plain(happening['olay']):20}", "bold"),
        (f"{happening['id']:>5}", "dim"),
    )
    if came is not None:
        told.append("  ")
        if came.status is None:
            told.append(plain(came.error), "red")
        else:
            told.append(str(came.status), COLOURS.get(came.status // 100, "red"))
        told.append(f"  {came.milliseconds:.1f} ms", "dim")
    return [told, *[Text(f"      broken: {plain(fault)}", "bold red") for fault in happening["kusurlar"]]]
