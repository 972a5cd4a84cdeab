"""The checks, by topic."""

from contract_tests.rules import (
    auth,
    banner,
    chats,
    envelope,
    files,
    identity,
    isolation,
    isolation_borrowed,
    isolation_portal,
    isolation_within,
    knowledge,
    operators,
    origins,
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
    "isolation_borrowed",
    "isolation_portal",
    "isolation_within",
    "knowledge",
    "operators",
    "origins",
    "tickets",
]
