"""Files that are there whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from cozum.errors import UsageError


def write_whole(path: Path, parts: Iterable[bytes]) -> int:
    """Write the parts beside the file and put that in its place; what was there stays if they break off.

    Answers how many bytes it were. Raises UsageError, and what the parts raise.
    """
    if path.exists() and not path.is_file():  # /dev/stdout, a pipe: nothing to put in its place
        return _write(path, path, parts)
    target = path.resolve()
    passing = target.with_name(f".{target.name}.new")
    try:
        size = _write(path, passing, parts)
        try:
            passing.replace(target)
        except OSError as error:
            raise _unwritable(path, error) from None
    finally:
        with suppress(OSError):
            passing.unlink(missing_ok=True)
    return size


def _write(shown: Path, path: Path, parts: Iterable[bytes]) -> int:
    given = iter(parts)
    first = next(given, b"")  # only who has something to write takes the file
    try:
        with path.open("wb") as file:
            return file.write(first) + sum(file.write(part) for part in given)
    except OSError as error:
        raise _unwritable(shown, error) from None


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(f"cannot write {path}: {(error.strerror or str(error)).lower()}")
