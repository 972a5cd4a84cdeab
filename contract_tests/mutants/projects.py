"""Servers whose portal opens projects wrongly, or lets the wrong people change them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from contract_tests.mutants.planting import Patch, Seen, mutant
from impl import security
from impl.actions import projects, sessions, tenants
from impl.handlers import portal

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
