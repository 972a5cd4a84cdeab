"""Schemas compiled into validators, and a validator's findings as field errors in two languages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import jsonschema_rs

from impl.contract.document import DocumentError, Node
from impl.problems import FieldError, Text

BASE: Final = "tag:cozummerkezi.net,2026:openapi"
MAX_ERRORS: Final = 100
MANY: Final = 200


class Schemas:
    """Compiles schemas over one registry, so that `$ref`s share what they point at."""

    def __init__(self, document: Node) -> None:
        components = {"components": {"schemas": document.get("components", {}).get("schemas", {})}}
        self.names = frozenset(components["components"]["schemas"])
        self._registry = jsonschema_rs.Registry([(BASE, components)], draft=jsonschema_rs.Draft202012)

    def validator(self, schema: Node) -> jsonschema_rs.Draft202012Validator:
        """A validator for a schema whose references are local ones of the document. Raises DocumentError."""
        try:
            return jsonschema_rs.Draft202012Validator(_rebased(schema), registry=self._registry, validate_formats=True)
        except jsonschema_rs.ValidationError as error:
            raise DocumentError(f"a schema cannot be compiled: {error.message}") from None
        except (ValueError, jsonschema_rs.ReferencingError) as error:
            raise DocumentError(f"a schema cannot be compiled: {error}".replace("\n", " ")) from None


def _rebased(node: Any) -> Any:
    """The node with `#/components/…` references made absolute, for it is compiled apart from the document."""
    if isinstance(node, list):
        return [_rebased(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: BASE + value if key == "$ref" and isinstance(value, str) and value.startswith("#") else _rebased(value)
        for key, value in node.items()
    }


def findings(
    validator: jsonschema_rs.Draft202012Validator, value: Any, size: int
) -> Iterable[jsonschema_rs.ValidationError]:
    """What is wrong with an invalid value; of one with more than `MANY` values only the first.

    Each finding copies what it is about: of an object with 5,000 wrong names, all of them would take gigabytes.
    """
    if size <= MANY:
        return validator.iter_errors(value)
    try:
        validator.validate(value)
    except jsonschema_rs.ValidationError as finding:
        return [finding]
    return []


def field_errors(findings: Iterable[jsonschema_rs.ValidationError]) -> list[FieldError]:
    """One field error for each finding, at most a hundred, in the order of the schema."""
    errors: dict[str, FieldError] = {}
    for finding in findings:
        for error in _of(finding):
            errors.setdefault(error.pointer, error)
        if len(errors) >= MAX_ERRORS:
            break
    return list(errors.values())[:MAX_ERRORS]


def _of(finding: jsonschema_rs.ValidationError) -> list[FieldError]:
    path = list(finding.instance_path)
    kind: Any = finding.kind  # its attributes depend on its name
    match kind.name:
        case "required":
            return [FieldError(_pointer([*path, kind.property]), REQUIRED)]
        case "propertyNames":
            of_name = kind.error.kind
            return [FieldError(_pointer(path), _sentence(of_name.name, of_name))]
        case "anyOf" | "oneOf":
            return _of_branches(path, kind.context)
        case name:
            return [FieldError(_pointer(path), _sentence(name, kind))]


def _of_branches(path: list[str | int], branches: list[list[jsonschema_rs.ValidationError]]) -> list[FieldError]:
    """Of alternatives: the one that is not about another type, `[…] or null` say; or all that are missing."""
    missing: list[Any] = [finding.kind for branch in branches for finding in branch]
    if all(branches) and all(kind.name == "required" for kind in missing):
        names = ", ".join(f"`{kind.property}`" for kind in missing)
        return [
            FieldError(
                _pointer(path),
                Text(f"Şunlardan en az biri gerekli: {names}.", f"At least one of {names} is needed."),
            )
        ]
    for branch in branches:
        if branch and not any(
            finding.kind.name == "type" and list(finding.instance_path) == path for finding in branch
        ):
            return [error for finding in branch for error in _of(finding)]
    return [
        FieldError(
            _pointer(path),
            Text("Bu değer beklenen türlerden değil.", "This value is of none of the expected types."),
        )
    ]


REQUIRED: Final = Text("Bu alan zorunludur.", "This field is required.")

_TYPES: Final = {
    "string": Text("metin", "text"),
    "integer": Text("tam sayı", "an integer"),
    "number": Text("sayı", "a number"),
    "boolean": Text("true ya da false", "true or false"),
    "object": Text("nesne", "an object"),
    "array": Text("dizi", "an array"),
    "null": Text("null", "null"),
}


def _sentence(name: str, kind: Any) -> Text:
    match name:
        case "type":
            types = [_TYPES[str(type_)] for type_ in kind.types]
            return Text(
                f"Bu değer {' ya da '.join(t.tr for t in types)} olmalı.",
                f"This value must be {' or '.join(t.en for t in types)}.",
            )
        case "minLength":
            return Text(
                f"En az {kind.limit} karakter olmalı.", f"Must have {_count(kind.limit, 'character')} at least."
            )
        case "maxLength":
            return Text(
                f"En çok {kind.limit} karakter olmalı.", f"Must have {_count(kind.limit, 'character')} at most."
            )
        case "exclusiveMinimum":
            return Text(f"{kind.limit} değerinden büyük olmalı.", f"Must be more than {kind.limit}.")
        case "exclusiveMaximum":
            return Text(f"{kind.limit} değerinden küçük olmalı.", f"Must be less than {kind.limit}.")
        case "minimum":
            return Text(f"En az {kind.limit} olmalı.", f"Must be {kind.limit} or more.")
        case "maximum":
            return Text(f"En çok {kind.limit} olmalı.", f"Must be {kind.limit} or less.")
        case "minItems" | "minProperties":
            return Text(f"En az {kind.limit} öge olmalı.", f"Must have {_count(kind.limit, 'item')} at least.")
        case "maxItems" | "maxProperties":
            return Text(f"En çok {kind.limit} öge olmalı.", f"Must have {_count(kind.limit, 'item')} at most.")
        case "enum":
            options = ", ".join(f"`{option}`" for option in kind.options)
            return Text(f"Şunlardan biri olmalı: {options}.", f"Must be one of: {options}.")
        case "const":
            return Text(f"`{kind.expected_value}` olmalı.", f"Must be `{kind.expected_value}`.")
        case "uniqueItems":
            return Text("Ögeler birbirinden farklı olmalı.", "The items must differ from each other.")
        case "pattern":
            return Text(f"Beklenen biçimde değil: {kind.pattern}", f"Not in the expected form: {kind.pattern}")
        case _:
            return Text("Sözleşmeye uymuyor.", "Does not keep the contract.")


def _count(number: int, thing: str) -> str:
    return f"{number} {thing if number == 1 else f'{thing}s'}"


def _pointer(path: list[str | int]) -> str:
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
