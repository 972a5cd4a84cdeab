"""What commands say of an address where there is something else than a mock."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cozum.commands.clock import clock
from cozum.commands.counterpart import counterpart
from cozum.commands.listen import listen
from cozum.commands.log import log
from cozum.commands.resend import resend
from cozum.commands.reset import reset
from cozum.commands.snapshot import snapshot
from cozum.commands.trigger import trigger
from cozum.control import ControlClient
from cozum.errors import UsageError
from cozum.tests.test_proxy import started
from mocks.tests.live import good_init, http, scripted

COMMANDS: dict[str, Callable[[str], None]] = {
    "clock": lambda url: clock(url=url),
    "clock advance": lambda url: clock("advance", "1h", url=url),
    "trigger": lambda url: trigger("yeni_chat", url=url),
    "reset": lambda url: reset(url=url),
    "reset --scenario": lambda url: reset(scenario="empty", url=url),
    "listen": lambda url: listen(url=url),
    "resend": lambda url: resend(1, url=url),
    "counterpart": lambda url: counterpart(url=url),
    "snapshot save": lambda url: snapshot("save", "a", folder=Path("yok"), url=url),
}


def test_several_errors_are_several_sentences_by_the_names_that_were_typed() -> None:
    errors = [("/a", "Not in the expected form: ^x$"), ("/b/c", "Unknown; did you mean `d`?"), ("", "No."), ("/e", "F")]
    told = [{"alan": pointer, "mesaj": message} for pointer, message in errors]
    body = json.dumps({"kod": "alan_hatasi", "hatalar": told}).encode()
    with scripted(http("422 Unprocessable", body=body)) as server:
        with pytest.raises(UsageError) as refused:
            ControlClient(server.address).call("POST", "/x", {}, names={"a": "--ah"})
        assert str(refused.value) == "--ah: Not in the expected form: ^x$. b/c: Unknown; did you mean `d`? No. e: F"


@pytest.fixture(scope="module")
def proxy() -> Iterator[str]:
    with scripted(good_init()) as server, started("proxy", server.address) as command:
        yield f"http://127.0.0.1:{command.port}"


@pytest.mark.parametrize("name", COMMANDS)
def test_of_a_proxy_a_command_of_the_mock_says_what_it_has_and_what_not(proxy: str, name: str) -> None:
    with pytest.raises(UsageError) as refused:
        COMMANDS[name](proxy)
    assert str(refused.value) == (
        f"{proxy} is a `cozum proxy`, which has a journal (`cozum log` works there), but no clock, state or events of "
        "its own: name a `cozum mock` with --url"
    )
    log(url=proxy)


@pytest.mark.parametrize(
    "index", [None, b"[]", b'{"adresler": 1}', b'{"adresler": []}', b'{"adresler": ["/_mock/clock"]}', b"<html>"]
)
def test_of_anything_else_they_say_that_it_has_no_control_api(index: bytes | None) -> None:
    async def write(writer: asyncio.StreamWriter, request: bytes) -> None:
        is_index = request.startswith(b"GET /_mock ") and index is not None
        writer.write(http("200 OK", body=index or b"") if is_index else http("404 Not Found", body=b"Not Found"))
        await writer.drain()

    with scripted(write) as server:
        with pytest.raises(UsageError) as refused:
            clock(url=server.address)
        assert str(refused.value) == f"{server.address} answers 404: is it `cozum mock`? It has no control API"
