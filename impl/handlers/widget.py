"""Tag `widget`: what the widget on a tenant's site calls."""

from __future__ import annotations

from msgspec import UNSET

from impl import wire
from impl.actions import articles, campaigns, chats, files, messages, tickets, visitors
from impl.actions.finding import visitors_chat
from impl.callers import WidgetCaller
from impl.replies import Download, Headers
from impl.rules.cursors import read_cursor, read_position, read_search_cursor, write_search_cursor
from impl.rules.disposition import attachment
from impl.world import World

INERT: Headers = ((b"content-security-policy", b"default-src 'none'; sandbox"),)
"""Whatever the bytes are, a browser runs nothing in them."""
PUBLIC: Headers = ((b"cache-control", b"public, max-age=3600"),)
PRIVATE: Headers = ((b"cache-control", b"private, no-store"),)
"""A file that was erased must not live on in a cache."""


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


async def upload_file(
    world: World, caller: WidgetCaller, body: wire.UploadRequest, visitor_token: str | None
) -> tuple[int, wire.UploadAnswer]:
    """POST /api/v1/widget/upload"""
    file = await files.upload_as_visitor(world, caller.tenant, body.visitor_id, body.file, visitor_token)
    return 201, wire.UploadAnswer(data=wire.UploadData(wire.File.of(file)))


async def download_file(world: World, file_id: str) -> Download:
    """GET /storage/dosyalar/{dosya_id}"""
    file = await files.download(world, file_id)
    named = (b"content-disposition", attachment(file.name))
    return Download(wire.served_as(file.media_type), file.size, file.chunks, (named, *INERT, *PRIVATE))


async def download_logo(world: World, tenant_id: int) -> Download:
    """GET /storage/tenants/{musteriId}/logo.png"""
    logo = await files.download_logo(world, tenant_id)
    return Download(logo.media_type, logo.size, logo.chunks, (*INERT, *PUBLIC))


async def search_articles(
    world: World, caller: WidgetCaller, query: str, limit: int, cursor: str | None
) -> wire.ArticleSearchAnswer:
    """GET /api/v1/widget/kb/search"""
    after = None if cursor is None else read_search_cursor(cursor)
    hits, more = await articles.search(world, caller.tenant, query, after, limit)
    next_cursor = None
    if more:
        last = hits[-1].found
        next_cursor = write_search_cursor(last.title_words, last.article.updated_at, last.article.id)
    return wire.ArticleSearchAnswer(
        data=wire.ArticleSearchData([wire.ArticleHit.of(hit.found, hit.snippet) for hit in hits], next_cursor)
    )


async def list_categories(world: World, caller: WidgetCaller) -> wire.CategoriesAnswer:
    """GET /api/v1/widget/kb/categories"""
    shelves = await articles.list_shelves(world, caller.tenant)
    return wire.CategoriesAnswer(data=wire.CategoriesData([wire.Category.of(shelf) for shelf in shelves]))


async def get_article(world: World, caller: WidgetCaller, slug: str) -> wire.ArticleAnswer:
    """GET /api/v1/widget/kb/article/{slug}"""
    return wire.ArticleAnswer(data=wire.ArticleData(wire.Article.of(await articles.read(world, caller.tenant, slug))))


async def list_campaigns(world: World, caller: WidgetCaller, page_url: str | None) -> wire.CampaignsAnswer:
    """GET /api/v1/widget/campaigns"""
    running = await campaigns.running_on(world, caller.tenant, page_url)
    return wire.CampaignsAnswer(data=wire.CampaignsData([wire.Campaign.of(campaign) for campaign in running]))
