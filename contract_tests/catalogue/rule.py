"""What a rule is: a sentence of the contract, shortened, with an id that checks, mutants and reports cite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Origin = Literal["reference", "contract"]
Column = Literal["schema", "rules", "auth", "isolation"]
Capability = Literal[
    "open_origins",
    "origin_list",
    "second_tenant",
    "secure_mode",
    "colleague",
    "outsider",
    "knowledge",
    "manager",
    "owned",
    "clock",
    "receiver",
    "campaign",
]

CAPABILITIES: Final[dict[Capability, str]] = {
    "open_origins": "a tenant that lists no origins",
    "origin_list": "a tenant that lists its origins, of which the operator is a member",
    "second_tenant": "a tenant of which the operator is no member",
    "secure_mode": "a tenant with guvenli_mod",
    "colleague": "a second operator of the tenant",
    "outsider": "an operator who is no member of the tenant",
    "knowledge": "a published article about a known word",
    "manager": "an operator who is sahip or yonetici of the tenant",
    "owned": "a server of our own, whose operators nobody else uses (--owned)",
    "clock": "a server whose clock we can move",
    "receiver": "a way for the server's webhooks to reach us",
    "campaign": "a page with a campaign of its own",
}
"""What a target may lack, in words."""

COLUMNS: Final[dict[str, Column]] = {
    **dict.fromkeys(("answer", "operation", "schema"), "schema"),
    **dict.fromkeys(("auth", "key", "origin", "cors", "session"), "auth"),
    "isolation": "isolation",
}
"""Under which column of the final table a topic stands; others stand under `rules`."""


LONG: Final = frozenset({"schema", "life"})
"""Topics whose checks take longest."""


@dataclass(frozen=True)
class Rule:
    """One sentence that a server keeps or breaks."""

    id: str
    """`topic.what`."""
    sentence: str
    operations: tuple[str, ...] = ()
    """The operationIds that it speaks of; none means all of them."""
    origin: Origin = "contract"
    """Whether the API reference says so itself, or only the contract built on it."""
    needs: frozenset[Capability] = frozenset()

    @property
    def column(self) -> Column:
        """Where the final table shows it."""
        return COLUMNS.get(self.id.partition(".")[0], "rules")

    @property
    def long(self) -> bool:
        """Whether its check takes seconds: what is broken is told sooner if others come first."""
        return self.id.partition(".")[0] in LONG

    @property
    def alone(self) -> bool:
        """Whether its check changes operators for everybody: nothing else runs meanwhile."""
        return bool(self.needs & {"owned", "clock"})


CATALOGUE: Final[dict[str, Rule]] = {}
"""All rules by their ids, in the order in which they are judged."""


def rule(
    rule_id: str, sentence: str, operations: str = "", origin: Origin = "contract", needs: tuple[Capability, ...] = ()
) -> None:
    """Write a rule down. Raises ValueError for an id that is taken."""
    if rule_id in CATALOGUE:
        raise ValueError(f"two rules {rule_id}")
    CATALOGUE[rule_id] = Rule(rule_id, sentence, tuple(operations.split()), origin, frozenset(needs))
