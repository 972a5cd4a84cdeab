"""`/_mock/journal` and `/_mock/verify`: what was asked and answered, for people, tests and `cozum log`."""

from __future__ import annotations

import re
from asyncio import get_running_loop
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from impl.problems import Conflict, FieldError, InvalidFields, NotFound, Text, preferred_language
from mocks.choosing import Choice, sandbox_of
from mocks.control.conditions import wrong_method, wrong_path
from mocks.control.requests import boolean, check_names, integer, json_body, reply, route, unknown
from mocks.har import archive
from mocks.journal import NEWS, Entry, Journal
from mocks.sandboxes import HEADER, NAME, WrongName
from mocks.show import line_of, whole_of
from mocks.verify import MOST, Expected, told, verify

FILTERS: Final = ("operation", "method", "path", "status", "broken", "since")
LARGEST_ID: Final = 2**63 - 1
MOST_TOLD: Final = 1_000
MOST_MATCHING: Final = 100
LONGEST_WAIT: Final = 30

_STATUS: Final = re.compile(r"[1-5]([0-9]{2}|xx)")

NOT_A_STATUS: Final = Text("`404` ya da `4xx` gibi olmalı.", "Must be like `404` or `4xx`.")
TWO_COUNTS: Final = Text("`kez`, `en_az` ya da `en_cok` ile birlikte olmaz.", "Not together with `en_az` or `en_cok`.")
NO_COUNT_FITS: Final = Text("`en_az`, `en_cok` değerinden büyük olamaz.", "`en_az` cannot be more than `en_cok`.")


class NotKept(Conflict):
    """An empty journal would say that nobody asked anything."""

    code = "gunluk_kapali"
    title = Text("Günlük tutulmuyor", "No journal is kept")
    detail = Text(
        "Bu mock `--no-journal` ile başlatıldı: ne geldiğini bilmez.",
        "This mock was started with `--no-journal`: it does not know what came.",
    )


def journal_routes(journal: Journal) -> list[Route]:
    """The routes, as they stand below `/_mock`."""
    return [
        route("/journal", journal, GET=_list, DELETE=_clear),
        route("/journal.har", journal, GET=_export),
        route("/journal/{id}", journal, GET=_show),
        route("/verify", journal, POST=_verify),
    ]


async def _list(journal: Journal, request: Request) -> Response:
    _must_keep(journal)
    query = request.query_params
    check_names(query, (*FILTERS, "limit", "wait"))
    choice = _choice(query, journal, request)
    limit = integer(query, "limit", 1, MOST_TOLD, 100)
    wait = integer(query, "wait", 0, LONGEST_WAIT, 0)
    since = integer(query, "since", 0, LARGEST_ID, -1)
    found = [entry for entry in journal.after(since) if choice.takes(entry)]
    if wait and not found and since <= journal.last_id:
        found = await _news(journal, choice, wait)
    told_of = found[-limit:] if since < 0 else found[:limit]
    lines = [line_of(entry) for entry in told_of]
    counted = {"son_id": journal.last_id, "dusen": journal.dropped, "baslangic": journal.beginning}
    return reply({"kayitlar": lines, **counted})


async def _news(journal: Journal, choice: Choice, seconds: float) -> list[Entry]:
    """The next entries that are meant; none if there are none for so long, or the process ends."""
    waker, seen = journal.waker, journal.last_id
    deadline = get_running_loop().time() + seconds
    while not waker.closed and (left := deadline - get_running_loop().time()) > 0:
        bell = waker.listen(NEWS)
        try:
            await waker.wait(bell, left)
        finally:
            waker.forget(NEWS, bell)
        if found := [entry for entry in journal.after(seen) if choice.takes(entry)]:
            return found
        seen = journal.last_id
    return []


async def _show(journal: Journal, request: Request) -> Response:
    _must_keep(journal)
    check_names(request.query_params, ())
    entry = journal.entry(integer(request.path_params, "id", 1, LARGEST_ID, 0))
    if entry is None:
        raise NotFound
    return reply({"kayit": whole_of(entry)})


async def _clear(journal: Journal, request: Request) -> Response:
    check_names(request.query_params, ())
    sandbox = _sandbox(request)
    if sandbox is None:
        return reply({"silinen": journal.clear()})
    return reply({"silinen": journal.clear(lambda entry: sandbox_of(entry) == sandbox)})


