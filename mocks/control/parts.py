"""What the control API commands."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from impl.app import Application
from mocks.beginnings import Beginnings
from mocks.calling import Calls
from mocks.counterparts.switchboard import Counterparts
from mocks.faults import Faults
from mocks.journal import Journal
from mocks.sandbox import Sandbox
from mocks.sandboxes import HEADER, Sandboxes


@dataclass
class Parts:
    """The parts of a running mock; `application` is another one when the document was read again."""

    application: Application
    sandboxes: Sandboxes
    faults: Faults
    journal: Journal
    calls: Calls
    counterparts: Counterparts
    beginnings: Beginnings

    async def sandbox(self, request: Request) -> Sandbox:
        """The one that the request names, opened if need be. Raises Problem."""
        named = request.headers.get(HEADER.decode())
        return await self.sandboxes.of(None if named is None else named.encode("latin-1"))

    async def faults_of(self, request: Request) -> Faults:
        """Those of the sandbox that the request names, else those that are for every request. Raises Problem."""
        return (await self.sandbox(request)).faults if HEADER.decode() in request.headers else self.faults
