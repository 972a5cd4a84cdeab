"""Servers that let somebody in whom they do not know, or look at something else first."""

from __future__ import annotations

from collections import Counter
from typing import Any

from contract_tests.document import Document
from contract_tests.mutants.planting import Patch, family, mutant
from contract_tests.rules.credentials import scheme_of
from cozum.document import find_document
from impl import security
from impl.callers import OperatorCaller, PortalCaller, WidgetCaller
from impl.contract import call, plan
from impl.contract.binding import Binding
from impl.contract.replies import refuse
from impl.problems import MalformedJson, NotFound, Unauthorized
from impl.rules import portal_cookie


def _somebody(scheme: str, tables: Any) -> Any:
    """A caller who could be the one: of a key, token or session that there is. None: there is none."""
    if scheme == "widgetKey":
        return WidgetCaller(tables.tenants[1])
    if scheme == "operatorToken":
        token = next(iter(tables.tokens.values()), None)
        if token is None:
            return None
        memberships = tables.memberships_by_operator[token.operator_id]
        return OperatorCaller(tables.operators[token.operator_id], token.id, tuple(m.tenant_id for m in memberships))
    session = next(iter(tables.portal_sessions.values()), None)
    if session is None:
        return None
    role = next((m.role for m in tables.memberships_by_operator[session.operator_id]), None)
    return PortalCaller(tables.operators[session.operator_id], session.digest, session.active_tenant_id, role)


def _opened(patch: Patch, operation_id: str, scheme: str) -> None:
    """Whoever is refused on that operation is somebody else."""

    def authenticator(original: Any, binding: Any, operation: Any) -> Any:
        authenticate = original(binding, operation)
        if operation.operation_id != operation_id:
            return authenticate

        async def anybody(world: Any, headers: Any, creates: bool) -> Any:
            try:
                return await authenticate(world, headers, creates)
            except Unauthorized:
                caller = _somebody(scheme, world.store.tables)
                if caller is None:
                    raise
                return caller

        return anybody

    patch.wrap(Binding, "authenticator", authenticator)


def _open_all(document: Document) -> None:
    for operation in document.operations:
        scheme = scheme_of(operation)
        if scheme:
            family(
                "auth.every_operation",
                f"open-{operation.id.replace('_', '-')}",
                f"{operation.method} {operation.path} answers whoever asks.",
                lambda patch, name=operation.id, scheme=scheme: _opened(patch, name, scheme),  # type: ignore[misc]
                operation.id,
            )


_open_all(Document(find_document(None)))


@mutant("auth.every_operation", "What cannot be read is told before who calls is asked.")
def body_before_caller(patch: Patch) -> None:
    async def parse(original: Any, world: Any, headers: Any, creates: bool) -> Any:
        if headers.get(b"content-length") == b"1":
            raise MalformedJson
        return await original(world, headers, creates)

    patch.set(security, "SCHEMES", {name: _before(check, parse) for name, check in security.SCHEMES.items()})


def _before(original: Any, wrapper: Any) -> Any:
    return lambda world, headers, creates: wrapper(original, world, headers, creates)


@mutant("auth.every_operation", "That there is no such chat is told before who calls is asked.")
def missing_before_caller(patch: Patch) -> None:
    original = plan.Plan.serve

    async def serve(one: Any, world: Any, scope: Any, receive: Any, send: Any, raw: Any, request_id: bytes) -> None:
        if one.id == "list_operator_messages" and raw.get("id") == "999999999":
            await refuse(NotFound(), one.path, scope, send, request_id)
            return
        await original(one, world, scope, receive, send, raw, request_id)

    patch.set(plan.Plan, "serve", serve)


@mutant("auth.every_operation", "Of two keys the last counts.")
def doubled_headers_taken(patch: Patch) -> None:
    patch.set(call, "_check_repeated", lambda pairs: None)


@mutant("auth.every_operation", "Of two sessions the first counts.")
def doubled_cookies_taken(patch: Patch) -> None:
    patch.set(security, "cookie_of", lambda headers, name: next(iter(call._cookies(headers, name)), None))


@mutant("auth.every_operation", "A cookie's name may have something before it.")
def cookie_by_its_end(patch: Patch) -> None:
    def cookie_of(headers: Any, name: str) -> str | None:
        pairs = [pair.strip().partition("=") for pair in headers.get(b"cookie", b"").decode("latin-1").split(";")]
        found = Counter({value: 1 for key, _, value in pairs if key.endswith(portal_cookie.NAME)})
        return next(iter(found), None)

    patch.set(security, "cookie_of", cookie_of)


@mutant("auth.every_operation", "The portal's 401 does not say how to come in.")
def portal_without_challenge(patch: Patch) -> None:
    patch.answers(lambda seen: seen.headers.pop("www-authenticate", None) if seen.path.startswith("/portal/") else None)
