"""Why a request was refused, worked out anew from the request and the world: one function for each `kod`."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from impl.contract.call import text as text_of
from impl.contract.plan import Plan
from impl.model import Tenant
from impl.problems import Language, Text
from impl.rules.hashing import digest
from impl.rules.origins import origin_of_url, sent_origin
from impl.store.port import Tx
from impl.world import World
from mocks.hint_shapes import Cause, ChoiceHint, HeaderHint, Hint, OriginHint, Stray
from mocks.misspelt import Names, nearest

KEY_FORM: Final = "^CM_[A-Z0-9_]{4,32}$"
TOKEN_FORM: Final = "Bearer {id}|{secret}"
SHOWN: Final = 120
"""Characters of a value that are shown."""
OF_A_SECRET: Final = 4
TENANTS: Final = 100
"""Tenants are looked for up to this id."""

_TOKEN = re.compile(r"(?:(\S+) +)?([1-9][0-9]{0,17})(\||%7[Cc])(\S+)")


@dataclass(frozen=True)
class Asked:
    """A refused request, and what is needed to say why."""

    world: World
    plan: Plan
    names: Names
    headers: Mapping[bytes, bytes]
    query: Mapping[str, str]
    body: Mapping[str, Any]
    strays: Sequence[Stray]
    errors: Sequence[Mapping[str, str]]
    """The problem's `hatalar`."""
    language: Language

    def say(self, tr: str, en: str) -> str:
        """The one in the language of the answer."""
        return Text(tr, en).in_language(self.language)

    def header(self, name: bytes) -> str | None:
        """The header as text, cut to what is shown."""
        value = text_of(self.headers, name)
        return None if value is None else value[:SHOWN]

    def seen_for(self, header: str) -> str | None:
        """The header, parameter or field that came in the place of this one."""
        return next((stray.name for stray in self.strays if stray.nearest == header), None)


Reason = Callable[[Asked], Awaitable[Hint]]


async def tenants_of(world: World) -> list[Tenant]:
    """The world's tenants, by id."""

    async def work(tx: Tx) -> list[Tenant]:
        found = [await tx.tenant(number) for number in range(1, TENANTS + 1)]
        return [tenant for tenant in found if tenant is not None]

    return await world.store.transact(work)


def masked(value: str) -> str:
    """Enough of a secret to know it again."""
    return value if len(value) <= OF_A_SECRET else value[:OF_A_SECRET] + "…"


def in_place_of(asked: Asked, header: str, seen: str) -> str:
    """Which header is expected in the place of which."""
    return asked.say(
        f"`{header}` başlığı yok; onun yerine `{seen}` görüldü.",
        f"There is no header `{header}`; `{seen}` was seen in its place.",
    )


async def wrong_key(asked: Asked) -> Hint:
    """401 `anahtar_gecersiz`."""
    known = await tenants_of(asked.world)
    sent, seen = asked.header(b"x-api-key"), asked.seen_for("X-API-Key")
    keys = tuple(tenant.api_key for tenant in known)
    near, value = None, sent
    if sent and any(sent.strip() == tenant.api_secret for tenant in known):
        value = None
        message = asked.say(
            "Bu bir `api_secret`: sunucunuzda kalmalı, tarayıcıya hiç gitmemeli. `X-API-Key` projenin herkese açık "
            "anahtarıdır.",
            "This is an `api_secret`: it stays on your server and never reaches a browser. `X-API-Key` is the tenant's "
            "public key.",
        )
    elif sent:
        near = nearest(sent, keys)
        message = asked.say(
            f"Bu anahtarı taşıyan proje yok{f'; `{near}` mı olmalıydı?' if near else '.'}",
            f"No tenant has this key{f'; did you mean `{near}`?' if near else '.'}",
        )
    elif seen:
        message = in_place_of(asked, "X-API-Key", seen)
    elif asked.header(b"authorization") is not None:
        seen = "Authorization"
        message = in_place_of(asked, "X-API-Key", seen)
    else:
        message = asked.say("`X-API-Key` başlığı yok.", "There is no header `X-API-Key`.")
    header = HeaderHint(
        expected="X-API-Key", form=KEY_FORM, seen="X-API-Key" if sent else seen, value=value, known=keys, nearest=near
    )
    return Hint(cause="anahtar", message=message, header=header, strays=tuple(asked.strays))


