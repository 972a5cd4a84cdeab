"""Servers that let the wrong people change a project's settings, or keep them wrongly."""

from __future__ import annotations

from typing import Any

from contract_tests.mutants.planting import Patch, family, mutant
from impl import security
from impl.actions import origins, sessions, webhooks
from impl.contract import full_way
from impl.contract.binding import Binding
from impl.handlers import portal
from impl.problems import DeliveryPending, TooManyOrigins
from impl.rules.roles import may_manage
from impl.store.memory.portal import Portal

MANAGED = ("portal_add_origin", "portal_remove_origin", "portal_set_webhook", "portal_resend_delivery")


@mutant("widget.settings", "The embed code has another key.")
def embed_code_of_another(patch: Patch) -> None:
    patch.wrap(portal, "embed_code", lambda code, base_url, key: code(base_url, "CM_DEMO_2026"))


@mutant("origins.list", "Origins are listed as they were written.")
def origins_unnormalised(patch: Patch) -> None:
    patch.wrap(origins, "listed_origin", lambda normal, text: text.lower() if normal(text) else None)


@mutant("origins.list", "An origin is listed as often as it is added.")
def origins_twice(patch: Patch) -> None:
    async def add(original: Any, world: Any, caller: Any, origin: str) -> Any:
        tenant, _ = await original(world, caller, origin)
        return tenant, True

    patch.wrap(origins, "add_origin", add)


@mutant("origins.list", "Taking off an origin that is not listed succeeds.")
def unlisted_removed(patch: Patch) -> None:
    async def remove(original: Any, world: Any, caller: Any, origin: str) -> Any:
        tenant = await origins.read_tenant(world, caller)
        return await original(world, caller, origin) if origin in tenant.allowed_origins else tenant

    patch.wrap(origins, "remove_origin", remove)


@mutant("origins.effective", "A new origin is listed and not accepted.")
def origin_without_effect(patch: Patch) -> None:
    patch.wrap(security, "may_call", lambda may, allowed, origin, referer: may(allowed[:1], origin, referer))
    _only_by_rule(patch)


@mutant("origins.effective", "The first origin does not shut out the others.")
def first_origin_lets_all_in(patch: Patch) -> None:
    patch.wrap(
        security,
        "may_call",
        lambda may, allowed, origin, referer: may(
            () if allowed[0].endswith("bir.example") else allowed, origin, referer
        ),
    )


def _only_by_rule(patch: Patch) -> None:
    """Our way around the rule, for origins as they stand in the list, is closed."""
    patch.wrap(security, "text", lambda text, headers, name: (text(headers, name) or "").upper() or None)


@mutant("origins.form", "A path behind an origin is cut off.")
def path_cut_off(patch: Patch) -> None:
    patch.document(lambda schemas: schemas["OriginRequest"]["properties"]["origin"].pop("pattern"))
    patch.wrap(origins, "listed_origin", lambda normal, text: normal("/".join(text.split("/")[:3])))


@mutant("origins.form", "Any text is an origin.")
def any_origin(patch: Patch) -> None:
    patch.set(origins, "listed_origin", lambda text: text)


@mutant("origins.most", "A project may list 101 origins.")
def one_origin_more(patch: Patch) -> None:
    patch.set(origins, "MOST", 101)


@mutant("origins.most", "A full list does not know what it lists.")
def full_list_refuses_all(patch: Patch) -> None:
    async def add(original: Any, world: Any, caller: Any, origin: str) -> Any:
        if len((await origins.read_tenant(world, caller)).allowed_origins) >= origins.MOST:
            raise TooManyOrigins(limit=origins.MOST)
        return await original(world, caller, origin)

    patch.wrap(origins, "add_origin", add)


def _managed_by_all(patch: Patch, operation_id: str) -> None:
    """Whoever is signed in does that."""

    def authenticator(original: Any, binding: Any, operation: Any) -> Any:
        found = original(binding, operation)
        return security.portal_session if operation.operation_id == operation_id else found

    patch.wrap(Binding, "authenticator", authenticator)
    patch.set(sessions, "may_manage", lambda role: True)


for _operation in (*MANAGED, "portal_get_webhook"):
    family(
        "settings.role",
        f"any-role-{_operation.replace('_', '-')}",
        f"{_operation} asks for no role.",
        lambda patch, operation=_operation: _managed_by_all(patch, operation),  # type: ignore[misc]
        _operation,
    )


@mutant("settings.role", "Seniors manage projects.")
def seniors_manage(patch: Patch) -> None:
    for owner in (security, sessions):
        patch.set(owner, "may_manage", lambda role: may_manage(role) or role == "senior")


def _unproven(patch: Patch, operation: str) -> None:
    """That operation asks for no proof of where it comes from."""
    original = full_way.FullWay.__init__

    def build(way: Any, **options: Any) -> None:
        original(way, **options)
        way._proves_source = way._proves_source and options["operation_id"] != operation

    patch.set(full_way.FullWay, "__init__", build)


for _operation in MANAGED:
    family(
        "settings.source",
        f"unproven-{_operation.replace('_', '-')}",
        f"{_operation} may come from any site.",
        lambda patch, operation=_operation: _unproven(patch, operation),  # type: ignore[misc]
        _operation,
    )


# The webhook


def _setting(patch: Patch, **other: Any) -> None:
    async def put(original: Any, world: Any, caller: Any, url: str, events: Any, **options: Any) -> Any:
        return await original(world, caller, url, events, **{**options, **other})

    patch.wrap(webhooks, "set_webhook", put)


@mutant("webhook.settings", "An endpoint cannot be switched off.")
def endpoint_always_on(patch: Patch) -> None:
    _setting(patch, enabled=True)


@mutant("webhook.settings", "The endpoint is shown as it was first put.")
def first_endpoint_shown(patch: Patch) -> None:
    first: dict[int, Any] = {}
    original = Portal.webhook

    async def shown(tx: Any, tenant_id: int) -> Any:
        now = await original(tx, tenant_id)
        return first.setdefault(tenant_id, now) if now else None

    patch.set(Portal, "webhook", shown)


@mutant("webhook.secret", "Each setting-up makes a new secret.")
def always_a_new_secret(patch: Patch) -> None:
    _setting(patch, new_secret=True)


@mutant("webhook.secret", "A secret is never renewed.")
def secret_never_renewed(patch: Patch) -> None:
    _setting(patch, new_secret=False)


@mutant("webhook.url", "An endpoint's address may have userinfo.")
def address_with_userinfo(patch: Patch) -> None:
    patch.wrap(webhooks, "is_allowed", lambda ok, url, anywhere: ok(url.replace("kisi:sifre@", ""), anywhere=anywhere))


@mutant("webhook.url", "An endpoint may want no events.")
def endpoint_without_events(patch: Patch) -> None:
    patch.document(lambda schemas: schemas["WebhookRequest"]["properties"]["olaylar"].pop("minItems"))


@mutant("webhook.resend", "A waiting delivery is sent again.")
def waiting_sent_again(patch: Patch) -> None:
    async def resend(original: Any, world: Any, caller: Any, delivery_id: int) -> Any:
        try:
            return await original(world, caller, delivery_id)
        except DeliveryPending:
            return await world.store.transact(lambda tx: tx.delivery_for_update(delivery_id))

    patch.wrap(webhooks, "resend", resend)


@mutant("webhook.resend", "A delivery that there is not is a conflict.")
def missing_delivery_pending(patch: Patch) -> None:
    async def resend(original: Any, world: Any, caller: Any, delivery_id: int) -> Any:
        raise DeliveryPending

    patch.wrap(webhooks, "resend", resend)
