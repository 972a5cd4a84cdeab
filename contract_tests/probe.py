"""First calls to a target: whether there is anything to judge, and which of its tenants and operators it knows."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from contract_tests.client import Client
from contract_tests.document import Document
from contract_tests.findings import CannotRun
from contract_tests.target import Login, Target, Tenant
from contract_tests.transport import Exchange, NoAnswer

AT_ONCE: Final = 4
ROUNDS: Final = 2
"""How often calls wait for one another."""
TIMEOUT: Final = 3.0
"""Seconds that the server has for the first calls."""

REFUSED: Final = (400, 401, 403, 422)
"""What is said to wrong credentials, also to those that can be no credentials."""
OUT_OF_SERVICE: Final = (429, 502, 503, 504)


def probe(target: Target, document: Document) -> Target:
    """The target as it is: without the tenants and operators beyond the first that it does not know.

    Judges nothing: a server that answers wrongly is there. Raises CannotRun when there is nothing to judge.
    """
    client = Client(target, document)
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return _probed(client, target, pool)
    finally:
        with suppress(CannotRun):  # it is gone
            client.tidy()
        client.close()


def _probed(client: Client, target: Target, pool: ThreadPoolExecutor) -> Target:
    opened, signed_in = pool.submit(_init, client, target.tenant), pool.submit(_login, client, target.operator)
    first = opened.result()
    if first.status == 401:
        raise CannotRun(f"{target.base_url} does not know the widget key {target.tenant.key}")
    if first.status == 403 and _is_object(first.body):
        origin = target.tenant.origin or "no origin (the tenant lists its origins: say one of them, `origin`)"
        raise CannotRun(f"{target.base_url} refuses {target.tenant.key} from {origin}")
    if not _is_object(first.body):
        kind = first.headers.get("content-type", "no content")
        where = f" to {first.headers['location']!a}" if "location" in first.headers else ""
        raise CannotRun(f"{target.base_url} is not the API: it answers widget/init with {first.status}{where}, {kind}")
    if first.status in OUT_OF_SERVICE:
        raise CannotRun(f"{target.base_url} is out of service: it answers widget/init with {first.status}")
    if signed_in.result().status in REFUSED:
        raise CannotRun(f"{target.base_url} does not let {target.operator.email} in: wrong email or password")
    tenants = {"listed": target.listed, "other": target.other, "secure": target.secure}
    logins = {"colleague": target.colleague, "outsider": target.outsider, "manager": target.manager}
    asked = {name: pool.submit(_init, client, tenant) for name, tenant in tenants.items() if tenant}
    asked |= {name: pool.submit(_login, client, login) for name, login in logins.items() if login}
    unknown: dict[str, Any] = {
        name: None
        for name, answer in asked.items()
        if answer.result().status in (REFUSED if name in logins else (401,))  # 403: its origins are judged
    }
    return replace(target, **unknown)


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


def _init(client: Client, tenant: Tenant) -> Exchange:
    headers = {"X-API-Key": tenant.key} | ({"Origin": tenant.origin} if tenant.origin else {})
    return _post(client, "/api/v1/widget/init", {"ziyaretci_id": client.visitor()}, headers)


def _login(client: Client, login: Login) -> Exchange:
    return _post(client, "/api/v1/auth/login", {"email": login.email, "sifre": login.password}, {})


def _post(client: Client, path: str, body: Any, headers: dict[str, str]) -> Exchange:
    usual = {"Content-Type": "application/json", "Accept": "application/json"}
    try:
        return client.send("POST", path, json.dumps(body).encode(), usual | headers, TIMEOUT)
    except NoAnswer as error:
        raise CannotRun(f"no answer from {client.target.base_url} to POST {path}: {error}") from None
