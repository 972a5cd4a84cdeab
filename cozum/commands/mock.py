"""`cozum mock`"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

Port = Annotated[int, Parameter(help="Port to listen on; 0 takes a free one.")]
Host = Annotated[str, Parameter(help="Address to listen on; the default answers this machine only.")]
Document = Annotated[Path | None, Parameter(help="Another OpenAPI document than the one that came with cozum.")]

BATCH = 64
"""Requests that are judged, journaled and told at a time, if they come faster than that takes to wait for."""


def mock(
    *,
    port: Port = 8080,
    host: Host = "127.0.0.1",
    document: Document = None,
    quiet: Annotated[bool, Parameter(negative=(), help="Do not print a line for each request.")] = False,
) -> None:
    """Start the mock server."""
    from cozum.server import bind, run
    from cozum.start import build, greet
    from mocks.app import build_journal, build_mock

    listener = bind(host, port)
    world, application = build(document, "memory://", demo=True, webhooks_anywhere=True)
    journal = build_journal(application, world.waker)
    run(
        build_mock(application, _tell_nothing_but_faults if quiet else _tell, journal, batch=BATCH),
        listener,
        world,
        on_ready=lambda: greet("mock", listener, application, demo=True),
    )


def _tell(method: str, path: str, status: int, milliseconds: float, faults: list[str]) -> None:
    with suppress(OSError):  # whoever read this may have gone: `cozum mock | head`
        print(f"{method:7} {ascii(path)[1:-1]:.200}  {status}  {milliseconds:.1f} ms", flush=True)
    _tell_nothing_but_faults(method, path, status, milliseconds, faults)


def _tell_nothing_but_faults(method: str, path: str, status: int, milliseconds: float, faults: list[str]) -> None:
    with suppress(OSError):
        for fault in faults:
            print(f"  contract broken by {method} {path!a}, {status}: {fault}", file=sys.stderr, flush=True)
