"""Lets faults happen: those that are planted, and the one that a request asks for with `X-Mock-Fault`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import cache
from math import ceil
from typing import Any, Final

from impl import problems
from impl.contract.call import Scope
from impl.contract.plan import Plan
from impl.contract.replies import App, Receive, Send
from impl.problems import Problem, Text
from mocks.answer import Answer, answered, headers_of, send_answer
from mocks.documented import documented_answer, problem_answer, response_of, statuses_with
from mocks.fault import Fault
from mocks.fault_reader import WrongFault, read_fault, read_short
from mocks.faults import Faults, Strike
from mocks.pauses import pause
from mocks.sandbox import Sandbox
from mocks.sandboxes import SANDBOX_KEY

HEADER: Final = b"x-mock-fault"
FAULT_KEY: Final = "cozum.mock.fault"
"""Where the `Strike` stands in the scope, for wrappers around this one."""
PARTS_A_SECOND: Final = 10
"""In how many parts a throttled body goes, at most."""
NOT_IN_HEADER: Final = ("count", "operation")


class WrongFaultHeader(Problem):
    """`X-Mock-Fault` that describes no fault."""

    status = 400
    code = "gecersiz_hata_tanimi"
    title = Text("Hata tanımı geçersiz", "The fault's description is wrong")
    detail = Text("`X-Mock-Fault`{where}: {tr}", "`X-Mock-Fault`{where}: {en}")


class Injected(Problem):
    """A status that the operation does not document; made for each status by `injected`."""

    code = "yapay_hata"
    title = Text("Yapay hata", "Injected fault")
    detail = Text(
        "Bu yanıt, taklit sunucuya yerleştirilmiş bir hatadır (HTTP {status}).",
        "This answer is a fault that was planted in the mock server (HTTP {status}).",
    )


class Faulty:
    """Spoils answers as the faults say; without any it only looks at the headers."""

    def __init__(
        self, app: App, find_plan: Callable[[Scope], Plan | None], plans: Sequence[Plan], faults: Faults
    ) -> None:
        self._app = app
        self._find_plan = find_plan
        self._plans = plans
        self._faults = faults

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """An ASGI 3 application; a plain function, so that nobody pays for a coroutine who meets no fault."""
        if scope["type"] != "http" or not (HEADER in headers_of(scope) or planted_for(scope, self._faults)):
            return self._app(scope, receive, send)
        plan = self._find_plan(scope)
        if plan is None:
            return self._app(scope, receive, send)
        return self._met(plan, scope, receive, send)

    async def _met(self, plan: Plan, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            passing = [(text, self._read(text)) for text in _headers(scope)]
        except WrongFault as wrong:
            where = f" ({wrong.pointer})" if wrong.pointer else ""
            problem = WrongFaultHeader(where=where, tr=wrong.text.tr, en=wrong.text.en)
            await send_answer(await problem_answer(problem, plan.path, scope, receive), send)
            return
        sandbox: Sandbox | None = scope.get(SANDBOX_KEY)
        strike = self._faults.strike(plan.id, passing, sandbox.faults if sandbox else None)
        if strike is None:
            await self._app(scope, receive, send)
            return
        scope[FAULT_KEY] = strike
        await self._struck(strike, plan, scope, receive, send)

    def _read(self, text: str) -> Fault:
        described = read_short(text)
        for name in NOT_IN_HEADER:
            if name in described:
                raise WrongFault(
                    f"/{name}",
                    "Başlık yalnız bu istek içindir; bu üye burada bir şey söylemez.",
                    "the header is for this request alone, where this member says nothing.",
                )
        return read_fault(described, self._plans)

    async def _struck(self, strike: Strike, plan: Plan, scope: Scope, receive: Receive, send: Send) -> None:
        if strike.close == "request":
            await pause(strike.delay, receive)
            return  # an answer that never begins: the server closes the connection
        if strike.status is not None:
            answer = await _refusal(strike.status, strike.example, plan, scope, receive)
        else:
            answer = await answered(self._app, scope, receive)
        if not answer.status or not await pause(strike.delay, receive) or strike.close == "before":
            return
        if strike.body == "truncated":
            answer.body = answer.body[: len(answer.body) // 2]
        elif strike.body == "malformed" and answer.body:
            answer.body = answer.body[:-1] + b",]"
        if strike.close is None and strike.throttle is None:
            await send_answer(answer, send)
        else:
            await _send_slowly(answer, strike, receive, send)


def planted_for(scope: Scope, faults: Faults) -> bool:
    """Whether anything is planted that could strike the request: for all, or in its sandbox."""
    if faults.planted:
        return True
    sandbox: Sandbox | None = scope.get(SANDBOX_KEY)
    return sandbox is not None and bool(sandbox.faults.planted)


def _headers(scope: Scope) -> Iterator[str]:
    for name, value in scope["headers"]:
        if name == HEADER:
            yield value.decode("utf-8", "replace")


async def _refusal(status: int, example: str | None, plan: Plan, scope: Scope, receive: Receive) -> Answer:
    """The documented problem, this example of it where it has it; else one of that status."""
    if response_of(plan, status) is not None:
        known = example is not None and status in statuses_with(plan, example)
        return documented_answer(plan, status, scope, example if known else None)
    return await problem_answer(injected(status), plan.path, scope, receive)


@cache
def injected(status: int) -> Problem:
    """A problem of a status that the operation does not document: the server's own, where there is one."""
    if status == problems.ServerError.status:
        return problems.ServerError()
    if status == problems.Unavailable.status:
        return problems.Unavailable()
    members: dict[str, Any] = {"status": status, "__module__": __name__}
    kind: type[Problem] = type("Injected", (Injected,), members)
    return kind(status=status)


async def _send_slowly(answer: Answer, strike: Strike, receive: Receive, send: Send) -> None:
    """Head, then the body in parts; of one that is cut off only the first half, and no end."""
    goes_on = strike.close == "inside"
    if answer.header("content-length") or goes_on:
        answer.put("content-length", str(len(answer.body) + (goes_on and not answer.body)))
    body = answer.body[: len(answer.body) // 2] if goes_on else answer.body
    headers = [(name.encode(), value.encode("latin-1")) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    rate = strike.throttle or len(body) * PARTS_A_SECOND or 1
    size = max(1, ceil(rate / PARTS_A_SECOND))
    for at in range(0, max(1, len(body)), size):
        if at and not await pause(size / rate * 1000, receive):
            return
        more = goes_on or at + size < len(body)
        await send({"type": "http.response.body", "body": body[at : at + size], "more_body": more})
