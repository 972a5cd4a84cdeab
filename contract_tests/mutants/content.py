"""Servers that mistake a file, an article or an origin for another."""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from typing import Any

from contract_tests.mutants.planting import Patch, Seen, mutant
from impl import security
from impl.actions import articles, files, tickets, visitors
from impl.rules.origins import may_call
from impl.store.memory.articles import Articles


@mutant("origin.changed", "An origin that is nearly a listed one is accepted.")
def origin_nearly(patch: Patch) -> None:
    def near(listed: str, origin: str) -> bool:
        return len(listed) == len(origin) and SequenceMatcher(None, listed, origin).ratio() > 0.9

    patch.set(
        security,
        "may_call",
        lambda allowed, origin, referer: (
            may_call(allowed, origin, referer) or any(near(listed, origin or "") for listed in allowed)
        ),
    )


def _sniffed(patch: Patch, change: Any) -> None:
    patch.wrap(files, "sniff", lambda sniff, content, name: change(sniff(content, name), content, name))


@mutant("upload.kinds", "GIF is refused.")
def gif_refused(patch: Patch) -> None:
    _sniffed(patch, lambda kind, content, name: None if kind == "image/gif" else kind)


@mutant("upload.kinds", "Office documents are zip archives.")
def office_is_zip(patch: Patch) -> None:
    _sniffed(patch, lambda kind, content, name: "application/zip" if "openxml" in (kind or "") else kind)


@mutant("upload.pages", "A page behind a comment is a text.")
def page_behind_comment(patch: Patch) -> None:
    def change(kind: str | None, content: Any, name: str) -> Any:
        head = content.read(4)
        content.seek(0)
        return "text/plain" if head == b"<!--" else kind

    _sniffed(patch, change)


@mutant("upload.pages", "XML is a text.")
def xml_is_text(patch: Patch) -> None:
    def change(kind: str | None, content: Any, name: str) -> Any:
        head = content.read(5)
        content.seek(0)
        return "text/plain" if head == b"<?xml" else kind

    _sniffed(patch, change)


@mutant("upload.name", "A file keeps the name that it came with.")
def name_kept(patch: Patch) -> None:
    patch.set(files, "saved_as", lambda name, media_type: name)


@mutant("search.rank", "Found articles come by their ids.")
def rank_by_id(patch: Patch) -> None:
    original = Articles.search_articles

    async def found(tx: Any, *args: Any) -> Any:
        return sorted(await original(tx, *args), key=lambda one: -one.article.id)

    patch.set(Articles, "search_articles", found)


@mutant("search.snippet", "Of a found article something else is shown.")
def snippet_of_nothing(patch: Patch) -> None:
    patch.set(articles, "snippet", lambda reading, beginnings: "Makale")


@mutant("search.pages", "The second page of found articles is empty.")
def found_on_one_page(patch: Patch) -> None:
    original = Articles.search_articles

    async def found(tx: Any, tenant: int, words: Any, after: Any, limit: int) -> Any:
        return await original(tx, tenant, words, after, limit) if after is None else ()

    patch.set(Articles, "search_articles", found)


@mutant("envelope.problem", "Every refusal says the status 400.")
def always_status_400(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.status >= 400:
            seen.body = json.dumps({**json.loads(seen.body), "status": 400}).encode()

    patch.answers(change)


@mutant("input.ids", "Ids end at 2^31 − 1.")
def ids_of_32_bits(patch: Patch) -> None:
    patch.document(lambda schemas: schemas["Id"].update(maximum=2**31 - 1))


@mutant("input.ids", "0 is an id.")
def ids_from_zero(patch: Patch) -> None:
    patch.document(lambda schemas: schemas["Id"].update(minimum=0))


@mutant("input.lengths", "A message has 1000 characters at most.")
def short_messages(patch: Patch) -> None:
    patch.document(lambda schemas: schemas["MessageText"].update(maxLength=1000))


@mutant("input.lengths", "A comment may be of any length.")
def long_comments(patch: Patch) -> None:
    patch.document(lambda schemas: schemas["RateChatRequest"]["properties"]["yorum"].pop("maxLength"))


@mutant("profile.fields", "Any text is a trial_bitis.")
def any_trial_end(patch: Patch) -> None:
    def change(schemas: dict[str, Any]) -> None:
        schemas["CustomerInfoRequest"]["properties"]["trial_bitis"] = {"type": ["string", "null"]}

    patch.document(change)
    patch.wrap(visitors, "read_instant", lambda read, text: read(text) or read("2030-01-01"))


@mutant("profile.fields", "kontor may be any number.")
def credit_of_any_kind(patch: Patch) -> None:
    def change(schemas: dict[str, Any]) -> None:
        schemas["CustomerInfoRequest"]["properties"]["kontor"]["type"] = ["number", "null"]

    patch.document(change)


@mutant("ticket.files", "A reply's files are lost.")
def reply_without_files(patch: Patch) -> None:
    async def reply(original: Any, world: Any, tx: Any, ticket: Any, operator: Any, text: str, files: Any) -> Any:
        return await original(world, tx, ticket, operator, text, ())

    patch.wrap(tickets, "_reply", reply)


@mutant("ticket.files", "A ticket has any number of files.")
def many_files(patch: Patch) -> None:
    patch.document(lambda schemas: schemas["FileIds"].pop("maxItems"))
