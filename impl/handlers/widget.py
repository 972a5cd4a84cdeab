"""Tag `widget`: what the widget on a tenant's site calls."""

from __future__ import annotations

from msgspec import UNSET

from impl import wire
from impl.actions import chats, messages, tickets, visitors
from impl.actions.finding import visitors_chat
from impl.callers import WidgetCaller
from impl.rules.cursors import read_cursor, read_position
from impl.world import World


async def widget_init(
    world: World, caller: WidgetCaller, body: wire.InitRequest, visitor_token: str | None
) -> wire.InitAnswer:
    """POST /api/v1/widget/init"""
    tenant = caller.tenant
    start = await visitors.start_widget(world, tenant, body.visitor_id, visitor_token)
    return wire.InitAnswer(
        data=wire.InitData(
            tenant.name,
            tenant.logo_url,
            tenant.color,
            start.online,
            None if start.open_chat is None else wire.Chat.of(start.open_chat),
            UNSET if start.token is None else start.token,
        )
    )


async def start_chat(
    world: World, caller: WidgetCaller, body: wire.StartChatRequest, visitor_token: str | None
) -> tuple[int, wire.StartChatAnswer]:
    """POST /api/v1/widget/chat/start"""
    chat, message, is_new = await chats.open_chat(
        world, caller.tenant, body.visitor_id, body.name, body.email, body.text, visitor_token
    )
    shown = None if message is None else wire.Message.of(message)
    return 201 if is_new else 200, wire.StartChatAnswer(data=wire.StartChatData(wire.Chat.of(chat), shown))


async def send_visitor_message(
    world: World, caller: WidgetCaller, body: wire.VisitorMessageRequest, visitor_token: str | None
) -> tuple[int, wire.MessageAnswer]:
    """POST /api/v1/widget/chat/message"""
    find = visitors_chat(world, caller.tenant, body.visitor_id, body.chat_id, visitor_token)
    draft = messages.Draft(body.text, body.file_id, body.client_id)
    message, is_new = await messages.say_as_visitor(world, find, draft)
    return 201 if is_new else 200, wire.MessageAnswer(data=wire.MessageData(wire.Message.of(message)))


async def list_visitor_messages(
    world: World,
    caller: WidgetCaller,
    visitor_id: str,
    chat_id: int,
    after: int,
    limit: int,
    wait: int,
    visitor_token: str | None,
) -> wire.MessagesAnswer:
    """GET /api/v1/widget/chat/messages"""
    find = visitors_chat(world, caller.tenant, visitor_id, chat_id, visitor_token, reading=True)
    page = await messages.read_messages(world, find, after, limit, wait)
    return wire.MessagesAnswer.of(page.messages, page.state)


async def end_chat(
    world: World, caller: WidgetCaller, body: wire.EndChatRequest, visitor_token: str | None
) -> wire.ChatAnswer:
    """POST /api/v1/widget/chat/end"""
    find = visitors_chat(world, caller.tenant, body.visitor_id, body.chat_id, visitor_token)
    return wire.ChatAnswer(data=wire.ChatData(wire.Chat.of(await chats.close(world, find, "visitor"))))


async def rate_chat(
    world: World, caller: WidgetCaller, body: wire.RateChatRequest, visitor_token: str | None
) -> wire.ChatAnswer:
    """POST /api/v1/widget/chat/rate"""
    find = visitors_chat(world, caller.tenant, body.visitor_id, body.chat_id, visitor_token)
    chat = await chats.rate(world, find, body.rating, body.comment)
    return wire.ChatAnswer(data=wire.ChatData(wire.Chat.of(chat)))


async def create_ticket(
    world: World, caller: WidgetCaller, body: wire.CreateTicketRequest, visitor_token: str | None
) -> tuple[int, wire.TicketAnswer]:
    """POST /api/v1/widget/ticket/create"""
    priority = wire.PRIORITIES_READ[body.priority]
    draft = tickets.TicketDraft(body.subject, body.text, body.name, body.email, priority, body.file_ids)
    ticket = await tickets.create_ticket(world, caller.tenant, body.visitor_id, draft, visitor_token)
    return 201, wire.TicketAnswer(data=wire.TicketData(wire.Ticket.of(ticket, ())))


async def list_tickets(
    world: World,
    caller: WidgetCaller,
    visitor_id: str,
    limit: int,
    cursor: str | None,
    visitor_token: str | None,
) -> wire.TicketsAnswer:
    """GET /api/v1/widget/ticket/list"""
    before = read_cursor(cursor)
    page, more = await tickets.list_of_visitor(world, caller.tenant, visitor_id, visitor_token, before, limit)
    shown = [wire.TicketSummary.of(ticket) for ticket in page]
    return wire.TicketsAnswer(data=wire.TicketsData(shown, wire.behind_tickets(page, more)))


async def get_ticket(
    world: World,
    caller: WidgetCaller,
    record_id: int,
    visitor_id: str,
    limit: int,
    cursor: str | None,
    visitor_token: str | None,
) -> wire.TicketAnswer:
    """GET /api/v1/widget/ticket/{id}"""
    find = tickets.visitors_ticket(world, caller.tenant, visitor_id, record_id, visitor_token, reading=True)
    page = await tickets.read_ticket(world, find, read_position(cursor), limit)
    shown = wire.Ticket.of(page.ticket, page.replies)
    return wire.TicketAnswer(data=wire.TicketData(shown, wire.behind_replies(page.replies, page.more)))


async def reply_ticket(
    world: World, caller: WidgetCaller, record_id: int, body: wire.VisitorReplyRequest, visitor_token: str | None
) -> tuple[int, wire.TicketReplyAnswer]:
    """POST /api/v1/widget/ticket/{id}/reply"""
    find = tickets.visitors_ticket(world, caller.tenant, body.visitor_id, record_id, visitor_token)
    reply, state = await tickets.reply_as_visitor(world, find, body.text, body.file_ids)
    return 201, wire.TicketReplyAnswer.of(reply, state)
