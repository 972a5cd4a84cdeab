"""Whether a sandbox has whom and what a script names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from impl.store.memory import MemoryTx
from mocks.counterparts.errors import WrongScript, unknown
from mocks.counterparts.script import Script


def check_known(script: Script, tables: MemoryTx) -> None:
    """Raises WrongScript for operators, tenants and canned responses that are not there."""
    for at, email in enumerate(script.operators or ()):
        if email.casefold() not in tables.operator_ids_by_email:
            raise unknown(f"/operators/{at}", email, sorted(tables.operator_ids_by_email))
    for at, persona in enumerate(script.visitors):
        if persona.key not in tables.tenant_ids_by_key:
            raise unknown(f"/visitors/{at}/key", persona.key, sorted(tables.tenant_ids_by_key))
    if script.side == "operator":
        emails = sorted({email.casefold() for email in script.operators or tables.operator_ids_by_email})
        _check_colleagues(script, emails, tables)
        _check_canned(script, emails, tables)


def _check_colleagues(script: Script, emails: Sequence[str], tables: MemoryTx) -> None:
    for at, email in _given(script, "transfer"):
        if email == "colleague" or email.casefold() in emails:
            continue
        if email.casefold() not in tables.operator_ids_by_email:
            raise unknown(at, email, emails)
        raise WrongScript(at, f"`{email}`, `operators` arasında yok.", f"`{email}` is not among `operators`.")


def _check_canned(script: Script, emails: Sequence[str], tables: MemoryTx) -> None:
    """One of their tenants must have it; where another one has not, that is told when it is tried."""
    named = list(_given(script, "canned"))
    if not named:
        return
    operator_ids = [tables.operator_ids_by_email[email] for email in emails]
    tenants = {
        membership.tenant_id
        for operator_id in operator_ids
        for membership in tables.memberships_by_operator.get(operator_id, ())
    }
    known = sorted({shortcut for tenant in tenants for shortcut, _ in tables.canned_by_tenant.get(tenant, ())})
    for at, shortcut in named:
        if shortcut not in known:
            raise unknown(at, shortcut, known)


def _given(script: Script, verb: str) -> Iterator[tuple[str, str]]:
    """What acts of that verb are given, each with the place where it stands."""
    for index, rule in enumerate(script.source["rules"]):
        steps = rule["do"]
        for step_index, step in enumerate(steps if isinstance(steps, list) else [steps]):
            if not isinstance(step, dict) or step.get(verb) is None:
                continue
            place = f"/rules/{index}/do" + (f"/{step_index}" if isinstance(steps, list) else "") + f"/{verb}"
            if isinstance(step[verb], list):
                yield from ((f"{place}/{at}", text) for at, text in enumerate(step[verb]))
            else:
                yield place, step[verb]
