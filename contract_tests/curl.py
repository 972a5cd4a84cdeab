"""A line for the shell that asks the same again."""

from __future__ import annotations

import shlex
from base64 import b64encode
from collections.abc import Mapping
from typing import Final

from contract_tests.hiding import Hiding
from contract_tests.transport import Exchange

LONGEST_TEXT: Final = 2000
"""Bytes of a body that the line shows as text."""
LONGEST: Final = 8 * 1024
"""Bytes of a body that the line has in it at all."""


def curl(exchange: Exchange, hiding: Hiding, tokens: Mapping[str, str] | None = None) -> str:
    """The line. Secrets stand there as variables of the shell; whose tokens they are, behind."""
    before, body, behind = _body(exchange.request_body, hiding)
    parts = [f"{before}curl -i -X {exchange.method}"]
    if set("[]{}") & set(exchange.url):
        parts.append("--globoff")
    if "/." in exchange.url:
        parts.append("--path-as-is")
    parts.append(hiding.shell(exchange.url))
    for name, value in exchange.request_headers.items():
        shown = hiding.shell(f"{name}: {value}")
        for token, owner in (tokens or {}).items():
            if value == f"Bearer {token}":
                shown, behind = f'"{name}: Bearer $TOKEN"', f"  # $TOKEN: {owner}'s, from auth/login"
        if name.lower() == "cookie":
            shown, behind = f'"{name}: {value.partition("=")[0]}=$SESSION"', "  # $SESSION: from portal/giris"
        if name.lower() == "x-ziyaretci-token":
            shown, behind = f'"{name}: $VISITOR_TOKEN"', "  # $VISITOR_TOKEN: from widget/init"
        parts.append(f"-H {shown}")
    return " ".join([*parts, *body]) + behind


def _body(raw: bytes | None, hiding: Hiding) -> tuple[str, list[str], str]:
    """What comes before, among and behind the arguments."""
    if raw is None:
        return "", [], ""
    if len(raw) > LONGEST:
        return "", ["--data-binary @body"], f"  # body: {len(raw)} bytes, in exchanges.har"
    text = raw.decode("utf-8", "replace")
    if len(raw) <= LONGEST_TEXT and text.isprintable() and "\ufffd" not in text:
        return "", [f"--data-raw {hiding.shell(text)}"], ""
    return f"base64 -d <<< {shlex.quote(b64encode(hiding.raw(raw)).decode())} | ", ["--data-binary @-"], ""