async def wrong_token(asked: Asked) -> Hint:
    """401 `token_gecersiz`."""
    sent = text_of(asked.headers, b"authorization")
    seen: str | None = "Authorization"
    value: str | None = None
    if sent is None:
        seen = asked.seen_for("Authorization") or ("X-API-Key" if asked.header(b"x-api-key") is not None else None)
        message = asked.say("`Authorization` başlığı yok.", "There is no header `Authorization`.")
        if seen == "X-API-Key":
            message = asked.say(
                "Operatör çağrıları `X-API-Key` değil, girişin verdiği token'ı ister.",
                "Operator calls take no `X-API-Key` but the token that login gives.",
            )
        elif seen:
            message = in_place_of(asked, "Authorization", seen)
    else:
        value, message = await _judged_token(asked, sent.strip())
    header = HeaderHint(expected="Authorization", form=TOKEN_FORM, seen=seen, value=value)
    return Hint(cause="token", message=message, header=header, strays=tuple(asked.strays))


async def _judged_token(asked: Asked, sent: str) -> tuple[str, str]:
    """The header as it may be shown, and what is wrong with it."""
    found = _TOKEN.fullmatch(sent)
    if not found:
        scheme, blank, rest = sent.partition(" ")
        return (f"{scheme[:SHOWN]} {masked(rest)}" if blank else masked(sent)), asked.say(
            "Değer `Bearer {id}|{secret}` biçiminde değil; girişin verdiği `token` olduğu gibi gönderilmeli.",
            "The value does not read `Bearer {id}|{secret}`; send the `token` of login as it is.",
        )
    scheme, number, bar, secret = found.groups()
    shown = f"{f'{scheme} ' if scheme else ''}{number}{bar}{masked(secret)}"[:SHOWN]
    if scheme is None:
        return shown, asked.say("Başında `Bearer ` yok.", "`Bearer ` is missing before it.")
    if scheme.lower() != "bearer":
        return shown, asked.say(f"`{scheme[:20]}` değil, `Bearer` olmalı.", f"Not `{scheme[:20]}` but `Bearer`.")
    if bar != "|":
        return shown, asked.say("`|` URL kodlamasıyla gönderilmiş.", "The `|` was sent percent-encoded.")
    return shown, await _known_token(asked, int(number), secret)


async def _known_token(asked: Asked, number: int, secret: str) -> str:
    """Whether the token is there, and what became of it."""
    token = await asked.world.store.transact(lambda tx: tx.token(number))
    now = asked.world.clock.now()
    if token is None:
        return asked.say(
            f"{number} numaralı token yok: çıkışla iptal oldu, ya da sunucu yeniden başladı. Yeniden giriş yapın.",
            f"There is no token {number}: logout revoked it, or the server was started again. Log in again.",
        )
    if token.digest != digest(secret):
        return asked.say(f"Token {number} var, ama sırrı bu değil.", f"Token {number} has another secret.")
    return asked.say(
        f"Token'ın süresi {token.expires_at.isoformat()} anında doldu (sunucu saati {now.isoformat()}).",
        f"The token expired at {token.expires_at.isoformat()} (the server's clock: {now.isoformat()}).",
    )


async def wrong_login(asked: Asked) -> Hint:
    """401 `giris_hatali`; alike for a wrong email and a wrong password, as the contract has it."""
    return Hint(
        cause="giris",
        message=asked.say(
            "Demo operatörleri: operator@example.com, destek@example.com, yalniz@example.com; şifreleri sifre123.",
            "Demo operators: operator@example.com, destek@example.com, yalniz@example.com; their password is sifre123.",
        ),
        strays=tuple(asked.strays),
    )


