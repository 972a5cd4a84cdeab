"""Why a signature was refused, and what an operator may: the reasons that read the request's body or its caller."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Final

from impl.contract.call import only_cookie_of, text
from impl.demo import read_demo
from impl.model import Tenant
from impl.problems import Language
from impl.rules import portal_cookie
from impl.rules.hashing import digest
from impl.rules.identity import TOLERANCE_SECONDS, sign, signed_text
from impl.rules.roles import MANAGERS
from impl.rules.times import ISTANBUL
from impl.store.port import Tx
from impl.wire.people import ROLES
from mocks.clock import MockClock
from mocks.hint_shapes import ClockHint, HeaderHint, Hint, RoleHint, SignatureHint
from mocks.reasons import (
    FILE_TYPE,
    REUSED_KEY,
    SHOWN,
    Asked,
    Reason,
    masked,
    tenants_of,
    wrong_fields,
    wrong_key,
    wrong_login,
    wrong_origin,
    wrong_source,
    wrong_token,
    wrong_visitor_token,
)
from mocks.signatures import Signed, find_mistake

MILLISECONDS: Final = 100_000_000_000
"""Unix seconds of the year 5138: a larger number counts milliseconds."""
HOUR: Final = 3_600


async def wrong_signature(asked: Asked) -> Hint:
    """401 `imza_gecersiz`."""
    tenant, sent = await _tenant(asked), _signed(asked)
    if tenant is None or sent is None:
        return Hint(cause="imza", message=_where(asked.language))
    mistake = find_mistake(tenant, await tenants_of(asked.world), sent)
    found = mistake.in_language(asked.language) if mistake else None
    message = asked.say(
        f"`{tenant.name}` projesinin api_secret'ıyla, metnin UTF-8 baytları imzalanmalı; sonuç `imza.beklenen`'dir. "
        "Doğru imzayı yalnız mock söyler: demo sırları herkesçe bilinir, sır değildir.",
        f"The UTF-8 bytes of the text are signed with the api_secret of `{tenant.name}`, which gives `imza.beklenen`. "
        "Only the mock tells the right signature: its demo secrets are public, no secrets at all.",
    )
    return Hint(
        cause="imza",
        message=f"{found} {message}" if found else message,
        signature=SignatureHint(
            text=signed_text(*sent[:3]),
            expected=sign(tenant.api_secret, *sent[:3]),
            sent=sent.signature[:SHOWN],
            mistake=found,
        ),
        strays=tuple(asked.strays),
        command=_command(tenant, sent),
    )


async def wrong_age(asked: Asked) -> Hint:
    """401 `imza_suresi_doldu`."""
    tenant, sent = await _tenant(asked), _signed(asked)
    if tenant is None or sent is None:
        return Hint(cause="imza_suresi", message=_where(asked.language))
    now = int(asked.world.clock.timestamp())
    clock = ClockHint(
        server=datetime.fromtimestamp(now, ISTANBUL).isoformat(),
        server_timestamp=now,
        timestamp=sent.timestamp,
        difference=now - sent.timestamp,
        tolerance=TOLERANCE_SECONDS,
    )
    message = _about_age(asked, clock)
    return Hint(
        cause="imza_suresi",
        message=message,
        clock=clock,
        strays=tuple(asked.strays),
        command=_command(tenant, sent, now),
    )


def _about_age(asked: Asked, clock: ClockHint) -> str:
    hours, rest = divmod(abs(clock.difference) + TOLERANCE_SECONDS, HOUR)
    if clock.timestamp > MILLISECONDS:
        return asked.say(
            "İmza doğru, ama `timestamp` milisaniye; Unix saniyesi olmalı (`Math.floor(Date.now() / 1000)`).",
            "The signature is right, but `timestamp` is in milliseconds; seconds are meant "
            "(`Math.floor(Date.now() / 1000)`).",
        )
    side = asked.say("geride", "behind") if clock.difference > 0 else asked.say("ileride", "ahead of")
    message = asked.say(
        f"İmza doğru, ama `timestamp` sunucu saatinden {abs(clock.difference)} saniye {side}; en çok "
        f"{TOLERANCE_SECONDS} olabilir.",
        f"The signature is right, but `timestamp` is {abs(clock.difference)} seconds {side} the server's clock; "
        f"{TOLERANCE_SECONDS} at most.",
    )
    if _is_of_this_machine(asked, clock):
        message += asked.say(
            " Bu makinenin saatiyle doğru, ama mock'un saati değiştirilmiş (`cozum clock`): onun saatini gönderin.",
            " It is right by this machine's clock, but the mock's was changed (`cozum clock`): send that one's time.",
        )
    elif 1 <= hours <= 14 and rest <= 2 * TOLERANCE_SECONDS:
        message += asked.say(
            f" Tam {hours} saat: yerel saat UTC sanılmış olabilir.",
            f" Exactly {hours} {'hour' if hours == 1 else 'hours'}: perhaps local time was taken for UTC.",
        )
    return message


def _is_of_this_machine(asked: Asked, sent: ClockHint) -> bool:
    clock = asked.world.clock
    return isinstance(clock, MockClock) and abs(clock.machine_time() - sent.timestamp) <= TOLERANCE_SECONDS


def _where(language: Language) -> str:
    if language == "en":
        return "The signature stands in the body: `ziyaretci_id`, `email`, `timestamp`, `signature`."
    return "İmza gövdededir: `ziyaretci_id`, `email`, `timestamp`, `signature`."


async def _tenant(asked: Asked) -> Tenant | None:
    return await asked.world.store.tenant_by_key(text(asked.headers, b"x-api-key") or "")


def _signed(asked: Asked) -> Signed | None:
    match asked.body:
        case {"ziyaretci_id": str(visitor_id), "timestamp": int() | float() as timestamp, "signature": str(signature)}:
            email = asked.body.get("email")
            return Signed(visitor_id, email if isinstance(email, str) else None, int(timestamp), signature)
    return None


@cache
def _demo_secrets() -> Mapping[str, str]:
    return {tenant["api_key"]: tenant["api_secret"] for tenant in read_demo()["tenants"]}


def _command(tenant: Tenant, sent: Signed, timestamp: int | None = None) -> str:
    """The `cozum sign` that makes it right; a secret that is not the demo's is not told."""
    known = _demo_secrets().get(tenant.api_key) == tenant.api_secret
    words = ["cozum", "sign", "--id", sent.visitor_id]
    words += ["--email", sent.email] if sent.email else []
    words += ["--key", tenant.api_key] if known else ["--secret", "API_SECRET"]
    words += ["--timestamp", str(sent.timestamp if timestamp is None else timestamp)]
    return shlex.join(words)


