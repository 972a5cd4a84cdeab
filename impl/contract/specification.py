"""Connexion over an OpenAPI 3.1 document.

Connexion 3.3 accepts 3.0 only: its meta-schema refuses 3.1 and it copies and inlines the whole document. This
subclass takes the parsed document as it is; `cozum lint` validates it with openapi-spec-validator.
"""

from __future__ import annotations

from typing import Any

from impl.contract.binding import HandlerResolver
from impl.contract.connexion_parts import ConnexionMiddleware, OpenAPISpecification
from impl.contract.document import Node, inlined


class Specification31(OpenAPISpecification):  # type: ignore[misc]
    """The document with its references followed, except those to schemas."""

    def __init__(self, document: Node) -> None:
        self._raw_spec = document
        self._spec = {**document, "paths": inlined(document, document["paths"])}
        self._base_uri = ""


class Connexion31(ConnexionMiddleware):  # type: ignore[misc]
    """Connexion's application that binds a 3.1 document, assembled at once instead of at the first request."""

    def bind(self, document: Node, resolver: HandlerResolver) -> None:
        """Resolve and compile every operation. Raises DocumentError."""
        specification = Specification31(document)
        self.apis.append(_Api(specification, {"resolver": resolver}))
        self.app, self.middleware_stack = self._build_middleware_stack()


class _Api:
    """What Connexion hands to each middleware: the specification, its base path, the options."""

    def __init__(self, specification: Specification31, kwargs: dict[str, Any]) -> None:
        self.specification = specification
        self.base_path: str | None = None
        self.kwargs = kwargs
