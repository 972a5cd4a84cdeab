"""Calls the control API of a running mock."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Annotated, Any, Final
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from cyclopts import Parameter

from cozum.errors import UsageError

SECONDS: Final = 10.0
"""How long the mock may take, beside what it was asked to wait."""
PART: Final = 65_536
JOURNAL: Final = "/_mock/journal"
CLOCK: Final = "/_mock/clock"
"""What every mock has; of the two a proxy has only the journal."""

Url = Annotated[str, Parameter(help="Where the mock listens.")]
Sandbox = Annotated[str | None, Parameter(help="The sandbox that is meant (`X-Mock-Sandbox`).")]
DEFAULT_URL: Final = "http://127.0.0.1:8080"

Query = Mapping[str, str | int | bool | Sequence[str] | None]
NO_QUERY: Final[Query] = {}
Names = Mapping[str, str]
"""How whoever typed a command calls the fields of its request, where that is something else."""
NO_NAMES: Final[Names] = {}


class NobodyThere(UsageError):
    """Nothing answers at that address."""


class NotThere(UsageError):
    """The mock knows the path, but not the thing of that number or name."""


class ControlClient:
    """The control API of the mock at an address."""

    def __init__(self, url: str = DEFAULT_URL, sandbox: str | None = None) -> None:
        """Raises UsageError for what is no http(s) address, or no name of a sandbox."""
        self._url = _read(url)
        self.shown = f"{self._url.scheme}://{self._url.netloc}"
        self._headers = {"Accept-Language": "en"}
        if sandbox is not None:
            if not sandbox.isascii() or not sandbox.isprintable():
                raise UsageError(f"--sandbox {sandbox!a}: letters, digits, `.`, `_` and `-`")
            self._headers["X-Mock-Sandbox"] = sandbox

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        query: Query = NO_QUERY,
        *,
        longer: float = 0.0,
        media_type: str = "application/json",
        names: Names = NO_NAMES,
    ) -> Any:
        """What a path below `/_mock` answers, as JSON; None for an empty answer.

        `longer`: how many seconds more than usual it may take. Raises NobodyThere, NotThere, UsageError.
        """
        raw = b"".join(self.parts(method, path, body, query, longer=longer, media_type=media_type, names=names))
        try:
            return json.loads(raw) if raw else None
        except ValueError:
            raise self.unknown() from None

    def parts(
        self,
        method: str,
        path: str,
        body: object = None,
        query: Query = NO_QUERY,
        *,
        longer: float = 0.0,
        media_type: str = "application/json",
        names: Names = NO_NAMES,
    ) -> Iterator[bytes]:
        """The same in parts, as they come; a body that is not bytes is sent as JSON. Raises NobodyThere, UsageError."""
        headers, content = dict(self._headers), None
        if body is not None:
            content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
            headers["Content-Type"] = media_type
        connection = self._connection(SECONDS + longer)
        try:
            connection.request(method, f"/_mock{quote(path)}{_encoded(query)}", content, headers)
            response = connection.getresponse()
            if not 200 <= response.status < 300:
                raise self._refused(response, path, names)
            while part := response.read(PART):
                yield part
        except (OSError, HTTPException) as error:
            reason = (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
            raise NobodyThere(
                f"no mock answers at {self.shown}: {reason} (start it with `cozum mock`, or name another with --url)"
            ) from None
        finally:
            connection.close()

    def unknown(self) -> UsageError:
        """That what answers there is no mock."""
        return UsageError(f"what {self.shown} answers is no answer of `cozum mock`")

    def _connection(self, seconds: float) -> HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        if self._url.scheme == "https":
            return HTTPSConnection(host, port, timeout=seconds, context=ssl.create_default_context())
        return HTTPConnection(host, port, timeout=seconds)

    def _refused(self, response: HTTPResponse, path: str, names: Names) -> UsageError:
        """What a refusal says, or that there is no mock behind it. Raises NobodyThere."""
        try:
            problem = json.loads(response.read(PART))
            if problem.get("hatalar"):
                return UsageError(" ".join(_sentences(problem["hatalar"], names)))
            if problem["kod"] == "bulunamadi":
                return NotThere(str(problem["detail"]))
            if problem["kod"] != "yol_bulunamadi":
                return UsageError(str(problem["detail"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            pass
        if path and self._is_proxy():
            return UsageError(
                f"{self.shown} is a `cozum proxy`, which has a journal (`cozum log` works there), but no clock, state "
                "or events of its own: name a `cozum mock` with --url"
            )
        return UsageError(f"{self.shown} answers {response.status}: is it `cozum mock`? It has no control API")

    def _is_proxy(self) -> bool:
        """Whether the control API there has a journal and nothing to control."""
        try:
            addresses = self.call("GET", "")["adresler"]
            return JOURNAL in addresses and CLOCK not in addresses
        except NobodyThere:
            raise
        except (UsageError, KeyError, TypeError):
            return False


def _sentences(errors: Sequence[Mapping[str, str]], names: Names) -> list[str]:
    """One for each field; each but the last ends like one, since another follows."""
    told = [(error["alan"].lstrip("/"), error["mesaj"]) for error in errors]
    said = [f"{names.get(field, field)}: {why}" if field else why for field, why in told]
    return [*(one if one.endswith((".", "?", "!")) else f"{one}." for one in said[:-1]), *said[-1:]]


def _encoded(query: Query) -> str:
    given = {name: str(value).lower() if isinstance(value, bool) else value for name, value in query.items()}
    encoded = urlencode({name: value for name, value in given.items() if value not in (None, "false")}, doseq=True)
    return f"?{encoded}" if encoded else ""


def _read(url: str) -> SplitResult:
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise UsageError(f"--url {url!a}: must be an address such as http://127.0.0.1:8080")
    return parts