async def wrong_role(asked: Asked) -> Hint:
    """403 `yetki_yok`."""
    cookie = only_cookie_of(asked.headers, portal_cookie.NAME)
    token_id = (text(asked.headers, b"authorization") or "").partition("|")[0].rpartition(" ")[2]

    async def work(tx: Tx) -> dict[str, str]:
        session = await tx.portal_session(digest(cookie)) if cookie else None
        token = await tx.token(int(token_id)) if not cookie and token_id.isdecimal() else None
        owner = session or token
        found = await tx.memberships(owner.operator_id) if owner else ()
        return {str(one.tenant_id): ROLES[one.role] for one in found}

    needed = tuple(sorted(ROLES[role] for role in MANAGERS))
    message = asked.say(
        f"Bu projede {' ya da '.join(needed)} olmak gerekir; demoda destek@example.com 1'in, yalniz@example.com 3'ün "
        "sahibidir.",
        f"Needs {' or '.join(needed)} in this tenant; in the demo destek@example.com owns 1 and yalniz@example.com 3.",
    )
    roles = RoleHint(needed=needed, roles=await asked.world.store.transact(work))
    return Hint(cause="rol", message=message, roles=roles, strays=tuple(asked.strays))


async def no_session(asked: Asked) -> Hint:
    """401 `portal_oturumu_gerekli`."""
    sent = only_cookie_of(asked.headers, portal_cookie.NAME)
    if sent:
        message = asked.say(
            "Çerezdeki oturum yok: süresi doldu, çıkış yapıldı, ya da sunucu yeniden başladı.",
            "The cookie's session is not there: it expired, was signed out, or the server was started again.",
        )
    else:
        message = asked.say(
            f"`{portal_cookie.NAME}` çerezi yok; POST /portal/giris verir (`curl -c`, sonra `-b`).",
            f"There is no cookie `{portal_cookie.NAME}`; POST /portal/giris gives it (`curl -c`, then `-b`).",
        )
    header = HeaderHint(
        expected="Cookie",
        form=f"{portal_cookie.NAME}=…",
        seen="Cookie" if b"cookie" in asked.headers else None,
        value=masked(sent) if sent else None,
    )
    return Hint(cause="portal_oturumu", message=message, header=header, strays=tuple(asked.strays))


REASONS: Final[Mapping[str, Reason]] = {
    "anahtar_gecersiz": wrong_key,
    "token_gecersiz": wrong_token,
    "giris_hatali": wrong_login,
    "imza_gecersiz": wrong_signature,
    "imza_suresi_doldu": wrong_age,
    "ziyaretci_token_gerekli": wrong_visitor_token,
    "portal_oturumu_gerekli": no_session,
    "origin_izinsiz": wrong_origin,
    "yetki_yok": wrong_role,
    "kaynak_dogrulanmadi": wrong_source,
    "alan_hatasi": wrong_fields,
    "anahtar_cakismasi": REUSED_KEY,
    "dosya_turu_izinsiz": FILE_TYPE,
}
"""By the problem's `kod`: all of 401, 403 and 422."""
