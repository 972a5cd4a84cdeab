"""`cozum log`"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from cozum.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from cozum.journal import JournalClient

WAIT: Final = 20
"""Seconds that the mock is asked to wait for news."""
MOST: Final = 1_000
"""Entries that are asked for at once."""
PAUSE: Final = 0.5
"""Seconds until a mock that went away is asked again."""
LONGEST: Final = 200
COLOURS: Final = {2: "green", 3: "cyan", 4: "yellow", 5: "red"}


def log(
    *,
    follow: Annotated[
        bool, Parameter(name=("--follow", "-f"), negative=(), help="Wait for what comes, until Ctrl-C.")
    ] = False,
    url: Annotated[str, Parameter(help="Where the mock listens.")] = "http://127.0.0.1:8080",
    operation: Annotated[str | None, Parameter(help="Only this operationId.")] = None,
    broken: Annotated[bool, Parameter(negative=(), help="Only what breaks the contract.")] = False,
    har: Annotated[
        Path | None, Parameter(help="Write requests and answers to this file, as HAR 1.2 without the secrets.")
    ] = None,
) -> None:
    """Show the mock's journal."""
    from cozum.journal import JournalClient

    if follow and har:
        raise UsageError("--har writes what is there now: not together with --follow")
    client = JournalClient(url)
    if har:
        _write(har, client, operation, broken)
        return
    try:
        _show(client, operation, broken, follow)
    except BrokenPipeError:  # whoever read this has gone: `cozum log -f | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write(path: Path, client: JournalClient, operation: str | None, broken: bool) -> None:
    parts = client.archive(operation=operation, broken=broken)
    first = next(parts, b"")  # only who has something to write takes the file
    try:
        with path.open("wb") as file:
            size = file.write(first)
            size += sum(file.write(part) for part in parts)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from None
    print(f"wrote {path} ({size} bytes)")


def _show(client: JournalClient, operation: str | None, broken: bool, follow: bool) -> None:
    from rich.console import Console

    class Output(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    console = Output(highlight=False, soft_wrap=True)
    answer = client.entries(operation=operation, broken=broken)
    _print(console, answer["kayitlar"])
    since = answer["son_id"]
    while follow:
        since = _next(client, console, since, operation, broken)


def _next(client: JournalClient, console: Console, since: int, operation: str | None, broken: bool) -> int:
    """Print what came after `since`, and answer since when to ask next."""
    from cozum.control import NobodyThere

    try:
        answer = client.entries(operation=operation, broken=broken, since=since, wait=WAIT, limit=MOST)
    except NobodyThere as gone:
        print(f"cozum: {gone}; waiting", file=sys.stderr, flush=True)
        return _awaited(client, since)
    told = answer["kayitlar"]
    if answer["son_id"] < since:
        return 0  # another mock than before: it counts anew
    _print(console, told)
    last: int = told[-1]["id"] if len(told) == MOST else answer["son_id"]
    return last


def _awaited(client: JournalClient, since: int) -> int:
    """Wait until a mock answers again; it has forgotten what was, unless it only could not be reached."""
    from cozum.control import NobodyThere

    while True:
        time.sleep(PAUSE)
        try:
            last: int = client.entries(limit=1)["son_id"]
        except NobodyThere:
            continue
        return since if last >= since else 0


def _print(console: Console, entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        for line in _lines(entry):
            console.print(line)
    console.file.flush()


def _lines(entry: dict[str, Any]) -> list[Text]:
    """One line for the request, one below it for each thing that is to be said of it."""
    from rich.text import Text

    status = entry["durum"]
    told = Text.assemble(
        (f"{entry['id']:>5} ", "dim"),
        (f"{_plain(entry['zaman'])[11:23]}  ", "dim"),
        (f"{_plain(entry['yontem']):7} ", "bold"),
        f"{_plain(entry['hedef'])[:LONGEST]}  ",
        ("---" if status is None else str(status), COLOURS.get((status or 0) // 100, "red")),
        (f"  {entry['sure_ms']:.1f} ms", "dim"),
        (f"  {entry['islem']}" if entry["islem"] else "", "blue"),
    )
    wrongs = [Text(f"      broken request: {_plain(wrong)}", "bold magenta") for wrong in entry["istek_kusurlari"]]
    faults = [Text(f"      broken: {_plain(fault)}", "bold red") for fault in entry["kusurlar"]]
    notes = [Text(f"      note: {_plain(note)}", "yellow") for note in entry["notlar"]]
    return [told, *wrongs, *faults, *notes]


def _plain(text: str) -> str:
    """Without what would move a terminal's cursor or change its colours."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
