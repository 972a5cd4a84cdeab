"""First calls to a target: whether there is anything to judge, and which of its tenants and operators it knows."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

from contract_tests.client import Client
from contract_tests.document import Document
from contract_tests.findings import CannotRun
from contract_tests.target import Login, Target, Tenant
from contract_tests.transport import Exchange

TIMEOUT: Final = 2.0
"""Seconds that the server has for each of the first calls."""


def probe(target: Target, document: Document) -> Target:
    """The target as it is: without the tenants and operators beyond the first that it does not know.

    Judges nothing: a server that answers wrongly is there. Raises CannotRun when there is nothing to judge.
    """
    client = Client(target, document, timeout=TIMEOUT)
    try:
        return _probed(client, target)
    finally:
        client.close()


def _probed(client: Client, target: Target) -> Target:
    first = _init(client, target.tenant)
    if first.status == 401:
        raise CannotRun(f"{target.base_url} does not know the widget key {target.tenant.key}")
    if not _is_object(first.body):
        kind = first.headers.get("content-type", "no content")
        where = f" to {first.headers['location']!a}" if "location" in first.headers else ""
        raise CannotRun(f"{target.base_url} is not the API: it answers widget/init with {first.status}{where}, {kind}")
    if _login(client, target.operator).status == 401:
        raise CannotRun(f"{target.base_url} does not let {target.operator.email} in: wrong email or password")
    unknown: dict[str, Any] = {}
    for name, tenant in (("listed", target.listed), ("other", target.other)):
        if tenant and _init(client, tenant).status == 401:
            unknown[name] = None
    for name, login in (("colleague", target.colleague), ("outsider", target.outsider), ("manager", target.manager)):
        if login and _login(client, login).status == 401:
            unknown[name] = None
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
    return client.send("POST", path, json.dumps(body).encode(), usual | headers)
