"""What falls due by itself: operators who went away, chats that everybody forgot, rows that nobody needs."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from impl.actions import chats, operators, outbox, projects
from impl.actions.once import forget_attempts
from impl.world import World

EVERY: Final = 5.0
"""Seconds between two rounds."""

log = logging.getLogger("cozum")


async def run_due(world: World) -> int:
    """Do what is due in the world at its clock's time; answers how many operators and chats it was."""
    await operators.forget_stale(world)
    await outbox.forget_old(world)
    await projects.forget_opened(world)
    await forget_attempts(world)
    return await operators.time_out(world) + await chats.close_forgotten(world)


async def keep_running(world: World) -> None:
    """Do what is due every few seconds, until cancelled; what fails is logged and tried again."""
    while True:
        await asyncio.sleep(EVERY)
        try:
            await run_due(world)
        except Exception:
            log.exception("what was due could not be done")
