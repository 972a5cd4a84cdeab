"""Servers that lose their way with a tenant's endpoint, or in the attempts to reach it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aiohttp
from msgspec.structs import replace

from contract_tests.mutants.planting import Patch, mutant
from contract_tests.mutants.webhooks import changed_message
from impl.actions import chats, deliveries, webhooks
from impl.model import Delivery, WebhookEndpoint
from impl.rules import retries
from impl.store.memory.deliveries import Deliveries
from impl.store.memory.portal import Portal
from impl.webhooks import http, sender
from impl.wire import EVENT_KINDS

# The endpoint


def _endpoint(patch: Patch, **changes: Any) -> None:
    """The endpoint as senders see it."""
    original = Portal.webhook

    async def webhook(tx: Any, tenant_id: int) -> Any:
        known = await original(tx, tenant_id)
        return known and replace(known, **changes)

    patch.set(Portal, "webhook", webhook)


@mutant("webhook.subscribed", "All events are told, whichever were chosen.")
def webhook_all_events(patch: Patch) -> None:
    _endpoint(patch, events=tuple(EVENT_KINDS))


@mutant("webhook.stopped", "A stopped endpoint is told all the same.")
def webhook_not_stopped(patch: Patch) -> None:
    _endpoint(patch, enabled=True)


@mutant("webhook.stopped", "What happened while it was stopped is told when it is opened again.")
def webhook_told_later(patch: Patch) -> None:
    _endpoint(patch, enabled=True)
    original = Deliveries.claim_deliveries

    async def claim(tx: Any, *args: Any) -> Any:
        return await original(tx, *args) if all(known.enabled for known in tx.webhooks.values()) else []

    patch.set(Deliveries, "claim_deliveries", claim)


@mutant("webhook.stopped", "An endpoint that was stopped by hand does not say so.")
def webhook_stopped_without_reason(patch: Patch) -> None:
    patch.set(
        webhooks, "WebhookEndpoint", lambda *args, **more: WebhookEndpoint(*args, **more | {"disabled_reason": None})
    )


@mutant("webhook.secret.signs", "The first secret goes on signing.")
def webhook_old_secret_signs(patch: Patch) -> None:
    first: dict[int, str] = {}

    def message(original: Any, attempt: Any, timestamp: int) -> Any:
        endpoint = attempt.endpoint
        secret = first.setdefault(endpoint.tenant_id, endpoint.secret)
        return original(replace(attempt, endpoint=replace(endpoint, secret=secret)), timestamp)

    patch.wrap(sender, "message", message)


@mutant("webhook.secret.kept", "The secret travels with each webhook.")
def webhook_with_its_secret(patch: Patch) -> None:
    def told(message: Any, attempt: Any) -> Any:
        return message._replace(headers=message.headers | {"x-webhook-secret": attempt.endpoint.secret})

    changed_message(patch, told)


@mutant("webhook.deliveries", "Deliveries are listed oldest first.")
def webhook_oldest_first(patch: Patch) -> None:
    original = Deliveries.deliveries

    async def listed(tx: Any, *args: Any) -> Any:
        return list(await original(tx, *args))[::-1]

    patch.set(Deliveries, "deliveries", listed)


@mutant("webhook.deliveries", "The status that was answered is not kept.")
def webhook_status_lost(patch: Patch) -> None:
    patch.wrap(deliveries, "_after", lambda after, *args, **more: replace(after(*args, **more), last_status=200))


@mutant("webhook.resend.same", "What is sent again has a new id.")
def webhook_new_id_again(patch: Patch) -> None:
    def replaced(value: Any, **changes: Any) -> Any:
        more = {"webhook_id": f"msg_again{value.attempts}{value.id}"} if isinstance(value, Delivery) else {}
        return replace(value, **changes, **more)

    patch.set(webhooks, "replace", replaced)


@mutant("webhook.resend.same", "What waits can be queued again.")
def webhook_waiting_queued(patch: Patch) -> None:
    original = Deliveries.delivery_for_update

    async def finished(tx: Any, delivery_id: int) -> Any:
        known = await original(tx, delivery_id)
        return known and replace(known, state="failed")

    async def resend(again: Any, *args: Any) -> Any:
        Deliveries.delivery_for_update = finished  # type: ignore[assignment, method-assign]
        try:
            return await again(*args)
        finally:
            Deliveries.delivery_for_update = original  # type: ignore[method-assign]

    patch.wrap(webhooks, "resend", resend)


# Attempts


@mutant("webhook.independent", "A call waits until its webhooks are sent.")
def webhook_inside_the_call(patch: Patch) -> None:
    async def open_chat(original: Any, world: Any, *args: Any) -> Any:
        opened = await original(world, *args)
        await world.sender.send_due(world)
        return opened

    patch.wrap(chats, "open_chat", open_chat)


def _means(patch: Patch, change: Any) -> None:
    patch.wrap(deliveries, "meaning", lambda meaning, outcome: change(outcome.status, meaning(outcome)))


@mutant("webhook.success", "Only 200 to 206 are success.")
def webhook_few_successes(patch: Patch) -> None:
    _means(patch, lambda status, found: "failed" if found == "delivered" and status > 206 else found)


@mutant("webhook.redirect", "A redirect is success.")
def webhook_redirect_is_success(patch: Patch) -> None:
    _means(patch, lambda status, found: "delivered" if status and 300 <= status < 400 else found)


@mutant("webhook.redirect", "Redirects are followed.")
def webhook_follows(patch: Patch) -> None:
    patch.wrap(
        aiohttp.ClientSession,
        "post",
        lambda post, *args, **more: post(*args, **more | {"allow_redirects": True}),
    )


@mutant("webhook.long_answer", "Answers are read to their end.")
def webhook_reads_all(patch: Patch) -> None:
    patch.set(http, "LONGEST_ANSWER", 2**50)


@mutant("webhook.gone", "410 is a failure like others.")
def webhook_gone_is_tried_again(patch: Patch) -> None:
    _means(patch, lambda status, found: "failed" if found == "gone" else found)


@mutant("webhook.gone", "An endpoint that is gone says that it failed for 5 days.")
def webhook_gone_for_another_reason(patch: Patch) -> None:
    async def put(original: Any, tx: Any, endpoint: Any) -> None:
        reason = "failing" if endpoint.disabled_reason == "gone" else endpoint.disabled_reason
        await original(tx, replace(endpoint, disabled_reason=reason))

    original = Portal.put_webhook
    patch.set(Portal, "put_webhook", lambda tx, endpoint: put(original, tx, endpoint))


@mutant("webhook.retry", "What failed is not tried again.")
def webhook_tried_once(patch: Patch) -> None:
    patch.set(deliveries, "next_attempt_at", lambda *args: None)


@mutant("webhook.retry", "Each attempt has an id of its own.")
def webhook_id_of_its_own(patch: Patch) -> None:
    def message(original: Any, attempt: Any, timestamp: int) -> Any:
        delivery = attempt.delivery
        own = f"{delivery.webhook_id}{delivery.attempts or ''}"
        return original(replace(attempt, delivery=replace(delivery, webhook_id=own)), timestamp)

    patch.wrap(sender, "message", message)


@mutant("webhook.retry", "Each attempt has the first one's timestamp.")
def webhook_timestamp_of_the_event(patch: Patch) -> None:
    def message(original: Any, attempt: Any, timestamp: int) -> Any:
        return original(attempt, int(attempt.delivery.created_at.timestamp()))

    patch.wrap(sender, "message", message)


@mutant("webhook.retry", "What was delivered is sent again a day later.")
def webhook_delivered_twice(patch: Patch) -> None:
    def after(original: Any, delivery: Any, outcome: Any, now: Any, *args: Any, **more: Any) -> Any:
        result = original(delivery, outcome, now, *args, **more)
        if result.state != "delivered" or result.attempts < 3:
            return result
        return replace(result, state="waiting", next_attempt_at=now + timedelta(days=1))

    patch.wrap(deliveries, "_after", after)


@mutant("webhook.retry_after", "Retry-After does not count.")
def webhook_impatient(patch: Patch) -> None:
    patch.set(retries, "asked_wait", lambda *args: timedelta())


@mutant("webhook.schedule", "There are 9 attempts.")
def webhook_nine_attempts(patch: Patch) -> None:
    patch.set(retries, "SCHEDULE", retries.SCHEDULE[:9])


@mutant("webhook.schedule", "There are 11 attempts.")
def webhook_eleven_attempts(patch: Patch) -> None:
    patch.set(retries, "SCHEDULE", (*retries.SCHEDULE, timedelta(hours=1)))


@mutant("webhook.schedule", "The attempts are over within 75 minutes.")
def webhook_hasty(patch: Patch) -> None:
    patch.set(retries, "SCHEDULE", tuple(wait / 60 for wait in retries.SCHEDULE))


@mutant("webhook.failing", "4 days of failure close the endpoint.")
def webhook_closed_early(patch: Patch) -> None:
    patch.set(retries, "FAILING", timedelta(days=4))


@mutant("webhook.failing", "Failure never closes an endpoint.")
def webhook_never_closed(patch: Patch) -> None:
    patch.set(deliveries, "has_failed_too_long", lambda *args: False)
