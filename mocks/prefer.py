"""Choosing an answer: `Prefer: code=429`, `example=…`, `dynamic=true`, `delay=800`, as Prism has them (RFC 7240).

`?__code=429`, `__example=`, `__dynamic=` and `__delay=` in the query mean the same, as with Prism.

A chosen answer comes from the document and not from the application: no key is needed, nothing is validated, and no
state changes. `delay` by itself holds back the application's own answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from impl.contract.answers import JSON_TYPES, PROBLEM_TYPE
from impl.contract.call import Scope
from impl.contract.lane import PLAN_KEY
from impl.contract.plan import Plan
from impl.contract.replies import App, Receive, Send
from impl.problems import Problem, Text
from mocks.answer import Answer, answered, body_of, headers_of, send_answer
from mocks.documented import (
    SHOWN_HEADERS,
    documented_answer,
    media_type_of,
    options_of,
    problem_answer,
    response_of,
    statuses_with,
    success_of,
)
from mocks.generated import CannotGenerate, Generator
from mocks.pauses import pause
from mocks.preferences import IN_QUERY, Misread, Preferences, read_preferences
from mocks.reading import pairs_of_query

PREFER: Final = b"prefer"
QUERY_MARK: Final = b"__"
"""A query with a preference has this."""
APPLIED: Final = "preference-applied"
LONGEST_DETAIL: Final = 1_500
"""Characters of the options that a problem tells; all of them stand in `secenekler`."""

FindPlan = Callable[[Scope], Plan | None]


class WrongPreference(Problem):
    """A preference that cannot be followed; `tr` and `en` say why, `options` which statuses and examples there are."""

    status = 400
    code = "gecersiz_tercih"
    title = Text("Tercih geçersiz", "Wrong preference")
    detail = Text("{tr} Bu işlemde olanlar: {options}.", "{en} This operation has: {options}.")


class Prefers:
    """Answers in the application's place what a request prefers; of others it looks at headers and query only."""

    def __init__(self, app: App, find_plan: FindPlan, generator: Generator, seed: int = 0) -> None:
        self._app = app
        self._find_plan = find_plan
        self._generator = generator
        self._seed = seed

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """An ASGI 3 application; a plain function, so that a request without preference pays for no coroutine."""
        if scope["type"] != "http" or (PREFER not in headers_of(scope) and QUERY_MARK not in scope["query_string"]):
            return self._app(scope, receive, send)
        plan = self._find_plan(scope)
        if plan is None:
            return self._app(scope, receive, send)
        return self._preferred(plan, scope, receive, send)

    async def _preferred(self, plan: Plan, scope: Scope, receive: Receive, send: Send) -> None:
        scope[PLAN_KEY] = plan
        try:
            preferences = read_preferences(_values(scope), pairs_of_query(scope))
            if not preferences.applied():
                await self._app(scope, receive, send)
                return
            if preferences.choose():
                answer = await self._chosen(plan, preferences, scope, receive)
            else:
                answer = await answered(self._app, scope, receive)
        except Misread as misread:
            await send_answer(await _refusal(plan, misread, scope, receive), send)
            return
        if not answer.status:
            return
        if await pause(preferences.delay or 0, receive):
            _tell_applied(answer, preferences)
            await send_answer(answer, send)

    async def _chosen(self, plan: Plan, preferences: Preferences, scope: Scope, receive: Receive) -> Answer:
        """The documented or generated answer. Raises Misread."""
        status = _status(plan, preferences)
        if not preferences.dynamic:
            return documented_answer(plan, status, scope, preferences.example)
        response = response_of(plan, status) or {}
        media_type = media_type_of(response, scope)
        if media_type not in JSON_TYPES:
            return documented_answer(plan, status, scope)
        seed = await self._seed_of(scope, receive, preferences)
        try:
            made = self._generator.value(response["content"][media_type].get("schema", {}), seed)
        except CannotGenerate:
            raise Misread(
                f"{status} yanıtının şemasından değer üretilemiyor; `dynamic` yerine bir örnek isteyin.",
                f"nothing can be generated from the schema of {status}; ask for an example instead of `dynamic`.",
            ) from None
        if media_type == PROBLEM_TYPE and isinstance(made, dict):
            made = _shown_problem(plan, status, scope) | {key: made[key] for key in made if key == "hatalar"}
        return documented_answer(plan, status, scope, made=made)

    async def _seed_of(self, scope: Scope, receive: Receive, preferences: Preferences) -> str:
        """Of the same request the same: method, path, query, body and what is preferred, but for the delay."""
        told = hashlib.sha256(await body_of(receive)).hexdigest()
        path = scope.get("raw_path") or scope["path"].encode()
        query = [pair for pair in pairs_of_query(scope) if pair[0] not in IN_QUERY]
        return f"{self._seed} {scope['method']} {path!r} {query!r} {preferences.code} {told}"


def _values(scope: Scope) -> list[str]:
    values = [value for name, value in scope["headers"] if name == PREFER]
    return [value.decode("utf-8", "replace") for value in values]


def _status(plan: Plan, preferences: Preferences) -> int:
    """The status that is meant. Raises Misread for one, or for an example, that is not documented."""
    code, example = preferences.code, preferences.example
    if code is not None and response_of(plan, code) is None:
        raise Misread(
            f"`code={code}`: `{plan.id}` için belgede böyle bir yanıt yok.",
            f"`code={code}`: `{plan.id}` has no such answer in the document.",
        )
    if example is None:
        return success_of(plan) if code is None else code
    having = statuses_with(plan, example)
    if not having or (code is not None and code not in having):
        place = f"{code} yanıtında" if code else f"`{plan.id}` işleminde"
        of = f"{code}" if code else f"`{plan.id}`"
        raise Misread(
            f"`example={example[:60]}`: {place} bu adda bir örnek yok.",
            f"`example={example[:60]}`: {of} has no example of that name.",
        )
    return having[0] if code is None else code


def _shown_problem(plan: Plan, status: int, scope: Scope) -> dict[str, object]:
    """A problem's texts and code belong together: what is generated are its field errors."""
    shown: dict[str, object] = msgspec.json.decode(documented_answer(plan, status, scope).body)
    return shown


def _tell_applied(answer: Answer, preferences: Preferences) -> None:
    answer.put(APPLIED, preferences.applied().encode().decode("latin-1"))  # names of examples are in UTF-8
    readable = answer.header(SHOWN_HEADERS)
    if readable:
        answer.put(SHOWN_HEADERS, f"{readable}, Preference-Applied")


async def _refusal(plan: Plan, misread: Misread, scope: Scope, receive: Receive) -> Answer:
    """400, with all statuses and examples of the operation under `secenekler`."""
    options = options_of(plan)
    told = "; ".join(f"{status} ({', '.join(names)})" if names else status for status, names in options.items())
    if len(told) > LONGEST_DETAIL:
        told = f"{told[:LONGEST_DETAIL]}…"
    problem = WrongPreference(tr=misread.text.tr, en=misread.text.en, options=told)
    answer = await problem_answer(problem, plan.path, scope, receive)
    answer.body = msgspec.json.encode({**msgspec.json.decode(answer.body), "secenekler": options})
    return answer
