"""Tag `context`: what a site tells about a visitor, and what operators see of them."""

from __future__ import annotations

from operator import attrgetter

from msgspec import UNSET

from impl import wire
from impl.actions import visitors
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
            tickets=[wire.OperatorTicketSummary.of(ticket) for ticket in context.tickets],
        )
    )
