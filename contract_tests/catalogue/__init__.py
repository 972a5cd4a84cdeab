"""The rules of the contract; a file a topic. Where one lacks, nothing is judged."""

from contract_tests.catalogue import (  # noqa: I001 - the order in which they are judged
    answers,
    identity,
    origins,
    banner,
    chats,
    operators,
    tickets,
    envelope,
    isolation,
    site,
    schema,
)
from contract_tests.catalogue.rule import CAPABILITIES, CATALOGUE, Capability, Column, Rule

__all__ = [
    "CAPABILITIES",
    "CATALOGUE",
    "Capability",
    "Column",
    "Rule",
    "answers",
    "banner",
    "chats",
    "envelope",
    "identity",
    "isolation",
    "operators",
    "origins",
    "schema",
    "site",
    "tickets",
]
