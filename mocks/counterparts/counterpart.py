"""A counterpart in a sandbox: looks what happened, plans what its script says, and does it when it is due."""

from __future__ import annotations

import asyncio
import logging
import traceback
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from random import Random
from typing import Any, Final

from impl.store.memory import MemoryTx
from mocks.calling import Calls, NoSuchCaller, Refused
from mocks.counterparts.plans import Occasion, Plan, Schedule, Thread, ThreadKind
from mocks.counterparts.script import AT_ONCE, Act, Rule, Script
from mocks.counterparts.sides import Side
from mocks.sandbox import Sandbox

MOST_AT_ONCE: Final = 100
"""Acts that are done without looking at the clock again."""
OF_ANOTHER_SCRIPT: Final = -1
"""In place of the place of a rule that the script no longer has."""
TIMER: Final = (Act("every", None, AT_ONCE),)
"""What is planned for the rules that begin something by themselves."""

log = logging.getLogger("cozum")


class Impossible(Exception):
    """An act that cannot be done as things are; the message says why."""


class Counterpart(ABC):
    """One side of the talk in one sandbox (implements `Part`).

    It looks at the state after each act and whenever it is asked, and changes it by operations only. Of the same seed
    and the same state at the same times it does the same.
    """

    side: Side

    def __init__(self, sandbox: Sandbox, script: Script, calls: Calls, seed: int = 0, source: str = "") -> None:
        """`seed` where the script has none; `source` says where the script is from."""
        self.sandbox = sandbox
        self.calls = calls
        self.threads: defaultdict[ThreadKind, dict[int | str, Thread]] = defaultdict(dict)
        self.done = 0
        """How many acts of the script it has done since it follows it, or since the state was reset."""
        self.trouble: str | None = None
        """The last of them that could not be done, and why."""
        self._seed = seed
        self._plans = Schedule()
        self._seen: MemoryTx | None = None
        """The state at which it looked last."""
        self._acting = asyncio.Lock()
        self._failure = ""
        self.script, self.source = script, source

    def follow(self, script: Script, source: str) -> None:
        """From now on that script: who is new in it starts, what is planned is done still."""
        before, self.script, self.source = self.script, script, source
        self.done, self.trouble = 0, None
        for threads in self.threads.values():
            for thread in threads.values():
                thread.uses.clear()
                if thread.plan is not None:
                    thread.plan.rule = OF_ANOTHER_SCRIPT
        if self._seen is self.tables:  # otherwise it begins anew when it looks next
            self._start_timers()
            for occasion in self.go_on(before):
                self.meet(occasion)

    @property
    def tables(self) -> MemoryTx:
        """The state, to look at."""
        return self.sandbox.store.tables

    @property
    def planned(self) -> int:
        """How many plans there are."""
        return len(self._plans)

    # A part of the sandbox

    def next_due(self) -> float | None:
        try:
            self._look()
        except Exception:
            self._fail()
            return None
        plan = self._plans.first()
        return None if plan is None else plan.due

    async def run_due(self) -> int:
        async with self._acting:
            tried = 0
            try:
                self._look()
                await self.stay()
                while tried < MOST_AT_ONCE and (plan := self._plans.first()) and plan.due <= self._now():
                    self._plans.take()
                    tried += await self._step(plan)
                    self._look()
            except Exception:
                self._fail()
            return tried

    def callers(self) -> Collection[int]:
        return ()

    # What each side knows

    def begin(self) -> Iterator[Occasion]:
        """What happens when it is switched on, or meets another world."""
        yield from ()

    @abstractmethod
    def go_on(self, before: Script) -> Iterator[Occasion]:
        """What happens when its script takes the place of that one: the start of those whom that did not have."""

    @abstractmethod
    def look(self) -> None:
        """See what has changed: meet occasions, drop plans that make no sense any more."""

    @abstractmethod
    def somebody(self, random: Random) -> Thread | None:
        """Who does what is to be done from time to time; None: nobody is free."""

    @abstractmethod
    async def stay(self) -> None:
        """Call, so that nobody is taken to have gone."""

    async def end(self) -> None:
        """It is switched off."""
        async with self._acting:
            self._plans.clear()
            try:
                await self.leave()
            except (Refused, NoSuchCaller) as error:
                self.trouble = str(error)

    @abstractmethod
    async def leave(self) -> None:
        """Do what people do who go. Raises Refused, NoSuchCaller."""

    @abstractmethod
    async def act(self, plan: Plan, verb: str, value: Any) -> None:
        """Do one act. Raises Impossible, Refused, NoSuchCaller."""

    def possible(self, rule: Rule, occasion: Occasion) -> bool:
        """Whether all that the rule says can be done as things are."""
        return True

    # How it plans

    def thread(self, kind: ThreadKind, record_id: int = 0, name: str = "") -> Thread:
        """What is remembered of that record, or of the visitor of that name."""
        threads, key = self.threads[kind], name or record_id
        found = threads.get(key)
        if found is None:
            found = threads[key] = Thread(kind, record_id, name)
        return found

    def meet(self, occasion: Occasion) -> bool:
        """Plan what the first rule that fits says; answers whether one does."""
        thread = occasion.thread
        random = self.chance(f"{thread.key}:{occasion.key}")
        for index, rule in enumerate(self.script.rules):
            if (
                rule.when.fits(occasion.kinds, occasion.text)
                and self.possible(rule, occasion)
                and (rule.times is None or thread.uses[index] < rule.times)
                and (rule.chance >= 1 or random.random() < rule.chance)
            ):
                self.plan(occasion, index, random)
                return True
        return False

    def plan(self, occasion: Occasion, index: int, random: Random) -> None:
        """Do the acts of the rule at that place, instead of what was planned in the thread."""
        rule = self.script.rules[index]
        wait = rule.acts[0].wait.draw(random) + (rule.when.pause.draw(random) if rule.when.kind == "idle" else 0)
        self.drop(occasion.thread)
        occasion.thread.uses[index] += 1
        occasion.thread.plan = plan = Plan(occasion, index, rule.acts, random, self._now() + wait)
        self._plans.add(plan)

    def drop(self, thread: Thread) -> None:
        """Do nothing more of what is planned in the thread."""
        plan = thread.plan
        if plan is not None:
            plan.dropped, thread.plan = True, None
            if not plan.step:
                thread.uses[plan.rule] -= 1

    def chance(self, key: str) -> Random:
        """Chance that is the same again for the same seed and key, whatever else happens."""
        seed = self._seed if self.script.seed is None else self.script.seed
        return Random(f"{seed}:{self.side}:{key}")  # noqa: S311 - can be repeated

    def chosen(self, plan: Plan, texts: Sequence[str]) -> str:
        """One of the texts by chance: one that was not used yet in the thread, while there are any."""
        said = plan.occasion.thread.said
        text = plan.random.choice([text for text in texts if text not in said] or list(texts))
        said.add(text)
        return text

    async def call(self, operation: str, caller: Any, **given: Any) -> Any:
        """What the operation answers under `data`. Raises Refused, NoSuchCaller."""
        answer = await self.calls.call(self.sandbox, operation, caller, **given)
        return (answer or {}).get("data")

    def _look(self) -> None:
        if self.tables is not self._seen:  # the state was reset, or another one was loaded
            self._seen = self.tables
            self.done, self.trouble = 0, None
            self._plans.clear()
            self.threads.clear()
            self._start_timers()
            for occasion in self.begin():
                self.meet(occasion)
        self.look()

    def _fail(self) -> None:
        """The mock goes on; that it fails again at every look is not told again."""
        error = traceback.format_exc(limit=-1)
        if error != self._failure:
            log.exception("the simulated %s failed", self.side)
        self._failure = error

    def _start_timers(self) -> None:
        for thread in self.threads["every"].values():
            self.drop(thread)
        for index, rule in enumerate(self.script.rules):
            if rule.when.kind == "every":
                self._start_timer(index, rule, 1)

    def _start_timer(self, index: int, rule: Rule, count: int) -> None:
        thread = self.thread("every", index)
        random = self.chance(f"{thread.key}:{count}")
        due = self._now() + rule.when.pause.draw(random)
        thread.plan = Plan(Occasion(("every",), thread, str(count)), index, TIMER, random, due)
        self._plans.add(thread.plan)

    def _ring(self, plan: Plan) -> None:
        """It is time for a rule that begins something: it is followed by somebody who has nothing else to do."""
        timer, random = plan.occasion.thread, plan.random
        rule, count = self.script.rules[timer.id], int(plan.occasion.key)
        self._start_timer(timer.id, rule, count + 1)
        if (rule.times is None or timer.uses[timer.id] < rule.times) and random.random() < rule.chance:
            thread = self.somebody(random)
            if thread is not None:
                timer.uses[timer.id] += 1
                self.plan(Occasion(("every",), thread, f"{timer.key}:{count}"), timer.id, random)

    async def _step(self, plan: Plan) -> int:
        """How many acts were tried: one that fails counts, or it might be tried again and again at the same instant."""
        act, thread = plan.act, plan.occasion.thread
        if plan.acts is TIMER:
            self._ring(plan)
            return 0
        seen = self._seen
        try:
            await self.act(plan, act.verb, act.value)
        except (Impossible, Refused, NoSuchCaller) as error:
            if self._is_told(plan, seen):
                self.trouble = f"{thread.key}, {act.verb}: {_why(error)}"
            plan.dropped = True
            if thread.plan is plan:
                thread.plan = None
            return 1
        finally:
            thread.seen = None  # what was planned may have kept something else back
        self.done += self._is_told(plan, seen)
        plan.step += 1
        thread = plan.occasion.thread  # a chat that was opened has its own
        thread.seen = None
        if plan.dropped:
            return 1
        if plan.step == len(plan.acts):
            if thread.plan is plan:
                thread.plan = None
        else:
            plan.due = self._now() + plan.act.wait.draw(plan.random)
            self._plans.add(plan)
        return 1

    def _is_told(self, plan: Plan, seen: MemoryTx | None) -> bool:
        """Whether the plan is of the script and the state that hold by now."""
        return plan.rule != OF_ANOTHER_SCRIPT and self._seen is seen

    def _now(self) -> float:
        return self.sandbox.clock.timestamp()


def _why(error: Exception) -> str:
    """What an act met; of a refusal the fields too."""
    fields = error.problem.get("hatalar") if isinstance(error, Refused) else None
    told = "; ".join([f"{field['alan']}: {field['mesaj']}" for field in fields or ()])
    return f"{error} {told}" if told else str(error)
