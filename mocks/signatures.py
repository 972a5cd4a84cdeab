"""Which usual mistake made a signature: each is tried, and the one that gives just what was sent is named."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from impl.model import Tenant
from impl.problems import Text
from impl.rules.identity import sign, signed_text

LONGEST = 4096
"""Characters of a signature that are looked at, as the contract has it."""


class Signed(NamedTuple):
    """What a request asked to be believed."""

    visitor_id: str
    email: str | None
    timestamp: int
    signature: str


def find_mistake(tenant: Tenant, others: Iterable[Tenant], sent: Signed) -> Text | None:
    """The mistake that gives exactly this signature, if it is a usual one."""
    right = sign(tenant.api_secret, *sent[:3])
    if sent.signature.lower() == right:
        return Text("İmza büyük harfli; küçük harfli on altılık olmalı.", "Upper-case hex; it must be lower-case.")
    given = sent.signature.strip()[:LONGEST]
    for text, signature in _candidates(tenant, others, sent):
        if given in (signature, signature.upper()):
            return text
    if right in given.lower():
        return Text("İmzanın önünde ya da ardında fazlalık var.", "There is something before or after the signature.")
    return None


def _candidates(tenant: Tenant, others: Iterable[Tenant], sent: Signed) -> Iterator[tuple[Text, str]]:
    secret, right = tenant.api_secret, signed_text(*sent[:3])
    for what, text in _texts(sent, right):
        signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        yield Text(f"{what.tr}: imzalanan metin `{text}`.", f"{what.en}: what was signed is `{text}`."), signature
    raw = hmac.new(secret.encode(), right.encode(), hashlib.sha256).digest()
    base64 = Text("İmza base64 ile yazılmış; küçük harfli on altılık olmalı.", "In base64; it must be lower-case hex.")
    yield base64, b64encode(raw).decode()
    for wrong, key, message in (
        (
            Text("Sır yerine API anahtarıyla imzalanmış.", "Signed with the API key, not the secret."),
            tenant.api_key,
            right,
        ),
        (Text("Sır ile metin yer değiştirmiş.", "Secret and text have changed places."), right, secret),
        (Text("Boş bir sırla imzalanmış.", "Signed with an empty secret."), "", right),
    ):
        yield wrong, hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()
    plainly = Text("HMAC değil, düz SHA-256.", "Not an HMAC but a plain SHA-256.")
    for mixed in (right, secret + right, right + secret, f"{right}|{secret}", f"{secret}|{right}"):
        yield plainly, hashlib.sha256(mixed.encode()).hexdigest()
    for name in ("sha1", "sha512", "md5"):
        other = Text(f"HMAC-{name.upper()}; HMAC-SHA256 olmalı.", f"HMAC-{name.upper()}; it must be HMAC-SHA256.")
        yield other, hmac.new(secret.encode(), right.encode(), name).hexdigest()
    for one in others:
        if one.id != tenant.id:
            yield (
                Text(f"`{one.name}` projesinin sırrıyla imzalanmış.", f"Signed with the secret of `{one.name}`."),
                sign(one.api_secret, *sent[:3]),
            )


def _texts(sent: Signed, right: str) -> Iterator[tuple[Text, str]]:
    """Texts that are signed in the place of the right one, and what is wrong with them."""
    visitor_id, email, timestamp = sent.visitor_id, sent.email or "", sent.timestamp
    ending = Text("Metnin sonunda satır sonu var (`echo -n` kullanın)", "The text ends with a newline (use `echo -n`)")
    yield ending, right + "\n"
    for separator in ("", ":", ",", ".", "-", "_", "&", ";", " ", "\n", " | "):
        yield Text("Ayırıcı `|` değil", "The separator is not `|`"), separator.join([visitor_id, email, str(timestamp)])
    order = Text("Sıra yanlış", "The order is wrong")
    for parts in (
        (visitor_id, timestamp, email),
        (email, visitor_id, timestamp),
        (email, timestamp, visitor_id),
        (timestamp, visitor_id, email),
        (timestamp, email, visitor_id),
    ):
        yield order, "|".join(map(str, parts))
    missing = Text("Bir parça eksik", "A part is missing")
    for left in ([visitor_id, str(timestamp)], [visitor_id, email], [email, str(timestamp)], [visitor_id]):
        yield missing, "|".join(left)
    other = Text("E-posta gönderilenden başka", "The email is not the one sent")
    for text in ("", "null", "None", "undefined", email.lower(), email.strip(), email.upper()):
        if text != email:
            yield other, signed_text(visitor_id, text, timestamp)
    unit = Text("Zaman gönderilenden başka birimde", "The time has another unit than the one sent")
    for seconds in (timestamp * 1000, timestamp // 1000):
        yield unit, signed_text(visitor_id, sent.email, seconds)
    yield unit, f"{visitor_id}|{email}|{float(timestamp)}"
