"""Servers whose portal keeps its sessions badly."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from contract_tests.mutants.planting import Patch, Seen, family, mutant
from impl.actions import operators, sessions
from impl.contract import bodies, full_way, replies
from impl.handlers import portal
from impl.problems import MalformedForm, NotSignedIn
from impl.rules import portal_cookie
from impl.rules.hashing import digest
from impl.rules.same_site import is_same_site

UNSAFE = ("portal_sign_in", "portal_sign_out", "portal_choose_project", "portal_create_project")


@mutant("session.sign_in", "The sign-in page never says who is signed in.")
def state_untold(patch: Patch) -> None:
    async def nobody(world: Any, cookie: Any) -> None:
        return None

    patch.set(sessions, "find_session", nobody)


@mutant("session.sign_in", "Forms are not read.")
def form_unread(patch: Patch) -> None:
    def refuse(raw: bytes, fields: Any) -> Any:
        raise MalformedForm

    patch.set(bodies, "read_form", refuse)


def _cookie(patch: Patch, text: str, other: str) -> None:
    patch.wrap(portal_cookie, "_cookie", lambda line, value, age, secure: line(value, age, secure).replace(text, other))


@mutant("session.cookie", "Scripts can read the session's cookie.")
def cookie_for_scripts(patch: Patch) -> None:
    _cookie(patch, "; HttpOnly", "")


@mutant("session.cookie", "The session's cookie comes with requests of other sites.")
def cookie_for_other_sites(patch: Patch) -> None:
    _cookie(patch, "SameSite=Lax", "SameSite=None")


@mutant("session.rotated", "The old session lives on beside the new one.")
def old_session_lives(patch: Patch) -> None:
    async def sign_in(original: Any, world: Any, email: str, password: str, client: str, cookie: Any) -> Any:
        return await original(world, email, password, client, None)

    patch.wrap(sessions, "sign_in", sign_in)


@mutant("session.rotated", "Signing in keeps the cookie that the browser came with.")
def cookie_kept(patch: Patch) -> None:
    async def sign_in(original: Any, world: Any, email: str, password: str, client: str, cookie: Any) -> Any:
        signed_in = await original(world, email, password, client, cookie)
        if not cookie:
            return signed_in

        async def keep(tx: Any) -> None:
            session = await tx.portal_session(digest(signed_in.secret))
            await tx.put_portal_session(replace(session, digest=digest(cookie)))

        await world.store.transact(keep)
        return replace(signed_in, secret=cookie)

    patch.wrap(sessions, "sign_in", sign_in)


@mutant("session.alike", "The portal tells an unknown email from a wrong password.")
def portal_tells_emails(patch: Patch) -> None:
    async def sign_in(original: Any, world: Any, email: str, *rest: Any) -> Any:
        if await world.store.transact(lambda tx: tx.operator_by_email(email)) is None:
            raise NotSignedIn
        return await original(world, email, *rest)

    patch.wrap(sessions, "sign_in", sign_in)


@mutant("session.alike", "A wrong password gets a cookie too.")
def cookie_for_nobody(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.path == "/portal/giris" and seen.status == 401:
            seen.headers["set-cookie"] = portal_cookie.set_cookie("A" * 43, secure=False)

    patch.answers(change)


@mutant("session.sign_out", "Signing out empties the cookie and leaves the session.")
def session_outlives_sign_out(patch: Patch) -> None:
    async def nothing(world: Any, caller: Any) -> None:
        return None

    patch.set(sessions, "sign_out", nothing)


@mutant("session.sign_out", "Signing out leaves the cookie in the browser.")
def cookie_outlives_sign_out(patch: Patch) -> None:
    patch.set(portal, "empty_cookie", lambda *, secure: portal_cookie.set_cookie("A" * 43, secure=secure))


@mutant("session.own", "Signing out ends all of the user's sessions.")
def sign_out_ends_all(patch: Patch) -> None:
    async def sign_out(original: Any, world: Any, caller: Any) -> None:
        sessions_of = world.store.tables.portal_sessions
        for one in [one for one in sessions_of.values() if one.operator_id == caller.operator.id]:
            await world.store.transact(lambda tx, one=one: tx.delete_portal_session(one.digest))

    patch.wrap(sessions, "sign_out", sign_out)


def _unproven(patch: Patch, operation: str) -> None:
    """That operation asks for no proof."""
    original = full_way.FullWay.__init__

    def build(way: Any, **options: Any) -> None:
        original(way, **options)
        if options["operation_id"] == operation:
            way._proves_source = False

    patch.set(full_way.FullWay, "__init__", build)


for _operation in UNSAFE:
    family(
        "session.source",
        f"unproven-{_operation.replace('_', '-')}",
        f"{_operation} may come from any site.",
        lambda patch, operation=_operation: _unproven(patch, operation),  # type: ignore[misc]
        _operation,
    )


def _source(patch: Patch, judge: Any) -> None:
    """`judge(site, origin, host)` says what is proof beyond the rule."""

    def proven(method: str, site: Any, origin: Any, host: Any, public: Any = None) -> bool:
        return is_same_site(method, site, origin, host, public) or bool(judge(site, origin or "", host or ""))

    patch.set(full_way, "is_same_site", proven)


@mutant("session.source", "An Origin that ends as the portal's own is proof.")
def source_by_suffix(patch: Patch) -> None:
    _source(patch, lambda site, origin, host: site is None and origin.endswith(host))


@mutant("session.source", "Origin: null is proof.")
def source_null(patch: Patch) -> None:
    _source(patch, lambda site, origin, host: site is None and origin == "null")


@mutant("session.proof", "Origin is no proof.")
def origin_is_no_proof(patch: Patch) -> None:
    def proven(method: str, site: Any, origin: Any, host: Any, public: Any = None) -> bool:
        return is_same_site(method, site, None, host, public)

    patch.set(full_way, "is_same_site", proven)


@mutant("session.proof", "Reading needs proof.")
def reading_needs_proof(patch: Patch) -> None:
    def proven(method: str, *rest: Any) -> bool:
        return is_same_site("POST", *rest)

    original = full_way.FullWay.__init__

    def build(way: Any, **options: Any) -> None:
        original(way, **options)
        way._proves_source = options["path"].startswith("/portal/")

    patch.set(full_way.FullWay, "__init__", build)
    patch.set(full_way, "is_same_site", proven)


@mutant("cors.portal", "Pages of every origin read the portal.")
def cors_on_portal(patch: Patch) -> None:
    patch.set(replies, "CORS_PREFIXES", (*replies.CORS_PREFIXES, "/portal/"))


@mutant("session.throttle", "Nobody is slowed down.")
def never_throttled(patch: Patch) -> None:
    patch.set(operators, "FAILURES", 1_000)


@mutant("session.throttle", "Each door counts for itself.")
def doors_count_apart(patch: Patch) -> None:
    async def sign_in(original: Any, world: Any, email: str, password: str, client: str, cookie: Any) -> Any:
        return await original(world, email, password, f"portal {client}", cookie)

    patch.wrap(sessions, "sign_in", sign_in)


@mutant("session.throttle", "Eleven failures are allowed.")
def eleven_failures(patch: Patch) -> None:
    patch.set(operators, "FAILURES", 11)


@mutant("session.throttle", "All emails are slowed down together.")
def throttled_together(patch: Patch) -> None:
    patch.wrap(operators, "admit", lambda admit, world, email, *rest: admit(world, _known(world, email), *rest))


def _known(world: Any, email: str) -> str:
    return email if email in world.store.tables.operator_ids_by_email else "kimse@example.com"


@mutant("session.expiry", "A session lasts a day.")
def session_of_a_day(patch: Patch) -> None:
    patch.set(sessions, "SESSION_LIFE", timedelta(days=1))


@mutant("session.expiry", "A session lasts an hour.")
def session_of_an_hour(patch: Patch) -> None:
    patch.set(sessions, "SESSION_LIFE", timedelta(hours=1))


@mutant("token.expiry", "A token lasts ten years.")
def token_of_ten_years(patch: Patch) -> None:
    patch.set(operators, "TOKEN_LIFE", timedelta(days=3_650))


@mutant("token.expiry", "A token lasts a day.")
def token_of_a_day(patch: Patch) -> None:
    patch.set(operators, "TOKEN_LIFE", timedelta(days=1))
