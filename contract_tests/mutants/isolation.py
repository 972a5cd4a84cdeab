"""Servers that show what is not the caller's, and find what is not there."""

from __future__ import annotations

import mimetypes
from typing import Any

from contract_tests.mutants.planting import Patch, Seen, mutant
from impl.actions import articles, browser, canned, erasure, files, messages, tenants, tickets, visitors
from impl.handlers import operator, widget
from impl.problems import ChatIsClosed, NotFound
from impl.rules.data_uris import read_data_uri
from impl.rules.folding import query_words
from impl.store.memory.articles import Articles
from impl.store.memory.browser import Browser
from impl.store.memory.chats import Chats


def _visitors_chat(patch: Patch, *, any_tenant: bool = False, any_visitor: bool = False) -> None:
    def find_for(original: Any, world: Any, tenant: Any, visitor: str, chat_id: int, *rest: Any, **more: Any) -> Any:
        async def find(tx: Any) -> Any:
            chat = await tx.chat(chat_id)
            if chat and (any_tenant or chat.tenant_id == tenant.id) and (any_visitor or chat.visitor_id == visitor):
                return chat
            raise NotFound

        return find

    patch.wrap(widget, "visitors_chat", find_for)


@mutant("isolation.visitor", "Every visitor of the tenant reaches a chat.")
def chat_of_any_visitor(patch: Patch) -> None:
    _visitors_chat(patch, any_visitor=True)


@mutant("isolation.tenant", "The same visitor of another tenant reaches a chat.")
def chat_of_any_tenant(patch: Patch) -> None:
    _visitors_chat(patch, any_tenant=True)


@mutant("envelope.precedence", "That a chat is closed is told to everybody: 409 before 404.")
def closed_before_missing(patch: Patch) -> None:
    def find_for(original: Any, world: Any, tenant: Any, visitor: str, chat_id: int, *rest: Any, **more: Any) -> Any:
        async def find(tx: Any) -> Any:
            chat = await tx.chat(chat_id)
            if chat and chat.state == "closed" and chat.visitor_id != visitor:
                raise ChatIsClosed
            return await original(world, tenant, visitor, chat_id, *rest, **more)(tx)

        return find

    patch.wrap(widget, "visitors_chat", find_for)


@mutant("isolation.visitor", "Every visitor reaches a ticket.")
def ticket_of_any_visitor(patch: Patch) -> None:
    def find_for(original: Any, world: Any, tenant: Any, visitor: str, ticket_id: int, *rest: Any, **more: Any) -> Any:
        async def find(tx: Any) -> Any:
            ticket = await tx.ticket(ticket_id)
            if ticket is None:
                raise NotFound
            return ticket

        return find

    patch.wrap(tickets, "visitors_ticket", find_for)


@mutant("isolation.file", "A message takes every visitor's file.")
def file_of_any_visitor(patch: Patch) -> None:
    async def file_of(original: Any, tx: Any, chat: Any, sender: Any, draft: Any) -> Any:
        return None if draft.file_id is None else await tx.file(draft.file_id)

    patch.wrap(messages, "file_of", file_of)


@mutant("isolation.file", "A ticket takes every visitor's file.")
def ticket_with_any_file(patch: Patch) -> None:
    async def taken(original: Any, tx: Any, tenant: int, visitor: Any, file_ids: Any) -> Any:
        return tuple([await tx.file(file_id) for file_id in file_ids])

    patch.wrap(tickets, "_files", taken)


@mutant("isolation.operator", "Another tenant's chat is readable.")
def chat_of_any_operator(patch: Patch) -> None:
    def find_for(original: Any, world: Any, caller: Any, chat_id: int, **more: Any) -> Any:
        async def find(tx: Any) -> Any:
            chat = await tx.chat(chat_id)
            if chat is None:
                raise NotFound
            return chat

        return find

    patch.wrap(operator, "members_chat", find_for)


@mutant("isolation.operator", "The operators of every tenant are listed.")
def members_of_any_tenant(patch: Patch) -> None:
    patch.wrap(tenants, "wanted_tenants", lambda wanted, caller, tenant: (tenant,))


