"""`cozum mock --watch`: the document, faults, scripts and scenario are read again when their files change."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from cozum.counterparts import SWITCHES, read_counterpart
from cozum.errors import UsageError
from cozum.faults import read_file
from cozum.state import is_file, read_beginning
from impl.contract.document import DocumentError
from mocks.app import Mock
from mocks.counterparts.errors import WrongScript
from mocks.counterparts.sides import Side
from mocks.faults import Planted, TooManyFaults
from mocks.watching import Broken, Watcher


def watch(
    mock: Mock,
    document: Path,
    faults: Path | None,
    scripts: Mapping[Side, str | None],
    *,
    scenario: str | None = None,
    snapshot: Path | None = None,
    keep_seed: bool = False,
) -> Watcher:
    """Watch these files while the mock runs. `keep_seed`: the seed of the faults' file says nothing."""
    watcher = Watcher(_tell, _complain)
    planted = _FaultsFile(mock, faults, keep_seed=keep_seed) if faults else None

    async def read_document() -> str:
        try:
            count = await mock.reload()
        except DocumentError as error:
            raise Broken(str(error)) from None
        if planted is not None:  # which operations there are has changed
            await watcher.again(planted.path)
        others = [one.fault for one in mock.parts.faults.planted if planted is None or one not in planted.planted]
        plans = mock.application.plans
        idle = sorted({fault.operation for fault in others if not any(fault.concerns(plan.id) for plan in plans)})
        return f"{count} operations" + (
            f"; a fault is planted for {', '.join(idle)}, which is none of them" if idle else ""
        )

    watcher.add(document, read_document)
    if planted is not None:
        watcher.add(planted.path, planted.read)
    for side, name in scripts.items():
        if name is not None and name not in SWITCHES:
            watcher.add(Path(name), _Script(mock, side, name).read)
    if snapshot is not None or (scenario is not None and is_file(scenario)):
        begins = _Beginning(mock, scenario, snapshot)
        watcher.add(snapshot or Path(scenario or ""), begins.read)
    mock.beside.append(watcher.run)
    return watcher


class _FaultsFile:
    """The faults of a file among those that are planted."""

    def __init__(self, mock: Mock, path: Path, *, keep_seed: bool) -> None:
        self.path = path
        self._mock = mock
        self._keep_seed = keep_seed
        count = len(read_file(path, mock.application.plans).faults)
        self.planted: Sequence[Planted] = mock.parts.faults.planted[:count]

    async def read(self) -> str | None:
        faults = self._mock.parts.faults
        try:
            file = read_file(self.path, self._mock.application.plans)
            if [planted.fault for planted in self.planted] == list(file.faults):
                return None
            self.planted = faults.exchange(self.planted, file.faults)
        except UsageError as error:
            raise Broken(str(error)) from None
        except TooManyFaults as many:
            raise Broken(f"{self.path}: {many} faults can be planted, not more") from None
        if not self._keep_seed and file.seed is not None:
            faults.seed = file.seed
        return f"{len(file.faults)} planted"


class _Script:
    """What a simulated side follows in the sandbox without name."""

    def __init__(self, mock: Mock, side: Side, name: str) -> None:
        self._mock = mock
        self._side = side
        self._name = name

    async def read(self) -> str:
        main, counterparts = self._mock.sandboxes.main, self._mock.parts.counterparts
        try:
            script = read_counterpart(self._side, self._name)
        except UsageError as error:
            raise Broken(str(error)) from None
        now = counterparts.of(main, self._side)
        if script is None or now is None or now.source != self._name:
            return f"the simulated {self._side} does not follow it now"
        try:
            counterparts.switch_on(main, script, self._name)
        except WrongScript as wrong:
            raise Broken(f"{self._name}: {wrong}") from None
        return f"{len(script.rules)} rules"


class _Beginning:
    """The scenario or snapshot that the mock was started with."""

    def __init__(self, mock: Mock, scenario: str | None, snapshot: Path | None) -> None:
        self._mock = mock
        self._scenario = scenario
        self._snapshot = snapshot

    async def read(self) -> str:
        try:
            begin = read_beginning(self._scenario, self._snapshot)
            self._mock.sandboxes.make = await begin(self._mock.parts.beginnings)
        except UsageError as error:
            raise Broken(str(error)) from None
        return "`cozum reset` and new sandboxes begin with it"


def _tell(sentence: str) -> None:
    _write(sys.stdout, sentence)


def _complain(sentence: str) -> None:
    _write(sys.stderr, sentence)


def _write(stream: TextIO, sentence: str) -> None:
    with suppress(OSError):  # whoever read this may have gone
        stream.write(f"watch: {sentence}\n")
        stream.flush()