async def wrong_visitor_token(asked: Asked) -> Hint:
    """401 `ziyaretci_token_gerekli`."""
    sent, seen = asked.header(b"x-ziyaretci-token"), asked.seen_for("X-Ziyaretci-Token")
    if sent:
        message = asked.say(
            "`X-Ziyaretci-Token` bu ziyaretçinin değil ya da artık geçmiyor.",
            "`X-Ziyaretci-Token` is not this visitor's, or no longer valid.",
        )
    elif seen:
        message = in_place_of(asked, "X-Ziyaretci-Token", seen)
    else:
        message = asked.say("`X-Ziyaretci-Token` başlığı yok.", "There is no header `X-Ziyaretci-Token`.")
    message += asked.say(
        " Token'ı yeni ziyaretçinin ilk init'i ya da imzalı customer-info verir.",
        " A new visitor's first init gives it, or a signed customer-info.",
    )
    header = HeaderHint(
        expected="X-Ziyaretci-Token", seen="X-Ziyaretci-Token" if sent else seen, value=masked(sent) if sent else None
    )
    return Hint(cause="ziyaretci_token", message=message, header=header, strays=tuple(asked.strays))


async def wrong_origin(asked: Asked) -> Hint:
    """403 `origin_izinsiz`."""
    tenant = await asked.world.store.tenant_by_key(text_of(asked.headers, b"x-api-key") or "")
    allowed = tenant.allowed_origins if tenant else ()
    origin, referer = text_of(asked.headers, b"origin"), text_of(asked.headers, b"referer")
    header, seen, normal = None, None, None
    if origin is not None:
        header, seen, normal = "Origin", origin, sent_origin(origin)
    elif referer is not None:
        header, seen, normal = "Referer", referer, origin_of_url(referer)
    near = nearest(normal, allowed) if normal else None
    hint = OriginHint(header=header, seen=seen and seen[:SHOWN], normal=normal, allowed=allowed, nearest=near)
    return Hint(cause="origin", message=_about_origin(asked, hint), origin=hint, strays=tuple(asked.strays))


def _about_origin(asked: Asked, hint: OriginHint) -> str:
    if hint.header is None:
        return asked.say(
            "Ne `Origin` ne `Referer` var; projenin izin listesi boş değil. Tarayıcı kendisi gönderir, curl'de "
            "`-H 'Origin: …'` verin.",
            "Neither `Origin` nor `Referer`, and the tenant has a list. A browser sends it by itself; give curl "
            "`-H 'Origin: …'`.",
        )
    if hint.normal is None:
        return asked.say(
            f"`{hint.header}` bir köken değil (`https://site.com` biçiminde olmalı).",
            f"`{hint.header}` is no origin (such as `https://site.com`).",
        )
    differs = f" {_difference(asked, hint.normal, hint.nearest)}" if hint.nearest else ""
    return asked.say(
        f"`{hint.normal}` projenin izin listesinde yok; şema, host ve port aynen eşit olmalı.{differs}",
        f"`{hint.normal}` is not in the tenant's list; scheme, host and port must be equal.{differs}",
    )


def _difference(asked: Asked, sent: str, listed: str) -> str:
    """What keeps a sent origin from being a listed one."""
    scheme, _, host = sent.partition("://")
    listed_scheme, _, listed_host = listed.partition("://")
    name, _, port = host.partition(":")
    listed_name, _, listed_port = listed_host.partition(":")
    if name != listed_name:
        return asked.say(f"Host farklı: `{name}`, listede `{listed_name}`.", f"The host: not `{listed_name}`.")
    if scheme != listed_scheme:
        return asked.say(f"Şema farklı: `{scheme}`, listede `{listed_scheme}`.", f"The scheme: not `{listed_scheme}`.")
    usual = asked.say("varsayılan", "the default")
    return asked.say(
        f"Port farklı: `{port or usual}`, listede `{listed_port or usual}`.", f"The port: not `{listed_port or usual}`."
    )


