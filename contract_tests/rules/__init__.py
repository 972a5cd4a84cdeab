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
    strip,
    tickets,
    visitors,
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
    "strip",
    "tickets",
    "visitors",
]
