"""A server's clock that is moved over HTTP, as that of `cozum mock`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.client import HTTPException
from typing import Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from contract_tests.findings import NotJudged

SECONDS: Final = 120.0
"""What falls due meanwhile is done before the answer comes."""


@dataclass(frozen=True)
class RemoteClock:
    """The address that moves it: `POST {"ilerlet": SECONDS}`, answered with 2xx once all that fell due is done."""

    url: str

    def __call__(self, seconds: float) -> None:
        """Move it on. Raises NotJudged where that fails."""
        body = json.dumps({"ilerlet": seconds}).encode()
        request = Request(self.url, body, {"Content-Type": "application/json"})  # noqa: S310 - http(s), as it was read
        try:
            with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                answer.read()
        except HTTPError as error:
            raise NotJudged(f"the clock at {self.url} answers {error.code}") from None
        except (OSError, HTTPException) as error:
            raise NotJudged(f"the clock at {self.url} does not answer: {error}") from None
