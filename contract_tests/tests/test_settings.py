"""How a target is described: a file, the environment, or nothing for the demo data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from contract_tests.findings import CannotRun
from contract_tests.settings import TEMPLATE, described, write_template
from contract_tests.target import Login, Target, Tenant

URL = "https://staging.example"
WHO = '[tenant]\nkey = "K"\nsecret = "gizli-anahtar"\n[operator]\nemail = "a@example.com"\npassword = "p"\n'


def file(folder: Path, text: str) -> Path:
    """A file of that text."""
    path = folder / "contract.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_nothing_said_means_the_demo_data() -> None:
    assert described(URL, environment={}) == Target(URL)


def test_template_describes_the_demo_data_without_those_that_are_commented_out(tmp_path: Path) -> None:
    demo = Target(URL)
    target = described(URL, file(tmp_path, TEMPLATE), {})
    assert (target.tenant, target.operator) == (demo.tenant, demo.operator)
    assert (target.listed, target.other, target.colleague, target.outsider, target.known_word) == (None,) * 5


def test_template_with_its_comments_taken_off_is_the_demo_data(tmp_path: Path) -> None:
    lines = [line.removeprefix("# ") for line in TEMPLATE.splitlines() if "=" in line or "[" in line]
    lines = [
        line
        for line in lines
        if not line.startswith(("A value", "COZUM_TEST", "receiver", "clock", 'origin = "https://s'))
    ]
    words = [line for line in lines if line.startswith(("owned", "known_"))]
    target = described(URL, file(tmp_path, "\n".join(words + [line for line in lines if line not in words])), {})
    assert target.secure is not None, "one that the demo data lacks"
    assert replace(target, secure=None) == Target(URL)


def test_who_is_not_named_is_nobody(tmp_path: Path) -> None:
    target = described(URL, file(tmp_path, WHO), {})
    assert target.tenant == Tenant("K", "gizli-anahtar")
    assert (target.colleague, target.manager, target.other, target.known_word) == (None, None, None, None)


def test_values_come_from_the_environment(tmp_path: Path) -> None:
    path = file(tmp_path, WHO.replace('"p"', '{ env = "GIZLI" }'))
    assert described(URL, path, {"GIZLI": "x y"}).operator == Login("a@example.com", "x y")
    with pytest.raises(CannotRun, match="the environment has no GIZLI"):
        described(URL, path, {})


def test_variables_override_the_file(tmp_path: Path) -> None:
    environment = {
        "COZUM_TEST_TENANT": "K2 gizli-anahtar-2 https://a.example",
        "COZUM_TEST_OWNED": "1",
        "COZUM_TEST_WORD": "şifre",
        "COZUM_TEST_RECEIVER": "https://b.example/",
        "COZUM_TEST_COLLEAGUE": "",
    }
    target = described(URL, file(tmp_path, WHO + '[colleague]\nemail = "b@example.com"\npassword = "p"\n'), environment)
    assert target.tenant == Tenant("K2", "gizli-anahtar-2", "https://a.example")
    assert (target.owned, target.known_word, target.receiver) == (True, "şifre", "https://b.example/")
    assert target.colleague is None


def test_a_server_of_this_machine_can_reach_us() -> None:
    assert described("http://127.0.0.1:8080", environment={}).receiver == "http://127.0.0.1:{port}/"
    assert described(URL, environment={}).receiver is None


def test_where_the_receiver_listens_may_differ_from_its_url(tmp_path: Path) -> None:
    text = 'receiver = "https://tunnel.example/"\nreceiver_port = 9000\n' + WHO
    target = described(URL, file(tmp_path, text), {})
    assert (target.receiver, target.receiver_port) == ("https://tunnel.example/", 9000)
    assert described(URL, file(tmp_path, text), {"COZUM_TEST_RECEIVER_PORT": "9001"}).receiver_port == 9001
    of_variable = text.replace("9000", '{ env = "PORT" }')
    assert described(URL, file(tmp_path, of_variable), {"PORT": "9002"}).receiver_port == 9002
    assert described(URL, file(tmp_path, WHO), {}).receiver_port is None


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "٩٠٠٠"])
def test_port_that_is_none_is_told_with_its_variable(port: str) -> None:
    with pytest.raises(CannotRun, match="COZUM_TEST_RECEIVER_PORT must be a port"):
        described(URL, environment={"COZUM_TEST_RECEIVER_PORT": port})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[tenant]\n", "[tenant] must have key, secret and may have origin"),
        (WHO.replace("secret", "sercet"), "[tenant] must have key, secret"),
        (WHO.replace('"p"', "7"), "operator.password must be text"),
        ("owned = 1\n" + WHO, "owned must be true or false"),
        ("ownd = true\n" + WHO, "ownd means nothing; there are known_word, known_page, owned, receiver, receiver_port"),
        ("receiver_port = 0\n" + WHO, "receiver_port must be a port"),
        ("receiver_port = 65536\n" + WHO, "receiver_port must be a port"),
        ("receiver_port = true\n" + WHO, "receiver_port must be a whole number"),
        ('receiver_port = "9000"\n' + WHO, "receiver_port must be a whole number"),
        ("= 1", "Invalid"),
        (WHO.partition("[operator]")[0], "says nothing of operator"),
    ],
)
def test_what_makes_no_sense_is_told_with_the_file(tmp_path: Path, text: str, told: str) -> None:
    path = file(tmp_path, text)
    with pytest.raises(CannotRun) as error:
        described(URL, path, {})
    assert str(path) in str(error.value)
    assert told in str(error.value)


def test_a_variable_of_another_form_is_told() -> None:
    with pytest.raises(CannotRun, match=r"COZUM_TEST_TENANT must be `key secret \[origin\]`"):
        described(URL, environment={"COZUM_TEST_TENANT": "K"})


@pytest.mark.parametrize(
    ("text", "owned"), [("1", True), ("true", True), ("True", True), ("0", False), ("false", False), ("", False)]
)
def test_owned_is_told_in_words_or_figures(text: str, owned: bool) -> None:
    assert described(URL, environment={"COZUM_TEST_OWNED": text}).owned is owned


def test_other_words_for_owned_are_refused() -> None:
    with pytest.raises(CannotRun, match="COZUM_TEST_OWNED must be 1, true, 0 or false"):
        described(URL, environment={"COZUM_TEST_OWNED": "evet"})


def test_target_shows_no_secret() -> None:
    target = Target(URL, Tenant("K", "gizli-anahtar"), Login("a@example.com", "parola-1"))
    assert "gizli-anahtar" not in repr(target)
    assert "parola-1" not in repr(target)
    assert "sifre123" not in repr(Target(URL))


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "contract.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(CannotRun, match="decode"):
        described(URL, path, {})


def test_template_does_not_overwrite(tmp_path: Path) -> None:
    path = tmp_path / "contract.toml"
    write_template(path)
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(CannotRun, match="is there already"):
        write_template(path)
    assert path.read_text(encoding="utf-8") == "mine"
