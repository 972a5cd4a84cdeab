"""Keeps secrets out of what is told: passwords, api_secrets, and the tokens and cookies of this judgement."""

from __future__ import annotations

import json
import re
import shlex
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import quote, quote_plus

from contract_tests.findings import Broken, Finding
from contract_tests.target import Target
from contract_tests.transport import Exchange

HIDDEN: Final = "…"
SHORTEST: Final = 6
"""Characters of a secret that is looked for everywhere: a shorter one may stand there by chance."""
SECRET_HEADERS: Final = ("authorization", "proxy-authorization", "cookie", "set-cookie", "x-ziyaretci-token")
_NAMES: Final = rb"(?:token|sifre|secret|api_secret|ziyaretci_token)"
_MEMBER: Final = re.compile(rb'("' + _NAMES + rb'"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|\\?$)')
_FIELD: Final = re.compile(rb"((?:^|&)" + _NAMES + rb"=)[^&\s]+")
_LEARNT: Final = re.compile(rb'"(token|secret|api_secret)"\s*:\s*"((?:[^"\\]|\\.)+)"')
_VARIABLE: Final = re.compile(r"\$(?:SIFRE|API_SECRET|SECRET|TOKEN|SESSION)(?![A-Z_])")
_COOKIE: Final = re.compile(r"^cozum_portal=([^;\s]+)", re.MULTILINE)


class Hiding:
    """Knows the secrets. Threads may share it."""

    def __init__(self, target: Target) -> None:
        self._known: tuple[tuple[bytes, bytes], ...] = ()
        self._lock = threading.Lock()
        logins = (target.operator, target.colleague, target.outsider, target.manager)
        self._add({one.password: "$SIFRE" for one in logins if one})
        self._add({one.secret: "$API_SECRET" for one in target.tenants()})

    def _add(self, secrets: Mapping[str, str]) -> None:
        known: dict[bytes, bytes] = {}
        for secret, name in secrets.items():
            if len(secret) >= SHORTEST:
                forms = (
                    secret,
                    quote(secret.encode("utf-8", "surrogatepass"), safe=""),
                    quote_plus(secret.encode("utf-8", "surrogatepass")),
                    _escaped(secret),
                    _escaped(secret, True),
                )
                known |= {form.encode("utf-8", "surrogatepass"): name.encode() for form in forms}
        with self._lock:
            known = dict(self._known) | known
            self._known = tuple(sorted(known.items(), key=lambda one: -len(one[0])))

    def learn(self, exchange: Exchange) -> None:
        """Tokens, secrets and cookies that the answer gives."""
        if b'token"' in exchange.body or b'secret"' in exchange.body:
            for name, value in _LEARNT.findall(exchange.body):
                self._add({_unescaped(value): f"${name.decode().upper()}"})
        if "set-cookie" in exchange.headers:
            self._add(dict.fromkeys(_COOKIE.findall(exchange.headers["set-cookie"]), "$SESSION"))

    def raw(self, raw: bytes) -> bytes:
        """Without the secrets that are known; each has a name instead, as `$TOKEN`."""
        for secret, name in self._known:
            raw = raw.replace(secret, name)
        return raw

    def text(self, text: str) -> str:
        """As `raw`, and without what stands in a secret's place."""
        return members(self.raw(text.encode("utf-8", "surrogatepass"))).decode("utf-8", "backslashreplace")

    def shell(self, text: str) -> str:
        """A word for the shell, where a secret is the variable of its name."""
        word = shlex.quote(self.raw(text.encode("utf-8", "surrogatepass")).decode("utf-8", "backslashreplace"))
        return _VARIABLE.sub(r"""'"\g<0>"'""", word) if "$" in word else word

    def broken(self, broken: Broken) -> Broken:
        """The same, without secrets; the curl line has none already."""
        finding: Finding = broken.finding
        broken.finding = replace(finding, expected=self.text(finding.expected), seen=self.text(finding.seen))
        return broken

    def exchange(self, exchange: Exchange) -> Exchange:
        """The same, without secrets."""
        body = exchange.request_body
        return replace(
            exchange,
            url=self.text(exchange.url),
            where=self.text(exchange.where),
            request_headers={name: self.text(value) for name, value in headers(exchange.request_headers).items()},
            request_body=None if body is None else members(self.raw(body)),
            headers={name: self.text(value) for name, value in headers(exchange.headers).items()},
            body=members(self.raw(exchange.body)),
        )


def headers(given: Mapping[str, str]) -> dict[str, str]:
    """Without the values that are secret."""
    return {name: HIDDEN if name.lower() in SECRET_HEADERS else value for name, value in given.items()}


def members(raw: bytes) -> bytes:
    """A body, or its beginning, without the values of JSON members and form fields that are secret."""
    return _FIELD.sub(rb"\1" + HIDDEN.encode(), _MEMBER.sub(rb'\1"' + HIDDEN.encode() + rb'"', raw))


def _escaped(text: str, is_utf_8: bool = False) -> str:
    return json.dumps(text, ensure_ascii=not is_utf_8)[1:-1]


def _unescaped(value: bytes) -> str:
    try:
        return str(json.loads(b'"' + value + b'"'))
    except ValueError:
        return value.decode("utf-8", "replace")
