"""Five small faults, each in another topic, and the rule that it breaks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from contract_tests.tests.second.data import Chat
from contract_tests.tests.second.rules import Rules


@dataclass(frozen=True)
class Fault:
    """Parts of the rules that are wrong."""

    rule: str
    changes: Mapping[str, Any]


async def lose_a_number(chat: Chat) -> None:
    """While others write too, a number is drawn in vain."""
    chat.senders += 1
    await asyncio.sleep(0.01)
    chat.last += chat.senders > 1
    chat.senders -= 1


FAULTS: Final[Mapping[str, Fault]] = {
    "accepts-301-seconds": Fault("hmac.tolerance", {"tolerance": 301}),
    "critical-from-91": Fault("banner.storage.critical", {"critical_from": 91}),
    "rated-twice": Fault("rating.once", {"rated_once": False}),
    "refusals-unreadable": Fault("cors.readable", {"readable": lambda status: status < 400}),
    "number-lost": Fault("chat.sequence.gapless", {"before_writing": lose_a_number}),
}


def with_faults(names: Iterable[str]) -> Rules:
    """The rules of a server with these faults."""
    rules = Rules()
    for name in names:
        rules = replace(rules, **FAULTS[name].changes)
    return rules
