"""Files: taken in, given out, and their bytes deleted once nothing refers to them.

Bytes and rows live in two places that no transaction spans. So bytes are doomed before they are kept, and saved by the
transaction that writes their row: whatever fails or crashes on the way, no bytes stay behind that nobody can delete.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import BinaryIO, Final, TypeVar

from msgspec import Struct

from impl.actions.reach import membership_in
from impl.actions.visitors import check_token, meet
from impl.callers import OperatorCaller
from impl.files import FilesUnavailable, logo_id
from impl.model import DoomedFile, StoredFile, Tenant
from impl.problems import FileTypeNotAllowed, NotFound, Unavailable
from impl.rules.file_names import saved_as
from impl.rules.filetypes import sniff
from impl.store.port import Tx
from impl.uploads import Upload
from impl.world import World

Result = TypeVar("Result")

ID_LENGTH: Final = 22
"""Characters of a file's id: 132 random bits."""
GRACE: Final = timedelta(hours=1)
"""How long bytes may stand without a row: the time that their upload may take."""
AGAIN: Final = timedelta(minutes=1)
"""Between two tries to delete bytes."""
AT_ONCE: Final = 1_000
"""Doomed files that one round deletes; the next round goes on."""
ENDINGS: Final = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}

log = logging.getLogger("cozum")


class Download(Struct, frozen=True):
    """A file on its way out."""

    name: str
    media_type: str
    size: int
    chunks: AsyncIterator[bytes]


async def upload_as_visitor(
    world: World, tenant: Tenant, visitor_id: str, upload: Upload, visitor_token: str | None
) -> StoredFile:
    """Keep a visitor's file; a visitor never seen becomes one. Raises VisitorTokenNeeded, FileTypeNotAllowed."""
    await check_visitor(world, tenant, visitor_id, visitor_token)

    async def admit(tx: Tx) -> None:
        await meet(world, tx, tenant, visitor_id, visitor_token)

    return await _take_in(world, upload, tenant.id, visitor_id, admit)


async def upload_as_operator(world: World, caller: OperatorCaller, tenant_id: int, upload: Upload) -> StoredFile:
    """Keep an operator's file for one of their tenants. Raises FileTypeNotAllowed, InvalidToken, NotFound."""

    async def admit(tx: Tx) -> None:
        await membership_in(tx, caller, tenant_id)

    return await _take_in(world, upload, tenant_id, None, admit)


async def check_visitor(world: World, tenant: Tenant, visitor_id: str, visitor_token: str | None) -> None:
    """Refuse whoever is not the visitor, before anything is looked at. Raises VisitorTokenNeeded."""

    async def check(tx: Tx) -> None:
        check_token(tenant, await tx.visitor(tenant.id, visitor_id), visitor_token)

    await world.store.transact(check)


async def _take_in(
    world: World, upload: Upload, tenant_id: int, visitor_id: str | None, admit: Callable[[Tx], Awaitable[None]]
) -> StoredFile:
    media_type = await asyncio.to_thread(sniff, upload.content, upload.name)
    if media_type is None:
        raise FileTypeNotAllowed

    async def write(tx: Tx, file_id: str) -> StoredFile:
        await admit(tx)
        name = saved_as(upload.name, media_type)
        file = StoredFile(file_id, tenant_id, visitor_id, name, media_type, upload.size)
        await tx.put_file(file)
        return file

    return await keep(world, upload.content, admit, write)


async def keep(
    world: World,
    content: bytes | BinaryIO,
    admit: Callable[[Tx], Awaitable[None]],
    write: Callable[[Tx, str], Awaitable[Result]],
) -> Result:
    """Keep bytes under a new random id, and then `write(tx, id)` their row; raises what either raises.

    `admit(tx)` refuses whoever may not, before the bytes are kept. Without their row the bytes are deleted again.
    """
    file_id = world.ids.secret().text[:ID_LENGTH]

    async def begin(tx: Tx) -> None:
        await admit(tx)
        await tx.put_doomed_file(DoomedFile(file_id, world.clock.now() + GRACE))

    async def finish(tx: Tx) -> Result:
        if await tx.doomed_file(file_id) is None:  # it took so long that the bytes were given up
            raise Unavailable
        result = await write(tx, file_id)
        await tx.delete_doomed_file(file_id)
        return result

    await world.store.transact(begin)
    try:
        await world.files.put(file_id, content)
        return await world.store.transact(finish)
    except FilesUnavailable:
        log.exception("the bytes of a file cannot be kept")
        await delete_bytes(world, [file_id])
        raise Unavailable from None
    except BaseException:
        await delete_bytes(world, [file_id])
        raise


async def doom(world: World, tx: Tx, file_ids: Iterable[str]) -> None:
    """Nothing refers to these files any more: their bytes are due for deletion once this is committed."""
    for file_id in file_ids:
        await tx.put_doomed_file(DoomedFile(file_id, world.clock.now()))


async def delete_bytes(world: World, file_ids: Iterable[str]) -> None:
    """Delete the bytes of those files that are still doomed. What fails is logged and left to `delete_doomed`."""
    for file_id in file_ids:
        try:
            await _delete_if_doomed(world, file_id)
        except Exception:
            log.exception("the bytes of a file could not be deleted; they will be tried again")
            await world.store.transact(partial(doom_later, world, file_id))


async def doom_later(world: World, file_id: str, tx: Tx) -> None:
    """Try it again in a while, so that others have their turn."""
    if await tx.doomed_file(file_id) is not None:
        await tx.put_doomed_file(DoomedFile(file_id, world.clock.now() + AGAIN))


async def _delete_if_doomed(world: World, file_id: str) -> None:
    if await world.store.transact(lambda tx: tx.doomed_file(file_id)) is not None:
        await world.files.delete(file_id)
        await world.store.transact(lambda tx: tx.delete_doomed_file(file_id))


async def delete_doomed(world: World) -> None:
    """Delete the bytes of the files that are doomed by now."""
    now = world.clock.now()
    doomed = await world.store.transact(lambda tx: tx.doomed_files(now, AT_ONCE))
    await delete_bytes(world, [file.id for file in doomed])


async def download(world: World, file_id: str) -> Download:
    """An uploaded file or a screenshot, to whoever knows its id. Raises NotFound."""

    async def find(tx: Tx) -> tuple[str, str]:
        file = await tx.file(file_id)
        if file is not None:
            return file.name, file.media_type
        screenshot = await tx.screenshot_by_file(file_id)
        if screenshot is None:
            raise NotFound
        return f"ekran-goruntusu-{screenshot.id}.{ENDINGS[screenshot.media_type]}", screenshot.media_type

    name, media_type = await world.store.transact(find)
    return await _opened(world, file_id, name, media_type)


async def download_logo(world: World, tenant_id: int) -> Download:
    """A tenant's logo, to everybody. Raises NotFound."""
    return await _opened(world, logo_id(tenant_id), "logo.png", "image/png")


async def _opened(world: World, file_id: str, name: str, media_type: str) -> Download:
    try:
        found = await world.files.read(file_id)
    except FilesUnavailable:
        log.exception("the bytes of a file cannot be read")
        raise Unavailable from None
    if found is None:
        raise NotFound
    return Download(name, media_type, *found)
