"""Sends filled-in requests and judges what comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from contract_tests.checks import Judge
from contract_tests.client import Answer
from contract_tests.document import Operation
from contract_tests.findings import NotJudged
from contract_tests.schema.draft import Draft, Form, Request
from contract_tests.schema.filling import EVERYBODYS, ONCE, credentials, fill
from contract_tests.schema.scene import COOKIE, SAME_SITE, Scene, cookie_in

if TYPE_CHECKING:
    from contract_tests.schema.generation import Source

FORM: Final = (400, 405, 406, 413, 414, 415, 422, 431)
"""Statuses that say that the request has a wrong form."""
BODY_FORM: Final = (400, 413, 415, 422)
STATE: Final = (402, 409, 429)
"""Statuses that say that the request is right, but not now."""


def source_of(judge: Judge) -> Source:
    """What generates; made once a client."""
    from contract_tests.schema.generation import Source

    source = judge.client.kept.get("schema source")
    if source is None:
        source = judge.client.kept["schema source"] = Source(judge.document)
    made: Source = source
    return made


class Asking:
    """One operation of the document, asked over and over."""

    def __init__(self, judge: Judge) -> None:
        """Raises NotJudged where asking would change things for everybody."""
        self.judge = judge
        self.client = judge.client
        self.scene = Scene.of(judge.client)
        self.source = source_of(judge)
        self.operation = next(one for one in judge.document.operations if one.id == judge.part)
        self.form = _form(judge, self.operation)
        self.statuses: Counter[int] = Counter()
        if self.operation.id in EVERYBODYS and not judge.target.owned:
            raise NotJudged(f"it changes {EVERYBODYS[self.operation.id]}: it needs a server of our own (--owned)")
        if self.operation.id == "erase_visitor" and judge.target.manager is None:
            raise NotJudged("it needs an operator who is sahip or yonetici of the tenant")

    def all_of(self, drafts: Iterable[Draft]) -> None:
        """Ask them all, and judge. Raises NotJudged when the time is over."""
        often = ONCE.get(self.operation.id)
        for number, draft in enumerate(drafts):
            if self.judge.seconds_left <= 0:
                raise NotJudged(f"the time was over after {number} requests (--max-time)")
            if draft.allowed and often is not None and sum(self.statuses.values()) >= often:
                continue
            self.ask(draft)

    def ask(self, draft: Draft) -> Answer | None:
        """Fill in, send, judge; None where it cannot be sent."""
        request = self.prepared(draft)
        if request is None:
            return None
        answer = self.send(request)
        self.judged(draft, answer)
        return answer

    def prepared(self, draft: Draft) -> Request | None:
        """With real things in it; None for what HTTP cannot say, or what would ask another operation."""
        from contract_tests.schema.generation import request

        fill(self.scene, self.form, self.operation, draft)
        made = request(draft, credentials(self.scene, self.operation, draft))
        if not all(_can_be_sent(value) for value in made.headers.values()):
            return None
        asked = self.judge.document.operation(made.method, made.where.partition("?")[0])
        return made if asked in (None, self.operation) else None

    def send(self, request: Request) -> Answer:
        """Send it; what it opened is closed again."""
        answer = self.client.call(
            request.method,
            request.where,
            raw=request.content,
            headers=request.headers,
            nowhere=True,
            patient=self.operation.id != "portal_create_project",
        )
        if answer.status < 300:
            _remember(self, request, answer)
        return answer

    def judged(self, draft: Draft, answer: Answer) -> None:
        """Whether it may be answered so."""
        if draft.allowed:
            self.statuses[answer.status] += 1
            kept = answer.status < 400 or answer.status in STATE or answer.status >= 500
            expected = f"success, since the document allows it ({draft.about})"
        else:
            refusals: Sequence[int] = BODY_FORM if draft.wrong == {"body"} else range(400, 500)
            kept = answer.status in refusals or answer.status >= 500
            expected = f"{' or '.join(map(str, BODY_FORM)) if refusals is BODY_FORM else '4xx'}, since {draft.about}"
        if not kept:
            self.judge.found(self.judge.broken(expected, answer.told(), answer))


def _can_be_sent(value: str) -> bool:
    """Whether it is a header's value to the client, which takes an empty one for none."""
    return value != "" and all(32 <= ord(letter) <= 255 for letter in value)


def _form(judge: Judge, operation: Operation) -> Form:
    forms: dict[str, Form] = judge.client.kept.setdefault("schema forms", {})
    if operation.id not in forms:
        forms[operation.id] = Form(judge.document, operation)
    return forms[operation.id]


def _remember(asking: Asking, request: Request, answer: Answer) -> None:
    """What was opened is closed, now or at the end."""
    client, operation = asking.client, asking.operation.id
    value = answer.value
    data: Any = value.get("data", {}) if isinstance(value, dict) else {}
    if operation == "start_chat":
        client.opened_chat(data["oturum"]["id"], data["oturum"]["ziyaretci_id"])
        client.leave(data["oturum"]["id"], is_open=True)
    elif operation == "create_ticket":
        client.opened_ticket(data["ticket"]["id"])
    elif operation == "login":
        client.call("POST", "/api/v1/auth/logout", token=data["token"])
    elif operation == "portal_sign_in" and cookie_in(answer.headers):
        client.call("POST", "/portal/cikis", headers=SAME_SITE | {"Cookie": f"{COOKIE}={cookie_in(answer.headers)}"})
