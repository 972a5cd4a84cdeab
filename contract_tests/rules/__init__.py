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
    operators,
    origins,
    schema,
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
    "operators",
    "origins",
    "schema",
    "tickets",
]
