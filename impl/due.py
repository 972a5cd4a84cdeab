"""What falls due by itself: operators who went away, chats that everybody forgot, rows that nobody needs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from impl.actions import chats, files, operators, outbox, projects
from impl.actions.once import forget_attempts
from impl.world import World

EVERY: Final = 5.0
"""Seconds between two rounds."""

STEPS: Final[Sequence[Callable[[World], Awaitable[int | None]]]] = (
    operators.forget_stale,
    outbox.forget_old,
    projects.forget_opened,
    forget_attempts,
    files.delete_doomed,
    operators.time_out,
    chats.close_forgotten,
)

log = logging.getLogger("cozum")


async def run_due(world: World) -> int:
    """Do what is due in the world at its clock's time; answers how many operators and chats it was.

    Raises an ExceptionGroup when all is done that could be.
    """
    done, failures = 0, []
    for step in STEPS:
        try:
            done += await step(world) or 0
        except Exception as failure:  # one that fails holds no other up
            failures.append(failure)
    if failures:
        raise ExceptionGroup("some of what was due could not be done", failures)
    return done


async def keep_running(world: World) -> None:
    """Do what is due every few seconds, until cancelled; what fails is logged and tried again."""
    while True:
        await asyncio.sleep(EVERY)
        try:
            await run_due(world)
        except Exception:
            log.exception("what was due could not be done")
