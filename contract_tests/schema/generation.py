"""What Schemathesis makes of the document. The one place that knows how it is driven (4.32, beyond its `__all__`).

Importing it takes half a second: only checks that need it do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

import schemathesis
from schemathesis.config import SanitizationConfig
from schemathesis.generation.meta import CoverageScenario
from schemathesis.transport.prepare import prepare_request

from contract_tests.document import Document
from contract_tests.schema.draft import Draft, Request

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

Mode = Literal["allowed", "wrong"]
MODES: Final[dict[Mode, schemathesis.GenerationMode]] = {
    "allowed": schemathesis.GenerationMode.POSITIVE,
    "wrong": schemathesis.GenerationMode.NEGATIVE,
}
NOWHERE: Final = "http://nowhere"
"""Requests are made for this host; only path and query are sent."""
OWN_HEADERS: Final = (
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "user-agent",
    "x-schemathesis-testcaseid",
)
"""What Schemathesis or its HTTP library adds by itself."""
FINE: Final = (CoverageScenario.OBJECT_UNEXPECTED_PROPERTIES,)
"""What Schemathesis takes for wrong and the document does not: unknown headers and fields are ignored."""
CREDENTIALS: Final = ("X-API-Key", "Authorization", "cozum_portal")
RICHEST: Final = 50
ABOUT_BODIES: Final = (CoverageScenario.MALFORMED_CONTENT_TYPE, CoverageScenario.UNSUPPORTED_CONTENT_TYPE)
"""What is wrong only where there is a body."""


class Source:
    """Makes requests of the document's operations."""

    def __init__(self, document: Document) -> None:
        config = schemathesis.Config()  # else it reads a schemathesis.toml, with its hooks, from whoever's folder
        self._schema = schemathesis.openapi.from_dict(json.loads(json.dumps(document.node)), config=config)
        self._schema.config.phases.coverage.unexpected_methods = {"patch"}
        found: Any
        self._operations: dict[str, Any] = {}
        for found in self._schema.get_all_operations():
            operation = found.ok()
            self._operations[operation.definition.raw["operationId"]] = operation

    def random(self, operation: str, mode: Mode) -> SearchStrategy[Any]:
        """Any case that the document allows, or forbids."""
        strategy: SearchStrategy[Any] = self._operations[operation].as_strategy(generation_mode=MODES[mode])
        return strategy

    def richness(self, operation: str) -> int:
        """How many cases are worth generating, at most `RICHEST`."""
        found = self._operations[operation]
        fields = sum(1 for one in found.iter_parameters() if one.name not in CREDENTIALS) + 6 * len(list(found.body))
        return min(RICHEST, 5 * fields)

    def coverage(self, operation: str) -> Iterator[Draft]:
        """Cases at the limits of each keyword of the schema, on both sides; always the same."""
        found = self._operations[operation]
        config = self._schema.config.generation_for(operation=found, phase="coverage")
        case: Any
        for case in self._schema.iter_coverage_cases(
            found, generation_modes=list(MODES.values()), generation_config=config
        ):
            scenario = case.meta.phase.data.scenario
            if scenario not in FINE and (found.body or scenario not in ABOUT_BODIES):
                yield draft(operation, case)


def draft(operation: str, case: Any) -> Draft:
    """A case with what is known of it, before it is changed."""
    meta = case.meta
    told = meta.phase.data
    wrong = {location.value for location, info in meta.components.items() if info.mode.is_negative}
    scenario = getattr(told, "scenario", None)
    if scenario is CoverageScenario.UNSPECIFIED_HTTP_METHOD:
        wrong = {"method"}
    parameter = told.parameter if told.parameter_location is not None else None
    case.freeze_metadata()
    return Draft(
        operation,
        case,
        meta.generation.mode.is_positive,
        frozenset(wrong),
        told.description or "a generated request",
        scenario.value if scenario else "",
        parameter,
        encode=request,
    )


def request(draft: Draft, headers: Mapping[str, str]) -> Request:
    """The draft as bytes; `headers` are added, and win."""
    prepared: Any = prepare_request(draft.case, None, config=SanitizationConfig(enabled=False), base_url=NOWHERE)
    parts = urlsplit(prepared.url)
    own = {name: value for name, value in prepared.headers.items() if name.lower() not in OWN_HEADERS}
    names = {name.lower() for name in headers}
    given = {name: _text(value) for name, value in own.items() if name.lower() not in names}
    given |= headers
    body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body
    return Request(draft.case.method.upper(), parts.path + (f"?{parts.query}" if parts.query else ""), given, body)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
