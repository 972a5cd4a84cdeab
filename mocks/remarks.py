"""What those inside the recorder know of an exchange, and it cannot see: left in the scope, for the journal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from impl.contract.call import Scope

REMARKS_KEY: Final = "cozum.mock.remarks"


@dataclass(slots=True)
class Remarks:
    """Sentences for the entry of one exchange."""

    request_faults: list[str] = field(default_factory=list)
    """What in the request breaks the contract."""
    faults: list[str] = field(default_factory=list)
    """What in the answer does, beside what is found in what was sent."""
    notes: list[str] = field(default_factory=list)
    final: bool = False
    """All that there is to say of the answer is said: nobody judges it, nor records it to be played again."""


def remarks_of(scope: Scope) -> Remarks:
    """Those of this exchange, to add to."""
    remarks: Remarks = scope.setdefault(REMARKS_KEY, Remarks())
    return remarks
