"""How a target is described: `contract.toml`, `COZUM_TEST_*`, or the demo data."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from contract_tests.findings import CannotRun
from contract_tests.remote_clock import RemoteClock
from contract_tests.target import Login, Target, Tenant

FILE: Final = Path("contract.toml")
"""Read from the folder where `cozum test URL` runs, when it is there."""
PREFIX: Final = "COZUM_TEST_"
PEOPLE: Final[Mapping[str, type[Tenant] | type[Login]]] = {
    "tenant": Tenant,
    "operator": Login,
    "listed": Tenant,
    "other": Tenant,
    "secure": Tenant,
    "colleague": Login,
    "outsider": Login,
    "manager": Login,
}
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
REQUIRED: Final = ("tenant", "operator")
FIELDS: Final[Mapping[type, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    Tenant: (("key", "secret"), ("origin",)),
    Login: (("email", "password"), ()),
}
"""Which must be there, and which may."""
TRUTH: Final[Mapping[str, bool]] = {"1": True, "true": True, "0": False, "false": False, "": False}
WORDS: Final[Mapping[str, type]] = {
    "known_word": str,
    "known_page": str,
    "owned": bool,
    "receiver": str,
    "receiver_port": int,
    "clock": str,
}
KINDS: Final[Mapping[type, str]] = {str: "text", bool: "true or false", int: "a whole number"}
PORTS: Final = range(1, 65_536)

TEMPLATE: Final = """\
# Who calls the server that `cozum test URL` judges. What is left out is not judged, and said so.
# A value can come from the environment: password = { env = "STAGING_PASSWORD" }
# COZUM_TEST_TENANT="key secret [origin]", COZUM_TEST_OPERATOR="email password" and so on override this file.

# Nobody else uses this server: status, tabs, origins, projects and webhooks of its operators may be changed.
owned = false

# A word of a published article of the tenant, best one with Turkish letters.
# known_word = "şifre"

# A page of `listed` with a campaign that runs on no other site.
# known_page = "https://pratikesnaf.com/kampanya"

# Where the server's webhooks reach the machine that judges. {port} is the port on which it will listen;
# without it, it listens on the port of the URL.
# receiver = "http://127.0.0.1:{port}/"

# Where it listens, in plain HTTP, when that URL (https, say) leads to it through a tunnel or a proxy.
# receiver_port = 9000

# Where the server's clock is moved on, if it has such a place (`cozum mock` has): POST {"ilerlet": SECONDS}.
# clock = "http://127.0.0.1:8080/_mock/clock"

# The tenant whose web site we are. `origin` only if it lists its origins.
[tenant]
key = "CM_DEMO_2026"
secret = "demo_api_secret_2026"
# origin = "https://siteniz.com"

# An operator who is a member of `tenant`, and of `listed`.
[operator]
email = "operator@example.com"
password = "sifre123"

# Another operator of `tenant`.
# [colleague]
# email = "destek@example.com"
# password = "sifre123"

# An operator who is sahip or yonetici of `tenant`; may be the colleague.
# [manager]
# email = "destek@example.com"
# password = "sifre123"

# A tenant that lists its origins.
# [listed]
# key = "CM_PRATIKESNAF"
# secret = "pratikesnaf_api_secret_2026"
# origin = "https://pratikesnaf.com"

# A tenant of which `operator` is no member, and an operator who is a member of that one only.
# [other]
# key = "CM_YALNIZ_2026"
# secret = "yalniz_api_secret_2026"
# [outsider]
# email = "yalniz@example.com"
# password = "sifre123"

# A tenant with guvenli_mod: its visitors must prove themselves with their token. (The demo data has none.)
# [secure]
# key = "CM_GUVENLI_2026"
# secret = "guvenli_api_secret_2026"
"""


def write_template(path: Path) -> None:
    """Write a commented file. Raises CannotRun where there is one."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE)
    except FileExistsError:
        raise CannotRun(f"{path} is there already") from None


