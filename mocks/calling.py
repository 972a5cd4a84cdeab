"""Calls operations in a sandbox, in process, as its people do: for scenarios, triggers and counterparts.

What they do is real: the same validation, rules and events as over HTTP. The journal holds what clients asked, so none
of it stands there.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec
from msgspec import structs

from impl.actions.operators import TOKEN_LIFE
from impl.app import Application
from impl.contract.plan import Plan
from impl.model import AccessToken, Operator, Tenant
from impl.store.port import Tx
from impl.world import World
from mocks.answer import Answer, Message, answered
from mocks.sandbox import Sandbox
from mocks.sandboxes import SANDBOX_KEY

NOTHING: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True)
class VisitorCalls:
    """A visitor of the tenant with that API key."""

    key: str
    visitor_id: str = ""
    """Whoever a call is about stands in its body or query all the same."""
    token: str | None = None
    """`X-Ziyaretci-Token`, which tenants in `guvenli_mod` want; without it one is lent to a known `visitor_id`."""


@dataclass(frozen=True)
class OperatorCalls:
    """An operator, by email; no password is asked."""

    email: str


Caller = VisitorCalls | OperatorCalls | None
"""None: nobody in particular."""


class NoSuchCaller(LookupError):
    """No tenant has that key, or no operator that email."""


class Refused(Exception):
    """The application refused; the message is its problem's title and detail."""

    def __init__(self, operation: str, answer: Answer) -> None:
        self.operation = operation
        self.answer = answer
        self.problem: Mapping[str, Any] = msgspec.json.decode(answer.body) if answer.body else NOTHING
        super().__init__(f"{operation}: {answer.status} {self.problem.get('kod')}: {self.problem.get('detail')}")


class Calls:
    """Calls one application, in any of its sandboxes."""

    def __init__(self, application: Application) -> None:
        self.use(application)

    def use(self, application: Application) -> None:
        """From now on call that one."""
        self._app = application.asgi
        self._plans: dict[str, Plan] = {plan.id: plan for plan in application.plans}

    def knows(self, operation: str) -> bool:
        """Whether there is such an operationId."""
        return operation in self._plans

    async def call(
        self,
        sandbox: Sandbox,
        operation: str,
        caller: Caller = None,
        *,
        path: Mapping[str, object] = NOTHING,
        query: Mapping[str, object] = NOTHING,
        body: object = None,
        headers: Mapping[str, str] = NOTHING,
    ) -> Any:
        """What the operation answers, from JSON (None where there is none).

        `body` goes as JSON; bytes go as they are, and `headers` say what they are.
        Raises KeyError for an operation or a path parameter that there is not, NoSuchCaller, Refused.
        """
        plan = self._plans[operation]
        target = plan.path.format_map({name: quote(str(value), safe="") for name, value in path.items()})
        content = b"" if body is None else body if isinstance(body, bytes) else msgspec.json.encode(body)
        async with _identity(sandbox.world, caller) as identity:
            given = {"accept": "application/json", "accept-language": "tr", **identity}
            if body is not None:
                given |= {"content-type": "application/json", "content-length": str(len(content))}
            given |= headers
            answer = await self._asked(sandbox, plan.method, target, query, given, content)
        if answer.status >= 400:
            raise Refused(operation, answer)
        return msgspec.json.decode(answer.body) if answer.body and "json" in answer.header("content-type") else None

    async def _asked(
        self,
        sandbox: Sandbox,
        method: str,
        path: str,
        query: Mapping[str, object],
        headers: Mapping[str, str],
        body: bytes,
    ) -> Answer:
        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": urlencode(query, doseq=True).encode(),
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
            "client": ("127.0.0.1", 0),
            "server": ("127.0.0.1", 80),
            SANDBOX_KEY: sandbox,
        }
        messages: list[Message] = [{"type": "http.request", "body": body}]

        async def receive() -> Message:
            if messages:
                return messages.pop()
            await asyncio.Event().wait()  # nobody leaves
            raise AssertionError

        return await answered(self._app, scope, receive)


@asynccontextmanager
async def _identity(world: World, caller: Caller) -> AsyncIterator[dict[str, str]]:
    """The headers that say who calls. An operator's token is there only inside, or nobody could sign out for good."""
    if caller is None:
        yield {}
    elif isinstance(caller, VisitorCalls):
        tenant = await world.store.tenant_by_key(caller.key)
        if tenant is None:
            raise NoSuchCaller(caller.key)
        async with _token(world, tenant, caller) as proof:
            yield _of_visitor(tenant, replace(caller, token=proof))
    else:
        token, secret = await _issue(world, caller.email)
        try:
            yield {"authorization": f"Bearer {token.id}|{secret}"}
        finally:
            await world.store.transact(lambda tx: tx.delete_token(token.id))


@asynccontextmanager
async def _token(world: World, tenant: Tenant, caller: VisitorCalls) -> AsyncIterator[str | None]:
    """The caller's token, or one that is theirs only inside, where visitors must prove themselves."""
    if caller.token is not None or not tenant.secure_mode:
        yield caller.token
        return
    secret = world.ids.secret()

    async def have(tx: Tx, *, lent: bool) -> None:
        visitor = await tx.visitor(tenant.id, caller.visitor_id)
        if visitor is not None:
            others = tuple(digest for digest in visitor.token_digests if digest != secret.digest)
            await tx.put_visitor(structs.replace(visitor, token_digests=(*others, secret.digest) if lent else others))

    await world.store.transact(lambda tx: have(tx, lent=True))
    try:
        yield secret.text
    finally:
        await world.store.transact(lambda tx: have(tx, lent=False))


def _of_visitor(tenant: Tenant, caller: VisitorCalls) -> dict[str, str]:
    origins: Sequence[str] = tenant.allowed_origins
    origin = {"origin": origins[0]} if origins else {}
    token = {"x-ziyaretci-token": caller.token} if caller.token else {}
    return {"x-api-key": tenant.api_key, **origin, **token}


async def _issue(world: World, email: str) -> tuple[AccessToken, str]:
    secret, now = world.ids.secret(), world.clock.now()

    async def work(tx: Tx) -> AccessToken:
        operator: Operator | None = await tx.operator_by_email(email)
        if operator is None:
            raise NoSuchCaller(email)
        token = AccessToken(world.ids.next("token"), operator.id, secret.digest, now + TOKEN_LIFE)
        await tx.put_token(token)
        return token

    return await world.store.transact(work), secret.text
