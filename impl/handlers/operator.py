"""Tag `operator`: what the operator panel calls."""

from __future__ import annotations

from impl import wire
from impl.actions import canned, chats, dashboard, files, messages, operators, tenants, tickets
from impl.actions.finding import members_chat
from impl.actions.operators import Tab
from impl.callers import OperatorCaller
from impl.model import Chat
from impl.rules.cursors import (
    read_canned_cursor,
    read_cursor,
    read_position,
    write_canned_cursor,
    write_cursor,
    write_position,
)
from impl.world import World


async def list_chats(
    world: World,
    caller: OperatorCaller,
    state: str | None,
    tenant_id: int | None,
    limit: int,
    cursor: str | None,
) -> wire.ChatsAnswer:
    """GET /api/v1/operator/chats"""
    wanted = None if state is None else wire.CHAT_STATES_READ[state]
    page, more = await chats.list_queue(world, caller, wanted, tenant_id, read_cursor(cursor), limit)
    next_cursor = write_cursor(page[-1].opened_at, page[-1].id) if more else None
    return wire.ChatsAnswer(data=wire.ChatsData([wire.OperatorChat.of(chat) for chat in page], next_cursor))


async def list_operator_messages(
    world: World, caller: OperatorCaller, record_id: int, after: int, limit: int, wait: int
) -> wire.MessagesAnswer:
    """GET /api/v1/operator/chat/{id}/messages"""
    find = members_chat(world, caller, record_id, reading=True)
    page = await messages.read_messages(world, find, after, limit, wait)
    return wire.MessagesAnswer.of(page.messages, page.state)


async def send_operator_message(
    world: World, caller: OperatorCaller, record_id: int, body: wire.OperatorMessageRequest
) -> tuple[int, wire.MessageAnswer]:
    """POST /api/v1/operator/chat/{id}/message"""
    draft = messages.Draft(body.text, body.file_id, body.client_id)
    find = members_chat(world, caller, record_id)
    message, is_new = await messages.say_as_operator(world, caller, find, draft)
    return 201 if is_new else 200, wire.MessageAnswer(data=wire.MessageData(wire.Message.of(message)))


async def accept_chat(world: World, caller: OperatorCaller, record_id: int) -> wire.OperatorChatAnswer:
    """POST /api/v1/operator/chat/{id}/accept"""
    return _shown(await chats.accept(world, caller, members_chat(world, caller, record_id)))


async def transfer_chat(
    world: World, caller: OperatorCaller, record_id: int, body: wire.TransferRequest
) -> wire.OperatorChatAnswer:
    """POST /api/v1/operator/chat/{id}/transfer"""
    return _shown(await chats.transfer(world, members_chat(world, caller, record_id), body.operator_id))


async def close_chat(world: World, caller: OperatorCaller, record_id: int) -> wire.OperatorChatAnswer:
    """POST /api/v1/operator/chat/{id}/close"""
    return _shown(await chats.close(world, members_chat(world, caller, record_id), "operator"))


def _shown(chat: Chat) -> wire.OperatorChatAnswer:
    return wire.OperatorChatAnswer(data=wire.OperatorChatData(wire.OperatorChat.of(chat)))


async def upload_operator_file(
    world: World, caller: OperatorCaller, body: wire.OperatorUploadRequest
) -> tuple[int, wire.UploadAnswer]:
    """POST /api/v1/operator/upload"""
    file = await files.upload_as_operator(world, caller, body.tenant_id, body.file)
    return 201, wire.UploadAnswer(data=wire.UploadData(wire.File.of(file)))


async def set_operator_status(
    world: World, caller: OperatorCaller, body: wire.OperatorStatusRequest
) -> wire.OperatorStatusAnswer:
    """PUT /api/v1/operator/status"""
    await operators.set_state(world, caller, wire.OPERATOR_STATES_READ[body.state])
    return wire.OperatorStatusAnswer(data=wire.OperatorStatusData(body.state))


async def get_operator_status(world: World, caller: OperatorCaller) -> wire.OperatorStatusAnswer:
    """GET /api/v1/operator/status"""
    return wire.OperatorStatusAnswer(data=wire.OperatorStatusData(wire.OPERATOR_STATES[caller.operator.state]))


async def list_tenants(world: World, caller: OperatorCaller) -> wire.TenantsAnswer:
    """GET /api/v1/operator/tenants"""
    return _tabs(await tenants.list_tabs(world, caller))


