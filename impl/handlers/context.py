"""Tag `context`: what a site tells about a visitor, and what operators see of them."""

from __future__ import annotations

from operator import attrgetter

from msgspec import UNSET

from impl import wire
from impl.actions import browser, erasure, visitors
from impl.callers import OperatorCaller, WidgetCaller
from impl.world import World

TOLD = tuple(visitors.CustomerInfo.__annotations__)
"""What a site may tell, by attribute."""

_values = attrgetter(*TOLD)


async def set_customer_info(
    world: World, caller: WidgetCaller, body: wire.CustomerInfoRequest, visitor_token: str | None
) -> wire.CustomerInfoAnswer:
    """POST /api/v1/context/customer-info"""
    info = visitors.CustomerInfo()
    for name, value in zip(TOLD, _values(body), strict=True):
        if value is not UNSET:
            info[name] = value  # type: ignore[literal-required]
    signature = None
    if body.timestamp is not UNSET and body.signature is not UNSET:
        signature = (body.timestamp, body.signature)
    visitor, token = await visitors.tell_about(world, caller.tenant, body.visitor_id, info, signature, visitor_token)
    return wire.CustomerInfoAnswer(
        verified=signature is not None,
        data=wire.CustomerInfoData(visitor.id, visitor.updated_at, UNSET if token is None else token),
    )


async def add_page_view(
    world: World, caller: WidgetCaller, body: wire.PageInfoRequest, visitor_token: str | None
) -> tuple[int, wire.PageInfoAnswer]:
    """POST /api/v1/context/page-info"""
    view = await browser.add_page_view(
        world, caller.tenant, body.visitor_id, visitor_token, body.url, body.title, body.referrer
    )
    return 201, wire.PageInfoAnswer(data=wire.PageInfoData(wire.PageView.of(view)))


async def add_error_log(
    world: World, caller: WidgetCaller, body: wire.ErrorLogRequest, visitor_token: str | None
) -> tuple[int, wire.ErrorLogAnswer]:
    """POST /api/v1/context/error-log"""
    error = await browser.add_error_log(
        world,
        caller.tenant,
        body.visitor_id,
        visitor_token,
        message=body.message,
        source=body.source,
        line=body.line,
        column=body.column,
        stack=body.stack,
        page_url=body.page_url,
        browser=body.browser,
    )
    return 201, wire.ErrorLogAnswer(data=wire.ErrorLogData(wire.ErrorLog.of(error)))


async def add_screenshot(
    world: World, caller: WidgetCaller, body: wire.ScreenshotRequest, visitor_token: str | None
) -> tuple[int, wire.ScreenshotAnswer]:
    """POST /api/v1/context/screenshot"""
    screenshot = await browser.add_screenshot(
        world, caller.tenant, body.visitor_id, visitor_token, body.data_uri, body.page_url
    )
    return 201, wire.ScreenshotAnswer(data=wire.ScreenshotData(wire.Screenshot.of(screenshot)))


async def get_visitor_context(
    world: World, caller: OperatorCaller, visitor_id: str, tenant_id: int | None
) -> wire.VisitorContextAnswer:
    """GET /api/v1/operator/context/{ziyaretci_id}"""
    context = await visitors.read_context(world, caller, visitor_id, tenant_id)
    visitor = context.visitor
    return wire.VisitorContextAnswer(
        data=wire.VisitorContextData(
            visitor.tenant_id,
            visitor.id,
            wire.CustomerProfile.of(visitor.profile),
            [wire.BannerItem.of(item) for item in context.banner],
            visitor.verified,
            visitor.updated_at,
            [wire.OperatorChat.of(chat) for chat in context.chats],
            [wire.PageView.of(view) for view in context.pages],
            [wire.ErrorLog.of(error) for error in context.errors],
            [wire.Screenshot.of(screenshot) for screenshot in context.screenshots],
            [wire.OperatorTicketSummary.of(ticket) for ticket in context.tickets],
        )
    )


async def erase_visitor(world: World, caller: OperatorCaller, visitor_id: str, tenant_id: int) -> wire.ErasureAnswer:
    """DELETE /api/v1/operator/context/{ziyaretci_id}"""
    done = await erasure.erase(world, caller, tenant_id, visitor_id)
    return wire.ErasureAnswer(
        data=wire.ErasureData(
            wire.Erasure(tenant_id, visitor_id, len(done.chat_ids), done.tickets, len(done.file_ids), done.at)
        )
    )
