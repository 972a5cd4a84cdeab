"""`cozum test`"""

from __future__ import annotations

import sys
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from cozum.document import find_document
from cozum.errors import UsageError

if TYPE_CHECKING:
    from contract_tests.document import Document
    from contract_tests.order import Order
    from contract_tests.target import Target


def judge_server(
    base_url: Annotated[str | None, Parameter(help="The server; without it our own application, in process.")] = None,
    *,
    seed: Annotated[int, Parameter(help="Chooses the examples; the same again asks the same.")] = 0,
    rule: Annotated[tuple[str, ...], Parameter(help="Judge only this rule; may be repeated.", negative=())] = (),
    profile: Annotated[Literal["quick", "full"], Parameter(help="How many examples.")] = "quick",
    level: Annotated[
        Literal["reference", "contract"], Parameter(help="Only what the published reference says itself, or all.")
    ] = "contract",
    owned: Annotated[
        bool, Parameter(negative=(), help="Nobody else uses the server: operators may be changed.")
    ] = False,
    list_rules: Annotated[bool, Parameter(name="--list", negative=(), help="Print the rules and end.")] = False,
    quiet: Annotated[bool, Parameter(negative=(), help="Print only what is broken, and the last line.")] = False,
    document: Annotated[Path | None, Parameter(help="Another document than the one that came with cozum.")] = None,
) -> None:
    """Judge; exit with 1 if a rule is broken."""
    from contract_tests.catalogue import CATALOGUE
    from contract_tests.document import Document
    from contract_tests.findings import CannotRun
    from contract_tests.order import Order
    from contract_tests.run import chosen

    if list_rules:
        for one in CATALOGUE.values():
            print(f"{one.id:28} {one.origin:9}  {one.sentence}")
        return
    path = find_document(document)
    order = Order(seed, rule, profile=profile, level=level)
    try:
        known = Document(path, level)
        chosen(order, known)
        if not _judged(base_url, known, order, owned, quiet):
            sys.exit(1)
    except (CannotRun, OSError) as error:
        raise UsageError(str(error)) from None


def _judged(base_url: str | None, document: Document, order: Order, owned: bool, quiet: bool) -> bool:
    """Whether every rule holds. Prints as it goes."""
    from dataclasses import replace

    from contract_tests.events import Began, Ended
    from contract_tests.probe import probe
    from contract_tests.reports.console import Progress, told
    from contract_tests.run import judge, plan
    from contract_tests.story import Story
    from contract_tests.target import described

    place: AbstractContextManager[Target]
    if base_url is None:
        from contract_tests.in_process import our_server

        place = our_server(document.path)
    else:
        given = described(base_url)
        place = nullcontext(replace(given, owned=given.owned or owned))
    story, progress, began = Story(), Progress(), time.monotonic()
    with place as claimed:
        target = probe(claimed, document)
        jobs = plan(order, document)
        story.take(Began(target.base_url, order, len(jobs), time.time()))
        for verdict in judge(target, document, order, jobs):
            story.take(verdict)
            if not quiet:
                progress.take(verdict)
    story.take(Ended(time.monotonic() - began))
    for line in told(story, document, quiet=quiet):
        print(line)
    return not any(chapter.findings for chapter in story.chapters())
