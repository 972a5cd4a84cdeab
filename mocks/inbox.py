"""The inbox of a sandbox: every event that happens in it, whether or not anybody is told of it.

Nothing is done when an event happens. Before somebody reads, and before old rows are forgotten, what is new is taken
from the outbox of the sandbox's store: a request pays nothing.
"""

from __future__ import annotations

import secrets
from bisect import bisect_right
from collections import deque
from itertools import islice
from typing import Final, NamedTuple

from msgspec import Struct, field

from impl.actions.deliveries import Attempt
from impl.model import Delivery, EventKind, OutboxRow, WebhookEndpoint
from impl.rules.retries import Outcome
from impl.rules.webhooks import kind_of, message_id
from impl.store.memory import MemoryStore
from impl.webhooks.messages import Message, message
from mocks.event_contract import is_signed
from mocks.watched import Posted

MOST_EVENTS: Final = 1_000
"""How many events an inbox keeps; the oldest go."""
MOST_ATTEMPTS: Final = 50
"""Attempts of one event that are kept; there are 10 by the schedule, more when somebody sends it again."""
MOCK_SECRET: Final = "whsec_Y296dW0tbW9jay1hY2lrLWFuYWh0YXItMjAyNiEhISE="
"""Signs what no endpoint of a tenant signs; public, and the same in every mock."""


class Tried(NamedTuple):
    """An attempt at telling an event."""

    timestamp: int
    """`webhook-timestamp`: the Unix second that it was signed for."""
    url: str
    outcome: Outcome
    milliseconds: float
    by_hand: bool
    """Whether somebody sent it again through the control API."""

    @classmethod
    def of(cls, posted: Posted, *, by_hand: bool = False) -> Tried:
        """What is kept of it."""
        message, outcome, milliseconds = posted
        return cls(int(message.headers["webhook-timestamp"]), message.url, outcome, milliseconds, by_hand)


class Happening(Struct, eq=False):
    """An event, and what became of telling it."""

    id: int
    """Its place among all events of the sandbox, from 1."""
    row: OutboxRow
    webhook_id: str
    secret: str
    """Whoever checks its signature needs it: the endpoint's, or MOCK_SECRET."""
    delivery: Delivery | None = None
    """None: the tenant had no endpoint that wanted it."""
    sent: Message | None = None
    """As it was last sent to the tenant's endpoint."""
    attempts: deque[Tried] = field(default_factory=lambda: deque(maxlen=MOST_ATTEMPTS))
    """Oldest first; those by hand too."""

    @property
    def kind(self) -> EventKind:
        """What happened."""
        return kind_of(self.row.event)

    @property
    def tenant_id(self) -> int:
        """In which tenant it happened."""
        return self.row.event.tenant_id

    @property
    def message(self) -> Message:
        """The request that tells it, as it was last sent to the endpoint, or as it would have been at its time."""
        return self.sent or self.message_at(int(self.row.at.timestamp()), self.secret)

    def message_at(self, timestamp: int, secret: str, url: str = "") -> Message:
        """The request that tells it at that Unix second, as the sender makes it."""
        row, delivery = self.row, self.delivery
        if delivery is None:
            delivery = Delivery(0, self.tenant_id, self.webhook_id, self.kind, row.id, row.at, None)
        endpoint = WebhookEndpoint(self.tenant_id, url, (), secret, row.at, row.at)
        return message(Attempt(delivery, endpoint, row), timestamp)


