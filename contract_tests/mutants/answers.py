"""Servers whose answers have another form."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

from contract_tests.mutants.planting import Patch, Seen, mutant
from impl.actions import visitors
from impl.contract import replies
from impl.problems import InvalidFields, Unavailable
from impl.world import SystemClock


def _body(seen: Seen, **changes: Any) -> None:
    if "json" in seen.headers.get("content-type", "") and seen.body:
        seen.body = json.dumps({**json.loads(seen.body), **changes}).encode()


@mutant("answer.schema", "Refusals are application/json.")
def problem_as_json(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.status >= 400:
            seen.headers["content-type"] = "application/json"

    patch.answers(change)


@mutant("answer.schema", "A list is an object by id.")
def list_as_object(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.path == "/api/v1/operator/tenants" and seen.status == 200:
            _body(seen, data={"musteriler": {}})

    patch.answers(change)


@mutant("answer.schema", "A new ticket is answered with 200.")
def created_is_200(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.path == "/api/v1/widget/ticket/create" and seen.status == 201:
            seen.status = 200

    patch.answers(change)


@mutant("answer.schema", "basarili is missing.")
def no_basarili(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        seen.body = seen.body.replace(b'"basarili":true,', b"")

    patch.answers(change)


@mutant("answer.given", "A ticket is answered with half of it.")
def half_an_answer(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.path == "/api/v1/widget/ticket/create" and seen.status == 201:
            seen.length = len(seen.body) * 2

    patch.answers(change)


@mutant("operation.there", "Nobody can be put on mute.")
def no_muting(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.path.endswith("/sessize"):
            seen.status, seen.body, seen.headers["content-type"] = 404, b"<h1>Not Found</h1>", "text/html"

    patch.answers(change)


@mutant("answer.no_500", "A chat that is not there is a 500.")
def missing_is_500(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.status == 404 and seen.path.startswith("/api/v1/widget/chat/"):
            seen.status = 500

    patch.answers(change)


@mutant("answer.request_id", "istek_id is another one than X-Request-Id.")
def other_request_id(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.status >= 400:
            _body(seen, istek_id="baska")

    patch.answers(change)


@mutant("answer.request_id", "Successes have no X-Request-Id.")
def no_request_id(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.status < 400:
            seen.headers.pop("x-request-id", None)

    patch.answers(change)


@mutant("answer.request_id", "The request's id has another header name.")
def wrong_header_name(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        seen.headers["x-requestid"] = seen.headers.pop("x-request-id", "")

    patch.answers(change)


@mutant("answer.secret", "A refused signature tells the secret.")
def secret_told(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.status == 401 and seen.path == "/api/v1/context/customer-info":
            _body(seen, detail="beklenen: HMAC(demo_api_secret_2026)")

    patch.answers(change)


@mutant("answer.works", "Telling ekstra is out of service.")
def extra_unavailable(patch: Patch) -> None:
    async def tell(original: Any, world: Any, tenant: Any, visitor: str, info: Any, *rest: Any) -> Any:
        if info.get("extra"):
            raise Unavailable
        return await original(world, tenant, visitor, info, *rest)

    patch.wrap(visitors, "tell_about", tell)


@mutant("envelope.path", "Another method is a 404.")
def method_is_404(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.status == 405:
            seen.status = 404
            _body(seen, status=404, kod="yol_bulunamadi")

    patch.answers(change)


@mutant("envelope.path", "405 has no Allow.")
def no_allow(patch: Patch) -> None:
    patch.answers(lambda seen: seen.headers.pop("allow", None) if seen.status == 405 else None)


@mutant("envelope.path", "A slash at the end does not count.")
def slash_ignored(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.status == 404 and seen.path.endswith("/"):
            seen.status = 405
            seen.headers["allow"] = "POST"
            _body(seen, status=405, kod="yontem_desteklenmiyor")

    patch.answers(change)


@mutant("envelope.body", "What cannot be read is a 422.")
def unreadable_is_422(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.status == 400:
            seen.status = 422
            _body(seen, status=422, kod="alan_hatasi", hatalar=[{"alan": "/x", "mesaj": "x"}])

    patch.answers(change)


@mutant("envelope.body", "Another media type is a 400.")
def media_type_is_400(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.status == 415:
            seen.status = 400
            _body(seen, status=400, kod="gecersiz_json")

    patch.answers(change)


@mutant("envelope.fields", "Field errors point to the whole body.")
def fields_unnamed(patch: Patch) -> None:
    original = InvalidFields.field_errors
    patch.set(
        InvalidFields, "field_errors", lambda problem: [error._replace(pointer="") for error in original(problem)]
    )


@mutant("envelope.language", "Texts are Turkish whatever is preferred.")
def always_turkish(patch: Patch) -> None:
    patch.set(replies, "preferred_language", lambda accept: "tr")


@mutant("envelope.language", "English is preferred wherever it is named.")
def english_when_named(patch: Patch) -> None:
    patch.set(replies, "preferred_language", lambda accept: "en" if b"en" in (accept or b"") else "tr")


@mutant("envelope.times", "Times are in UTC.")
def times_in_utc(patch: Patch) -> None:
    original = SystemClock.now
    patch.set(SystemClock, "now", lambda clock: original(clock).astimezone(UTC))


@mutant("input.visitor_id", "A visitor's id may be any text.")
def any_visitor_id(patch: Patch) -> None:
    patch.document(lambda schemas: schemas["VisitorId"].pop("pattern"))


@mutant("input.visitor_id", "A visitor's id may not have an @.")
def visitor_id_without_at(patch: Patch) -> None:
    patch.document(lambda schemas: schemas["VisitorId"].update(pattern="^[A-Za-z0-9_:+-][A-Za-z0-9._:+-]{0,127}$"))
