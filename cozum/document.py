"""Where `openapi.yaml` lies: beside the packages in a checkout, inside this one in a wheel."""

from __future__ import annotations

from pathlib import Path

from cozum.errors import UsageError

HERE = Path(__file__).parent


def find_document(given: Path | None) -> Path:
    """The document to serve. Raises UsageError."""
    if given is not None:
        return given
    for candidate in (HERE / "openapi.yaml", HERE.parent / "openapi.yaml"):
        if candidate.is_file():
            return candidate
    raise UsageError("openapi.yaml is not where it was installed; name one with --document")
