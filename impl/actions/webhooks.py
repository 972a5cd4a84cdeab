"""A tenant's webhook endpoint and its deliveries, as the portal shows and changes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from impl.actions.outbox import wake_sender
from impl.actions.sessions import managed_tenant_id
from impl.callers import PortalCaller
from impl.model import Delivery, EventKind, WebhookEndpoint
from impl.problems import DeliveryPending, FieldError, InvalidFields, NotFound, Text, WebhookDisabled
from impl.rules.webhook_urls import is_allowed
from impl.rules.webhooks import KEPT, signing_secret
from impl.store.port import Tx
from impl.world import World

NOT_PUBLIC_URL = FieldError(
    "/url",
    Text(
        "https ile başlayan, herkese açık bir adres olmalı (kullanıcı bilgisi olmadan).",
        "Must be a public address that begins with https (without userinfo).",
    ),
)


class WebhookPage(Struct, frozen=True):
    """The endpoint, if there is one, a page of its deliveries, and whether there are more."""

    endpoint: WebhookEndpoint | None
    deliveries: Sequence[Delivery]
    more: bool


async def read_webhook(
    world: World, caller: PortalCaller, before: tuple[datetime, int] | None, limit: int
) -> WebhookPage:
    """The endpoint of the tenant that the caller works on, and its deliveries, newest first.

    Raises NoProjectChosen, NotPermitted.
    """
    since = world.clock.now() - KEPT

    async def work(tx: Tx) -> WebhookPage:
        tenant_id = await managed_tenant_id(tx, caller)
        found = await tx.deliveries(tenant_id, since, before, limit + 1)
        return WebhookPage(await tx.webhook(tenant_id), found[:limit], len(found) > limit)

    return await world.store.transact(work)


async def set_webhook(
    world: World,
    caller: PortalCaller,
    url: str,
    events: tuple[EventKind, ...],
    *,
    enabled: bool,
    new_secret: bool,
) -> WebhookEndpoint:
    """Set up the tenant's one endpoint, or change it; its first secret is made now.

    Raises InvalidFields, NotSignedIn, NoProjectChosen, NotPermitted.
    """

    if not is_allowed(url, anywhere=world.webhooks_anywhere):
        raise InvalidFields([NOT_PUBLIC_URL])

    async def work(tx: Tx) -> WebhookEndpoint:
        tenant_id = await managed_tenant_id(tx, caller)
        now = world.clock.now()
        known = await tx.webhook_for_update(tenant_id)
        secret = signing_secret(world.ids.secret().text) if known is None or new_secret else known.secret
        endpoint = WebhookEndpoint(
            tenant_id,
            url,
            events,
            secret,
            created_at=known.created_at if known else now,
            updated_at=now,
            enabled=enabled,
            disabled_reason=None if enabled else "manual",
        )
        await tx.put_webhook(endpoint)
        return endpoint

    return await world.store.transact(work)


async def resend(world: World, caller: PortalCaller, delivery_id: int) -> Delivery:
    """Queue a finished delivery again, under the same `webhook-id`.

    Raises NoProjectChosen, NotPermitted, NotFound, DeliveryPending, WebhookDisabled.
    """

    async def work(tx: Tx) -> Delivery:
        tenant_id = await managed_tenant_id(tx, caller)
        now = world.clock.now()
        delivery = await tx.delivery_for_update(delivery_id)
        if delivery is None or delivery.tenant_id != tenant_id or delivery.created_at < now - KEPT:
            raise NotFound
        if delivery.state == "waiting":
            raise DeliveryPending
        endpoint = await tx.webhook(tenant_id)
        if endpoint is None or not endpoint.enabled:
            raise WebhookDisabled
        queued = replace(delivery, state="waiting", next_attempt_at=now)
        await tx.put_delivery(queued)
        await wake_sender(world, tx)
        return queued

    return await world.store.transact(work)
