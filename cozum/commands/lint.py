"""`cozum lint`"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from cozum.document import find_document
from cozum.errors import UsageError


def lint(
    document: Annotated[Path | None, Parameter(help="The document; without it the one that came with cozum.")] = None,
    *,
    handlers: Annotated[
        bool, Parameter(negative=(), help="List the operations that have no handler yet; 1 if there are any.")
    ] = False,
) -> None:
    """Print what is found; exit with 1 if there is anything."""
    from cozum.lint import findings, unwritten
    from impl.contract.document import DocumentError

    path = find_document(document)
    try:
        lines = unwritten(path) if handlers else findings(path)
    except DocumentError as error:
        raise UsageError(str(error)) from None
    for line in lines:
        print(line)
    if lines:
        sys.exit(1)
    print("every operation has a handler" if handlers else f"{path.name}: nothing found")
