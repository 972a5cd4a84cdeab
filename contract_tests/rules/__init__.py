"""The checks, by topic."""

from contract_tests.rules import (
    auth,
    banner,
    chats,
    credentials,
    envelope,
    files,
    identity,
    isolation,
    knowledge,
    operators,
    origins,
    project_settings,
    projects,
    sessions,
    tickets,
)

__all__ = [
    "auth",
    "banner",
    "chats",
    "credentials",
    "envelope",
    "files",
    "identity",
    "isolation",
    "knowledge",
    "operators",
    "origins",
    "project_settings",
    "projects",
    "sessions",
    "tickets",
]
