"""`cozum test`"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Group, Parameter

from cozum.document import find_document
from cozum.errors import UsageError

if TYPE_CHECKING:
    from contract_tests.order import Order
    from contract_tests.story import Story
    from contract_tests.workers import Place

WHAT = Group("What is judged", sort_key=1)
WHO = Group("The server", sort_key=2)
TOLD = Group("What is told", sort_key=3)
INTERRUPTED = 130
"""The exit status of shells for Ctrl-C."""


def _flag(group: Group, text: str, name: str | None = None) -> Parameter:
    return Parameter(name=name, group=group, help=text, negative=(), show_default=False)


def judge_server(
    base_url: Annotated[
        str | None, Parameter(group=WHO, help="The server; without it our own application, in process.")
    ] = None,
    *,
    owned: Annotated[bool, _flag(WHO, "Nobody else uses the server: its operators may be changed.")] = False,
    config: Annotated[
        Path | None, Parameter(group=WHO, help="Who may call it; `contract.toml` of this folder when it is there.")
    ] = None,
    init: Annotated[bool, _flag(WHO, "Write a commented `contract.toml` and end.")] = False,
    profile: Annotated[
        Literal["quick", "full"], Parameter(group=WHAT, help="How many examples: seconds, or about a minute.")
    ] = "quick",
    level: Annotated[
        Literal["reference", "contract"],
        Parameter(group=WHAT, help="Only what the published reference says itself, or all."),
    ] = "contract",
    rule: Annotated[tuple[str, ...], _flag(WHAT, "Judge only this rule; may be repeated.")] = (),
    operation: Annotated[tuple[str, ...], _flag(WHAT, "Judge only this operationId; may be repeated.")] = (),
    require_all: Annotated[bool, _flag(WHAT, "What could not be judged is a failure.")] = False,
    seed: Annotated[int, Parameter(group=WHAT, help="Chooses the examples; the same again asks the same.")] = 0,
    max_time: Annotated[float | None, Parameter(group=WHAT, help="Seconds after which nothing new is begun.")] = None,
    workers: Annotated[
        int | None, Parameter(group=WHAT, help="Processes; one a core, at most 4, if there is enough to do.")
    ] = None,
    document: Annotated[
        Path | None, Parameter(group=WHAT, help="Another document than the one that came with cozum.")
    ] = None,
    report: Annotated[
        Path | None, Parameter(group=TOLD, help="A folder for report.html, junit.xml, report.json, exchanges.har.")
    ] = None,
    quiet: Annotated[bool, _flag(TOLD, "Print only what is broken, and the last line.")] = False,
    list_rules: Annotated[bool, _flag(TOLD, "Print the rules and end.", "--list")] = False,
) -> None:
    """Judge; exit with 0 if every rule holds, 1 if one is broken, 2 if nothing could be judged."""
    from contract_tests.findings import CannotRun
    from contract_tests.order import Order

    if (workers is not None and workers < 1) or (max_time is not None and max_time <= 0):
        raise UsageError("--workers and --max-time must be above 0")
    try:
        if list_rules:
            _print_rules()
        elif init:
            _write_template(config)
        else:
            order = Order(seed, rule, operation, profile, level, max_time=max_time, bodies=report is not None)
            place = _place(base_url, find_document(document), config, owned)
            _end(_judged(place, order, workers, _Told(quiet, report, require_all)), require_all=require_all)
    except (CannotRun, OSError) as error:
        raise UsageError(str(error)) from None
    except KeyboardInterrupt:
        print("cozum: interrupted; what was opened is closed", file=sys.stderr)
        sys.exit(INTERRUPTED)


def _end(story: Story, *, require_all: bool) -> None:
    """What is broken counts, also if the rest could not be judged."""
    if not story.holds:
        if story.cut_off:
            print(f"cozum: {story.cut_off}", file=sys.stderr)
        sys.exit(1)
    if story.cut_off or not story.judged:
        raise UsageError(story.cut_off or "nothing was judged")
    if require_all and story.skipped:
        sys.exit(1)


@dataclass(frozen=True)
class _Told:
    """What is told, and how skips count."""

    quiet: bool
    folder: Path | None
    require_all: bool


def _print_rules() -> None:
    from contract_tests.catalogue import CATALOGUE

    width = max(map(len, CATALOGUE))
    for one in CATALOGUE.values():
        print(f"{one.id:{width}} {one.origin:9}  {one.sentence}")


def _write_template(config: Path | None) -> None:
    from contract_tests.settings import FILE, write_template

    path = config or FILE
    write_template(path)
    print(f"wrote {path}: fill in who may call the server, then run `cozum test URL`")


def _place(base_url: str | None, document: Path, config: Path | None, owned: bool) -> Place:
    from dataclasses import replace

    from contract_tests.settings import FILE, described
    from contract_tests.workers import Place

    if base_url is None:
        if config or owned:
            raise UsageError("--config and --owned describe a server: its URL is missing")
        return Place(document, None)
    if config is None and FILE.exists():
        config = FILE
    target = described(base_url, config)
    return Place(document, replace(target, owned=target.owned or owned))


def _judged(place: Place, order: Order, workers: int | None, how: _Told) -> Story:
    """Judge, and tell as it goes."""
    from contract_tests.document import Document
    from contract_tests.judging import Listener, judge_place
    from contract_tests.reports.console import Progress, told
    from contract_tests.reports.files import Files

    document = Document(place.document, order.level)
    listeners: list[Listener] = [] if how.quiet else [Progress()]
    with ExitStack() as stack:
        if how.folder:
            listeners.append(stack.enter_context(Files(how.folder, document)))
        story = judge_place(place, document, order, workers, listeners)
    for line in told(story, document, quiet=how.quiet, require_all=how.require_all):
        print(line)
    if how.folder and not how.quiet:
        print(f"reports: {', '.join(str(how.folder / name) for name in Files.NAMES)}")
    return story
