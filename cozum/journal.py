"""Asks a running mock for its journal, over HTTP."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, Final
from urllib.parse import SplitResult, urlencode, urlsplit

from cozum.errors import UsageError

SECONDS: Final = 10.0
"""How long the mock may take, beside what it was asked to wait."""
PART: Final = 65_536


class NobodyThere(UsageError):
    """Nothing answers at that address."""


class JournalClient:
    """The journal of the mock at an address."""

    def __init__(self, url: str) -> None:
        """Raises UsageError for what is no http(s) address."""
        self._url = _read(url)
        self._shown = f"{self._url.scheme}://{self._url.netloc}"

    def entries(self, **query: str | int | bool | None) -> dict[str, Any]:
        """`kayitlar`, oldest first, `son_id` and `dusen`. Raises NobodyThere, UsageError."""
        raw = b"".join(self._get("/_mock/journal", query, float(query.get("wait") or 0)))
        try:
            answer = json.loads(raw)
            if isinstance(answer["kayitlar"], list) and isinstance(answer["son_id"], int):
                return dict(answer)
        except (ValueError, KeyError, TypeError):
            pass
        raise UsageError(f"what {self._shown} answers is no journal of `cozum mock`")

    def archive(self, **query: str | int | bool | None) -> Iterator[bytes]:
        """The journal as HAR, in parts. Raises NobodyThere, UsageError."""
        return self._get("/_mock/journal.har", query, 0.0)

    def _get(self, path: str, query: Mapping[str, Any], wait: float) -> Iterator[bytes]:
        given = {name: str(value).lower() if isinstance(value, bool) else value for name, value in query.items()}
        encoded = urlencode({name: value for name, value in given.items() if value not in (None, "false")})
        connection = self._connection(SECONDS + wait)
        try:
            connection.request("GET", f"{path}?{encoded}", headers={"Accept-Language": "en"})
            response = connection.getresponse()
            if response.status != 200:
                raise self._refused(response)
            while part := response.read(PART):
                yield part
        except (OSError, HTTPException) as error:
            reason = (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
            raise NobodyThere(
                f"no mock answers at {self._shown}: {reason} (start it with `cozum mock`, or name another with --url)"
            ) from None
        finally:
            connection.close()

    def _connection(self, seconds: float) -> HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        if self._url.scheme == "https":
            return HTTPSConnection(host, port, timeout=seconds, context=ssl.create_default_context())
        return HTTPConnection(host, port, timeout=seconds)

    def _refused(self, response: HTTPResponse) -> UsageError:
        """What a refusal says, or that there is no mock behind it."""
        try:
            problem = json.loads(response.read(PART))
            if response.status == 422:
                errors = [f"{error['alan'].lstrip('/')}: {error['mesaj']}" for error in problem["hatalar"]]
                return UsageError("; ".join(errors))
        except (ValueError, KeyError, TypeError, AttributeError):
            pass
        return UsageError(f"{self._shown} answers {response.status}: is it `cozum mock`? It has no journal")


def _read(url: str) -> SplitResult:
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise UsageError(f"--url {url!a}: must be an address such as http://127.0.0.1:8080")
    return parts
