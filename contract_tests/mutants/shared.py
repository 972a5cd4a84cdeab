"""Servers that show a site another look, or keep from some operation what all of them share."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

import impl.app
from contract_tests.document import Document, Operation
from contract_tests.mutants.planting import Patch, Seen, family, mutant
from contract_tests.rules.lists import LISTS, paged
from contract_tests.rules.once import creating
from cozum.document import find_document
from impl import wire
from impl.actions import campaigns, files, once, tickets
from impl.contract import full_way
from impl.problems import NotFound
from impl.rules import campaigns as rules
from impl.store.memory.campaigns import Campaigns

DOCUMENT = Document(find_document(None))


@mutant("init.look", "Every tenant has the usual color.")
def usual_color(patch: Patch) -> None:
    original = wire.InitData
    patch.set(wire, "InitData", lambda name, logo, color, *rest: original(name, logo, "#2563EB", *rest))


@mutant("init.look", "init never tells of an open chat.")
def open_chat_untold(patch: Patch) -> None:
    original = wire.InitData
    patch.set(
        wire,
        "InitData",
        lambda name, logo, color, online, chat, token=UNSET: original(name, logo, color, online, None, token),
    )


@mutant("campaign.running", "A campaign that begins tomorrow runs today.")
def campaign_of_tomorrow(patch: Patch) -> None:
    original = Campaigns.running_campaigns

    async def running(tx: Any, tenant_id: int, now: Any) -> Any:
        found = await original(tx, tenant_id, now)
        return [replace(one, starts_at=now + timedelta(days=1)) for one in found]

    patch.set(Campaigns, "running_campaigns", running)


@mutant("campaign.running", "A campaign is told twice.")
def campaign_twice(patch: Patch) -> None:
    async def running(original: Any, world: Any, tenant: Any, page: Any) -> Any:
        return [one for one in await original(world, tenant, page) for _ in range(2)]

    patch.wrap(campaigns, "running_on", running)


@mutant("campaign.page", "sayfa_url does not choose campaigns.")
def page_ignored(patch: Patch) -> None:
    patch.wrap(campaigns, "running_on", lambda running, world, tenant, page: running(world, tenant, None))


@mutant("campaign.page", "The host's case counts.")
def page_with_case(patch: Patch) -> None:
    patch.set(campaigns, "normalised", lambda address: address.partition("#")[0])


@mutant("campaign.page", "A campaign's page may stand anywhere in the address.")
def page_anywhere(patch: Patch) -> None:
    patch.set(campaigns, "matches", lambda target, page: target is None or target.rstrip("*") in page)


@mutant("campaign.page", "The host may go on behind the campaign's.")
def page_by_prefix(patch: Patch) -> None:
    patch.set(
        campaigns,
        "matches",
        lambda target, page: target is None or page.startswith(rules.normalised(target).rstrip("*/")),
    )


@mutant("logo.public", "Every tenant, also one that there is not, has the same logo.")
def logo_for_all(patch: Patch) -> None:
    patch.wrap(files, "download_logo", lambda download, world, tenant: download(world, 2))


@mutant("logo.public", "Pages of other origins get no logo.")
def logo_for_own_pages(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.path.endswith("/logo.png") and seen.status == 200:
            seen.headers["cache-control"] = "private"

    patch.answers(change)


# Lists


def _path(seen: Seen, operation: Operation) -> bool:
    found = DOCUMENT.operation(seen.method, seen.path)
    return found is not None and found.id == operation.id


def _one_page_only(patch: Patch, operation: Operation) -> None:
    def change(seen: Seen) -> None:
        if seen.status == 200 and _path(seen, operation):
            told = json.loads(seen.body)
            told["data"]["sonraki_imlec"] = None
            seen.body = json.dumps(told).encode()

    patch.answers(change)


for _operation in DOCUMENT.operations:
    if _operation.id in LISTS:
        family(
            "list.pages",
            f"one-page-{_operation.id.replace('_', '-')}",
            f"{_operation.id} says that its first page is the last.",
            lambda patch, operation=_operation: _one_page_only(patch, operation),  # type: ignore[misc]
            _operation.id,
        )


@mutant("list.pages", "Pages begin with the last one's last record.")
def pages_overlap(patch: Patch) -> None:
    patch.wrap(wire, "behind_replies", lambda behind, page, more: behind(page[:-1] if len(page) > 1 else page, more))


@mutant("list.pages", "A list is what it was when its first page was asked for, by place.")
def pages_by_offset(patch: Patch) -> None:
    pages: dict[Any, Any] = {}

    async def listed(original: Any, world: Any, tenant: Any, visitor: str, token: Any, before: Any, limit: int) -> Any:
        every, _ = await original(world, tenant, visitor, token, None, 100)
        start = pages.get((visitor, before), 0) if before else 0
        page = every[start : start + limit]
        if page:
            pages[visitor, (page[-1].updated_at, page[-1].id)] = start + limit
        return page, start + limit < len(every)

    patch.wrap(tickets, "list_of_visitor", listed)


@mutant("list.default", "A page has 10 records.")
def ten_on_a_page(patch: Patch) -> None:
    _limits(patch, default=10)


def _limits(patch: Patch, **changes: Any) -> None:
    def load(original: Any, path: Any) -> Any:
        document = original(path)
        document["components"]["parameters"]["Limit"]["schema"].update(changes)
        return document

    patch.wrap(impl.app, "load", load)


@mutant("list.limit", "limit may be 0.")
def limit_of_none(patch: Patch) -> None:
    _limits(patch, minimum=0)


@mutant("list.limit", "limit may be 1000.")
def limit_of_a_thousand(patch: Patch) -> None:
    _limits(patch, maximum=1_000)


def _any_limit(patch: Patch, operation: Operation) -> None:
    def load(original: Any, path: Any) -> Any:
        document = original(path)
        node = document["paths"][operation.path][operation.method.lower()]
        node["parameters"] = [
            {
                "name": "limit",
                "in": "query",
                "schema": {"type": "integer", "minimum": 1, "maximum": 1_000, "default": 20},
            }
            if one.get("$ref", "").endswith("Limit") or one.get("name") == "limit"
            else one
            for one in node["parameters"]
        ]
        return document

    patch.wrap(impl.app, "load", load)


for _operation in DOCUMENT.operations:
    if _operation.id in paged(DOCUMENT):
        family(
            "list.limit",
            f"any-limit-{_operation.id.replace('_', '-')}",
            f"{_operation.id} gives 1000 records at once.",
            lambda patch, operation=_operation: _any_limit(patch, operation),  # type: ignore[misc]
            _operation.id,
        )


# Idempotency keys


def _key_ignored(patch: Patch, operation_id: str) -> None:
    original = full_way.FullWay.__init__

    def build(way: Any, **options: Any) -> None:
        original(way, **options)
        if options["operation_id"] == operation_id:
            way._once = None

    patch.set(full_way.FullWay, "__init__", build)


for _name in creating(DOCUMENT):
    family(
        "idempotency.every_operation",
        f"key-ignored-{_name.replace('_', '-')}",
        f"{_name} takes no notice of an Idempotency-Key.",
        lambda patch, name=_name: _key_ignored(patch, name),  # type: ignore[misc]
        _name,
    )


@mutant("idempotency.caller", "An Idempotency-Key is the tenant's.")
def key_of_the_tenant(patch: Patch) -> None:
    patch.wrap(once, "id_of", lambda id_of, attempt: id_of(attempt._replace(visitor_id=None)))


@mutant("idempotency.caller", "An Idempotency-Key is for all operations.")
def key_of_all_operations(patch: Patch) -> None:
    patch.wrap(once, "id_of", lambda id_of, attempt: id_of(attempt._replace(operation="")))


# Methods


@mutant("envelope.methods", "Allow names one method only.")
def allow_of_one(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.status == 405:
            seen.headers["allow"] = seen.headers["allow"].split(",")[0]

    patch.answers(change)


@mutant("envelope.methods", "What the portal does not do is not there.")
def portal_method_is_404(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.status == 405 and seen.path.startswith("/portal/webhook"):
            seen.status = NotFound.status
            seen.body = seen.body.replace(b"405", b"404")

    patch.answers(change)
