"""`cozum sign` prints a body that the server believes, and says what it cannot sign."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from cozum.commands.sign import sign
from cozum.errors import UsageError
from impl.tests.client import DEMO_KEY, ESNAF_KEY, NOON, Client

NOW = int(NOON.timestamp())


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """The body that `cozum sign` prints."""

    def run(**options: Any) -> Any:
        sign(**options)
        (line,) = capsys.readouterr().out.splitlines()
        return json.loads(line)

    return run


@pytest.mark.parametrize("email", [None, "ahmet@example.com", "ÖĞÜŞ@örnek.com"])
@pytest.mark.parametrize(
    ("key", "options"),
    [
        (DEMO_KEY, {}),
        (DEMO_KEY, {"key": DEMO_KEY}),
        (ESNAF_KEY, {"key": ESNAF_KEY}),
        (ESNAF_KEY, {"secret": "pratikesnaf_api_secret_2026"}),
    ],
    ids=["default", "key", "another key", "secret"],
)
def test_the_server_believes_what_it_prints(
    printed: Callable[..., Any], key: str, options: dict[str, str], email: str | None
) -> None:
    body = printed(id="abc123", email=email, timestamp=NOW, **options)
    assert ("email" in body) == (email is not None)
    client = Client()
    reply = client.call("POST", "/api/v1/context/customer-info", body=body, key=key)
    client.close()
    assert reply.status == 200
    assert reply.value["identity_dogrulandi"] is True


def test_without_a_timestamp_it_signs_now(printed: Callable[..., Any]) -> None:
    before = int(time.time())
    assert before <= printed(id="abc123")["timestamp"] <= int(time.time())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"id": "a|b"}, "--id 'a|b': must have no |"),
        ({"id": "a b"}, "--id 'a b': not in the expected form"),
        ({"id": ""}, "--id '': "),
        ({"id": "a", "email": "x"}, "--email 'x': is no email address"),
        ({"id": "a", "email": "biri"}, "--email 'biri': is no email address"),
        ({"id": "a", "email": "\udcff@b.co"}, "is not UTF-8"),
        ({"id": "a", "timestamp": -1}, "--timestamp -1: must be 0 or more"),
        ({"id": "a", "timestamp": 2**63}, "--timestamp 9223372036854775808: must be"),
        ({"id": "a", "key": "CM_X"}, f"--key 'CM_X': no demo tenant has it ({DEMO_KEY}, "),
        ({"id": "a", "key": DEMO_KEY, "secret": "x"}, "--key and --secret: give one of them"),
        ({"id": "a", "secret": ""}, "--secret is empty"),
        ({"id": "a", "secret": "\udcff"}, "is not UTF-8"),
    ],
)
def test_what_cannot_be_signed_is_said(options: dict[str, Any], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError) as error:
        sign(**options)
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert capsys.readouterr().out == ""
