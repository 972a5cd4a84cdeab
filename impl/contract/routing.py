"""From method and path to operation: a table by exact path, then a tree by segments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import unquote_to_bytes

from impl.contract.document import DocumentError

Target = TypeVar("Target")

Methods = dict[str, Target]
Raw = dict[str, str]
"""Path parameters as sent, percent-decoded."""


@dataclass
class _Branch(Generic[Target]):
    literals: dict[str, _Branch[Target]] = field(default_factory=dict)
    parameter: _Branch[Target] | None = None
    names: tuple[str, ...] = ()
    methods: Methods[Target] = field(default_factory=dict)


class Router(Generic[Target]):
    """Finds the operations of a path; a literal segment wins over a parameter (`/ticket/list`)."""

    def __init__(self) -> None:
        self.exact: dict[bytes, Methods[Target]] = {}
        """The operations of each path without parameters; most requests are for one of them."""
        self._root: _Branch[Target] = _Branch()
        self._targets: list[Target] = []

    @property
    def targets(self) -> list[Target]:
        """Everything registered, in order."""
        return self._targets

    def add(self, path: str, method: str, target: Target) -> None:
        """Register an operation under a path template. Raises DocumentError for a second one."""
        methods = self._methods(path)
        if method in methods:
            raise DocumentError(f"{method} {path}: two operations")
        methods[method] = target
        self._targets.append(target)

    def _methods(self, path: str) -> Methods[Target]:
        if "{" not in path:
            return self.exact.setdefault(path.encode(), {})
        branch, names = self._root, []
        for segment in path.split("/"):
            if segment.startswith("{") and segment.endswith("}"):
                names.append(segment[1:-1])
                branch.parameter = branch.parameter or _Branch()
                branch = branch.parameter
            else:
                branch = branch.literals.setdefault(segment, _Branch())
        if branch.names and branch.names != tuple(names):
            raise DocumentError(f"{path}: the same path stands there with other parameter names")
        branch.names = tuple(names)
        return branch.methods

    def find(self, raw_path: bytes) -> tuple[Methods[Target], Raw]:
        """The operations of a path by method, and its parameters; both empty where there is none.

        `raw_path` is percent-encoded, so that an encoded slash stays inside its segment.
        """
        methods = self.exact.get(raw_path)
        if methods is not None:
            return methods, {}
        try:
            segments = [
                unquote_to_bytes(part).decode() if b"%" in part else part.decode("ascii")
                for part in raw_path.split(b"/")
            ]
        except UnicodeDecodeError:
            return {}, {}
        if b"%" in raw_path and b"%2f" not in raw_path.lower():  # `l%69st` is `list` (RFC 3986, 6.2.2.2)
            methods = self.exact.get("/".join(segments).encode())
            if methods is not None:
                return methods, {}
        found = _walk(self._root, segments, 0, ())
        if found is None:
            return {}, {}
        branch, values = found
        return branch.methods, dict(zip(branch.names, values, strict=True))


def _walk(
    branch: _Branch[Target], segments: list[str], depth: int, values: tuple[str, ...]
) -> tuple[_Branch[Target], tuple[str, ...]] | None:
    if depth == len(segments):
        return (branch, values) if branch.methods else None
    segment = segments[depth]
    literal = branch.literals.get(segment)
    if literal is not None:
        found = _walk(literal, segments, depth + 1, values)
        if found:
            return found
    if branch.parameter is not None and segment:
        return _walk(branch.parameter, segments, depth + 1, (*values, segment))
    return None
