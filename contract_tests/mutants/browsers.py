"""Servers that let in whom they should not: keys, origins, CORS."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from contract_tests.mutants.planting import Patch, Seen, mutant
from impl import security
from impl.contract import lane, replies
from impl.problems import OriginNotAllowed
from impl.rules.origins import may_call
from impl.store.memory import MemoryStore

WIDGET = ("/api/v1/widget/", "/api/v1/context/")


def _allowed(patch: Patch, judge: Any) -> None:
    """`judge(listed, origin, referer)` says more than the rule does."""
    patch.set(
        security,
        "may_call",
        lambda allowed, origin, referer: (
            may_call(allowed, origin, referer) or any(judge(listed, origin or "", referer or "") for listed in allowed)
        ),
    )


def _refused(patch: Patch, judge: Any) -> None:
    """`judge(origin, referer)` says what is refused beyond the rule."""
    patch.set(
        security,
        "may_call",
        lambda allowed, origin, referer: may_call(allowed, origin, referer) and not judge(origin, referer),
    )


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


@mutant("origin.exact", "An origin that begins with a listed one is accepted.")
def origin_by_prefix(patch: Patch) -> None:
    _allowed(patch, lambda listed, origin, referer: origin.startswith(listed))


@mutant("origin.exact", "An origin that ends as a listed one is accepted.")
def origin_by_suffix(patch: Patch) -> None:
    _allowed(patch, lambda listed, origin, referer: _host(origin).endswith(_host(listed)))


@mutant("origin.exact", "An origin with a listed one somewhere in it is accepted.")
def origin_by_containing(patch: Patch) -> None:
    _allowed(patch, lambda listed, origin, referer: listed in origin)


@mutant("origin.exact", "Subdomains of a listed origin are accepted.")
def origin_by_subdomain(patch: Patch) -> None:
    _allowed(patch, lambda listed, origin, referer: _host(origin).endswith("." + _host(listed)))


@mutant("origin.exact", "The scheme is not compared.")
def origin_without_scheme(patch: Patch) -> None:
    _allowed(patch, lambda listed, origin, referer: origin.partition("://")[2] == listed.partition("://")[2])


@mutant("origin.exact", "The port is not compared.")
def origin_without_port(patch: Patch) -> None:
    _allowed(
        patch,
        lambda listed, origin, referer: _host(origin) == _host(listed) and origin.partition(":")[0] == "https",
    )


@mutant("origin.exact", "A dot in a listed origin is any letter.")
def origin_by_pattern(patch: Patch) -> None:
    _allowed(patch, lambda listed, origin, referer: re.fullmatch(listed, origin) is not None)


@mutant("origin.exact", "A right Referer makes up for a wrong Origin.")
def referer_beside_origin(patch: Patch) -> None:
    _allowed(patch, lambda listed, origin, referer: referer.startswith(listed + "/"))


@mutant("origin.exact", "A Referer with a listed origin in its path is accepted.")
def referer_by_containing(patch: Patch) -> None:
    _allowed(patch, lambda listed, origin, referer: not origin and listed in referer)


@mutant("origin.accepted", "The host is compared with its case.")
def origin_with_case(patch: Patch) -> None:
    _refused(patch, lambda origin, referer: origin != (origin or "").lower() if origin else False)


@mutant("origin.accepted", "A default port is another port.")
def origin_default_port(patch: Patch) -> None:
    _refused(patch, lambda origin, referer: (origin or "").endswith((":443", ":80")))


@mutant("origin.accepted", "The Referer does not count.")
def referer_ignored(patch: Patch) -> None:
    _refused(patch, lambda origin, referer: origin is None)


@mutant("origin.absent", "A call without Origin and Referer is accepted.")
def no_origin_accepted(patch: Patch) -> None:
    _allowed(patch, lambda listed, origin, referer: not origin and not referer)


@mutant("origin.absent", "Origin: null is accepted.")
def null_origin_accepted(patch: Patch) -> None:
    _allowed(patch, lambda listed, origin, referer: origin == "null")


@mutant("origin.absent", "Origin: null leaves it to the Referer.")
def null_origin_is_none(patch: Patch) -> None:
    _allowed(patch, lambda listed, origin, referer: origin == "null" and referer.startswith(listed))


@mutant("origin.open", "An empty list accepts nobody's Origin.")
def empty_list_closed(patch: Patch) -> None:
    original = security.SCHEMES["widgetKey"]

    async def widget_key(world: Any, headers: Any, creates: bool) -> Any:
        caller: Any = await original(world, headers, creates)
        if not caller.tenant.allowed_origins and b"origin" in headers and headers[b"origin"] != b"null":
            raise OriginNotAllowed
        return caller

    patch.set(security, "SCHEMES", {**security.SCHEMES, "widgetKey": widget_key})


@mutant("key.required", "An unknown key is taken for the first tenant's.")
def unknown_key_accepted(patch: Patch) -> None:
    original = MemoryStore.tenant_by_key

    async def find(store: Any, key: str) -> Any:
        return await original(store, key) or await original(store, "CM_DEMO_2026")

    patch.set(MemoryStore, "tenant_by_key", find)


@mutant("key.required", "The key's case does not count.")
def key_without_case(patch: Patch) -> None:
    original = MemoryStore.tenant_by_key
    patch.set(MemoryStore, "tenant_by_key", lambda store, key: original(store, key.upper()))


@mutant("cors.readable", "Refusals have no CORS headers.")
def no_cors_on_errors(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.status >= 400:
            seen.headers.pop("access-control-allow-origin", None)

    patch.answers(change)


@mutant("cors.readable", "Credentials are allowed.")
def cors_credentials(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.path.startswith(WIDGET):
            seen.headers["access-control-allow-credentials"] = "true"

    patch.answers(change)


@mutant("cors.readable", "X-Request-Id is not exposed.")
def cors_exposes_nothing(patch: Patch) -> None:
    patch.answers(lambda seen: seen.headers.pop("access-control-expose-headers", None))


@mutant("cors.preflight", "Preflights need a key.")
def preflight_refused(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.method == "OPTIONS" and seen.status == 204:
            seen.headers.pop("access-control-allow-origin", None)

    patch.answers(change)


@mutant("cors.preflight", "Preflights do not allow X-Ziyaretci-Token.")
def preflight_without_token(patch: Patch) -> None:
    patch.set(
        lane,
        "PREFLIGHT",
        [(name, value.replace(b" X-Ziyaretci-Token,", b"")) for name, value in lane.PREFLIGHT],
    )


@mutant("cors.operator", "Operator calls have CORS headers too.")
def cors_everywhere(patch: Patch) -> None:
    patch.set(replies, "CORS_PREFIXES", (*replies.CORS_PREFIXES, "/api/v1/operator/"))
