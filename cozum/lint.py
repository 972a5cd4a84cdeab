"""What `cozum lint` looks for in a document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from impl.app import Application
from impl.contract.document import METHODS, DocumentError, Node, inlined, load
from impl.contract.schemas import Schemas
from impl.settings import Settings
from impl.world import World


def unwritten(path: Path) -> list[str]:
    """The operations without a handler, as `METHOD path operationId`. Raises DocumentError."""
    plans = _compiled(path).plans
    return [f"{plan.method:6} {plan.path}  {plan.id}" for plan in plans if not plan.implemented]


def findings(path: Path) -> list[str]:
    """Everything wrong with the document, a line each. Raises DocumentError where it cannot be compiled."""
    from openapi_spec_validator import OpenAPIV31SpecValidator

    document = load(path)
    try:
        invalid = [
            f"{'/'.join(map(str, error.absolute_path)) or 'document'}: {error.message.partition(chr(10))[0]}"
            for error in OpenAPIV31SpecValidator(document).iter_errors()
        ]
    except (
        TypeError,
        AttributeError,
        LookupError,
    ) as error:  # the validator falls over a list for an object, say
        raise DocumentError(f"{path}: is not shaped like a document ({error!r})") from None
    if invalid:
        return invalid
    _compiled(path)
    return list(_broken_examples(document))


def _compiled(path: Path) -> Application:
    def no_world(scope: dict[str, Any]) -> World:
        raise AssertionError("nothing is served")

    return Application(Settings(path), no_world)


def _broken_examples(document: Node) -> Iterator[str]:
    schemas = Schemas(document)
    for where, media in _media(document):
        validator = schemas.validator(media.get("schema", {}))
        for name, example in media.get("examples", {}).items():
            for error in validator.iter_errors(inlined(document, example).get("value")):
                at = "/".join(map(str, error.instance_path)) or "value"
                yield f"{where}: example {name}: {at}: {error.message}"


def _media(document: Node) -> Iterator[tuple[str, Node]]:
    """Every media type and parameter that can have examples, with the place where it stands."""
    items = {**document["paths"], **document.get("webhooks", {})}
    for path, item in items.items():
        for method in set(item) & set(METHODS):
            where = f"{method.upper()} {path}"
            operation = inlined(document, item[method])
            for parameter in operation.get("parameters", []):
                yield f"{where} parameter {parameter['name']}", parameter
            for media_type, media in operation.get("requestBody", {}).get("content", {}).items():
                yield f"{where} request {media_type}", media
            for status, response in operation["responses"].items():
                for media_type, media in response.get("content", {}).items():
                    yield f"{where} {status} {media_type}", media
