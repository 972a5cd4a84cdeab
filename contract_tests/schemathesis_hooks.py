"""What `st run` cannot know from a schema: see `schemathesis.toml`, which names this module.

Who calls: the demo's widget key, an owner of its tenant, and one of another tenant in the portal. They sign in as often
as their token is revoked or their session ended, which the requests under test do too.
"""

from __future__ import annotations

import json
import re
from itertools import count
from typing import Any, Final
from urllib.request import Request, urlopen

import schemathesis

KEY: Final = "Idempotency-Key"
COOKIE: Final = "cozum_portal"
WIDGET_KEY: Final = "CM_DEMO_2026"
OPERATOR: Final = {"email": "destek@example.com", "sifre": "sifre123"}
"""An owner of the demo's first tenant, whose key that is."""
PORTAL_USER: Final = {"email": "yalniz@example.com", "sifre": "sifre123"}
"""An owner of another one: origins that are listed there refuse no widget call here."""

_FORM = re.compile(r"[\x21-\x7e]{1,100}")
_count = count(1)


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Give each request a key of its own: the same key with another body is refused (422), which no schema says."""
    key = case.headers.get(KEY) if case.headers else None
    if isinstance(key, str) and _FORM.fullmatch(key):
        case.headers[KEY] = f"{key[:100]}-{next(_count)}"


@(schemathesis.auth().apply_to(path_regex="^/api/v1/(widget|context)/"))
class WidgetKey:
    """The demo's key."""

    def get(self, case: Any, context: Any) -> str:
        return WIDGET_KEY

    def set(self, case: Any, data: str, context: Any) -> None:
        case.headers = {**(case.headers or {}), "X-API-Key": data}


@(schemathesis.auth(retry_on=[401]).apply_to(path_regex="^/api/v1/(operator/|auth/logout)"))
class OperatorToken:
    """A bearer token."""

    def get(self, case: Any, context: Any) -> str:
        with _sign_in(context, "/api/v1/auth/login", OPERATOR) as answer:
            return str(json.load(answer)["data"]["token"])

    def set(self, case: Any, data: str, context: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@(schemathesis.auth(retry_on=[401]).apply_to(path_regex="^/portal/").skip_for(path="/portal/giris"))
class PortalSession:
    """The portal's cookie."""

    def get(self, case: Any, context: Any) -> str:
        with _sign_in(context, "/portal/giris", PORTAL_USER) as answer:
            return str(re.match(f"{COOKIE}=([^;]+)", answer.headers["Set-Cookie"])[1])  # type: ignore[index]

    def set(self, case: Any, data: str, context: Any) -> None:
        case.cookies = {**(case.cookies or {}), COOKIE: data}


def _sign_in(context: Any, path: str, credentials: dict[str, str]) -> Any:
    headers = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
    request = Request(f"{context.operation.base_url}{path}", json.dumps(credentials).encode(), headers)  # noqa: S310
    return urlopen(request)  # noqa: S310 - the server under test


@schemathesis.deserializer("text/html")
def read_page(context: Any, response: Any) -> str:
    """A page is text."""
    return str(response.content.decode())


@schemathesis.deserializer("image/png")
def read_picture(context: Any, response: Any) -> str:
    """A picture is bytes; what a schema says of them is their number."""
    return str(response.content.decode("latin-1"))
