"""`cozum mock`"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

if TYPE_CHECKING:
    from mocks.counterparts.sides import Side

Port = Annotated[int, Parameter(help="Port to listen on; 0 takes a free one.")]
Host = Annotated[str, Parameter(help="Address to listen on; the default answers this machine only.")]
AllowHost = Annotated[
    list[str] | None,
    Parameter(negative=(), help="A name with a dot that is this machine's: mock.lan; once for each."),
]
Document = Annotated[Path | None, Parameter(help="Another OpenAPI document than the one that came with cozum.")]

CONTROL: Final = ("Control       {url}/_mock; cozum log, clock, reset, trigger, listen … (`cozum --help`)",)
BATCH: Final = 1_024
"""Requests that are judged, journaled and told at a time, if they come faster than that takes to wait for."""


def mock(
    *,
    port: Port = 8080,
    host: Host = "127.0.0.1",
    document: Document = None,
    quiet: Annotated[bool, Parameter(negative=(), help="Do not print a line for each request.")] = False,
    faults: Annotated[Path | None, Parameter(help="YAML with faults to plant: what goes wrong, where, how often.")] = (
        None
    ),
    fault: Annotated[
        list[str] | None,
        Parameter(
            negative=(), help="A fault to plant, as `operation=list_chats, status=503, chance=0.2`; once for each."
        ),
    ] = None,
    seed: Annotated[
        int | None, Parameter(help="What goes by chance (faults, answers, simulated people) goes the same way again.")
    ] = None,
    operator: Annotated[
        str | None, Parameter(help="Simulated operators who answer: `auto`, or a YAML file of what they do.")
    ] = None,
    visitor: Annotated[
        str | None, Parameter(help="Simulated visitors who write: `auto`, or a YAML file of what they do.")
    ] = None,
    watch: Annotated[
        bool,
        Parameter(negative=(), help="Read document, faults, scripts and scenario again when their files change."),
    ] = False,
    replay: Annotated[
        Path | None, Parameter(help="Answer from this recording (HAR) of `cozum proxy --record` or a browser.")
    ] = None,
    replay_only: Annotated[
        bool, Parameter(negative=(), help="Answer 404 to what is not in the recording, instead of the usual answer.")
    ] = False,
    journal: Annotated[
        bool, Parameter(negative="--no-journal", help="Keep requests and answers, and check each against the contract.")
    ] = True,
    scenario: Annotated[
        str | None, Parameter(help="Begin with this scenario: busy-queue, trial-ending, …, or a YAML file of your own.")
    ] = None,
    snapshot: Annotated[Path | None, Parameter(help="Begin with the state in this file (`cozum snapshot save`).")] = (
        None
    ),
    control_anywhere: Annotated[
        bool, Parameter(negative=(), help="Other machines may call the control API (/_mock) too.")
    ] = False,
    allow_host: AllowHost = None,
) -> None:
    """Start the mock server."""
    from cozum.callers import read_callers
    from cozum.counterparts import begin_with
    from cozum.errors import UsageError
    from cozum.faults import plant
    from cozum.protocol import StatesToo
    from cozum.replay import read_replay
    from cozum.server import bind, configuration, run
    from cozum.start import greet, read_settings
    from cozum.state import read_beginning
    from cozum.telling import tell, tell_only_faults
    from impl.contract.document import DocumentError
    from mocks.app import Mock

    scripts: dict[Side, str | None] = {"operator": operator, "visitor": visitor}
    replaying = read_replay(replay, only=replay_only)
    begin = read_beginning(scenario, snapshot)
    callers = read_callers(allow_host or (), anywhere=control_anywhere)
    listener = bind(host, port)
    try:
        settings = read_settings(document, "memory://", demo=True, webhooks_anywhere=True)
        made = Mock(
            settings,
            tell_only_faults if quiet else tell,
            lambda application: plant(faults, fault or [], seed, application.plans),
            batch=BATCH,
            journaled=journal,
            callers=callers,
            replay=replaying,
            begin=begin,
        )
    except DocumentError as error:
        raise UsageError(str(error)) from None
    asyncio.run(made.start())
    begin_with(made, scripts)
    if watch:
        from cozum.watching import watch as watch_files

        keep_seed = seed is not None
        document = settings.document
        watch_files(made, document, faults, scripts, scenario=scenario, snapshot=snapshot, keep_seed=keep_seed)
    planted = len(made.parts.faults.planted)
    more = [*CONTROL, *([f"Faults        {planted} planted"] if planted or faults else [])]
    run(
        configuration(made.app, StatesToo),
        listener,
        made,
        lambda: greet("mock", listener, made.application, demo=True, more=more),
    )