class Inbox:
    """The last events of a sandbox, oldest first. Their ids go on when it is emptied and when the state begins anew."""

    def __init__(self, store: MemoryStore, most: int = MOST_EVENTS) -> None:
        """What happens in that store, as `begin` says."""
        self.beginning = secrets.token_hex(8)
        """Its own name: one of another name counts anew."""
        self.last_id = 0
        """How many events there were."""
        self.dropped = 0
        """How many of them went for lack of room since it was last emptied."""
        self._most = most
        self._events: deque[Happening] = deque()
        self._by_webhook_id: dict[str, Happening] = {}
        self._enter(store)

    def begin(self, store: MemoryStore) -> None:
        """Look into this store from now on. What happened before is no news, but for what is still to be told."""
        self.clear()
        self._enter(store)

    def _enter(self, store: MemoryStore) -> None:
        self._store, self._last_delivery = store, 0
        tables = store.tables
        waiting = {
            tables.deliveries_by_id[place].outbox_id for places in tables.waiting.values() for _, place in places
        }
        self._take([row for row in tables.outbox if row.id in waiting])
        self._last_row = max((row.id for row in tables.outbox), default=0)

    def collect(self) -> None:
        """Take in what happened since the last time."""
        rows = self._store.tables.outbox
        if rows and rows[-1].id > self._last_row:
            self._take(rows[bisect_right(rows, self._last_row, key=lambda row: row.id) :])
            self._last_row = rows[-1].id

    def keep_up(self) -> None:
        """Take in what happened, and how its deliveries stand: the store may forget both next."""
        self.collect()
        known = self._store.tables.deliveries_by_id
        for event in self._events:
            if event.delivery is not None:
                event.delivery = known.get(event.delivery.id, event.delivery)

    def attempted(self, posted: Posted) -> None:
        """The sender posted something; what is none of our events is not kept."""
        self.collect()
        event = self._by_webhook_id.get(posted.message.headers["webhook-id"])
        if event is None:
            return
        event.attempts.append(Tried.of(posted))
        event.sent, endpoint = posted.message, self.endpoint_of(event)
        if endpoint is not None and is_signed(posted.message, endpoint.secret):
            event.secret = endpoint.secret

    def after(self, event_id: int) -> list[Happening]:
        """What came after that one, oldest first."""
        self.keep_up()
        return [event for event in self._events if event.id > event_id]

    def event(self, event_id: int) -> Happening | None:
        """The event of that id, if it is still there."""
        self.keep_up()
        return next((event for event in self._events if event.id == event_id), None)

    def endpoint_of(self, event: Happening) -> WebhookEndpoint | None:
        """Where the tenant's events are sent now."""
        return self._store.tables.webhooks.get(event.tenant_id)

    def clear(self) -> int:
        """Forget all events; answers how many it were."""
        self.collect()
        gone = len(self._events)
        self._events.clear()
        self._by_webhook_id.clear()
        self.dropped = 0
        return gone

    def _take(self, rows: list[OutboxRow]) -> None:
        if not rows:
            return
        too_many = max(0, len(rows) - self._most)
        self.last_id += too_many
        self.dropped += too_many
        tables = self._store.tables
        deliveries = self._new_deliveries()
        for row in islice(rows, too_many, None):
            self._add(row, deliveries.get(row.id), tables.webhooks.get(row.event.tenant_id))

    def _new_deliveries(self) -> dict[int, Delivery]:
        """Those that were made since the last time, by the outbox row that they tell."""
        tables, last = self._store.tables, self._last_delivery
        found = {}
        for _, delivery_id in reversed(tables.all_deliveries):  # the clock does not go back: newest first
            if delivery_id <= last:
                break
            self._last_delivery = max(self._last_delivery, delivery_id)
            delivery = tables.deliveries_by_id[delivery_id]
            found[delivery.outbox_id] = delivery
        return found

    def _add(self, row: OutboxRow, delivery: Delivery | None, endpoint: WebhookEndpoint | None) -> None:
        self.last_id += 1
        webhook_id = message_id(secrets.token_urlsafe()) if delivery is None else delivery.webhook_id
        secret = MOCK_SECRET if delivery is None or endpoint is None else endpoint.secret
        event = Happening(self.last_id, row, webhook_id, secret, delivery)
        self._events.append(event)
        self._by_webhook_id[webhook_id] = event
        if len(self._events) > self._most:
            del self._by_webhook_id[self._events.popleft().webhook_id]
            self.dropped += 1
