"""A whole mock in process, with its control API, of which every answer is held against its document."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeVar
from urllib.parse import quote

from impl.contract.schemas import Schemas
from impl.settings import Settings
from impl.tests.client import DEMO_KEY, DOCUMENT
from mocks.app import Mock
from mocks.control.document import control_document

Value = TypeVar("Value")

LOOPBACK: Final = "127.0.0.1"


@dataclass(frozen=True)
class Answer:
    """What came."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Whole:
    """A mock that was just started; what a request names in capitals and underscores is a header (`x_api_key`)."""

    def __init__(self, mock: Mock) -> None:
        self.mock = mock
        self._runner = asyncio.Runner()

    def close(self) -> None:
        self._runner.close()

    def run(self, work: Coroutine[Any, Any, Value]) -> Value:
        return self._runner.run(work)

    def ask(self, method: str, target: str, body: Any = None, *, client: str = LOOPBACK, **headers: str) -> Answer:
        """One request; bytes are sent as they are, everything else as JSON."""
        return self.run(self.asked(method, target, body, client=client, **headers))

    async def asked(
        self, method: str, target: str, body: Any = None, *, client: str = LOOPBACK, **headers: str
    ) -> Answer:
        """The same as a coroutine, for several at once."""
        path, _, query = target.partition("?")
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        named = {"content-type": "application/json", "content-length": str(len(raw))} if body is not None else {}
        pairs = named | {"host": "127.0.0.1:8080"} | {name.replace("_", "-"): text for name, text in headers.items()}
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": quote(path).encode(),
            "query_string": quote(query, safe="=&%*+").encode(),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in pairs.items()],
            "client": (client, 50_000),
        }
        messages: list[Any] = [{"type": "http.request", "body": raw}]
        sent: list[Any] = []

        async def receive() -> Any:
            return messages.pop() if messages else await asyncio.Event().wait()

        async def send(message: Any) -> None:
            sent.append(message)

        await self.mock.app(scope, receive, send)
        told = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
        answer = Answer(sent[0]["status"], told, b"".join(part.get("body", b"") for part in sent[1:]))
        if path.startswith("/_mock"):
            hold_against_document(method, path, answer)
        return answer

    def control(self, method: str, target: str, body: Any = None, **headers: str) -> Any:
        """What a path below `/_mock` answers; it must not refuse."""
        answer = self.ask(method, f"/_mock{target}", body, **headers)
        assert answer.status < 300, answer.body.decode()
        return answer.json if answer.body else None

    def widget(self, path: str, body: Any, **headers: str) -> Answer:
        """A call of the demo tenant's widget."""
        return self.ask("POST", f"/api/v1/widget/{path}", body, **{"x_api_key": DEMO_KEY, **headers})

    def signed_in(self, email: str = "destek@example.com", **headers: str) -> dict[str, str]:
        """The header of an operator who has just signed in, with those that were given."""
        answer = self.ask("POST", "/api/v1/auth/login", {"email": email, "sifre": "sifre123"}, **headers)
        assert answer.status == 200, answer.body.decode()
        return {"authorization": f"Bearer {answer.json['data']['token']}", **headers}


@cache
def _mock() -> Mock:
    return Mock(Settings(DOCUMENT, demo=True, webhooks_anywhere=True), lambda entries: None)


@contextmanager
def whole_mock() -> Iterator[Whole]:
    """A mock as it is at its start. It is compiled once a process: what tests leave behind is taken away."""
    mock = _mock()
    whole = Whole(mock)
    whole.run(mock.start())
    mock.parts.faults.replace([])
    mock.parts.journal.clear()
    mock.parts.beginnings._added.clear()
    try:
        yield whole
    finally:
        whole.run(_ended(mock))
        whole.close()


async def _ended(mock: Mock) -> None:
    mock.parts.counterparts.stop()
    for sandbox in list(mock.sandboxes):
        if sandbox.name:
            await mock.sandboxes.close(sandbox.name)
    await mock.sandboxes.main.end()


def hold_against_document(method: str, path: str, answer: Answer) -> None:
    """Fails when the control document does not promise the answer."""
    templates = control_document()["paths"]
    known = next((one for one in templates if re.fullmatch(re.sub(r"{[^}]+}", "[^/]+", one), path)), None)
    if known is None:
        assert answer.status == 404
        return
    operation = templates[known].get("get" if method == "HEAD" else method.lower())
    if operation is None:
        assert answer.status == 405
        return
    response = operation["responses"].get(str(answer.status))
    assert response is not None, f"{method} {path}: {answer.status} is not documented: {answer.body.decode()}"
    _hold_response(response, answer)


def _hold_response(response: Any, answer: Answer) -> None:
    if "$ref" in response:
        response = control_document()["components"]["responses"][response["$ref"].rpartition("/")[2]]
    if "content" not in response:
        assert answer.body == b""
        return
    media_type = answer.headers["content-type"].partition(";")[0]
    schema = response["content"][media_type].get("schema", {})
    if "json" in media_type and answer.body:
        validator = Schemas(control_document()).validator(schema)
        faults = [f"{list(error.instance_path)}: {error.message}" for error in validator.iter_errors(answer.json)]
        assert not faults