async def _export(journal: Journal, request: Request) -> Response:
    _must_keep(journal)
    query = request.query_params
    check_names(query, (*FILTERS, "secrets"))
    choice, secrets = _choice(query, journal, request), boolean(query, "secrets")
    entries = [entry for entry in journal.after(integer(query, "since", 0, LARGEST_ID, -1)) if choice.takes(entry)]

    async def parts() -> AsyncIterator[bytes]:
        for part in archive(entries, secrets=secrets):
            yield part

    headers = {"cache-control": "no-store", "content-disposition": 'attachment; filename="cozum.har"'}
    return StreamingResponse(parts(), 200, headers, "application/json")


async def _verify(journal: Journal, request: Request) -> Response:
    _must_keep(journal)
    check_names(request.query_params, ())
    expected = _expected(await json_body(request, "Expected"), journal, _sandbox(request))
    verdict = verify(expected, journal.after(expected.since))
    language = preferred_language(request.headers.get("accept-language", "").encode("latin-1"))
    return reply(
        {
            "tutuyor": verdict.holds,
            "sayi": len(verdict.matching),
            "aciklama": told(expected, len(verdict.matching)).in_language(language),
            "eslesen": [entry.id for entry in verdict.matching[-MOST_MATCHING:]],
            "yakin": [
                line_of(entry)
                | {
                    "uymayan": [
                        {"alan": miss.pointer, "beklenen": miss.expected, "gelen": miss.seen} for miss in misses
                    ]
                }
                for entry, misses in verdict.nearest
            ],
            "dusen": journal.dropped,
        }
    )


def _choice(query: Mapping[str, str], journal: Journal, request: Request) -> Choice:
    operation, method, path, status = (query.get(name) for name in ("operation", "method", "path", "status"))
    errors = _call_errors(journal, ("operation", "method", "path"), operation, method, path)
    if status is not None and not _STATUS.fullmatch(status):
        errors.append(FieldError("/status", NOT_A_STATUS))
    if errors:
        raise InvalidFields(errors)
    return Choice(operation, method and method.upper(), path, status, boolean(query, "broken"), _sandbox(request))


def _call_errors(
    journal: Journal, names: tuple[str, str, str], operation: str | None, method: str | None, path: str | None
) -> list[FieldError]:
    """What of these no call has, by their names among the conditions."""
    wrong = (
        None if operation is None or operation in journal.operations else unknown(operation, journal.operations),
        None if method is None else wrong_method(method),
        None if path is None else wrong_path(path, journal.operations.values()),
    )
    return [FieldError(f"/{name}", why) for name, why in zip(names, wrong, strict=True) if why is not None]


def _expected(value: dict[str, Any], journal: Journal, sandbox: bytes | None) -> Expected:
    """Raises InvalidFields for what no call has, and for counts that no number has."""
    operation, method, path = value.get("islem"), value.get("yontem"), value.get("yol")
    if errors := _call_errors(journal, ("islem", "yontem", "yol"), operation, method, path):
        raise InvalidFields(errors)
    exactly, least, most = value.get("kez"), value.get("en_az"), value.get("en_cok")
    if exactly is not None:
        if least is not None or most is not None:
            raise InvalidFields([FieldError("/kez", TWO_COUNTS)])
        least = most = exactly
    elif least is None:
        least = 1 if most is None else 0
    most = MOST if most is None else most
    if least > most:
        raise InvalidFields([FieldError("/en_az", NO_COUNT_FITS)])
    return Expected(
        Choice(operation, method and method.upper(), path, value.get("durum"), sandbox=sandbox),
        since=int(value.get("since", 0)),
        query=value.get("sorgu", {}),
        headers=value.get("basliklar", {}),
        body=value.get("govde", msgspec.UNSET),
        at_least=int(least),
        at_most=int(most),
    )


def _must_keep(journal: Journal) -> None:
    if not journal.kept:
        raise NotKept


def _sandbox(request: Request) -> bytes | None:
    """The one whose entries are meant, open or not; None: all. Raises WrongName."""
    name = request.headers.get(HEADER.decode())
    if name is None:
        return None
    if not NAME.fullmatch(name):
        raise WrongName
    return name.encode()
