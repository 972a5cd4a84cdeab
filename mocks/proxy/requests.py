"""Does a request keep the contract? As the compiled plans read it, and who may call as the document says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Final, NamedTuple
from urllib.parse import unquote

from impl.app import Application
from impl.contract.bodies import JsonBody
from impl.contract.call import Scope, read_headers
from impl.contract.document import Node, inlined
from impl.contract.multipart import close
from impl.contract.plan import Plan
from impl.contract.replies import CORS_PREFIXES, Receive
from impl.problems import BodyTooLarge, FieldError, NotFound, Problem, Text
from mocks.answer import Message, again

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")

IN_PATH: Final = Text(
    "Yoldaki bir değer sözleşmedeki biçimde değil.", "A value in the path is not in the form that the contract gives."
)
MISSING: Final = Text("`{name}` başlığı yok.", "The header `{name}` is missing.")
NO_BEARER: Final = Text("`Bearer …` biçiminde olmalı.", "Must be of the form `Bearer …`.")


class Wrong(NamedTuple):
    """What in a request breaks the contract, and in which part of it."""

    part: str
    error: FieldError

    def __str__(self) -> str:
        """One line of English, for the journal."""
        where = " ".join(word for word in (self.part, self.error.pointer) if word)
        return f"{where}: {self.error.message.en}" if where else self.error.message.en


class Requests:
    """Holds requests against the contract; looks up what an operation's callers must send when it first meets it."""

    def __init__(self, application: Application) -> None:
        self._find_plan = application.find_plan
        self._document = application.binding.document
        self._paths = sorted({plan.path for plan in application.plans})
        self._credentials: dict[str, tuple[tuple[str, bool], ...]] = {}

    async def wrongs(self, scope: Scope, plan: Plan | None, body: bytes) -> Sequence[Wrong]:
        """What is wrong with a request whose body that is."""
        if plan is None:
            return [] if self._is_preflight(scope) else [Wrong("", FieldError("", self._no_operation(scope)))]
        try:
            headers = read_headers(scope)
        except Problem as problem:
            return list(_of("headers", problem))
        found = [*self._credentials_missing(plan, headers)]
        try:
            plan.parameters.read(path_values(plan, scope), scope["query_string"], headers)
        except Problem as problem:
            found += _of("parameter", problem)
        try:
            await _read_body(plan, headers, body)
        except Problem as problem:
            found += _of("body", problem)
        return found

    def _is_preflight(self, scope: Scope) -> bool:
        return scope["method"] == "OPTIONS" and scope["path"].startswith(CORS_PREFIXES) and bool(self._allowed(scope))

    def _allowed(self, scope: Scope) -> list[str]:
        """The methods that the contract has for the request's path."""
        return [method for method in METHODS if self._find_plan({**scope, "method": method}) is not None]

    def _no_operation(self, scope: Scope) -> Text:
        path, method, allowed = scope["path"][:200], scope["method"], ", ".join(self._allowed(scope))
        if allowed:
            return Text(
                f"Sözleşmede bu yol için {method} yok, {allowed} var: {path!a}",
                f"The contract has no {method} for this path, but {allowed}: {path!a}",
            )
        near = get_close_matches(path, self._paths, 1)
        told = Text(f"; en yakını {near[0]}", f"; the nearest is {near[0]}") if near else Text("", "")
        return Text(f"Sözleşmede böyle bir yol yok: {path!a}{told.tr}", f"The contract has no path {path!a}{told.en}")

    def _credentials_missing(self, plan: Plan, headers: Mapping[bytes, bytes]) -> Iterator[Wrong]:
        known = self._credentials.get(plan.id)
        if known is None:
            known = self._credentials[plan.id] = tuple(self._needed(plan))
        for name, is_bearer in known:
            given = headers.get(name.lower().encode())
            if given is None:
                missing = Text(MISSING.tr.format(name=name), MISSING.en.format(name=name))
                yield Wrong("", FieldError("", missing))
            elif is_bearer and not given.lower().startswith(b"bearer "):
                yield Wrong("header", FieldError(f"/{name}", NO_BEARER))

    def _needed(self, plan: Plan) -> Iterator[tuple[str, bool]]:
        """The headers that say who calls, and whether each has a bearer token. A cookie is the browser's affair."""
        operation: Node = self._document["paths"][plan.path][plan.method.lower()]
        schemes: Node = inlined(self._document, self._document["components"].get("securitySchemes", {}))
        says = operation if "security" in operation else self._document
        requirements: Sequence[Node] = says.get("security", [])
        for name in requirements[0] if len(requirements) == 1 else ():
            scheme = schemes[name]
            if scheme.get("type") == "apiKey" and scheme.get("in") == "header":
                yield scheme["name"], False
            elif scheme.get("type") == "http" and scheme.get("scheme") == "bearer":
                yield "Authorization", True


def path_values(plan: Plan, scope: Scope) -> dict[str, str]:
    """The path parameters as sent, percent-decoded; the path is one of the plan's."""
    if "{" not in plan.path:
        return {}
    sent = (scope.get("raw_path") or scope["path"].encode()).decode("ascii", "replace").split("/")
    pairs = zip(plan.path.split("/"), sent, strict=False)
    return {template[1:-1]: unquote(value) for template, value in pairs if template.startswith("{")}


async def _read_body(plan: Plan, headers: Mapping[bytes, bytes], body: bytes) -> None:
    """Raises what the server would."""
    taken = plan.body
    if taken is None:
        return
    if isinstance(taken, JsonBody):
        if len(body) > taken.limit:
            raise BodyTooLarge(limit=taken.limit)
        taken.read(body, headers)
    else:
        close(await taken.read(headers, _told(body)))


def _told(body: bytes) -> Receive:
    async def nothing_more() -> Message:
        return {"type": "http.disconnect"}

    return again(body, nothing_more)


def _of(part: str, problem: Problem) -> Iterator[Wrong]:
    if isinstance(problem, NotFound):
        yield Wrong("", FieldError("", IN_PATH))
        return
    errors = problem.field_errors()
    for error in errors:
        yield Wrong(part, error)
    if not errors:
        told = Text(problem.detail.tr.format(**problem.fields), problem.detail.en.format(**problem.fields))
        yield Wrong(part, FieldError("", told))
