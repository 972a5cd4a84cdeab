"""A stranger's request: refused as for what never was, with nothing told and nothing changed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from contract_tests.checks import Judge
from contract_tests.client import Answer
from contract_tests.findings import NotJudged
from contract_tests.isolation.house import House, Ids
from contract_tests.isolation.requests import Request
from contract_tests.target import Tenant

Named = TypeVar("Named")

Build = Callable[[Ids], Request]
Send = Callable[[Request], Answer]
PER_REQUEST: Final = "istek_id"


@contextmanager
def house_of(judge: Judge, tenant: Tenant, *, seen_by_operator: bool = True) -> Iterator[House]:
    """A house of the tenant that checks share until one spends it, or fails half-way."""
    kept, key = judge.client.kept, f"house {tenant.key}"
    house = kept.pop(key, None)
    if not isinstance(house, House):
        house = House(judge.client, tenant, seen_by_operator=seen_by_operator)
    house.touched()  # since the last check its operator may have gone offline, and with them the chat
    yield house
    if not house.spent:
        kept[key] = house


def named(who: Named | None) -> Named:
    """Whom the target names. Raises NotJudged where it does not."""
    if who is None:
        raise NotJudged("nobody says who that is")
    return who


def is_refused(
    judge: Judge, house: House, build: Build, send: Send, status: int = 404, code: str = "bulunamadi"
) -> None:
    """To whoever sends, it is as if it had never been."""
    request = build(house)
    house.look()
    answer = send(request)
    judge.expect(answer, status, code)
    absent = send(build(house.never))
    alike = _told(answer, house) == _told(absent, house)
    judge.must(alike, f"the same answer as for an id that never was: {absent.told()}", answer)
    judge.must(house.secret not in repr(answer.headers), "headers that tell nothing", answer, dict(answer.headers))
    is_unchanged(judge, house, answer)


def tells_nothing(judge: Judge, house: House, request: Request, send: Send) -> Answer:
    """Whatever is answered, it is the sender's own."""
    house.furnish()
    house.look()
    answer = send(request)
    told = house.told_in(answer)
    judge.must(told is None, f"nothing of visitor {house.owner}", answer, told)
    is_unchanged(judge, house, answer)
    return answer


def is_unchanged(judge: Judge, house: House, answer: Answer) -> None:
    """What the owners read is what they read before."""
    changed = house.changes()
    judge.must(changed is None, "that nothing changes for its owners", answer, changed)


def _told(answer: Answer, house: House) -> str:
    """The answer without what differs between two requests: its own id, and the ids that were sent."""
    value = answer.value
    if isinstance(value, dict):
        value = {name: inner for name, inner in value.items() if name != PER_REQUEST}
    text = answer.body.decode("utf-8", "replace") if value is None else json.dumps(value, sort_keys=True)
    return f"{answer.status} {_sent_ids(house).sub('…', text)}"


def _sent_ids(house: House) -> re.Pattern[str]:
    made = vars(house)
    sent = [house.owner, house.never.owner]
    for name, marker in (("chat", "_started"), ("tenant_id", "_started"), ("ticket", "ticket"), ("file", "_file")):
        if marker in made:
            sent += [str(getattr(house, name)), str(getattr(house.never, name))]
    if "operators_file" in made:
        sent += [house.operators_file, house.never.operators_file]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sent))})(?![\w-])")
