"""`cozum resend`"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter

from cozum.control import DEFAULT_URL, ControlClient, NotThere, Sandbox, Url
from cozum.errors import UsageError

TYPED: Final = {"url": "--to", "metin": "--body"}
SECONDS: Final = 30.0
"""How much longer than usual a receiver may take."""


def resend(
    id: Annotated[int, Parameter(help="The event's number, as `cozum listen` and `/_mock/inbox` tell it.")],  # noqa: A002
    /,
    *,
    to: Annotated[str | None, Parameter(name="--to", help="Post it here instead of to the tenant's endpoint.")] = None,
    body: Annotated[
        Path | None,
        Parameter(allow_leading_hyphen=True, help="Send these bytes instead, correctly signed; - reads stdin."),
    ] = None,
    url: Url = DEFAULT_URL,
    sandbox: Sandbox = None,
) -> None:
    """Send an event again."""
    client = ControlClient(url, sandbox)
    asked: dict[str, Any] = {} if to is None else {"url": to if "://" in to else f"http://{to}"}
    if body is not None:
        asked["metin"] = _read(body)
    try:
        told = client.call("POST", f"/inbox/{id}/resend", asked, longer=SECONDS, names=TYPED)
    except NotThere:
        raise UsageError(
            f"there is no event {id} in the inbox: `cozum listen` and /_mock/inbox tell the numbers"
        ) from None
    try:
        attempt = told["deneme"]
        came = attempt["hata"] if attempt["durum"] is None else attempt["durum"]
        print(f"{attempt['url']}  {came}  {attempt['sure_ms']:.1f} ms  {told['webhook_id']}")
        was_taken = attempt["durum"] is not None and 200 <= attempt["durum"] < 300
    except (KeyError, TypeError):
        raise client.unknown() from None
    if not was_taken:
        sys.exit(1)


def _read(path: Path) -> str:
    try:
        raw = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        return raw.decode()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise UsageError(f"--body {path}: is not UTF-8") from None