async def order_tenants(world: World, caller: OperatorCaller, body: wire.TenantOrderRequest) -> wire.TenantsAnswer:
    """PUT /api/v1/operator/tenants/sira"""
    return _tabs(await tenants.order_tabs(world, caller, body.order))


def _tabs(tabs: list[Tab]) -> wire.TenantsAnswer:
    return wire.TenantsAnswer(data=wire.TenantsData([wire.TenantTab.of(*tab) for tab in tabs]))


async def mute_tenant(
    world: World, caller: OperatorCaller, tenant_id: int, body: wire.MuteRequest
) -> wire.TenantAnswer:
    """PUT /api/v1/operator/tenants/{musteriId}/sessize"""
    tab = await tenants.mute_tab(world, caller, tenant_id, body.muted)
    return wire.TenantAnswer(data=wire.TenantData(wire.TenantTab.of(*tab)))


async def list_operator_tickets(
    world: World,
    caller: OperatorCaller,
    state: str | None,
    priority: str | None,
    tenant_id: int | None,
    limit: int,
    cursor: str | None,
) -> wire.OperatorTicketsAnswer:
    """GET /api/v1/operator/tickets"""
    wanted = None if state is None else wire.TICKET_STATES_READ[state]
    urgency = None if priority is None else wire.PRIORITIES_READ[priority]
    before = read_cursor(cursor)
    page, more = await tickets.list_of_tenants(world, caller, wanted, urgency, tenant_id, before, limit)
    shown = [wire.OperatorTicketSummary.of(ticket) for ticket in page]
    return wire.OperatorTicketsAnswer(data=wire.OperatorTicketsData(shown, wire.behind_tickets(page, more)))


async def get_operator_ticket(
    world: World, caller: OperatorCaller, record_id: int, limit: int, cursor: str | None
) -> wire.OperatorTicketAnswer:
    """GET /api/v1/operator/ticket/{id}"""
    find = tickets.members_ticket(caller, record_id, reading=True)
    page = await tickets.read_ticket(world, find, read_position(cursor), limit)
    shown = wire.OperatorTicket.of(page.ticket, page.replies)
    return wire.OperatorTicketAnswer(data=wire.OperatorTicketData(shown, wire.behind_replies(page.replies, page.more)))


async def reply_operator_ticket(
    world: World, caller: OperatorCaller, record_id: int, body: wire.OperatorReplyRequest
) -> tuple[int, wire.TicketReplyAnswer]:
    """POST /api/v1/operator/ticket/{id}/reply"""
    find = tickets.members_ticket(caller, record_id)
    reply, state = await tickets.reply_as_operator(world, caller, find, body.text, body.file_ids)
    return 201, wire.TicketReplyAnswer.of(reply, state)


async def set_ticket_status(
    world: World, caller: OperatorCaller, record_id: int, body: wire.TicketStatusRequest
) -> wire.TicketStatusAnswer:
    """PUT /api/v1/operator/ticket/{id}/status"""
    find = tickets.members_ticket(caller, record_id)
    ticket = await tickets.set_state(world, caller, find, wire.TICKET_STATES_READ[body.state])
    return wire.TicketStatusAnswer(data=wire.TicketStatusData(wire.OperatorTicketSummary.of(ticket)))


async def list_tenant_operators(
    world: World, caller: OperatorCaller, tenant_id: int, limit: int, cursor: str | None
) -> wire.TenantOperatorsAnswer:
    """GET /api/v1/operator/tenants/{musteriId}/operators"""
    page, more = await tenants.list_members(world, caller, tenant_id, read_position(cursor), limit)
    next_cursor = write_position(page[-1].operator.id) if more else None
    return wire.TenantOperatorsAnswer(
        data=wire.TenantOperatorsData([wire.TenantOperator.of(member) for member in page], next_cursor)
    )


async def list_canned_responses(
    world: World, caller: OperatorCaller, tenant_id: int | None, limit: int, cursor: str | None
) -> wire.CannedResponsesAnswer:
    """GET /api/v1/operator/canned-responses"""
    after = None if cursor is None else read_canned_cursor(cursor)
    page, more = await canned.list_responses(world, caller, tenant_id, after, limit)
    next_cursor = write_canned_cursor(page[-1].shortcut, page[-1].id) if more else None
    return wire.CannedResponsesAnswer(
        data=wire.CannedResponsesData([wire.CannedResponse.of(response) for response in page], next_cursor)
    )


async def get_dashboard(world: World, caller: OperatorCaller) -> wire.DashboardAnswer:
    """GET /api/v1/operator/dashboard"""
    return wire.DashboardAnswer.of(await dashboard.read(world, caller))