def described(base_url: str, file: Path | None = None, environment: Mapping[str, str] = os.environ) -> Target:
    """The target at `base_url`: as the file and the environment say, the demo data where neither says anything.

    Raises CannotRun for a file or a variable that makes no sense, OSError for a file that cannot be read.
    """
    told = _from_file(file, environment) if file else {}
    told |= _from_environment(environment)
    if told.get("clock") is not None:
        told["clock"] = _clock(told["clock"])
    if urlsplit(base_url).hostname in LOOPBACK:
        told.setdefault("receiver", "http://127.0.0.1:{port}/")
    if not told.keys() & PEOPLE.keys():
        return replace(Target(base_url), **told)
    missing = [name for name in REQUIRED if told.get(name) is None]
    if missing:
        raise CannotRun(f"{file or 'the environment'} says nothing of {' and '.join(missing)}")
    nobody: dict[str, Any] = dict.fromkeys((*PEOPLE, "known_word", "known_page"))
    return Target(base_url, **(nobody | told))


def _clock(url: str) -> RemoteClock:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise CannotRun(f"clock must be an address such as http://127.0.0.1:8080/_mock/clock, not {url!a}")
    return RemoteClock(url)


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, kind in PEOPLE.items():
        variable = PREFIX + name.upper()
        if variable in environment:
            must, may = FIELDS[kind]
            parts = environment[variable].split()
            if parts and not len(must) <= len(parts) <= len(must) + len(may):
                raise CannotRun(f"{variable} must be `{' '.join(must)}{''.join(f' [{one}]' for one in may)}`")
            told[name] = kind(*parts) if parts else None
    for name, word in (("known_word", "WORD"), ("known_page", "PAGE"), ("receiver", "RECEIVER"), ("clock", "CLOCK")):
        if PREFIX + word in environment:
            told[name] = environment[PREFIX + word] or None
    if environment.get(PREFIX + "RECEIVER_PORT"):
        told["receiver_port"] = _port(PREFIX + "RECEIVER_PORT", environment[PREFIX + "RECEIVER_PORT"])
    if PREFIX + "OWNED" in environment:
        told["owned"] = _truth(PREFIX + "OWNED", environment[PREFIX + "OWNED"])
    return told


def _truth(variable: str, text: str) -> bool:
    if text.lower() not in TRUTH:
        raise CannotRun(f"{variable} must be 1, true, 0 or false")
    return TRUTH[text.lower()]


def _from_file(path: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    try:
        node = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CannotRun(f"{path}: {error}") from None
    unknown = sorted(set(node) - {*PEOPLE, *WORDS})
    if unknown:
        raise CannotRun(f"{path}: {', '.join(unknown)} means nothing; there are {', '.join((*WORDS, *PEOPLE))}")
    told: dict[str, Any] = {}
    for name, kind in PEOPLE.items():
        if name in node:
            told[name] = kind(**_section(path, name, node[name], FIELDS[kind], environment))
    for name, kind in WORDS.items():
        if name in node:
            told[name] = _value(f"{path}: {name}", node[name], kind, environment)
    if "receiver_port" in told:
        told["receiver_port"] = _port(f"{path}: receiver_port", str(told["receiver_port"]))
    return told


def _port(where: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) in PORTS):
        raise CannotRun(f"{where} must be a port, from 1 to 65535")
    return int(text)


def _section(
    path: Path, name: str, node: Any, fields: tuple[tuple[str, ...], tuple[str, ...]], environment: Mapping[str, str]
) -> dict[str, str]:
    must, may = fields
    if not isinstance(node, dict) or not set(must) <= node.keys() <= {*must, *may}:
        raise CannotRun(f"{path}: [{name}] must have {', '.join(must)}{''.join(f' and may have {one}' for one in may)}")
    return {field: _value(f"{path}: {name}.{field}", value, str, environment) for field, value in node.items()}


def _value(where: str, value: Any, kind: type, environment: Mapping[str, str]) -> Any:
    if isinstance(value, dict) and list(value) == ["env"]:
        variable = value["env"]
        if variable not in environment:
            raise CannotRun(f"{where}: the environment has no {variable}")
        value = environment[variable]
        if kind is int and value.isascii() and value.isdigit():
            return int(value[:6])
    if type(value) is not kind:
        raise CannotRun(f"{where} must be {KINDS[kind]}")
    return value
