"""`cozum listen`"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from cozum.control import DEFAULT_URL, Sandbox, Url

if TYPE_CHECKING:
    from rich.text import Text

    from cozum.forwarding import Came, Forwarder
    from cozum.inbox import InboxClient

MOST: Final = 100
"""Events that are asked for at once."""


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
    from cozum.following import reader_may_leave
    from cozum.forwarding import forwarder
    from cozum.inbox import InboxClient

    names = tuple(dict.fromkeys(event or ()))
    with reader_may_leave(), forwarder(forward) as forwarding:
        Listener(InboxClient(url, sandbox), names, forwarding, show=print_).run()


class Listener:
    """Tells what happens in a mock, until it is interrupted."""

    def __init__(
        self, client: InboxClient, names: tuple[str, ...], forwarding: Forwarder | None, *, show: bool
    ) -> None:
        from cozum.following import build_console

        self._client = client
        self._ask = partial(client.events, event=names)
        self._forwarding = forwarding
        self._show = show
        self._console = build_console()

    def run(self) -> None:
        """Begin with what happens from now on. Raises UsageError when there is no mock."""
        from cozum.following import Follower

        now = self._ask(limit=1)
        self._begin(now["secret"])
        follower = Follower(self._ask, "olaylar", now, most=MOST)
        while True:
            news = follower.next()
            if news is not None:
                for happening in news["olaylar"]:
                    self._tell(happening, news["secret"])

    def _begin(self, secret: str) -> None:
        to = "" if self._forwarding is None else f", forwarding to {self._forwarding.url}"
        self._console.print(f"Listening to {self._client.shown}{to}. Ctrl-C ends it.")
        self._console.print(f"Signing secret: {secret}")
        self._flush()

    def _tell(self, happening: dict[str, Any], secret: str) -> None:
        came = None if self._forwarding is None else self._forwarding.post(happening, secret)
        for line in _lines(happening, came):
            self._console.print(line)
        if self._show:
            self._console.print(json.dumps(happening["govde"], ensure_ascii=False, indent=2))
        self._flush()

    def _flush(self) -> None:
        self._console.file.flush()


def _lines(happening: dict[str, Any], came: Came | None) -> list[Text]:
    """One line for the event, one below it for each thing in which it breaks the contract."""
    from rich.text import Text

    from cozum.following import COLOURS
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
