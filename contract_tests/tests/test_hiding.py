"""No report shows a password, an api_secret, or a token or cookie that lives; curl lines still say the same."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from contract_tests.catalogue import CATALOGUE
from contract_tests.checks import Judge
from contract_tests.client import Client
from contract_tests.curl import curl
from contract_tests.document import Document
from contract_tests.events import Asked
from contract_tests.findings import Broken
from contract_tests.hiding import Hiding
from contract_tests.order import Order
from contract_tests.reports.har import LARGEST, entry
from contract_tests.target import Login, Target
from contract_tests.transport import Exchange

TARGET = Target("http://127.0.0.1:1", operator=Login("a@example.com", 'gizli "şifre" 1'))
DOCUMENT = Document(Path(__file__).parents[2] / "openapi.yaml")
SIGNED_IN = b'{"basarili":true,"data":{"token":"13|gizli-jeton-1"}}'


def exchange(body: bytes | None, answer: bytes = b"", headers: Mapping[str, str] | None = None) -> Exchange:
    """One of `login`."""
    where = "/api/v1/auth/login"
    return Exchange(
        "login", "POST", f"http://127.0.0.1:1{where}", headers or {}, body, 200, {}, answer, 0.0, 0.1, where=where
    )


def knowing() -> Hiding:
    """What is known after one has signed in."""
    hiding = Hiding(TARGET)
    hiding.learn(exchange(None, SIGNED_IN))
    return hiding


def argument_after(line: str, option: str) -> bytes:
    """What the shell gives curl after this option, or its standard input for `@-`."""
    script = f'curl() {{ if [[ "$*" == *"@-" ]]; then cat; else while [ "$1" != {option} ]; do shift; done;'
    script += ' printf %s "$2"; fi; }\n' + line
    env = {"SIFRE": "S", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(["bash", "-c", script], env=env, capture_output=True, check=False)
    return done.stdout


def test_curl_lines_name_passwords_and_tokens_instead_of_showing_them() -> None:
    body = json.dumps({"email": "a@example.com", "sifre": TARGET.operator.password}).encode()
    headers = {"Authorization": "Bearer 13|gizli-jeton-1", "X-Ziyaretci-Token": "gizli-ziyaretci"}
    line = curl(exchange(body, headers=headers), knowing())
    assert "gizli" not in line
    assert argument_after(line, "--data-raw") == b'{"email": "a@example.com", "sifre": "S"}'


def test_curl_lines_give_bodies_as_they_were() -> None:
    for body in (b"@/etc/passwd", "şu 'tek' ve $HOME `id`".encode(), b"\xff\xd8\x00", b"iki\nsatir", b"x" * 3000):
        assert argument_after(curl(exchange(body), knowing()), "--data-raw") == body
    assert "9000 bytes, in exchanges.har" in curl(exchange(b"x" * 9000), knowing())


def test_findings_show_no_token() -> None:
    client = Client(TARGET, DOCUMENT)
    client.hiding.learn(exchange(None, SIGNED_IN))
    judge = Judge(CATALOGUE["rating.once"], client, Order())
    judge.found(Broken("rating.once", "13|gizli-jeton-1", '200 {"data":{"token":"13|gizli-je'))
    assert "gizli" not in str(judge.findings[0].finding)


@pytest.mark.parametrize("name", ["Authorization", "Proxy-Authorization", "Cookie", "X-Ziyaretci-Token"])
def test_archives_hide_the_values_of_secret_headers(name: str) -> None:
    told = knowing().exchange(exchange(None, headers={name: "gizli", "X-API-Key": "CM_DEMO_2026"}))
    assert told.request_headers == {name: "…", "X-API-Key": "CM_DEMO_2026"}


def test_archives_hide_what_is_known_in_forms_in_binary_bodies_and_at_the_cut() -> None:
    hiding = knowing()
    forms = b"email=a%40example.com&sifre=gizli+%22%C5%9Fifre%22+1"
    binary = b"\xff\xd8 13|gizli-jeton-1"
    cut = b'{"token":"13|gizli-jeton-1","x":"' + b"x" * (LARGEST - 40) + "ş".encode() * 40
    for body in (forms, binary, cut):
        for told in (hiding.exchange(exchange(body, body)), hiding.exchange(exchange(body))):
            assert b"gizli" not in (told.request_body or b"") + told.body
    content = entry(Asked(exchange(None, cut), "x"))["response"]["content"]
    assert "encoding" not in content
    assert "gizli" not in content["text"]
    assert "gizli" not in str(entry(Asked(exchange(forms), "x")))