async def wrong_source(asked: Asked) -> Hint:
    """403 `kaynak_dogrulanmadi`."""
    site, origin = asked.header(b"sec-fetch-site"), asked.header(b"origin")
    header, seen = ("Sec-Fetch-Site", site) if site is not None else ("Origin", origin)
    host = asked.world.public_url or asked.header(b"host")
    message = asked.say(
        "Portalda bir şey değiştiren istek `Sec-Fetch-Site: same-origin` ya da portalın kendi `Origin`'ini taşımalı; "
        "tarayıcı kendisi gönderir, curl'de `-H 'Sec-Fetch-Site: same-origin'` verin.",
        "A portal request that changes something carries `Sec-Fetch-Site: same-origin` or the portal's own `Origin`; a "
        "browser sends it by itself, give curl `-H 'Sec-Fetch-Site: same-origin'`.",
    )
    shown = OriginHint(header=header if seen is not None else None, seen=seen, host=host)
    return Hint(cause="kaynak", message=message, origin=shown, strays=tuple(asked.strays))


async def wrong_fields(asked: Asked) -> Hint:
    """422 `alan_hatasi`."""
    meant = [stray for stray in asked.strays if stray.nearest]
    missing = {error["alan"].removeprefix("/") for error in asked.errors}
    misspelt = [stray for stray in meant if stray.nearest in missing] or meant
    choices = tuple(_choices(asked))
    if misspelt:
        names = ", ".join(f"`{stray.name}` → `{stray.nearest}`" for stray in misspelt)
        message = asked.say(
            f"Tanınmayan ad, herhalde olması gereken: {names}.", f"Unknown name, what was perhaps meant: {names}."
        )
    elif choices:
        values = ", ".join(f"`{choice.sent}` → `{choice.nearest}`" for choice in choices)
        message = asked.say(f"En yakın geçerli değer: {values}.", f"The nearest value: {values}.")
    elif asked.strays:
        names = ", ".join(f"`{stray.name}`" for stray in asked.strays)
        message = asked.say(f"İşlem şu adları tanımıyor: {names}.", f"The operation does not know {names}.")
    else:
        message = asked.say(
            "Adların hepsi tanındı; `hatalar` her değerde ne beklendiğini söyler.",
            "All names are known; `hatalar` says what is expected of each value.",
        )
    fields = tuple(sorted(asked.names.body | asked.names.query))
    return Hint(cause="alan", message=message, strays=tuple(asked.strays), choices=choices, fields=fields)


def _choices(asked: Asked) -> list[ChoiceHint]:
    """Of each wrong value of a listed kind, the nearest right one."""
    found = []
    for error in asked.errors:
        name = error["alan"].removeprefix("/")
        sent = asked.body.get(name, asked.query.get(name))
        near = nearest(sent, asked.names.choices.get(name, ())) if isinstance(sent, str) else None
        if near and isinstance(sent, str):
            found.append(ChoiceHint(pointer=error["alan"], sent=sent[:SHOWN], nearest=near))
    return found


def plainly(cause: Cause, text: Text) -> Reason:
    """For a refusal that one sentence explains."""

    async def reason(asked: Asked) -> Hint:
        return Hint(cause=cause, message=text.in_language(asked.language), strays=tuple(asked.strays))

    return reason


REUSED_KEY: Final = plainly(
    "idempotency_key",
    Text(
        "Aynı `Idempotency-Key` 24 saat içinde başka bir istekle geldi: yeni bir iş için yeni bir anahtar üretin; "
        "aynı işi yinelerken adresi ve gövdeyi bayt bayt aynı gönderin.",
        "This `Idempotency-Key` came with another request within 24 hours: make a new one for something new; to "
        "repeat, send the same address and body, byte by byte.",
    ),
)
FILE_TYPE: Final = plainly(
    "dosya_turu",
    Text(
        "Tür dosyanın adından ya da `Content-Type`'ından değil, baytlarından anlaşılır: resim, PDF, metin (UTF-8), "
        "ofis belgesi ya da zip olmalı; SVG ve HTML olmaz.",
        "The type is read from the bytes, not from the name or its `Content-Type`: images, PDF, text (UTF-8), office, "
        "zip; no SVG, no HTML.",
    ),
)
