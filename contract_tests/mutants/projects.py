"""Servers whose portal opens projects wrongly, or lets the wrong people change them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from contract_tests.mutants.planting import Patch, Seen, family, mutant
from impl import security
from impl.actions import origins, projects, sessions, tenants, webhooks
from impl.contract import full_way
from impl.contract.binding import Binding
from impl.handlers import portal
from impl.problems import DeliveryPending, TooManyOrigins
from impl.rules.roles import may_manage
from impl.store.memory.portal import Portal

MANAGED = ("portal_add_origin", "portal_remove_origin", "portal_set_webhook", "portal_resend_delivery")


# Choosing


@mutant("project.list", "The projects to choose from are in another order.")
def projects_reversed(patch: Patch) -> None:
    async def tabs(original: Any, world: Any, caller: Any) -> Any:
        listed = await original(world, caller)
        return listed[::-1] if hasattr(caller, "session_digest") else listed

    patch.wrap(tenants, "list_tabs", tabs)


@mutant("project.unknown", "Any tenant can be chosen.")
def any_project_chosen(patch: Patch) -> None:
    async def choose(original: Any, world: Any, caller: Any, tenant_id: int) -> Any:
        async def work(tx: Any) -> Any:
            tenant = await tx.tenant(tenant_id)
            if tenant is None or await tx.membership(caller.operator.id, tenant_id):
                return None
            return tenant, (await tx.memberships(caller.operator.id))[0]

        return await world.store.transact(work) or await original(world, caller, tenant_id)

    patch.wrap(sessions, "choose_project", choose)


@mutant("project.choose", "Choosing leaves musteri_id as it was.")
def choice_of_the_session_only(patch: Patch) -> None:
    async def activate(original: Any, tx: Any, caller: Any, tenant_id: int) -> None:
        operator = await tx.operator(caller.operator.id)
        await original(tx, caller, tenant_id)
        await tx.put_operator(operator)

    patch.wrap(sessions, "activate", activate)


@mutant("project.choose", "Choosing is forgotten by the session.")
def choice_forgotten(patch: Patch) -> None:
    async def activate(original: Any, tx: Any, caller: Any, tenant_id: int) -> None:
        session = await tx.portal_session(caller.session_digest)
        await original(tx, caller, tenant_id)
        await tx.put_portal_session(session)

    patch.wrap(sessions, "activate", activate)


@mutant("project.choose", "Choosing changes all of the user's sessions.")
def choice_of_all_sessions(patch: Patch) -> None:
    async def activate(original: Any, tx: Any, caller: Any, tenant_id: int) -> None:
        await original(tx, caller, tenant_id)
        for session in list(tx.portal_sessions.values()):
            if session.operator_id == caller.operator.id:
                await tx.put_portal_session(replace(session, active_tenant_id=tenant_id))

    patch.wrap(sessions, "activate", activate)


@mutant("project.mine", "My projects show the first one's key only.")
def key_of_the_first(patch: Patch) -> None:
    async def listed(original: Any, world: Any, caller: Any) -> Any:
        mine, left = await original(world, caller)
        key = mine[0].tenant.api_key
        return [replace(one, tenant=replace(one.tenant, api_key=key)) for one in mine], left

    patch.wrap(projects, "list_projects", listed)


@mutant("project.mine", "The embed code has the secret in it.")
def secret_in_settings(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.path == "/portal/widget" and seen.method == "GET":
            seen.body = seen.body.replace(b"<script async", b"<script data-secret=pratikesnaf_api_secret_2026 async")

    patch.answers(change)


@mutant("project.form", "The trial has 30 days, says the form.")
def form_of_thirty_days(patch: Patch) -> None:
    patch.set(portal, "TRIAL", timedelta(days=30))


@mutant("project.form", "The form always tells of three projects more.")
def form_of_three(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.path == "/portal/projelerim/yeni":
            for left in (b"0", b"1", b"2"):
                seen.body = seen.body.replace(b'"kalan_hak":' + left, b'"kalan_hak":3')

    patch.answers(change)


# Opening


def _opening(patch: Patch, change: Any) -> None:
    """`change(world, tx, caller, project)` after a project was opened; answers the project."""

    async def opened(original: Any, world: Any, caller: Any, name: str, color: str) -> Any:
        project = await original(world, caller, name, color)

        async def work(tx: Any) -> Any:
            return await change(tx, caller, project)

        return await world.store.transact(work)

    patch.wrap(projects, "open_project", opened)


@mutant("project.open", "Who opens a project is its junior.")
def opener_is_junior(patch: Patch) -> None:
    async def change(tx: Any, caller: Any, project: Any) -> Any:
        membership = replace(project.membership, role="junior")
        await tx.put_membership(membership)
        return replace(project, membership=membership)

    _opening(patch, change)


@mutant("project.open", "A new project is the first tab.")
def new_project_first(patch: Patch) -> None:
    async def change(tx: Any, caller: Any, project: Any) -> Any:
        membership = replace(project.membership, position=0)
        await tx.put_membership(membership)
        return replace(project, membership=membership)

    _opening(patch, change)


@mutant("project.open", "A trial has 15 days.")
def trial_of_fifteen_days(patch: Patch) -> None:
    patch.set(projects, "TRIAL", timedelta(days=15))


@mutant("project.open", "A new project is not the active one.")
def new_project_inactive(patch: Patch) -> None:
    async def nothing(tx: Any, caller: Any, tenant_id: int) -> None:
        return None

    patch.set(projects, "activate", nothing)


@mutant("project.key", "A new key has 8 characters.")
def key_of_eight(patch: Patch) -> None:
    patch.wrap(projects, "api_key", lambda key, random: key(random)[:11])


@mutant("project.key", "The list of projects shows new secrets.")
def secret_shown_again(patch: Patch) -> None:
    original = projects.list_projects

    async def listed(world: Any, caller: Any) -> Any:
        mine, left = await original(world, caller)
        return [replace(one, tenant=replace(one.tenant, name=_told(one.tenant))) for one in mine], left

    patch.set(projects, "list_projects", listed)


def _told(tenant: Any) -> str:
    return f"{tenant.name} ({tenant.api_secret})" if tenant.id > 3 else str(tenant.name)


@mutant("project.works", "A new project's secret does not sign.")
def secret_does_not_sign(patch: Patch) -> None:
    async def change(tx: Any, caller: Any, project: Any) -> Any:
        shown = project.tenant
        await tx.put_tenant(replace(shown, api_secret=shown.api_secret[::-1]))
        return project

    _opening(patch, change)


@mutant("project.works", "A new project has the widget of its opener's first tab.")
def name_of_another(patch: Patch) -> None:
    async def change(tx: Any, caller: Any, project: Any) -> Any:
        await tx.put_tenant(replace(project.tenant, name="PratikEsnaf.Com"))
        return project

    _opening(patch, change)


@mutant("project.fields", "A project's name may be blank.")
def blank_name(patch: Patch) -> None:
    def change(schemas: Any) -> None:
        schemas["CompanyName"].pop("pattern", None)
        schemas["CompanyName"].pop("minLength", None)

    patch.document(change)


@mutant("project.fields", "A color may be any word.")
def any_color(patch: Patch) -> None:
    patch.document(lambda schemas: schemas["CreateProjectRequest"]["properties"]["renk_primary"].pop("pattern"))


@mutant("project.limit", "A user may open four projects.")
def four_projects(patch: Patch) -> None:
    patch.wrap(projects, "seconds_to_wait", lambda wait, opened, now: wait(opened[1:], now))


@mutant("project.limit", "Projects opened at once all come through.")
def limit_without_a_lock(patch: Patch) -> None:
    before: list[Any] = []

    def stale(wait: Any, opened: Any, now: Any) -> int:
        if not before or now - before[0][1] > timedelta(seconds=1):
            before[:] = [(opened, now)]
        return int(wait(before[0][0], now))

    patch.wrap(projects, "seconds_to_wait", stale)


@mutant("project.limit", "The limit is for an hour.")
def limit_of_an_hour(patch: Patch) -> None:
    hour = timedelta(hours=1)
    patch.wrap(projects, "seconds_to_wait", lambda wait, opened, now: wait(_since(opened, now, hour), now))
    patch.wrap(projects, "projects_left", lambda left, opened, now: left(_since(opened, now, hour), now))


def _since(opened: Any, now: Any, span: timedelta) -> Any:
    return [one for one in opened if now - one.opened_at < span]


@mutant("project.once", "A project of the same name is answered again, secret and all.")
def opening_repeated(patch: Patch) -> None:
    answers: dict[str, Any] = {}

    async def admit(original: Any, world: Any, caller: Any, name: str, color: str) -> Any:
        if name not in answers:
            answers[name] = await original(world, caller, name, color)
        return answers[name]

    patch.wrap(projects, "open_project", admit)


@mutant("trial.over", "A trial never ends.")
def trial_for_ever(patch: Patch) -> None:
    patch.set(security, "is_trial_over", lambda tenant, now: False)


@mutant("trial.over", "Who is over their trial cannot read either.")
def trial_ends_reading(patch: Patch) -> None:
    original = security.SCHEMES["widgetKey"]

    async def widget_key(world: Any, headers: Any, creates: bool) -> Any:
        return await original(world, headers, True)

    patch.set(security, "SCHEMES", {**security.SCHEMES, "widgetKey": widget_key})


@mutant("trial.over", "The list of projects does not tell that a trial is over.")
def trial_end_untold(patch: Patch) -> None:
    patch.set(projects, "is_trial_over", lambda tenant, now: False)


# Settings


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
    patch.wrap(webhooks, "is_public_https", lambda public, url: public(url.replace("kisi:sifre@", "")))


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
