"""Whether an answer keeps the contract: its status, media type, required headers and body.

For the mock server, which tells of a broken answer, and for the tests, which fail on one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import jsonschema_rs
import msgspec

from impl.contract.document import Node
from impl.contract.plan import Plan
from impl.contract.schemas import Schemas

PROBLEM: Final[Node] = {"$ref": "#/components/schemas/Problem"}
PROBLEM_TYPE: Final = "application/problem+json"
ANY_TYPE: Final = "*/*"
JSON_TYPES: Final = ("application/json", PROBLEM_TYPE)


class Expected(NamedTuple):
    """What an answer of this operation, status, media type and these headers must be."""

    faults: list[str]
    """What is wrong already, whatever its body."""
    validator: jsonschema_rs.Draft202012Validator | None = None
    """Of its body; None: that may be anything."""
    bodiless: bool = False
    """No body is documented."""

    def broken_by(self, body: bytes) -> list[str]:
        """What is wrong with an answer that has this body, a sentence each."""
        if self.validator is None:
            return [*self.faults, "a body where none is documented"] if self.bodiless and body else self.faults
        try:
            value: Any = msgspec.json.decode(body)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            return [*self.faults, f"the body is not JSON: {error}"]
        if self.validator.is_valid(value):
            return self.faults
        return self.faults + [
            f"{'/'.join(map(str, finding.instance_path)) or 'the body'}: {finding.message}"
            for finding in self.validator.iter_errors(value)
        ]


class Answers:
    """Checks answers; compiles a validator when it first sees its status and operation."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._problem = PROBLEM if "Problem" in schemas.names else {}
        self._validators: dict[tuple[str, int, str], jsonschema_rs.Draft202012Validator] = {}

    def faults(self, plan: Plan | None, status: int, headers: Mapping[str, str], body: bytes) -> list[str]:
        """What is wrong with an answer, a sentence each; `headers` by lower-case name.

        Without a plan (no such path, or another method) the answer must be a problem.
        """
        return self.expected(plan, status, headers).broken_by(body)

    def expected(self, plan: Plan | None, status: int, headers: Mapping[str, str]) -> Expected:
        """What of the answer can be said without its body; the same for the same names and media type."""
        media_type = headers.get("content-type", "").partition(";")[0].strip()
        if plan is None:
            return self._refusal(media_type) if status >= 400 else Expected([])
        documented_as = (str(status), f"{status // 100}XX", "default")
        response = next((plan.responses[key] for key in documented_as if key in plan.responses), None)
        if response is None:
            statuses = ", ".join(sorted(plan.responses))
            return Expected([f"status {status} is not documented for {plan.id} (documented: {statuses})"])
        faults = [
            f"the header {name} is missing"
            for name, header in response.get("headers", {}).items()
            if header.get("required") and name.lower() not in headers
        ]
        content = response.get("content", {})
        if not content:
            return Expected(faults, bodiless=True)
        documented = media_type if media_type in content else ANY_TYPE
        if documented not in content:
            return Expected([*faults, f"media type {media_type or 'none'} is not documented ({', '.join(content)})"])
        schema = content[documented].get("schema", {})
        return Expected(faults, self._validator((plan.id, status, media_type), schema, media_type))

    def _refusal(self, media_type: str) -> Expected:
        if media_type != PROBLEM_TYPE:
            return Expected([f"media type {media_type or 'none'} is not documented ({PROBLEM_TYPE})"])
        return Expected([], self._validator(("", 0, ""), self._problem, media_type))

    def _validator(
        self, key: tuple[str, int, str], schema: Node, media_type: str
    ) -> jsonschema_rs.Draft202012Validator | None:
        if media_type not in JSON_TYPES:
            return None
        validator = self._validators.get(key)
        if validator is None:
            validator = self._validators[key] = self._schemas.validator(schema)
        return validator
