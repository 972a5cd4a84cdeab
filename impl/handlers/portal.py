"""Tag `portal`: what tenants' people do for themselves."""

from __future__ import annotations

from typing import Final

from impl import wire
from impl.actions import origins, projects, sessions, tenants, webhooks
from impl.callers import PortalCaller
from impl.replies import Answered, Headers
from impl.rules.cursors import read_cursor, write_cursor
from impl.rules.embedding import embed_code
from impl.rules.portal_cookie import empty_cookie, set_cookie
from impl.rules.projects import COLOR, TRIAL
from impl.world import World

NO_STORE: Final[Headers] = ((b"cache-control", b"no-store"),)
"""For answers that show a secret."""


# Signing in and out


async def portal_sign_in_form(world: World, cookie: str | None) -> wire.PortalSignInAnswer:
    """GET /portal/giris"""
    caller = await sessions.find_session(world, cookie)
    if caller is None:
        return wire.PortalSignInAnswer.of(None, None)
    return wire.PortalSignInAnswer.of(caller.operator, caller.active_tenant_id)


async def portal_sign_in(
    world: World, body: wire.LoginRequest, client: str, cookie: str | None, secure: bool
) -> Answered:
    """POST /portal/giris"""
    signed_in = await sessions.sign_in(world, body.email, body.password, client, cookie)
    answer = wire.PortalSignInAnswer.of(signed_in.operator, signed_in.active_tenant_id)
    return Answered(200, answer, _cookie(set_cookie(signed_in.secret, secure=secure)))


async def portal_sign_out(world: World, caller: PortalCaller, secure: bool) -> Answered:
    """POST /portal/cikis"""
    await sessions.sign_out(world, caller)
    return Answered(200, wire.PortalSignInAnswer.of(None, None), _cookie(empty_cookie(secure=secure)))


def _cookie(line: str) -> Headers:
    return ((b"set-cookie", line.encode()), *NO_STORE)


# Projects


async def portal_list_projects(world: World, caller: PortalCaller) -> wire.ProjectsAnswer:
    """GET /portal/projeler"""
    tabs = [wire.TenantTab.of(*tab) for tab in await tenants.list_tabs(world, caller)]
    return wire.ProjectsAnswer(data=wire.ProjectsData(tabs, caller.active_tenant_id))


async def portal_choose_project(world: World, caller: PortalCaller, tenant_id: int) -> wire.ProjectChosenAnswer:
    """POST /portal/projeler/sec/{musteriId}"""
    tab = await sessions.choose_project(world, caller, tenant_id)
    return wire.ProjectChosenAnswer(data=wire.ProjectChosenData(wire.TenantTab.of(*tab), tenant_id))


async def portal_list_my_projects(world: World, caller: PortalCaller) -> wire.MyProjectsAnswer:
    """GET /portal/projelerim"""
    mine, left = await projects.list_projects(world, caller)
    return wire.MyProjectsAnswer(data=wire.MyProjectsData([_project(project) for project in mine], left))


async def portal_new_project_form(world: World, caller: PortalCaller) -> wire.NewProjectFormAnswer:
    """GET /portal/projelerim/yeni"""
    _, left = await projects.list_projects(world, caller)
    return wire.NewProjectFormAnswer(data=wire.NewProjectFormData(TRIAL.days, left, COLOR))


async def portal_create_project(world: World, caller: PortalCaller, body: wire.CreateProjectRequest) -> Answered:
    """POST /portal/projelerim"""
    opened = await projects.open_project(world, caller, body.name, body.color)
    tenant = opened.tenant
    data = wire.NewProjectData(_project(opened), tenant.api_key, tenant.api_secret)
    return Answered(201, wire.NewProjectAnswer(data=data), NO_STORE)


def _project(project: projects.Project) -> wire.Project:
    return wire.Project.of(project.tenant, project.membership, project.trial_over)


# The widget's settings


async def portal_get_widget(world: World, caller: PortalCaller, base_url: str) -> wire.WidgetSettingsAnswer:
    """GET /portal/widget"""
    tenant = await origins.read_tenant(world, caller)
    return wire.WidgetSettingsAnswer(
        data=wire.WidgetSettingsData(
            tenant.id,
            tenant.name,
            tenant.api_key,
            embed_code(base_url, tenant.api_key),
            list(tenant.allowed_origins),
            tenant.secure_mode,
        )
    )


async def portal_add_origin(
    world: World, caller: PortalCaller, body: wire.OriginRequest
) -> tuple[int, wire.OriginsAnswer]:
    """POST /portal/widget/originler"""
    tenant, is_new = await origins.add_origin(world, caller, body.origin)
    return 201 if is_new else 200, wire.OriginsAnswer.of(tenant)


async def portal_remove_origin(world: World, caller: PortalCaller, origin: str) -> wire.OriginsAnswer:
    """DELETE /portal/widget/originler"""
    return wire.OriginsAnswer.of(await origins.remove_origin(world, caller, origin))


# The webhook


async def portal_get_webhook(
    world: World, caller: PortalCaller, limit: int, cursor: str | None
) -> wire.WebhookPageAnswer:
    """GET /portal/webhook"""
    page = await webhooks.read_webhook(world, caller, read_cursor(cursor), limit)
    deliveries = page.deliveries
    next_cursor = write_cursor(deliveries[-1].created_at, deliveries[-1].id) if page.more else None
    endpoint = None if page.endpoint is None else wire.WebhookEndpoint.of(page.endpoint)
    shown = [wire.Delivery.of(delivery) for delivery in deliveries]
    return wire.WebhookPageAnswer(data=wire.WebhookPageData(endpoint, shown, next_cursor))


async def portal_set_webhook(world: World, caller: PortalCaller, body: wire.WebhookRequest) -> Answered:
    """PUT /portal/webhook"""
    kinds = tuple([wire.EVENT_KINDS_READ[name] for name in body.events])
    endpoint = await webhooks.set_webhook(
        world, caller, body.url, kinds, enabled=body.enabled, new_secret=body.new_secret
    )
    return Answered(200, wire.WebhookAnswer(data=wire.WebhookData(wire.WebhookEndpoint.of(endpoint))), NO_STORE)


async def portal_resend_delivery(world: World, caller: PortalCaller, record_id: int) -> tuple[int, wire.DeliveryAnswer]:
    """POST /portal/webhook/teslimatlar/{id}/yeniden"""
    delivery = await webhooks.resend(world, caller, record_id)
    return 202, wire.DeliveryAnswer(data=wire.DeliveryData(wire.Delivery.of(delivery)))
