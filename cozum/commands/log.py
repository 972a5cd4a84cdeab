"""`cozum log`"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from cozum.control import DEFAULT_URL, Sandbox, Url
from cozum.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from cozum.journal import JournalClient

MOST: Final = 1_000
"""Entries that are asked for at once."""
LONGEST: Final = 200


def log(
    *,
    follow: Annotated[
        bool, Parameter(name=("--follow", "-f"), negative=(), help="Wait for what comes, until Ctrl-C.")
    ] = False,
    url: Url = DEFAULT_URL,
    sandbox: Sandbox = None,
    operation: Annotated[str | None, Parameter(help="Only this operationId.")] = None,
    broken: Annotated[bool, Parameter(negative=(), help="Only what breaks the contract.")] = False,
    har: Annotated[
        Path | None, Parameter(help="Write requests and answers to this file, as HAR 1.2 without the secrets.")
    ] = None,
) -> None:
    """Show the mock's journal."""
    from cozum.following import reader_may_leave
    from cozum.journal import JournalClient

    if follow and har:
        raise UsageError("--har writes what is there now: not together with --follow")
    client = JournalClient(url, sandbox)
    if har:
        _write(har, client, operation, broken)
        return
    with reader_may_leave():
        _show(client, operation, broken, follow)


def _write(path: Path, client: JournalClient, operation: str | None, broken: bool) -> None:
    from cozum.files import write_whole

    size = write_whole(path, client.archive(operation=operation, broken=broken))
    print(f"wrote {path} ({size} bytes)")


def _show(client: JournalClient, operation: str | None, broken: bool, follow: bool) -> None:
    from cozum.following import Follower, build_console

    console, ask = build_console(), partial(client.entries, operation=operation, broken=broken)
    answer = ask()
    _print(console, answer["kayitlar"])
    if not follow:
        return
    follower = Follower(ask, "kayitlar", answer, most=MOST)
    while True:
        news = follower.next()
        if news is not None:
            _print(console, news["kayitlar"])


def _print(console: Console, entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        for line in _lines(entry):
            console.print(line)
    console.file.flush()


def _lines(entry: dict[str, Any]) -> list[Text]:
    """One line for the request, one below it for each thing that is to be said of it."""
    from rich.text import Text

    from cozum.following import COLOURS
    from cozum.plain import plain

    status = entry["durum"]
    told = Text.assemble(
        (f"{entry['id']:>5} ", "dim"),
        (f"{plain(entry['zaman'])[11:23]}  ", "dim"),
        (f"{plain(entry['yontem']):7} ", "bold"),
        f"{plain(entry['hedef'])[:LONGEST]}  ",
        ("---" if status is None else str(status), COLOURS.get((status or 0) // 100, "red")),
        (f"  {entry['sure_ms']:.1f} ms", "dim"),
        (f"  {entry['islem']}" if entry["islem"] else "", "blue"),
    )
    wrongs = [Text(f"      broken request: {plain(wrong)}", "bold magenta") for wrong in entry["istek_kusurlari"]]
    faults = [Text(f"      broken: {plain(fault)}", "bold red") for fault in entry["kusurlar"]]
    notes = [Text(f"      note: {plain(note)}", "yellow") for note in entry["notlar"]]
    return [told, *wrongs, *faults, *notes]
