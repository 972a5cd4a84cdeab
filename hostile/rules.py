"""Refusals that no schema says: each rule's own, with its status and code, in a world that was made for it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any, Final

from hostile.attempts import Attempt, Check, Source
from hostile.calls import Call, Pairs
from hostile.expected import each, refused
from hostile.stand import NOON

DEMO_SECRET: Final = b"demo_api_secret_2026"
MOST_ORIGINS: Final = 100
NO_ORIGINS: Final = ("https://a.example:99999", "https://[::1", "http://b.example:65536")
"""Which only the rule refuses, and no pattern of the schema."""
FIELD: Final = refused(422, "alan_hatasi")
FORBIDDEN: Final = refused(403, "yetki_yok")
UNPROVEN: Final = refused(403, "kaynak_dogrulanmadi", "yetki_yok")
CLOSED: Final = refused(409, "oturum_kapali")

UNPROVEN_SOURCES: Final[dict[str, Pairs]] = {
    "nothing": (),
    "another site": ((b"Sec-Fetch-Site", b"cross-site"),),
    "the same site, another origin": ((b"Sec-Fetch-Site", b"same-site"),),
    "the address bar": ((b"Sec-Fetch-Site", b"none"),),
    "another origin": ((b"Origin", b"https://kotu.example"),),
    "no origin": ((b"Origin", b"null"),),
    "an origin that begins alike": ((b"Origin", b"http://127.0.0.1.kotu.example"),),
    "another port": ((b"Origin", b"http://127.0.0.1:81"),),
    "another origin, and says it is the same site's": (
        (b"Sec-Fetch-Site", b"cross-site"),
        (b"Origin", b"http://127.0.0.1"),
    ),
    "a referer alone": ((b"Referer", b"http://127.0.0.1/portal/widget"),),
}


def rules(source: Source) -> Iterator[Attempt]:
    """Each rule, once or in a few ways."""
    return chain(
        _source(source), _portal(source), _chats(source), _tickets(source), _visitors(source), _signing_in(source)
    )


def _attempt(call: Call, what: str, check: Check, before: tuple[Call, ...] = ()) -> Attempt:
    return Attempt("rules", f"{call.operation}: {what}", call.raw, (call.method,), check=check, before=before)


def _with(call: Call, **fields: Any) -> Call:
    return replace(call, value=call.value | fields)


def _at(call: Call, value: bytes) -> Call:
    (name,) = call.path_values
    return replace(call, path_values={name: value})


def _source(source: Source) -> Iterator[Attempt]:
    """Unsafe requests to the portal that do not prove where they come from."""
    for call in source.calls:
        if not call.template.startswith("/portal/") or call.method == b"GET":
            continue
        kept = tuple(pair for pair in call.headers if pair[0] != b"Sec-Fetch-Site")
        for what, headers in UNPROVEN_SOURCES.items():
            changed = replace(call, headers=(*kept, *headers))
            yield _attempt(changed, f"source proven by {what}", UNPROVEN)
        if any(name == b"Cookie" for name, _ in kept):
            unsigned = replace(call, headers=tuple(pair for pair in kept if pair[0] != b"Cookie"))
            yield _attempt(unsigned, "neither session nor proof", refused(401, "portal_oturumu_gerekli"))


def _portal(source: Source) -> Iterator[Attempt]:
    add, remove = source.one("portal_add_origin"), source.one("portal_remove_origin")
    for text in (
        "https://",
        "ftp://a.example",
        "https://a b",
        "*",
        "https://a.example/yol",
        "null",
        "javascript:x",
        *NO_ORIGINS,
    ):
        yield _attempt(_with(add, origin=text), f"{text} is no origin", FIELD)
    full = tuple(_with(add, origin=f"https://s{number}.example") for number in range(MOST_ORIGINS))
    for text in ("https://one.example", "http://s1.example", "https://s1.example:8443"):
        yield _attempt(_with(add, origin=text), f"one too many, {text}", refused(409, "koken_siniri"), full)
    yield _attempt(remove, "not on the list", refused(404, "bulunamadi"), (source.one("widget_init"),))
    webhook = source.one("portal_set_webhook")
    for url in ("https://127.0.0.1/", "https://localhost/", "https://10.0.0.1/", "https://[::1]/", "http://a.example/"):
        yield _attempt(_with(webhook, url=url), f"{url} is not public", FIELD)
    resend = source.one("portal_resend_delivery")
    yield _attempt(resend, "no such delivery", refused(404, "bulunamadi"))
    session: Pairs = ((b"Cookie", source.credentials.cookie),)
    for call in (add, remove, webhook, resend, source.one("portal_get_webhook")):
        kept = tuple(pair for pair in call.headers if pair[0] != b"Cookie")
        yield _attempt(replace(call, headers=(*kept, *session)), "by an operator who is no manager", FORBIDDEN)
    create = source.one("portal_create_project")
    yield _attempt(create, "a fourth in a day", refused(429, "proje_siniri"), (create,) * 3)
    yield _attempt(_at(source.one("portal_choose_project"), b"3"), "not a member", refused(404, "bulunamadi"))


def _chats(source: Source) -> Iterator[Attempt]:
    say, end, rate, start = map(source.one, ("send_visitor_message", "end_chat", "rate_chat", "start_chat"))
    accept, answer = source.one("accept_chat"), source.one("send_operator_message")
    transfer, close = source.one("transfer_chat"), source.one("close_chat")
    for call in (say, end, answer, transfer, close, accept):
        before = (accept, end) if call is answer else (end,)
        yield _attempt(call, "the chat is closed", CLOSED, before)
    yield _attempt(rate, "the chat is open", refused(409, "oturum_acik"), (accept,))
    yield _attempt(rate, "rated already", refused(409, "zaten_puanlandi"), (end, rate))
    yield _attempt(answer, "not accepted", refused(409, "oturum_sizde_degil"), (source.one("widget_init"),))
    manager: Pairs = ((b"Authorization", b"Bearer " + source.credentials.manager_token),)
    other = (start, replace(_at(accept, b"43"), headers=manager))
    yield _attempt(_at(accept, b"43"), "another operator has it", refused(409, "oturum_baskasinda"), other)
    yield _attempt(_at(answer, b"43"), "another operator has it", refused(409, "oturum_sizde_degil"), other)
    yield _attempt(_with(transfer, operator_id=9), "to a stranger", refused(404, "bulunamadi"), (accept,))
    yield _attempt(_with(transfer, operator_id=4711), "to nobody", refused(404, "bulunamadi"), (accept,))
    for list_ in ([1], [1, 1], [1, 2, 3], [3], [2, 1, 2]):
        yield _attempt(_with(source.one("order_tenants"), order=list_), f"{list_} is no permutation", FIELD)


def _tickets(source: Source) -> Iterator[Attempt]:
    create, status = source.one("create_ticket"), source.one("set_ticket_status")
    closed = (create, _with(status, durum="kapali"))
    for operation in ("reply_ticket", "reply_operator_ticket"):
        yield _attempt(source.one(operation), "closed", refused(409, "ticket_kapali"), closed)
    yield _attempt(_with(status, durum="yanitlandi"), "answered is no wish", FIELD, (create,))
    for operation in ("create_ticket", "reply_ticket"):
        call = _with(source.one(operation), dosyalar=["hostile" + "0" * 14 + "z"])
        yield _attempt(call, "a file that is not there", refused(404, "bulunamadi"), (create,))


def _visitors(source: Source) -> Iterator[Attempt]:
    info = source.one("set_customer_info")
    now = int(NOON.timestamp())
    for when, signature, code in (
        (now, "0" * 64, "imza_gecersiz"),
        (now, _signature(info, now).upper(), "imza_gecersiz"),
        (now - 301, _signature(info, now - 301), "imza_suresi_doldu"),
        (now + 301, _signature(info, now + 301), "imza_suresi_doldu"),
        (now - 301, "f" * 64, "imza_gecersiz"),
    ):
        call = _with(info, timestamp=when, signature=signature)
        yield _attempt(call, f"signed {when - now} s away", refused(401, code))
    for name in ("timestamp", "signature"):
        alone = replace(info, value={key: value for key, value in info.value.items() if key != name})
        yield _attempt(alone, f"without {name}", FIELD)
    unsigned = {key: value for key, value in info.value.items() if key not in ("timestamp", "signature")}
    yield _attempt(replace(info, value=unsigned | {"trial_bitis": "2026-02-30"}), "no such day", FIELD)
    shot = source.one("add_screenshot")
    for what, image in (("no picture", "AAAA"), ("of another type", "/9j/4AAQSkZJRgABAQAAAQABAAD/2Q==")):
        yield _attempt(_with(shot, goruntu=f"data:image/png;base64,{image}"), what, FIELD)
    large = _with(shot, goruntu="data:image/png;base64,iVBORw0KGgo" + "A" * 6_999_989)
    yield _attempt(large, "more than 5 MiB", FIELD)
    for operation in ("upload_file", "upload_operator_file"):
        for what, content in (("HTML", "<!doctype html><script>alert(1)</script>"), ("SVG", "<svg xmlns='x'/>")):
            refusal = refused(422, "dosya_turu_izinsiz")
            yield _attempt(_with(source.one(operation), dosya=content), what, refusal)
            yield _attempt(_with(source.one(operation), dosya=content + "a" * 3_000_000), f"{what} of 3 MB", refusal)
    token: Pairs = ((b"Authorization", b"Bearer " + source.credentials.token),)
    yield _attempt(replace(source.one("erase_visitor"), headers=token), "by an operator who is no manager", FORBIDDEN)


def _signature(info: Call, timestamp: int) -> str:
    signed = f"{info.value['ziyaretci_id']}|{info.value['email']}|{timestamp}".encode()
    return hmac.new(DEMO_SECRET, signed, hashlib.sha256).hexdigest()


def _signing_in(source: Source) -> Iterator[Attempt]:
    """Ten failures may be made, at either door; from then on even the right password learns nothing."""
    for operation in ("login", "portal_sign_in"):
        call = source.one(operation)
        yield _attempt(_with(call, sifre="yanlis"), "a wrong password", refused(401, "giris_hatali"))
        yield _attempt(_with(call, email="kimse@example.com"), "nobody", refused(401, "giris_hatali"))
        for email in ("operator@example.com", "kimse@example.com"):
            wrong = _with(call, email=email, sifre="yanlis")
            eleven = partial(_often, wrong, 11)
            check = each(*[401] * 10, 429)
            told = f"{operation}: eleven wrong passwords of {email}"
            start = (source.one("widget_init"),)
            yield Attempt("rules", told, eleven, (call.method,) * 11, check=check, before=start)
        ten = (_with(call, sifre="yanlis"),) * 10
        yield _attempt(call, "the right password after ten wrong ones", refused(429, "cok_fazla_istek"), ten)


def _often(call: Call, times: int) -> bytes:
    return call.raw() * times
