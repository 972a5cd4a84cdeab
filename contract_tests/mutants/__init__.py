"""Wrong servers, to see that the suite finds them; a file a topic."""

from contract_tests.mutants import (
    answers,
    banner,
    browsers,
    chats,
    credentials,
    identity,
    isolation,
    life,
    operators,
    panel,
    projects,
    reach,
    repeats,
    sessions,
    shared,
    tickets,
    visitors,
)
from contract_tests.mutants import answers, banner, browsers, chats, identity, isolation, operators, schema, tickets
from contract_tests.mutants.planting import MUTANTS, Mutant, planted

__all__ = [
    "MUTANTS",
    "Mutant",
    "answers",
    "banner",
    "browsers",
    "chats",
    "credentials",
    "identity",
    "isolation",
    "life",
    "operators",
    "panel",
    "planted",
    "projects",
    "reach",
    "repeats",
    "sessions",
    "shared",
    "schema",
    "tickets",
    "visitors",
]
