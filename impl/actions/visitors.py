"""Visitors: starting the widget, what the site tells about them, what operators see of them."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, TypedDict

from msgspec import Struct
from msgspec.structs import replace

from impl.actions.reach import wanted_tenants
from impl.callers import OperatorCaller
from impl.model import Chat, ErrorLog, PageView, Profile, Screenshot, Tenant, Ticket, Visitor
from impl.problems import (
    ExpiredSignature,
    FieldError,
    InvalidFields,
    NotFound,
    Text,
    VisitorTokenNeeded,
    WrongSignature,
)
from impl.rules.banner import Item, banner
from impl.rules.hashing import digest
from impl.rules.identity import verify
from impl.rules.times import read_instant
from impl.store.port import Tx
from impl.world import Secret, World

TOKENS_KEPT: Final = 32
"""Browser tokens of a visitor that stay valid; a new one pushes the oldest out."""
CONTEXT_ROWS: Final = 20

NO_SUCH_DAY = FieldError("/trial_bitis", Text("Takvimde böyle bir gün yok.", "There is no such day in the calendar."))


class Start(Struct, frozen=True):
    """What the widget draws; `token` for a visitor seen for the first time."""

    online: bool
    open_chat: Chat | None
    token: str | None


async def start_widget(world: World, tenant: Tenant, visitor_id: str, visitor_token: str | None) -> Start:
    """Meet a visitor: a new one gets a browser token. Raises VisitorTokenNeeded."""

    async def work(tx: Tx) -> Start:
        visitor = await tx.visitor(tenant.id, visitor_id)
        token = None
        if visitor is None:
            token = world.ids.secret()
            visitor = replace(new_visitor(world, tenant, visitor_id), token_digests=(token.digest,))
        else:
            check_token(tenant, visitor, visitor_token)
        await tx.put_visitor(replace(visitor, last_seen_at=world.clock.timestamp()))
        return Start(
            await tx.anyone_online(tenant.id), await tx.open_chat_of(tenant.id, visitor_id), token and token.text
        )

    return await world.store.transact(work)


def new_visitor(world: World, tenant: Tenant, visitor_id: str) -> Visitor:
    """A visitor of whom nothing is known yet."""
    return Visitor(tenant.id, visitor_id, world.clock.now(), world.clock.timestamp())


def check_token(tenant: Tenant, visitor: Visitor | None, token: str | None) -> None:
    """In a tenant's secure mode only the visitor's own browser goes on. Raises VisitorTokenNeeded."""
    if not tenant.secure_mode:
        return
    sent = digest(token or "")
    known = visitor.token_digests if visitor else ()
    if not any([hmac.compare_digest(sent, mine) for mine in known]):  # noqa: C419 - all of them, in equal time
        raise VisitorTokenNeeded


async def meet(world: World, tx: Tx, tenant: Tenant, visitor_id: str, token: str | None) -> Visitor:
    """The visitor, seen just now; whoever was never seen becomes one. Raises VisitorTokenNeeded."""
    known = await tx.visitor(tenant.id, visitor_id)
    check_token(tenant, known, token)
    if known is None:
        visitor = new_visitor(world, tenant, visitor_id)
    else:
        visitor = replace(known, last_seen_at=world.clock.timestamp())
    await tx.put_visitor(visitor)
    return visitor


async def see(world: World, tx: Tx, tenant: Tenant, visitor_id: str, token: str | None, *, every: float = 0.0) -> None:
    """Check the visitor's token, and remember that they were here, unless that is known to `every` seconds.

    Raises VisitorTokenNeeded.
    """
    visitor = await tx.visitor(tenant.id, visitor_id)
    check_token(tenant, visitor, token)
    now = world.clock.timestamp()
    if visitor is not None and not 0 <= now - visitor.last_seen_at <= every:
        await tx.put_visitor(replace(visitor, last_seen_at=now))


class CustomerInfo(TypedDict, total=False):
    """What a site tells about its customer, by attribute of `Profile`: absent stays as it is, None is removed."""

    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    plan: str | None
    credit: int | None
    trial_end: str | None
    trial_days: int | None
    extra: dict[str, Any] | None


async def tell_about(
    world: World,
    tenant: Tenant,
    visitor_id: str,
    info: CustomerInfo,
    signature: tuple[int, str] | None,
    visitor_token: str | None,
) -> tuple[Visitor, str | None]:
    """Store what the site tells; a valid signature verifies the identity and gives a browser token.

    `signature` is its timestamp in Unix seconds and its lower-case hex.
    Raises InvalidFields, WrongSignature, ExpiredSignature, VisitorTokenNeeded; then nothing is stored.
    """
    now, seen_at = world.clock.now(), world.clock.timestamp()
    token: Secret | None = None
    token_digests: tuple[bytes, ...] = ()
    if signature:
        secret, email = tenant.api_secret, info.get("email")
        verdict = verify(secret, visitor_id, email, *signature, int(seen_at))
        if verdict != "valid":
            raise WrongSignature if verdict == "wrong" else ExpiredSignature
        token = world.ids.secret()
        token_digests = (token.digest,)
    trial_end = info.get("trial_end")
    if trial_end is not None and read_instant(trial_end) is None:
        raise InvalidFields([NO_SUCH_DAY])

    async def work(tx: Tx) -> Visitor:
        known = await tx.visitor(tenant.id, visitor_id)
        if token is None:
            check_token(tenant, known, visitor_token)
        before = known or new_visitor(world, tenant, visitor_id)
        visitor = replace(
            before,
            updated_at=now,
            last_seen_at=seen_at,
            profile=told(before, info, now, signed=token is not None),
            verified=before.verified or token is not None,
            token_digests=(_proven(before, signed=token is not None) + token_digests)[-TOKENS_KEPT:],
        )
        await tx.put_visitor(visitor)
        return visitor

    return await world.store.transact(work), token and token.text


def _proven(visitor: Visitor, *, signed: bool) -> tuple[bytes, ...]:
    """The browser tokens that stay. The first signature ends those that anybody could have had for the asking."""
    return () if signed and not visitor.verified else visitor.token_digests


def told(visitor: Visitor, info: CustomerInfo, now: datetime, *, signed: bool) -> Profile:
    """The visitor's profile after this call.

    Only a signed call changes the email of a verified visitor. A first signature without an email removes one that
    nobody vouched for.
    """
    changes: dict[str, Any] = dict(info)
    if not signed and visitor.verified:
        changes.pop("email", None)
    if signed and not visitor.verified:
        changes.setdefault("email", None)
    if "trial_days" in changes:
        changes["trial_days_received_at"] = now
    if "extra" in changes:
        changes["extra"] = changes["extra"] or {}
        changes["extra_received_at"] = now
    return replace(visitor.profile, **changes)


class Context(Struct, frozen=True):
    """What an operator sees of a visitor."""

    visitor: Visitor
    banner: list[Item]
    chats: Sequence[Chat]
    tickets: Sequence[Ticket]
    pages: Sequence[PageView]
    errors: Sequence[ErrorLog]
    screenshots: Sequence[Screenshot]


async def read_context(world: World, caller: OperatorCaller, visitor_id: str, tenant_id: int | None) -> Context:
    """The visitor in that tenant or, without one, where they were seen last. Raises NotFound."""
    tenant_ids = wanted_tenants(caller, tenant_id)

    async def work(tx: Tx) -> Context:
        found = [await tx.visitor(tenant, visitor_id) for tenant in tenant_ids]
        visitor = max(filter(None, found), key=lambda v: v.last_seen_at, default=None)
        if visitor is None:
            raise NotFound
        whose = (visitor.tenant_id, visitor.id)
        return Context(
            visitor,
            banner(visitor.profile, world.clock.now()),
            await tx.chats_of_visitor(*whose, CONTEXT_ROWS),
            await tx.tickets_of_visitor(*whose, None, CONTEXT_ROWS),
            await tx.page_views(*whose, CONTEXT_ROWS),
            await tx.error_logs(*whose, CONTEXT_ROWS),
            await tx.screenshots(*whose, CONTEXT_ROWS),
        )

    return await world.store.transact(work)
