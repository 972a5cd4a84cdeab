"""Every operation, asked as the document says, at the limits of its schemas, at random, and along its links."""

from __future__ import annotations

from contract_tests.checks import Judge, check, of_operations
from contract_tests.schema.asking import Asking


@check("schema.coverage", parts=of_operations)
def limits_of_the_schemas(judge: Judge) -> None:
    asking = Asking(judge)
    asking.all_of(asking.source.coverage(judge.part))
