"""The faults of the command line: `--faults FILE`, `--fault TEXT`, `--seed N`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cozum.errors import UsageError
from impl.contract.plan import Plan
from mocks.fault import Fault
from mocks.fault_reader import FaultFile, WrongFault, read_fault, read_faults, read_short
from mocks.faults import Faults, TooManyFaults


def plant(file: Path | None, texts: Sequence[str], seed: int | None, plans: Sequence[Plan]) -> Faults:
    """Those of the file, then those of the command line, whose seed goes before the file's. Raises UsageError."""
    read = read_file(file, plans) if file else FaultFile(())
    faults = Faults(seed if seed is not None else read.seed or 0)
    try:
        for fault in [*read.faults, *(_read_text(text, plans) for text in texts)]:
            faults.add(fault)
    except TooManyFaults as many:
        raise UsageError(f"{many} faults can be planted, not more") from None
    return faults


def read_file(file: Path, plans: Sequence[Plan]) -> FaultFile:
    """What the file says. Raises UsageError."""
    try:
        return read_faults(file.read_bytes(), plans)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
    except WrongFault as wrong:
        raise UsageError(f"{file}: {wrong}") from None


def _read_text(text: str, plans: Sequence[Plan]) -> Fault:
    try:
        return read_fault(read_short(text), plans)
    except WrongFault as wrong:
        raise UsageError(f"--fault {text[:80]!a}: {wrong}") from None
