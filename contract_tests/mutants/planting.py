"""How a wrong server is made: ours, with one small thing changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import impl.app
from contract_tests.catalogue import CATALOGUE

_ABSENT: Final = object()


@dataclass
class Seen:
    """A request and our answer to it, before it is sent; headers by lower-case name."""

    method: str
    path: str
    status: int
    headers: dict[str, str]
    body: bytes
    length: int | None = None
    """What Content-Length says, where it is not the body's."""


class Patch:
    """Changes that are undone at the end."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], object]] = []

    def set(self, owner: Any, name: str, value: Any) -> None:
        """Put another value in an attribute's place."""
        before = vars(owner).get(name, _ABSENT)
        setattr(owner, name, value)
        self._undo.append(lambda: delattr(owner, name) if before is _ABSENT else setattr(owner, name, before))

    def wrap(self, owner: Any, name: str, wrapper: Callable[..., Any]) -> None:
        """Put `wrapper(original, *arguments)` in a function's place."""
        original = getattr(owner, name)
        self.set(owner, name, lambda *args, **kwargs: wrapper(original, *args, **kwargs))

    def document(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Change the schemas that the server is compiled from, but not what it is judged by."""

        def load(original: Any, path: Any) -> Any:
            document = original(path)
            change(document["components"]["schemas"])
            return document

        self.wrap(impl.app, "load", load)

    def answers(self, change: Callable[[Seen], object]) -> None:
        """Change answers on their way out."""
        original = impl.app.Application.__init__

        def build(application: Any, *args: Any, **kwargs: Any) -> None:
            original(application, *args, **kwargs)
            application.asgi = _changing(application.asgi, change)

        self.set(impl.app.Application, "__init__", build)

    def undo(self) -> None:
        """Put back what was there."""
        while self._undo:
            self._undo.pop()()


def _changing(app: Any, change: Callable[[Seen], object]) -> Any:
    async def changed(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        sent: list[Any] = []

        async def keep(message: Any) -> None:
            sent.append(message)

        await app({**scope, "extensions": {}}, receive, keep)
        if not sent:
            return
        body = b"".join(message.get("body", b"") for message in sent[1:])
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in sent[0]["headers"]}
        seen = Seen(scope["method"], scope["path"], sent[0]["status"], headers, body)
        change(seen)
        if "content-length" in seen.headers:
            seen.headers["content-length"] = str(len(seen.body) if seen.length is None else seen.length)
        lines = [(name.encode(), value.encode("latin-1")) for name, value in seen.headers.items()]
        await send({"type": "http.response.start", "status": seen.status, "headers": lines})
        await send({"type": "http.response.body", "body": seen.body})

    return changed


@dataclass(frozen=True)
class Mutant:
    """A wrong server: the rule that it breaks, and how."""

    name: str
    rule: str
    sentence: str
    plant: Callable[[Patch], object]
    operations: tuple[str, ...] = ()
    """The operationIds that answer wrongly; none means those that the rule speaks of."""


MUTANTS: Final[dict[str, Mutant]] = {}


def mutant(rule: str, sentence: str) -> Callable[[Callable[[Patch], object]], Callable[[Patch], object]]:
    """Register a mutant under its function's name, with dashes."""

    def register(plant: Callable[[Patch], object]) -> Callable[[Patch], object]:
        family(rule, plant.__name__.replace("_", "-"), sentence, plant)
        return plant

    return register


def family(rule: str, name: str, sentence: str, plant: Callable[[Patch], object], *operations: str) -> None:
    """Register one of many mutants of a kind. Raises ValueError for no rule, or for a name that there is."""
    if rule not in CATALOGUE or name in MUTANTS:
        raise ValueError(f"{name}: {rule} is no rule, or there are two of that name")
    MUTANTS[name] = Mutant(name, rule, sentence, plant, operations)


@contextmanager
def planted(name: str) -> Iterator[Mutant]:
    """Our application is that mutant inside: build it there."""
    patch = Patch()
    try:
        MUTANTS[name].plant(patch)
        yield MUTANTS[name]
    finally:
        patch.undo()