@mutant("isolation.operator", "Another tenant's ticket is readable.")
def ticket_of_any_operator(patch: Patch) -> None:
    async def anything(original: Any, tx: Any, caller: Any, tenant_id: int) -> Any:
        return None

    patch.wrap(tickets, "membership_in", anything)


@mutant("isolation.operator", "Another tenant's visitor is shown.")
def visitor_of_any_tenant(patch: Patch) -> None:
    patch.wrap(visitors, "wanted_tenants", lambda wanted, caller, tenant: (1, 2, 3) if tenant is None else (tenant,))


@mutant("search.folding", "Search compares letters as they are.")
def search_unfolded(patch: Patch) -> None:
    patch.set(articles, "query_words", lambda text: tuple("".join(c if c.isalnum() else " " for c in text).split()))


@mutant("search.folding", "ı and i are two letters.")
def dotless_i(patch: Patch) -> None:
    original = query_words
    patch.set(articles, "query_words", lambda text: original(text.replace("ı", "y")))


@mutant("search.readable", "An unknown slug answers some article.")
def any_slug(patch: Patch) -> None:
    original = Articles.published_article

    async def found(tx: Any, tenant: int, slug: str) -> Any:
        return await original(tx, tenant, slug) or await original(tx, tenant, "sifre-sifirlama")

    patch.set(Articles, "published_article", found)


@mutant("search.readable", "A listed article cannot be read.")
def article_unreadable(patch: Patch) -> None:
    original = Articles.published_article

    async def found(tx: Any, tenant: int, slug: str) -> Any:
        return None if slug.startswith("fatura") else await original(tx, tenant, slug)

    patch.set(Articles, "published_article", found)


@mutant("upload.types", "A file is what its name says.")
def type_by_name(patch: Patch) -> None:
    patch.wrap(files, "sniff", lambda sniff, content, name: mimetypes.guess_type(name)[0] or sniff(content, name))


@mutant("upload.types", "HTML is a text.")
def html_is_text(patch: Patch) -> None:
    patch.wrap(files, "sniff", lambda sniff, content, name: sniff(content, name) or "text/plain")


@mutant("upload.served", "Files are shown in the page.")
def served_inline(patch: Patch) -> None:
    patch.set(widget, "attachment", lambda name: b"inline")


@mutant("upload.served", "Browsers may guess a file's type.")
def served_without_nosniff(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.path.startswith("/storage/"):
            seen.headers.pop("x-content-type-options", None)

    patch.answers(change)


@mutant("page.url", "Any text is a page.")
def any_page(patch: Patch) -> None:
    patch.document(lambda schemas: schemas["PageUrl"].pop("pattern"))


@mutant("page.history", "The first page comes first.")
def oldest_page_first(patch: Patch) -> None:
    original = Browser.page_views

    async def views(tx: Any, *args: Any) -> Any:
        return list(await original(tx, *args))[::-1]

    patch.set(Browser, "page_views", views)


@mutant("error.shown", "Errors are not kept.")
def errors_forgotten(patch: Patch) -> None:
    async def logs(tx: Any, *args: Any) -> Any:
        return ()

    patch.set(Browser, "error_logs", logs)


@mutant("screenshot.types", "A screenshot is of the type that it says.")
def screenshot_by_its_word(patch: Patch) -> None:
    original = browser._read

    def read(data_uri: str) -> Any:
        return read_data_uri(data_uri) or original(data_uri)

    patch.set(browser, "_read", read)


@mutant("canned.tenants", "Canned responses are those of every tenant.")
def canned_of_any_tenant(patch: Patch) -> None:
    patch.wrap(canned, "wanted_tenants", lambda wanted, caller, tenant: (1, 2, 3) if tenant is None else (tenant,))


@mutant("canned.tenants", "musteri_id does not choose canned responses.")
def canned_unfiltered(patch: Patch) -> None:
    patch.wrap(canned, "wanted_tenants", lambda wanted, caller, tenant: caller.tenant_ids)


@mutant("erasure", "Every member erases.")
def anybody_erases(patch: Patch) -> None:
    patch.wrap(erasure, "may_manage", lambda may_manage, role: True)


@mutant("erasure", "A visitor's chats outlive them.")
def chats_outlive(patch: Patch) -> None:
    async def nothing(tx: Any, *args: Any) -> Any:
        return ()

    patch.set(Chats, "delete_chats_of_visitor", nothing)
