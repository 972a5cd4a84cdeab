"""`/_mock/faults`: what goes wrong, planted and taken away while the mock runs."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from impl.problems import FieldError, InvalidFields, NotFound, Text
from mocks.control.parts import Parts
from mocks.control.requests import check_names, integer, json_body, reply, route
from mocks.fault import Fault
from mocks.fault_reader import WrongFault, read_fault
from mocks.faults import MOST_FAULTS, Faults, NoSuchFault, TooManyFaults

LARGEST_ID = 2**63 - 1
TOO_MANY = Text(f"En çok {MOST_FAULTS} hata yerleştirilir.", f"At most {MOST_FAULTS} faults are planted.")


def fault_routes(parts: Parts) -> list[Route]:
    """The routes, as they stand below `/_mock`."""
    return [
        route("/faults", parts, GET=_list, POST=_add, PUT=_replace, DELETE=_clear),
        route("/faults/{id}", parts, DELETE=_remove),
    ]


async def _list(parts: Parts, request: Request) -> Response:
    check_names(request.query_params, ())
    return _told(await parts.faults_of(request))


async def _add(parts: Parts, request: Request) -> Response:
    check_names(request.query_params, ())
    faults, fault = await parts.faults_of(request), _read(await json_body(request, "Fault"), parts)
    try:
        planted = faults.add(fault)
    except TooManyFaults:
        raise InvalidFields([FieldError("", TOO_MANY)]) from None
    return reply(planted.describe(), 201)


async def _replace(parts: Parts, request: Request) -> Response:
    """All of them at once, or none if one is wrong."""
    check_names(request.query_params, ())
    faults, described = await parts.faults_of(request), (await json_body(request, "Faults"))["hatalar"]
    faults.replace([_read(one, parts, f"/hatalar/{place}") for place, one in enumerate(described)])
    return _told(faults)


async def _clear(parts: Parts, request: Request) -> Response:
    check_names(request.query_params, ())
    faults = await parts.faults_of(request)
    faults.replace([])
    return _told(faults)


async def _remove(parts: Parts, request: Request) -> Response:
    check_names(request.query_params, ())
    faults = await parts.faults_of(request)
    try:
        faults.remove(integer(request.path_params, "id", 1, LARGEST_ID, 0))
    except NoSuchFault:
        raise NotFound from None
    return _told(faults)


def _read(described: dict[str, Any], parts: Parts, place: str = "") -> Fault:
    try:
        return read_fault(described, parts.application.plans)
    except WrongFault as wrong:
        raise InvalidFields([wrong.below(place).field_error()]) from None


def _told(faults: Faults) -> Response:
    return reply({"hatalar": faults.list()})
