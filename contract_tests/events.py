"""What a judgement tells while it goes on: one stream, from which every report is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from contract_tests.catalogue import Rule
from contract_tests.findings import Finding
from contract_tests.order import Order
from contract_tests.transport import Exchange

Outcome = Literal["passed", "broken", "skipped"]


@dataclass(frozen=True)
class Began:
    """The judgement begins."""

    base_url: str
    order: Order
    jobs: int
    """How many verdicts will come, unless it ends early."""
    at: float
    """Unix seconds."""
    an_answer: float = 0.0
    """Seconds that the server took for one of the first answers."""


@dataclass(frozen=True)
class Asked:
    """An exchange, told where the order wants bodies."""

    exchange: Exchange
    rule: str
    """Whose check asked."""


@dataclass(frozen=True)
class Verdict:
    """What was found of a rule, or of a part of it."""

    rule: Rule
    outcome: Outcome
    part: str = ""
    seconds: float = 0.0
    requests: int = 0
    reason: str = ""
    """Why it was skipped."""
    findings: tuple[Finding, ...] = ()
    """How it is broken; they may be of other rules too."""
    called: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    """How often each operation answered each status."""


@dataclass(frozen=True)
class Ended:
    """The judgement ends."""

    seconds: float
    cut_off: str = ""
    """Why it could not go on, if it could not."""


Event = Began | Asked | Verdict | Ended
