"""What the dashboard counts, kept up with every change of a chat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from impl.model import Chat, ChatState, TenantNumbers
from impl.store.memory.tables import Tables

Day = tuple[int, int, int, int, int]
"""Chats closed; sum and count of ratings given; seconds and count of first replies in chats opened."""

NOTHING: Day = (0, 0, 0, 0, 0)
ONE_DAY = timedelta(days=1)


class Numbers(Tables):
    """Each tenant's chats by state, and what happened on each of its days."""

    def __init__(self) -> None:
        super().__init__()
        self.chat_counts: dict[tuple[int, ChatState], int] = {}
        self.active_counts: dict[tuple[int, int], int] = {}
        """Active chats by operator and tenant."""
        self.days: dict[tuple[int, date], Day] = {}
        self.numbers_known: dict[int, tuple[date, date, TenantNumbers]] = {}
        """Added up before, with the span; whatever changes a tenant's numbers drops them."""

    async def numbers(self, tenant_ids: Sequence[int], since: date, today: date) -> Sequence[TenantNumbers]:
        known = self.numbers_known
        span: list[date] = []
        found = []
        for tenant_id in tenant_ids:
            entry = known.get(tenant_id)
            if entry is None or entry[1] != today or entry[0] != since:
                span = span or [since + ONE_DAY * number for number in range((today - since).days + 1)]
                entry = since, today, self._add_up(tenant_id, span)
                self._set(known, tenant_id, entry)
            found.append(entry[2])
        return found

    def _add_up(self, tenant_id: int, span: Sequence[date]) -> TenantNumbers:
        days = [self.days.get((tenant_id, day), NOTHING) for day in span]
        _, *sums = map(sum, zip(*days, strict=True))
        return TenantNumbers(
            self.chat_counts.get((tenant_id, "waiting"), 0),
            self.chat_counts.get((tenant_id, "active"), 0),
            days[-1][0],
            self._open_tickets(tenant_id),
            *sums,
        )

    def _open_tickets(self, tenant_id: int) -> int:
        """How many of the tenant's tickets are open: whoever keeps the tickets knows."""
        raise NotImplementedError

    def _forget_numbers(self, tenant_id: int) -> None:
        """Something that is counted has changed."""
        self._remove(self.numbers_known, tenant_id)

    def _count(self, old: Chat | None, new: Chat | None) -> None:
        """A chat becomes another: new (from None), changed, or deleted (to None)."""
        if old and new and _counted(old) == _counted(new):
            return
        for chat, sign in ((old, -1), (new, 1)):
            if chat is None:
                continue
            self._forget_numbers(chat.tenant_id)
            state = (chat.tenant_id, chat.state)
            self._set(self.chat_counts, state, self.chat_counts.get(state, 0) + sign)
            if chat.state == "active" and chat.operator_id is not None:
                pair = (chat.operator_id, chat.tenant_id)
                self._set(self.active_counts, pair, self.active_counts.get(pair, 0) + sign)
            for day, share in _shares(chat):
                key = (chat.tenant_id, day)
                before = self.days.get(key, NOTHING)
                closed, rating_sum, ratings, seconds, replies = share
                after = (
                    before[0] + sign * closed,
                    before[1] + sign * rating_sum,
                    before[2] + sign * ratings,
                    before[3] + sign * seconds,
                    before[4] + sign * replies,
                )
                self._set(self.days, key, after)


def _counted(chat: Chat) -> tuple[object, ...]:
    return chat.state, chat.operator_id, chat.closed_at, chat.rating, chat.rated_at, chat.first_reply_at


def _shares(chat: Chat) -> Iterator[tuple[date, Day]]:
    """What a chat adds to which days."""
    if chat.closed_at is not None:
        yield chat.closed_at.date(), (1, 0, 0, 0, 0)
    if chat.rating is not None and chat.rated_at is not None:
        yield chat.rated_at.date(), (0, chat.rating, 1, 0, 0)
    if chat.first_reply_at is not None:
        seconds = max(0, int((chat.first_reply_at - chat.opened_at).total_seconds()))
        yield chat.opened_at.date(), (0, 0, 0, seconds, 1)
