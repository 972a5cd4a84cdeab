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
    """Do what is due in the world at its clock's time, and wait until all that was to be sent then has been attempted.

    Answers how many operators, chats and deliveries it was. Raises an ExceptionGroup when all is done that could be.
    """
    steps = STEPS if world.sender is None else (*STEPS, world.sender.send_due)
    return await _do(steps, world)


async def run_steps(world: World) -> int:
    """The same but for the sending, which waits for receivers: for whoever lets the sender run beside it."""
    return await _do(STEPS, world)


async def _do(steps: Sequence[Callable[[World], Awaitable[int | None]]], world: World) -> int:
    done, failures = 0, []
    for step in steps:
        try:
            done += await step(world) or 0
        except Exception as failure:  # one that fails holds no other up
            failures.append(failure)
    if failures:
        raise ExceptionGroup("some of what was due could not be done", failures)
    return done


async def keep_running(world: World) -> None:
    """Do what is due every few seconds, and send webhooks beside it, until cancelled.

    What fails is logged and tried again.
    """
    sending = asyncio.create_task(_send(world))
    try:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await run_steps(world)
            except Exception:
                log.exception("what was due could not be done")
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


async def _send(world: World) -> None:
    if world.sender is not None:
        await world.sender.run(world)
