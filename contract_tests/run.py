"""Judges a target: probes it, runs the checks, and yields what was found, one event a rule."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from contract_tests import rules  # noqa: F401 - importing them registers the checks
from contract_tests.catalogue import CAPABILITIES, CATALOGUE, Rule
from contract_tests.checks import CHECKS, ON_EVERY_ANSWER, Judge
from contract_tests.client import Answer, Client
from contract_tests.document import Document
from contract_tests.findings import Broken, CannotRun, NotJudged
from contract_tests.target import Login, Target, Tenant

EXAMPLES: Final = {"quick": 30, "full": 200}
"""How many values a check generates."""
PROBE: Final = 2.0
"""Seconds that the server has for each of the first calls."""

Level = Literal["reference", "contract"]
Profile = Literal["quick", "full"]
Outcome = Literal["passed", "broken", "skipped"]


@dataclass(frozen=True)
class Verdict:
    """What was found of a rule."""

    rule: Rule
    outcome: Outcome
    seconds: float = 0.0
    requests: int = 0
    reason: str = ""
    """Why it was skipped."""
    broken: Broken | None = None
    """How it is broken; its rule is this one."""
    by: str = ""
    """The check that found it."""


@dataclass(frozen=True)
class Order:
    """What is to be judged."""

    seed: int = 0
    rules: Collection[str] = ()
    """None means all."""
    profile: Profile = "quick"
    level: Level = "contract"
    until_broken: bool = False
    """Stop at the first that is broken."""


def probe(target: Target, document: Document) -> Target:
    """The target as it is: without the tenants and operators beyond the first that it does not know.

    Judges nothing: a server that answers wrongly is there. Raises CannotRun when there is nothing to judge.
    """
    client = Client(target, document, timeout=PROBE)
    try:
        return _probed(client, target)
    finally:
        client.close()


def _probed(client: Client, target: Target) -> Target:
    first = _init(client, target.tenant)
    if first.status == 401:
        raise CannotRun(f"{target.base_url} does not know the widget key {target.tenant.key}")
    if not isinstance(first.value, dict):
        kind = first.headers.get("content-type", "no content")
        raise CannotRun(f"{target.base_url} is not the API: it answers widget/init with {first.status}, {kind}")
    if _login(client, target.operator).status == 401:
        raise CannotRun(f"{target.base_url} does not let {target.operator.email} in: wrong email or password")
    unknown: dict[str, Any] = {}
    for name, tenant in (("listed", target.listed), ("other", target.other)):
        if tenant and _init(client, tenant).status == 401:
            unknown[name] = None
    for name, login in (("colleague", target.colleague), ("outsider", target.outsider)):
        if login and _login(client, login).status == 401:
            unknown[name] = None
    return replace(target, **unknown)


def _init(client: Client, tenant: Tenant) -> Answer:
    headers = {"X-API-Key": tenant.key} | ({"Origin": tenant.origin} if tenant.origin else {})
    return _post(client, "/api/v1/widget/init", {"ziyaretci_id": client.visitor()}, headers)


def _login(client: Client, login: Login) -> Answer:
    return _post(client, "/api/v1/auth/login", {"email": login.email, "sifre": login.password}, {})


def _post(client: Client, path: str, body: Any, headers: dict[str, str]) -> Answer:
    usual = {"Content-Type": "application/json", "Accept": "application/json"}
    return client.send("POST", path, json.dumps(body).encode(), usual | headers)


def chosen(order: Order) -> list[Rule]:
    """The rules to judge, in their order. Raises CannotRun for an id that there is not."""
    unknown = sorted(set(order.rules) - CATALOGUE.keys())
    if unknown:
        raise CannotRun(f"no rule {', '.join(unknown)}; `cozum test --list` shows them")
    wanted = [rule for rule in CATALOGUE.values() if not order.rules or rule.id in order.rules]
    if order.level == "reference":
        wanted = [rule for rule in wanted if rule.origin == "reference"]
    return wanted


def judge(
    target: Target, document: Document, order: Order, seen: dict[str, set[int]] | None = None
) -> Iterator[Verdict]:
    """Each rule's verdict as soon as it is known, those of every answer last. Raises CannotRun.

    `seen` is filled with the statuses that each operation answered.
    """
    wanted = chosen(order)
    client = Client(target, document, order.seed, seen=seen)
    elsewhere: dict[str, tuple[Broken, str]] = {}
    try:
        for rule in wanted:
            if rule.id in ON_EVERY_ANSWER:
                continue
            verdict = _judge(rule, client, order)
            broken = verdict.broken
            if broken is not None and broken.rule != rule.id:
                elsewhere.setdefault(broken.rule, (broken, rule.id))
                reason = f"it ran into {broken.rule}"
                verdict = replace(verdict, outcome="skipped", broken=None, reason=reason)
            yield verdict
            if order.until_broken and (elsewhere or verdict.outcome == "broken"):
                break
        for rule_id in ON_EVERY_ANSWER:
            if rule_id in elsewhere:
                broken, by = elsewhere[rule_id]
                yield Verdict(CATALOGUE[rule_id], "broken", broken=broken, by=by)
            elif CATALOGUE[rule_id] in wanted:
                if client.requests:
                    yield Verdict(CATALOGUE[rule_id], "passed", requests=client.requests)
                else:
                    yield Verdict(CATALOGUE[rule_id], "skipped", reason="judged by what other rules ask")
    finally:
        client.tidy()
        client.close()


def _judge(rule: Rule, client: Client, order: Order) -> Verdict:
    lacking = sorted(rule.needs - client.target.capabilities())
    if lacking:
        return Verdict(rule, "skipped", reason=f"it needs {', '.join(CAPABILITIES[name] for name in lacking)}")
    began, before = time.monotonic(), client.requests
    outcome: Outcome = "passed"
    broken, reason = None, ""
    try:
        CHECKS[rule.id](Judge(rule, client, order.seed, EXAMPLES[order.profile]))
    except Broken as error:
        outcome, broken = "broken", error
    except NotJudged as error:
        outcome, reason = "skipped", str(error)
    except (KeyError, TypeError, IndexError, AttributeError, ValueError, AssertionError) as error:
        seen = f"{type(error).__name__}: {error}"
        outcome, broken = "broken", Broken(rule.id, "an answer of the documented shape", seen)
    return Verdict(rule, outcome, time.monotonic() - began, client.requests - before, reason, broken, rule.id)
