"""Which entries of the journal are meant: by operation, method, path, status, faults and sandbox."""

from __future__ import annotations

from dataclasses import dataclass

from mocks.journal import Entry
from mocks.sandboxes import HEADER


@dataclass(frozen=True, slots=True)
class Choice:
    """Conditions that all must hold; what is None is not asked."""

    operation: str | None = None
    method: str | None = None
    path: str | None = None
    """`*` stands for anything."""
    status: str | None = None
    """`404`, or `4xx`."""
    broken: bool = False
    """Only what breaks the contract."""
    sandbox: bytes | None = None
    """The value of the header `X-Mock-Sandbox`."""

    def takes(self, entry: Entry) -> bool:
        """Whether an entry is meant."""
        return (
            (self.operation is None or entry.operation == self.operation)
            and (self.method is None or entry.method == self.method)
            and (self.path is None or path_matches(self.path, entry.path))
            and (self.status is None or status_matches(self.status, entry.status))
            and not (self.broken and not entry.faults and not entry.request_faults)
            and (self.sandbox is None or self.sandbox == sandbox_of(entry))
        )


def sandbox_of(entry: Entry) -> bytes | None:
    """The sandbox that the request named."""
    if HEADER not in entry.head:
        return None
    name = HEADER.decode()
    return next((value.encode("latin-1") for known, value in entry.request_headers() if known == name), None)


def status_matches(wanted: str, status: int) -> bool:
    """Whether a status is `404`, or one of `4xx`."""
    return str(status) == wanted or (wanted[1:] == "xx" and status // 100 == int(wanted[0]))


def path_matches(wanted: str, path: str) -> bool:
    """Whether a path is that one; `*` stands for anything. Looks at each part once, however many stars there are."""
    first, *middle = wanted.split("*")
    if not middle:
        return path == wanted
    last = middle.pop()
    if len(path) < len(first) + len(last) or not (path.startswith(first) and path.endswith(last)):
        return False
    at, end = len(first), len(path) - len(last)
    for part in middle:
        found = path.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
