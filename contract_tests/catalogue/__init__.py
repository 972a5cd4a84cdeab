"""The rules of the contract; a file a topic. Where one lacks, nothing is judged."""

from contract_tests.catalogue import (  # noqa: I001 - the order in which they are judged
    answers,
    identity,
    origins,
    credentials,
    sessions,
    projects,
    banner,
    chats,
    operators,
    tickets,
    envelope,
    isolation,
    site,
    panel,
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
    "credentials",
    "envelope",
    "identity",
    "isolation",
    "operators",
    "origins",
    "panel",
    "projects",
    "sessions",
    "site",
    "tickets",
]
