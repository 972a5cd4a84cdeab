"""The checks, by topic."""

from contract_tests.rules import (
    auth,
    banner,
    chats,
    envelope,
    files,
    identity,
    isolation,
    knowledge,
    life,
    operators,
    origins,
    repeats,
    tickets,
)

__all__ = [
    "auth",
    "banner",
    "chats",
    "envelope",
    "files",
    "identity",
    "isolation",
    "knowledge",
    "life",
    "operators",
    "origins",
    "repeats",
    "tickets",
]
