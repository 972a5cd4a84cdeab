"""The tenant's webhook in our hands for the time of a check: what is told there, and what the portal says of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Final

from standardwebhooks import Webhook

from contract_tests.checks import Judge
from contract_tests.client import Answer
from contract_tests.findings import Broken, NotJudged
from contract_tests.portal import Portal
from contract_tests.receiver import Heard, Receiver, receiving

PATIENCE: Final = 10.0
"""Seconds that an event may take."""
PAUSE: Final = 0.002
"""Seconds between two looks at the portal."""
TENANT: Final = "webhook tenant"
"""Where the client keeps the tenant's id."""
BROWSER: Final = "webhook browser"
"""Where it keeps the manager's browser that works on the tenant."""
KNOWN: Final = "webhook ids"
"""Where it keeps the ids of older deliveries."""
MOST_PAGES: Final = 100
EVENTS: Final = (
    "yeni_chat",
    "yeni_ticket",
    "chat_kapandi",
    "ticket_cozuldu",
    "memnuniyet_puan",
    "operator_cevrimdisi",
)


class Hook:
    """What happens to the tenant is told to `receiver`. What was on its way before is not seen."""

    def __init__(self, judge: Judge, receiver: Receiver) -> None:
        """Raises NotJudged where the manager does not manage the tenant."""
        self.judge = judge
        self.receiver = receiver
        self.events: tuple[str, ...] = ()
        self.secret = ""
        self._verified = 0
        kept = judge.client.kept
        self._browser: Portal | None = kept.get(BROWSER)
        self.tenant_id = kept[TENANT] = kept.get(TENANT) or judge.client.tenant_id()
        self._before = self.endpoint
        self._old = self._known()

    # The portal

    @property
    def portal(self) -> Portal:
        """The manager's browser, at work on the tenant. Raises NotJudged where it cannot be."""
        if self._browser is None:
            self._browser = self._signed_in()
        return self._browser

    def _signed_in(self) -> Portal:
        client, manager = self.judge.client, self.judge.target.manager
        if manager is None:
            raise NotJudged("there is no manager")
        portal = Portal(client)
        portal.sign_in(manager).succeeded()
        client.at_the_end.append(portal.sign_out)
        if portal.active() != self.tenant_id and portal.choose(self.tenant_id).status != 200:
            raise NotJudged(f"{manager.email} cannot choose tenant {self.tenant_id} in the portal")
        client.kept[BROWSER] = portal
        return portal

    def _asked(self, call: Callable[[Portal], Answer]) -> Answer:
        """The answer to the manager, who signs in anew where the clock was moved beyond the session."""
        answer = call(self.portal)
        if answer.status == 401:
            self._browser = None
            answer = call(self.portal)
        return answer

    def _page(self, **query: Any) -> Any:
        answer = self._asked(lambda portal: portal.webhook(**query))
        if answer.status == 403:
            raise NotJudged(f"the manager does not manage tenant {self.tenant_id}")
        return answer.data

    def _known(self) -> set[str]:
        """The webhook-ids of all deliveries until now: one that waits may come at any time."""
        known: set[str] = self.judge.client.kept.setdefault(KNOWN, set())
        query: dict[str, Any] = {"limit": 100}
        for _ in range(MOST_PAGES):
            page = self._page(**query)
            new = {delivery["webhook_id"] for delivery in page["teslimatlar"]} - known
            known |= new
            query["imlec"] = page["sonraki_imlec"]
            if not new or not query["imlec"]:
                break
        return set(known)

    @property
    def endpoint(self) -> Any:
        """As the portal shows it."""
        return self._page(limit=1)["webhook"]

    @property
    def deliveries(self) -> list[Any]:
        """As the portal shows them, newest first, without those from before."""
        return [one for one in self._page(limit=100)["teslimatlar"] if one["webhook_id"] not in self._old]

    def set(self, *events: str, url: str | None = None, **more: Any) -> Answer:
        """Be told of these. Raises NotJudged where the server does not send to us."""
        answer = self._asked(lambda portal: portal.set_webhook(url or self.receiver.url, *events, **more))
        if answer.status == 422 and url is None:
            raise NotJudged(f"the server does not send webhooks to {self.judge.target.receiver}")
        endpoint = answer.data["webhook"]
        self.events, self.secret = events, endpoint["secret"]
        return answer

    def restore(self) -> None:
        """The tenant's endpoint as it was; one that there was not cannot be taken away, but is stopped."""
        before = self._before or {"url": self.receiver.url, "olaylar": self.events, "etkin": False}
        self._asked(lambda portal: portal.set_webhook(before["url"], *before["olaylar"], etkin=before["etkin"]))

    # What is told

    def heard(self, event: str | None = None, **fields: Any) -> list[Heard]:
        """What came until now, of that event, with these in its `veri`."""
        return [
            heard
            for heard in list(self.receiver.heard)
            if heard.id not in self._old
            and event in (None, heard.event)
            and fields.items() <= {name: heard.data.get(name) for name in fields}.items()
        ]

    def wait(self, cause: Answer, event: str, count: int = 1, **fields: Any) -> Heard:
        """The `count`th such message, which must come. It, and all before it, are verified."""
        found = self.receiver.wait(lambda: len(self.heard(event, **fields)) >= count, PATIENCE)
        self.verify(cause)
        number = f"{count} times " if count > 1 else ""
        self.judge.must(found, f"{event} {number}with {fields}", cause, self.seen(**fields))
        return self.heard(event, **fields)[count - 1]

    def seen(self, **fields: Any) -> str:
        """What came, in words."""
        return "; ".join(heard.told() for heard in self.heard(**fields)[:3]) or "nothing"

    def settle(self) -> None:
        """Wait until nothing is on its way."""
        until = time.monotonic() + PATIENCE
        while any(one["durum"] == "bekliyor" for one in self.deliveries) and time.monotonic() < until:
            time.sleep(PAUSE)

    def mark(self, *but: str) -> None:
        """What happened before is told, if it is: a later event, of none of these, came, and nothing is on its way."""
        client = self.judge.client
        if "yeni_ticket" in self.events and "yeni_ticket" not in but:
            answer = client.ticket(client.visitor())
            self.wait(answer, "yeni_ticket", ticket_id=answer.data["ticket"]["id"])
        else:
            answer = client.start_chat(client.visitor())
            self.wait(answer, "yeni_chat", oturum_id=answer.data["oturum"]["id"])
        self.settle()

    def once(self, cause: Answer, event: str, **fields: Any) -> Heard:
        """Such an event, which must come, and not a second time under another id."""
        first = self.wait(cause, event, **fields)
        self.mark()
        ids = {heard.id for heard in self.heard(event, **fields)}
        self.judge.must(len(ids) == 1, f"one {event} with {fields}", cause, f"{len(ids)} of them")
        return first

    def nothing(self, cause: Answer, *events: str, **fields: Any) -> None:
        """None of these events, with these fields."""
        self.mark(*(() if fields else events))
        came = [heard for event in events for heard in self.heard(event, **fields)]
        expected = f"no {' or '.join(events)}{f' with {fields}' if fields else ''}"
        self.judge.must(not came, expected, cause, came[0].told() if came else "")

    # What each must be

    def verify(self, cause: Answer) -> None:
        """Find what of the messages that came since the last time is not as documented, or not signed."""
        came = list(self.receiver.heard)
        for heard in came[self._verified :]:
            faults = self.judge.document.event_faults(heard.event, heard.headers, heard.body)
            if faults:
                self._found(
                    "webhook.schema", f"what webhooks: documents of {heard.event}", "; ".join(faults[:3]), cause
                )
            if not self.is_signed(heard):
                seen = heard.headers.get("webhook-signature", "none")
                self._found("webhook.signature", "a signature over id, timestamp and body", seen, cause)
        self._verified = len(came)

    def is_signed(self, heard: Heard, secret: str | None = None) -> bool:
        """Whether one of its signatures is Standard Webhooks' over what came, whenever that was."""
        try:
            at = datetime.fromtimestamp(heard.timestamp, UTC)
            right = Webhook(secret or self.secret).sign(heard.id, at, heard.body.decode())
        except (ValueError, OverflowError):
            return False
        return right in heard.headers.get("webhook-signature", "").split(" ")

    def _found(self, rule: str, expected: str, seen: str, cause: Answer) -> None:
        self.judge.found(Broken(rule, expected, seen, cause.curl, cause.operation))


@contextmanager
def listening(judge: Judge, *events: str) -> Iterator[Hook]:
    """Inside, these events of the tenant are told to us; after it the endpoint is as it was, or stopped."""
    with receiving(judge.target.receiver or "", judge.target.receiver_port) as receiver:
        hook = Hook(judge, receiver)
        hook.set(*events)
        try:
            yield hook
        finally:
            # what is wrong with that is told already
            with judge.client.restoring(), suppress(Broken, NotJudged, KeyError, TypeError):
                hook.restore()
