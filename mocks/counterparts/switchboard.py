"""Switches counterparts on and off in sandboxes, and lets them act while time goes by."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from impl.store.memory import MemoryTx
from mocks.calling import Calls
from mocks.counterparts.sides import Side
from mocks.sandbox import Sandbox

# what they know and do is imported when somebody is switched on: a fast start is promised
if TYPE_CHECKING:
    from mocks.counterparts.counterpart import Counterpart
    from mocks.counterparts.script import Script

EVERY: Final = 0.2
"""Seconds between two looks at what people did, and so how late an act may be."""
AUTO: Final = "auto"
HERE: Final = Path(__file__).parent


@cache
def default_script(side: Side) -> Script:
    """What `auto` means: `operator.yaml`, `visitor.yaml` beside this file."""
    from mocks.counterparts.reader import read_script

    return read_script(side, (HERE / f"{side}.yaml").read_bytes())


class Counterparts:
    """The simulated people of all sandboxes; nothing runs while there are none."""

    def __init__(self, sandboxes: Iterable[Sandbox], calls: Calls, seed: int = 0) -> None:
        self.seed = seed
        self._sandboxes = sandboxes
        self._calls = calls
        self._running: asyncio.Task[None] | None = None

    def of(self, sandbox: Sandbox, side: Side) -> Counterpart | None:
        """The simulated side of a sandbox; None: it is off."""
        if not sandbox.parts:
            return None
        from mocks.counterparts.counterpart import Counterpart

        for part in sandbox.parts:
            if isinstance(part, Counterpart) and part.side == side:
                return part
        return None

    def switch_on(self, sandbox: Sandbox, script: Script, source: str) -> Counterpart:
        """Let that side follow the script from now on; one that is on goes on with what it has planned.

        `source` says where the script is from. Raises WrongScript for people whom the sandbox does not have.
        """
        check_people(script, sandbox.store.tables)
        counterpart = self.of(sandbox, script.side)
        if counterpart is None:
            counterpart = _kind(script.side)(sandbox, script, self._calls, self.seed, source)
            sandbox.parts.append(counterpart)
            self._run()
        else:
            counterpart.follow(script, source)
        counterpart.next_due()  # looks, and plans what there is to do
        return counterpart

    async def switch_off(self, sandbox: Sandbox, side: Side) -> bool:
        """Let that side do nothing more; answers whether it was on."""
        counterpart = self.of(sandbox, side)
        if counterpart is not None:
            sandbox.parts.remove(counterpart)
            await counterpart.end()
        return counterpart is not None

    def stop(self) -> None:
        """The process ends."""
        if self._running is not None:
            self._running.cancel()

    def _run(self) -> None:
        if self._running is None or self._running.done():
            self._running = asyncio.get_running_loop().create_task(self._keep_acting())

    async def _keep_acting(self) -> None:
        while acting := [sandbox for sandbox in self._sandboxes if sandbox.parts]:
            for sandbox in acting:
                await sandbox.act()
            await asyncio.sleep(EVERY)


def _kind(side: Side) -> type[Counterpart]:
    from mocks.counterparts.operators import SimulatedOperators
    from mocks.counterparts.visitors import SimulatedVisitors

    return SimulatedOperators if side == "operator" else SimulatedVisitors


def check_people(script: Script, tables: MemoryTx) -> None:
    """Raises WrongScript for operators, tenants and canned responses that are not there; of YAML with the line."""
    from mocks.counterparts.errors import WrongScript
    from mocks.counterparts.known import check_known

    try:
        check_known(script, tables)
    except WrongScript as wrong:
        raise wrong.at_line(script.lines) from None
