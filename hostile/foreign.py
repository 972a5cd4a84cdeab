"""What is not the caller's: records of another visitor, tenant or operator; idempotency keys of somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from hostile.attempts import Attempt, Source
from hostile.calls import ESNAF_ORIGIN, Call, Pairs
from hostile.expected import first_again, key_reused, no_replay, refused

NOT_THERE: Final = refused(404, "bulunamadi")
STRANGERS: Final = ("user_42", "baskasi", "abc124", "ABC123", "AHMET.YILMAZ", "x:y@z")
BELONGS_TO_A_VISITOR: Final = (
    "send_visitor_message",
    "list_visitor_messages",
    "end_chat",
    "rate_chat",
    "get_ticket",
    "reply_ticket",
)
"""Operations on one record of a visitor's."""
BELONGS_TO_A_TENANT: Final = (
    *("list_operator_messages", "send_operator_message", "transfer_chat", "close_chat", "accept_chat"),
    *("get_operator_ticket", "reply_operator_ticket", "set_ticket_status", "mute_tenant", "list_tenant_operators"),
    *("get_visitor_context", "erase_visitor", "upload_operator_file"),
)
"""Operations on one record of an operator's tenant."""
OF_ONE_TENANT: Final = ("list_chats", "list_operator_tickets", "list_canned_responses", "get_visitor_context")
"""Lists that `musteri_id` narrows."""
KEYS: Final[tuple[Pairs, ...]] = (
    ((b"X-API-Key", b"CM_DEMO_2026"),),
    ((b"X-API-Key", b"CM_PRATIKESNAF"), (b"Origin", ESNAF_ORIGIN)),
    ((b"X-API-Key", b"CM_YALNIZ_2026"),),
)
IDS: Final = (b"3", b"4711", b"1000000007", b"9223372036854775807")
"""Of records that nobody has."""


def foreign(source: Source) -> Iterator[Attempt]:
    """Each is a record that is there, or is not: 404 either way."""
    yield from _of_other_visitors(source)
    yield from _of_other_tenants(source)
    for parameter in ("id", "musteriId", "dosya_id", "slug"):
        for call in source.calls:
            if parameter in call.path_values and not call.operation.startswith("portal_resend"):
                for number in IDS:
                    value = number if parameter != "dosya_id" else b"hostile" + b"0" * 14 + number
                    changed = replace(call, path_values={**call.path_values, parameter: value})
                    yield _attempt(changed, f"{call.operation} of {value.decode()}")


def _attempt(call: Call, what: str) -> Attempt:
    return Attempt("foreign", what, call.raw, (call.method,), check=NOT_THERE)


def as_visitor(call: Call, visitor_id: str) -> Call:
    """The same in the name of another visitor."""
    if call.value is not None:
        return replace(call, value=call.value | {"ziyaretci_id": visitor_id})
    others = tuple(pair for pair in call.query if pair[0] != b"ziyaretci_id")
    return replace(call, query=(*others, (b"ziyaretci_id", visitor_id.encode())))


def _of_other_visitors(source: Source) -> Iterator[Attempt]:
    for operation in BELONGS_TO_A_VISITOR:
        call = source.one(operation)
        for visitor in STRANGERS:
            yield _attempt(as_visitor(call, visitor), f"{operation} of another visitor, as {visitor}")
        for headers in KEYS:
            if headers[0] not in call.headers:
                yield _attempt(replace(call, headers=headers), f"{operation} as {headers[0][1].decode()}")
    file_id = source.credentials.file_id.decode()  # ahmet.yilmaz's, in tenant 2
    for call in (source.one("create_ticket"), source.one("reply_ticket")):
        changed = replace(call, value=call.value | {"dosyalar": [file_id]})
        ticket = () if call.operation == "create_ticket" else (source.one("create_ticket"),)
        yield replace(_attempt(changed, f"{call.operation} with another tenant's file"), before=ticket)
    start, say = source.one("start_chat"), source.one("send_visitor_message")
    opened = replace(as_visitor(start, "user_42"), headers=say.headers)
    changed = as_visitor(replace(say, value=say.value | {"oturum_id": 43, "dosya_id": file_id}), "user_42")
    yield replace(_attempt(changed, "send_visitor_message with another visitor's file"), before=(opened,))


def _of_other_tenants(source: Source) -> Iterator[Attempt]:
    """Operator 9 works for tenant 3 alone, the others for 1 and 2."""
    stranger: Pairs = ((b"Authorization", b"Bearer " + source.credentials.stranger_token),)
    for operation in BELONGS_TO_A_TENANT:
        call = replace(source.one(operation), headers=stranger)
        yield _attempt(call, f"{operation} as another tenant's operator")
        yield replace(
            _attempt(call, f"{operation} as another tenant's operator, with a ticket there"),
            before=(source.one("create_ticket"),),
        )
    for operation in OF_ONE_TENANT:
        call = source.one(operation)
        for headers, tenants in ((stranger, (b"1", b"2", *IDS[1:])), (call.headers, IDS)):
            for tenant in tenants:
                changed = replace(call, headers=headers, query=((b"musteri_id", tenant),))
                yield _attempt(changed, f"{operation} of tenant {tenant.decode()}")
    shown = source.one("get_visitor_context")
    yield _attempt(replace(shown, path_values={"ziyaretci_id": b"hickimse"}), "get_visitor_context of nobody")
    erased = source.one("erase_visitor")
    yield _attempt(replace(erased, path_values={"ziyaretci_id": b"hickimse"}), "erase_visitor of nobody")


def keys(source: Source) -> Iterator[Attempt]:
    """An idempotency key sent again: by the same visitor, with another body, by another visitor, by another tenant."""
    for call in source.with_json():
        if call.operation in KEYED:
            yield from _keyed(call)


KEYED: Final[dict[str, str]] = {
    "start_chat": "mesaj",
    "send_visitor_message": "mesaj",
    "create_ticket": "mesaj",
    "reply_ticket": "mesaj",
    "send_operator_message": "mesaj",
    "reply_operator_ticket": "mesaj",
    "add_page_view": "sayfa_basligi",
    "add_error_log": "mesaj",
    "add_screenshot": "sayfa_url",
}
"""Operations with a JSON body that take an `Idempotency-Key`, and a text in it that may be another."""


def _keyed(call: Call) -> Iterator[Attempt]:
    field = KEYED[call.operation]
    for key in (b"k", b"!", b"8e03978e-40d5-43dd-bc93-6894a57f9324", b"~" * 128):
        first = replace(call, headers=call.with_header(b"Idempotency-Key", key + b"-%d" % len(call.body or b"")))
        if len(key) == 128:
            first = replace(call, headers=call.with_header(b"Idempotency-Key", key))
        other = replace(first, value=call.value | {field: "https://siteniz.com/baska"})
        pairs = [("again", first, first_again), ("with another body", other, key_reused)]
        if "ziyaretci_id" in call.value:
            pairs.append(("by another visitor", as_visitor(first, "user_42"), no_replay))
            pairs.append(("by a visitor nobody knows", as_visitor(first, "baskasi"), no_replay))
        for what, second, check in pairs:
            told = f"{call.operation}: the key {key[:40].decode()!r} {what}"
            build = partial(_both, first, second)
            yield Attempt("keys", told, build, (call.method,) * 2, check=check)


def _both(first: Call, second: Call) -> bytes:
    return first.raw() + second.raw()
