"""Binding the document: Connexion walks it, and each operation becomes a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from impl.contract.connexion_parts import AbstractRoutingAPI, OpenAPIOperation, Resolution, Resolver
from impl.contract.document import DocumentError, Node
from impl.contract.full_way import Once
from impl.contract.plan import Authenticate, Handler, Plan
from impl.contract.routing import Router
from impl.contract.schemas import Schemas


class Binding:
    """What the document is bound to: the functions behind security schemes and operations."""

    def __init__(
        self,
        document: Node,
        schemes: Mapping[str, Authenticate],
        anyone: Authenticate,
        arguments: Mapping[str, str],
        once: Once,
    ) -> None:
        self.document = document
        self.once = once
        self.schemas = Schemas(document)
        self.arguments = arguments
        self._schemes = schemes
        self._anyone = anyone

    def authenticator(self, operation: OpenAPIOperation) -> Authenticate:
        """The function behind the operation's security. Raises DocumentError when there is none."""
        name = operation.operation_id
        requirements = operation.security
        if requirements is None:
            raise DocumentError(f"{name}: no security, not even `security: []`")
        if requirements == []:
            return self._anyone
        if len(requirements) != 1 or len(requirements[0]) != 1:
            raise DocumentError(f"{name}: its security is not exactly one scheme")
        (scheme,) = requirements[0]
        if scheme not in operation.security_schemes or scheme not in self._schemes:
            raise DocumentError(f"{name}: nothing checks the security scheme {scheme}")
        return self._schemes[scheme]


class HandlerResolver(Resolver):  # type: ignore[misc]
    """Connexion's resolver over a table: the operationId's handler, or None while it is not written."""

    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        super().__init__()
        self._handlers = handlers

    def resolve(self, operation: OpenAPIOperation) -> Resolution:
        return Resolution(self._handlers.get(operation.operation_id), operation.operation_id)


class LaneApi(AbstractRoutingAPI):  # type: ignore[misc]
    """Walks the specification as Connexion does, and compiles a plan from each operation."""

    def __init__(self, specification: Any, *, binding: Binding, router: Router[Plan], **kwargs: Any) -> None:
        self._binding = binding
        self._router = router
        super().__init__(specification, resolver=kwargs["resolver"])

    def make_operation(self, operation: OpenAPIOperation) -> Plan:
        return Plan(
            operation={**operation._operation, "parameters": operation.parameters},
            path=operation.path,
            method=operation.method.upper(),
            authenticate=self._binding.authenticator(operation),
            handler=operation._resolution.function,
            document=self._binding.document,
            schemas=self._binding.schemas,
            arguments=self._binding.arguments,
            once=self._binding.once,
        )

    @staticmethod
    def _framework_path_and_name(operation: OpenAPIOperation, path: str) -> tuple[str, str]:
        return path, operation.operation_id

    def _add_operation_internal(self, method: str, path: str, operation: Plan, name: str | None = None) -> None:
        self._router.add(path, method.upper(), operation)

    def _handle_add_operation_error(self, path: str, method: str, exc: Exception) -> None:
        if isinstance(exc, TypeError | AttributeError | LookupError):  # a list where an object belongs, say
            raise DocumentError(f"{method.upper()} {path}: is not shaped like an operation ({exc!r})") from exc
        raise exc
