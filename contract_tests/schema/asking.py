"""Sends filled-in requests and judges what comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from contract_tests.checks import Judge
from contract_tests.client import Answer
from contract_tests.document import Operation
from contract_tests.findings import NotJudged
from contract_tests.portal import Portal, cookie_in
from contract_tests.schema.draft import Draft, Request
from contract_tests.schema.filling import EVERYBODYS, ONCE, UNREACHED, credentials, fill, left_out
from contract_tests.schema.form import Form
from contract_tests.schema.scene import Scene
from contract_tests.target import Login

BODY_FORM: Final = (400, 413, 415, 422)
"""Statuses that say that a body has a wrong form."""
STATE: Final = (402, 409, 429)
"""Statuses that say that the request is right, but not now."""
OPENS_PROJECTS: Final = "portal_create_project"


class Asking:
    """One operation of the document, asked over and over."""

    def __init__(self, judge: Judge, operation: Operation | None = None) -> None:
        """`operation` is the judge's part unless it is said. Raises NotJudged where it cannot be asked."""
        self.judge = judge
        self.client = judge.client
        self.scene = Scene.of(judge.client)
        self.operation = operation or next(one for one in judge.document.operations if one.id == judge.part)
        self.form = _form(judge, self.operation)
        self.statuses: Counter[int] = Counter()
        self.lacking: str = ""
        """Why an allowed request was left out."""
        _check_that_it_may(judge, self.operation)

    def all_of(self, drafts: Iterable[Draft]) -> None:
        """Ask them all, and judge. Raises NotJudged when the time is over, or where what is asked for is not there."""
        most = ONCE.get(self.operation.id)
        for number, draft in enumerate(drafts):
            if self.judge.seconds_left <= 0:
                raise NotJudged(f"the time was over after {number} requests (--max-time)")
            if not (draft.allowed and most is not None and self.statuses.total() >= most):
                self._ask_or_lack(draft)
        if self.lacking:
            raise NotJudged(f"some of what the document allows was not asked: {self.lacking}")

    def _ask_or_lack(self, draft: Draft) -> None:
        try:
            answer = self.ask(draft)
        except Lacking as error:
            self.lacking = str(error)
            return
        if answer is not None:
            self.judged(draft, answer)

    def ask(self, draft: Draft, given: Mapping[str, Any] | None = None, login: Login | None = None) -> Answer | None:
        """Fill in but for what is given, and send; None for what HTTP cannot say."""
        request = self._prepared(draft, given or {}, login)
        return None if request is None else self._send(request)

    def _prepared(self, draft: Draft, given: Mapping[str, Any], login: Login | None) -> Request | None:
        for place, value in given.items():
            draft.put(place, value)
        try:
            fill(self.scene, self.form, self.operation, draft, given.keys())
        except NotJudged as error:
            raise Lacking(str(error)) from None
        if not draft.allowed:
            draft.wrong = self.form.wrong(draft, left_out(self.operation, draft))
            if not draft.wrong:
                return None
        request = draft.encode(draft, credentials(self.scene, self.operation, draft, login))
        if not all(_can_be_sent(value) for value in request.headers.values()):
            return None
        asked = self.judge.document.operation(request.method, request.where.partition("?")[0])
        return request if asked in (None, self.operation) else None

    def _send(self, request: Request) -> Answer:
        answer = self.client.call(
            request.method,
            request.where,
            raw=request.content,
            headers=request.headers,
            nowhere=True,
            patient=self.operation.id != OPENS_PROJECTS,
        )
        if answer.status < 300:
            _remember(self, answer)
        return answer

    def judged(self, draft: Draft, answer: Answer) -> None:
        """Whether it may be answered so; what breaks a rule of every answer is told already."""
        if draft.allowed:
            self.statuses[answer.status] += 1
            kept = answer.status < 400 or answer.status in STATE or answer.status >= 500
            kept = kept or (answer.status == 404 and self.operation.id in UNREACHED)
            expected = f"success, since the document allows {_told(draft)}"
        else:
            refusals: Collection[int] = BODY_FORM if draft.wrong == {"body"} else range(400, 500)
            kept = answer.status in refusals or answer.status >= 500
            expected = (
                f"{_either(BODY_FORM) if refusals is BODY_FORM else '4xx'}, since the document forbids {_told(draft)}"
            )
        if not kept:
            self.judge.found(self.judge.broken(expected, answer.told(), answer))

    def succeeded(self, draft: Draft, answer: Answer, what: str) -> bool:
        """Whether it is a success, or a quota is used up; it is told when it is not."""
        kept = answer.status < 400 or (self.operation.id == OPENS_PROJECTS and answer.status == 429)
        if not kept:
            self.judge.found(self.judge.broken(f"success: {what}", answer.told(), answer))
        return kept


class Lacking(NotJudged):
    """What an allowed request speaks of is not there; the message says what."""


def _check_that_it_may(judge: Judge, operation: Operation) -> None:
    if operation.id in EVERYBODYS and not judge.target.owned:
        raise NotJudged(f"it changes {EVERYBODYS[operation.id]}: it needs a server of our own (--owned)")
    if operation.id == "erase_visitor" and judge.target.manager is None:
        raise NotJudged("it needs an operator who is sahip or yonetici of the tenant")


def _told(draft: Draft) -> str:
    where = f" ({', '.join(sorted(draft.wrong))})" if draft.wrong else ""
    return draft.about + where


def _either(statuses: Sequence[int]) -> str:
    return " or ".join(map(str, statuses))


def _can_be_sent(value: str) -> bool:
    """Whether it is a header's value to the client, which takes an empty one for none."""
    return value != "" and all(32 <= ord(letter) <= 255 for letter in value)


def _form(judge: Judge, operation: Operation) -> Form:
    forms: dict[str, Form] = judge.client.kept.setdefault("schema forms", {})
    if operation.id not in forms:
        forms[operation.id] = Form(judge.document, operation)
    return forms[operation.id]


def _remember(asking: Asking, answer: Answer) -> None:
    """What was opened is closed, now or at the end."""
    client, operation = asking.client, asking.operation.id
    value = answer.value
    data: Any = value.get("data", {}) if isinstance(value, dict) else {}
    if operation == "start_chat":
        client.opened(answer, data["oturum"]["ziyaretci_id"], client.target.tenant)
    elif operation == "login":
        client.call("POST", "/api/v1/auth/logout", token=data["token"])
    elif operation == "portal_sign_in":
        Portal(client).with_cookie(cookie_in(answer)).sign_out()
    elif operation == "portal_choose_project":
        asking.scene.choose_again()
