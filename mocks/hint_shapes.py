"""The shape of `ipucu`: what the mock adds to a refusal, so that whoever reads it knows what to change.

`Problem` in the contract is open to more members; this one is the mock's alone, and no client may build on it.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import field

Cause = Literal[
    "anahtar",
    "token",
    "origin",
    "imza",
    "imza_suresi",
    "ziyaretci_token",
    "giris",
    "portal_oturumu",
    "rol",
    "kaynak",
    "alan",
    "idempotency_key",
    "dosya_turu",
]
Place = Literal["govde", "sorgu", "baslik"]


class Shape(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Members that say nothing are left out."""


class Stray(Shape, frozen=True):
    """A field, parameter or header that the operation does not know; `nearest` is what was perhaps meant."""

    place: Place = field(name="yer")
    name: str = field(name="ad")
    nearest: str | None = field(name="en_yakin", default=None)
    nearest_place: Place | None = field(name="en_yakin_yer", default=None)

    def __str__(self) -> str:
        """One line of English, for the terminal and the log."""
        said = f"unknown {PLACES[self.place]} {self.name!a}"
        if self.nearest is None or self.nearest_place is None:
            return said
        elsewhere = f"the {PLACES[self.nearest_place]} " if self.nearest_place != self.place else ""
        return f"{said}; did you mean {elsewhere}{self.nearest}?"


PLACES: dict[Place, str] = {"govde": "body field", "sorgu": "query parameter", "baslik": "header"}


class HeaderHint(Shape, frozen=True):
    """The header that names the caller: which one is expected, and which was seen in its place."""

    expected: str = field(name="beklenen")
    form: str | None = field(name="bicim", default=None)
    seen: str | None = field(name="gorulen", default=None)
    """None: nothing that looks like it."""
    value: str | None = field(name="deger", default=None)
    """As sent; of tokens only the beginning."""
    known: tuple[str, ...] = field(name="bilinenler", default=())
    """The keys that this server knows."""
    nearest: str | None = field(name="en_yakin", default=None)


class OriginHint(Shape, frozen=True):
    """`Origin`, or without one `Referer`, against the tenant's list."""

    header: str | None = field(name="baslik", default=None)
    seen: str | None = field(name="gorulen", default=None)
    normal: str | None = field(name="normal", default=None)
    allowed: tuple[str, ...] = field(name="izinli_originler", default=())
    nearest: str | None = field(name="en_yakin", default=None)
    host: str | None = None
    """Where the page must come from, for portal calls."""


class SignatureHint(Shape, frozen=True):
    """What should have been signed, and what came."""

    text: str = field(name="imzalanacak_metin")
    expected: str = field(name="beklenen")
    sent: str = field(name="gonderilen")
    mistake: str | None = field(name="bulunan_hata", default=None)
    """Which usual mistake makes exactly the signature that was sent."""


class ClockHint(Shape, frozen=True):
    """The server's clock against the request's, in seconds."""

    server: str = field(name="sunucu_saati")
    server_timestamp: int = field(name="sunucu_timestamp")
    timestamp: int
    difference: int = field(name="fark_saniye")
    """Positive: the request's clock is behind."""
    tolerance: int = field(name="tolerans_saniye")


class RoleHint(Shape, frozen=True):
    """The operator's role in each of their tenants, and which roles would do."""

    needed: tuple[str, ...] = field(name="gereken")
    roles: dict[str, str] = field(name="roller")
    """By tenant id."""


class ChoiceHint(Shape, frozen=True):
    """A value that is none of those that a field takes."""

    pointer: str = field(name="alan")
    sent: str = field(name="gonderilen")
    nearest: str = field(name="en_yakin")


class Hint(Shape, frozen=True):
    """`ipucu`."""

    cause: Cause = field(name="neden")
    message: str = field(name="mesaj")
    """What to change, in the language of the answer."""
    header: HeaderHint | None = field(name="baslik", default=None)
    origin: OriginHint | None = None
    signature: SignatureHint | None = field(name="imza", default=None)
    clock: ClockHint | None = field(name="saat", default=None)
    roles: RoleHint | None = field(name="rol", default=None)
    strays: tuple[Stray, ...] = field(name="taninmayanlar", default=())
    choices: tuple[ChoiceHint, ...] = field(name="degerler", default=())
    fields: tuple[str, ...] = field(name="bilinen_alanlar", default=())
    command: str | None = field(name="komut", default=None)
    """A command line that makes it right."""


def hint_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `ipucu`."""
    return msgspec.json.schema(Hint)
