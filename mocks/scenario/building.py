"""Builds a scenario: its steps are real calls in a world of their own, whose time ends now."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from impl.problems import Text
from impl.rules.hashing import digest
from impl.world import Secret, World
from mocks.calling import Calls, NoSuchCaller, OperatorCalls, Refused, VisitorCalls
from mocks.clock import MockClock
from mocks.ids import MockIds
from mocks.sandbox import Sandbox
from mocks.scenario.settings import known_emails, known_keys, set_membership, set_tenant
from mocks.scenario.steps import Call, Caller, Scenario, Setting, Step
from mocks.scenario.templates import filled, found
from mocks.state.snapshot import Snapshot, take_snapshot
from mocks.state.wrong import WrongInput, below, unknown

VISITOR: Final = "ziyaretci_id"
Begin = Callable[[MockClock], Awaitable[World]]


class RepeatableIds(MockIds):
    """Secrets are the same in each run, so that a scenario is the same state each time."""

    def secret(self) -> Secret:
        text = digest(f"scenario {self.next('secret')}").hex()[:43]
        return Secret(text, digest(text))

    def last(self) -> dict[str, int]:
        return {kind: number for kind, number in super().last().items() if kind != "secret"}


async def build_scenario(scenario: Scenario, begin: Begin, calls: Calls) -> Snapshot:
    """The state at its end. Raises WrongInput with the step that cannot be."""
    start = int(time.time()) - scenario.seconds()
    clock = MockClock(lambda: start)  # stands still but for the steps
    world = await begin(clock)
    ids = RepeatableIds.going_on(world.ids) if isinstance(world.ids, MockIds) else world.ids
    stage = Sandbox("", clock, replace(world, ids=ids, sender=None))  # what is to be sent is sent by those who load it
    build = _Build(stage, calls)
    for step in scenario.steps:
        await build.do(step, {})
    build.keep_online()
    return await take_snapshot(stage.world)


class _Build:
    def __init__(self, stage: Sandbox, calls: Calls) -> None:
        self._stage = stage
        self._calls = calls
        self._saved: dict[str, Any] = {}
        self._tokens: dict[tuple[str, str], str] = {}
        """What visitors were given to prove themselves, by tenant and visitor."""

    async def do(self, step: Step, names: Mapping[str, Any]) -> None:
        """All rounds of a step."""
        for brought in step.rounds:
            inside = {**names, **filled(dict(brought), {**self._saved, **names}, f"{step.pointer}/each")}
            if step.advance:
                await self._advance(step.advance)
            match step.act:
                case Call():
                    await self._call(step.act, {**self._saved, **inside}, step.pointer)
                case Setting():
                    await self._set(step.act, {**self._saved, **inside}, below(step.pointer, "set"))
                case tuple():
                    for one in step.act:
                        await self.do(one, inside)

    async def _advance(self, seconds: float) -> None:
        target = self._stage.clock.now() + timedelta(seconds=seconds)
        self.keep_online(seconds)
        await self._stage.move_on(target)

    def keep_online(self, seconds: float = 0.0) -> None:
        """Operators who are there stay, as if their panel were open while that much time passes."""
        until = self._stage.clock.now() + timedelta(seconds=seconds)
        for operator in self._stage.store.tables.operators.values():
            if operator.state != "offline":
                self._stage.world.presence.saw(operator.id, until)

    async def _set(self, setting: Setting, names: Mapping[str, Any], pointer: str) -> None:
        world = self._stage.world
        values: dict[str, Any] = filled(dict(setting.values), names, pointer)
        key = str(filled(setting.tenant, names, below(pointer, "tenant")))
        if setting.operator is None:
            await set_tenant(world, key, values, pointer)
        else:
            email = str(filled(setting.operator, names, below(pointer, "operator")))
            await set_membership(world, key, email, values, pointer)

    async def _call(self, call: Call, names: Mapping[str, Any], pointer: str) -> None:
        await asyncio.sleep(0)  # who asks the mock meanwhile has their turn
        caller = self._caller(call.caller, names, below(pointer, "as"))
        path, query, body = (
            filled(part, names, below(pointer, name))
            for name, part in (("path", dict(call.path)), ("query", dict(call.query)), ("body", call.body))
        )
        if isinstance(caller, VisitorCalls):
            (query if body is None else body).setdefault(VISITOR, caller.visitor_id)

        def asked(language: str) -> Awaitable[Any]:
            return self._calls.call(
                self._stage,
                call.operation,
                caller,
                path=path,
                query=query,
                body=body,
                headers={"accept-language": language},
            )

        try:
            answer = await asked("tr")
        except NoSuchCaller as nobody:
            raise self._nobody(nobody, call, pointer) from None
        except Refused as refused:
            fields = below(pointer, "query" if body is None else "body")
            raise _refusal(refused, await _again(refused, asked("en")), fields, pointer) from None
        if isinstance(caller, VisitorCalls):
            self._remember(caller, answer)
        for name, place in call.save.items():
            self._saved[name] = found(place, answer or {}, f"{pointer}/save/{name}")

    def _caller(
        self, caller: Caller | None, names: Mapping[str, Any], pointer: str
    ) -> VisitorCalls | OperatorCalls | None:
        if caller is None:
            return None
        if caller.operator is not None:
            return OperatorCalls(str(filled(caller.operator, names, below(pointer, "operator"))))
        key = str(filled(caller.tenant, names, below(pointer, "tenant")))
        visitor = str(filled(caller.visitor, names, below(pointer, "visitor")))
        return VisitorCalls(key, visitor, self._tokens.get((key, visitor)))

    def _remember(self, caller: VisitorCalls, answer: Any) -> None:
        token = answer.get("data", {}).get("ziyaretci_token") if isinstance(answer, dict) else None
        if token:
            self._tokens[caller.key, caller.visitor_id] = token

    def _nobody(self, nobody: NoSuchCaller, call: Call, pointer: str) -> WrongInput:
        world = self._stage.world
        if call.caller is not None and call.caller.operator is not None:
            return WrongInput(f"{pointer}/as/operator", unknown(nobody, known_emails(world)))
        return WrongInput(f"{pointer}/as/tenant", unknown(nobody, known_keys(world)))


async def _again(refused: Refused, call: Awaitable[Any]) -> Refused:
    """The same refusal in the call's language; as it was, if it is another one by now."""
    try:
        await call
    except Refused as other:
        errors, others = (one.problem.get("hatalar") or [] for one in (refused, other))
        if other.problem.get("kod") == refused.problem.get("kod") and len(others) == len(errors):
            return other
    return refused


def _refusal(refused: Refused, in_english: Refused, fields: str, pointer: str) -> WrongInput:
    """The first field that was refused, below `fields`, or the call as a whole."""
    errors, in_english_errors = (one.problem.get("hatalar") or [] for one in (refused, in_english))
    if not errors:
        return WrongInput(below(pointer, "call"), Text(_said(refused), _said(in_english)))
    return WrongInput(fields + errors[0]["alan"], Text(errors[0]["mesaj"], in_english_errors[0]["mesaj"]))


def _said(refused: Refused) -> str:
    return f"{refused.answer.status} {refused.problem.get('kod')}: {refused.problem.get('detail')}"
