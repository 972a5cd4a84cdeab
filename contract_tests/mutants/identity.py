"""Servers that take the wrong signature for the right one, and the other way round."""

from __future__ import annotations

import unicodedata
from typing import Any

from msgspec.structs import replace

from contract_tests.mutants.planting import Patch, mutant
from impl.actions import visitors
from impl.rules import identity


def _signed(patch: Patch, text: Any) -> None:
    patch.set(identity, "signed_text", text)


def _verified(patch: Patch, judge: Any) -> None:
    patch.wrap(visitors, "verify", judge)


@mutant("hmac.valid", "The email is not in the signed text.")
def email_not_signed(patch: Patch) -> None:
    _signed(patch, lambda visitor, email, timestamp: f"{visitor}||{timestamp}")


@mutant("hmac.valid", "The email is signed in small letters.")
def email_signed_in_small_letters(patch: Patch) -> None:
    _signed(patch, lambda visitor, email, timestamp: f"{visitor}|{(email or '').lower()}|{timestamp}")


@mutant("hmac.valid", "The email is normalised before it is signed.")
def email_signed_normalised(patch: Patch) -> None:
    _signed(
        patch, lambda visitor, email, timestamp: f"{visitor}|{unicodedata.normalize('NFC', email or '')}|{timestamp}"
    )


@mutant("hmac.valid", "An absent email is signed as `null`.")
def absent_email_signed_as_null(patch: Patch) -> None:
    _signed(patch, lambda visitor, email, timestamp: f"{visitor}|{email or 'null'}|{timestamp}")


@mutant("hmac.valid", "The parts are joined with colons.")
def signed_with_colons(patch: Patch) -> None:
    _signed(patch, lambda visitor, email, timestamp: f"{visitor}:{email or ''}:{timestamp}")


@mutant("hmac.valid", "The signed text is encoded as Latin-1.")
def signed_as_latin_1(patch: Patch) -> None:
    _signed(patch, lambda v, e, t: f"{v}|{(e or '').encode('latin-1', 'replace').decode('latin-1')}|{t}")


@mutant("hmac.tolerance", "301 seconds are accepted.")
def tolerance_of_301(patch: Patch) -> None:
    patch.set(identity, "TOLERANCE_SECONDS", 301)


@mutant("hmac.tolerance", "300 seconds are refused.")
def tolerance_of_299(patch: Patch) -> None:
    patch.set(identity, "TOLERANCE_SECONDS", 299)


@mutant("hmac.tolerance", "The tolerance is in milliseconds.")
def tolerance_in_milliseconds(patch: Patch) -> None:
    patch.set(identity, "TOLERANCE_SECONDS", 300_000)


@mutant("hmac.tolerance", "Timestamps to come are always accepted.")
def future_accepted(patch: Patch) -> None:
    _verified(patch, lambda verify, s, v, e, t, sig, now: verify(s, v, e, t, sig, max(now, t) if t > now else now))


@mutant("hmac.tolerance", "Timestamps to come are never accepted.")
def future_refused(patch: Patch) -> None:
    _verified(patch, lambda verify, s, v, e, t, sig, now: verify(s, v, e, t, sig, now) if t <= now else "expired")


@mutant("hmac.wrong", "Only the first half of the signature is compared.")
def half_a_signature(patch: Patch) -> None:
    _verified(
        patch,
        lambda verify, s, v, e, t, sig, now: (
            "valid"
            if sig[:32] == identity.sign(s, v, e, t)[:32] and abs(now - t) <= 300
            else verify(s, v, e, t, sig, now)
        ),
    )


@mutant("hmac.wrong", "An empty signature is accepted.")
def empty_signature(patch: Patch) -> None:
    _verified(patch, lambda verify, s, v, e, t, sig, now: "valid" if not sig else verify(s, v, e, t, sig, now))


@mutant("hmac.wrong", "The email may be another one than was signed.")
def other_email(patch: Patch) -> None:
    _verified(
        patch,
        lambda verify, s, v, e, t, sig, now: (
            "valid" if sig == identity.sign(s, v, "other@example.com", t) else verify(s, v, e, t, sig, now)
        ),
    )


@mutant("hmac.case", "Upper-case hex is accepted.")
def upper_case_hex(patch: Patch) -> None:
    _verified(patch, lambda verify, s, v, e, t, sig, now: verify(s, v, e, t, sig.lower(), now))


@mutant("hmac.pair", "A timestamp without a signature is an unsigned call.")
def half_a_pair(patch: Patch) -> None:
    patch.document(lambda schemas: schemas["CustomerInfoRequest"].pop("dependentRequired"))


@mutant("hmac.order", "The age is checked first.")
def age_first(patch: Patch) -> None:
    _verified(
        patch,
        lambda verify, s, v, e, t, sig, now: "expired" if abs(now - t) > 300 else verify(s, v, e, t, sig, now),
    )


@mutant("hmac.refused", "What a refused call tells is stored all the same.")
def refused_call_stored(patch: Patch) -> None:
    async def tell(original: Any, world: Any, tenant: Any, visitor: Any, info: Any, signature: Any, token: Any) -> Any:
        await original(world, tenant, visitor, info, None, token)
        return await original(world, tenant, visitor, info, signature, token)

    patch.wrap(visitors, "tell_about", tell)


@mutant("identity.unsigned", "An unsigned call changes a verified email.")
def unsigned_email(patch: Patch) -> None:
    patch.wrap(visitors, "told", lambda told, visitor, info, now, signed: told(visitor, info, now, signed=True))


@mutant("identity.unsigned", "An unsigned call ends the visitor's verification.")
def unsigned_unverifies(patch: Patch) -> None:
    async def tell(original: Any, world: Any, tenant: Any, visitor_id: Any, info: Any, signature: Any, tok: Any) -> Any:
        visitor, token = await original(world, tenant, visitor_id, info, signature, tok)
        if signature is None:
            visitor = replace(visitor, verified=False)
            await world.store.transact(lambda tx: tx.put_visitor(visitor))
        return visitor, token

    patch.wrap(visitors, "tell_about", tell)


@mutant("identity.unsigned", "An unsigned call stores nothing of a verified visitor.")
def unsigned_ignored(patch: Patch) -> None:
    patch.wrap(
        visitors,
        "told",
        lambda told, visitor, info, now, signed: told(
            visitor, info if signed or not visitor.verified else {}, now, signed=signed
        ),
    )


@mutant("profile.merge", "ekstra is merged.")
def extra_merged(patch: Patch) -> None:
    def told(original: Any, visitor: Any, info: Any, now: Any, signed: bool) -> Any:
        if info.get("extra"):
            info = {**info, "extra": {**visitor.profile.extra, **info["extra"]}}
        return original(visitor, info, now, signed=signed)

    patch.wrap(visitors, "told", told)


@mutant("profile.merge", "Omitted names are removed.")
def omitted_removed(patch: Patch) -> None:
    patch.wrap(
        visitors,
        "told",
        lambda told, visitor, info, now, signed: told(visitor, {"first_name": None, **info}, now, signed=signed),
    )
