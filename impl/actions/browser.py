"""What a visitor's browser tells: pages, errors, screenshots.

Of each visitor only the newest are kept: a page that reports without end fills nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from impl.actions.files import check_visitor, delete_bytes, doom, keep
from impl.actions.visitors import meet
from impl.model import ErrorLog, PageView, Screenshot, Tenant
from impl.problems import FieldError, InvalidFields, Text
from impl.rules.data_uris import read_data_uri
from impl.rules.filetypes import sniff_image
from impl.rules.pages import http_url
from impl.store.port import Tx
from impl.world import World

PAGES_KEPT: Final = 100
ERRORS_KEPT: Final = 100
SCREENSHOTS_KEPT: Final = 20
MAX_SCREENSHOT: Final = 5_242_880
"""Bytes."""

BROKEN = FieldError("/goruntu", Text("Görüntünün base64'ü bozuk.", "The picture's base64 is broken."))
TOO_LARGE = FieldError("/goruntu", Text("Görüntü en çok 5 MiB olabilir.", "The picture can have at most 5 MiB."))
OTHER_TYPE = FieldError(
    "/goruntu", Text("Görüntünün baytları bildirilen türde değil.", "The picture's bytes are not of the declared type.")
)


async def add_page_view(
    world: World, tenant: Tenant, visitor_id: str, token: str | None, url: str, title: str | None, referrer: str | None
) -> PageView:
    """Add a page that the visitor opened; a referrer that is no http(s) address is not kept.

    Raises VisitorTokenNeeded.
    """

    async def work(tx: Tx) -> PageView:
        await meet(world, tx, tenant, visitor_id, token)
        number, now = world.ids.next("page_view"), world.clock.now()
        view = PageView(number, tenant.id, visitor_id, url, title, http_url(referrer), now)
        await tx.add_page_view(view)
        await tx.delete_old_page_views(tenant.id, visitor_id, PAGES_KEPT)
        return view

    return await world.store.transact(work)


async def add_error_log(
    world: World,
    tenant: Tenant,
    visitor_id: str,
    token: str | None,
    *,
    message: str,
    source: str | None,
    line: int | None,
    column: int | None,
    stack: str | None,
    page_url: str | None,
    browser: str | None,
) -> ErrorLog:
    """Add an error that a script on the visitor's page ran into. Raises VisitorTokenNeeded."""

    async def work(tx: Tx) -> ErrorLog:
        await meet(world, tx, tenant, visitor_id, token)
        number, now = world.ids.next("error_log"), world.clock.now()
        error = ErrorLog(number, tenant.id, visitor_id, message, source, line, column, stack, page_url, browser, now)
        await tx.add_error_log(error)
        await tx.delete_old_error_logs(tenant.id, visitor_id, ERRORS_KEPT)
        return error

    return await world.store.transact(work)


async def add_screenshot(
    world: World, tenant: Tenant, visitor_id: str, token: str | None, data_uri: str, page_url: str | None
) -> Screenshot:
    """Keep a picture of the visitor's screen. Raises VisitorTokenNeeded, InvalidFields."""
    await check_visitor(world, tenant, visitor_id, token)
    media_type, content = _read(data_uri)

    async def admit(tx: Tx) -> None:
        await meet(world, tx, tenant, visitor_id, token)

    async def write(tx: Tx, file_id: str) -> tuple[Screenshot, Sequence[str]]:
        await admit(tx)
        number, now = world.ids.next("screenshot"), world.clock.now()
        screenshot = Screenshot(number, tenant.id, visitor_id, file_id, media_type, len(content), page_url, now)
        await tx.add_screenshot(screenshot)
        replaced = await tx.delete_old_screenshots(tenant.id, visitor_id, SCREENSHOTS_KEPT)
        await doom(world, tx, replaced)
        return screenshot, replaced

    screenshot, replaced = await keep(world, content, admit, write)
    await delete_bytes(world, replaced)
    return screenshot


def _read(data_uri: str) -> tuple[str, bytes]:
    read = read_data_uri(data_uri)
    if read is None:
        raise InvalidFields([BROKEN])
    media_type, content = read
    if len(content) > MAX_SCREENSHOT:
        raise InvalidFields([TOO_LARGE])
    if sniff_image(content[:64]) != media_type:
        raise InvalidFields([OTHER_TYPE])
    return media_type, content
