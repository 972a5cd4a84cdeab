"""Instants of a snapshot: as the model has them, and moved on with the clock so that ages stay what they were."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from functools import cache
from typing import Any, Final, TypeVar, get_args, get_type_hints

from msgspec import Struct
from msgspec.structs import replace

from impl.model import Profile
from impl.rules.times import ISTANBUL, read_instant

Row = TypeVar("Row", bound=Struct)

TRIAL_END: Final = "trial_bitis"
"""A site's own instant inside `Profile.extra`; `Profile.trial_end` is the same."""


def in_istanbul(instant: datetime) -> datetime:
    """The instant in whole seconds, with Istanbul's offset written down; without an offset it is Istanbul's."""
    whole = instant.replace(microsecond=0)
    local = whole.astimezone(ISTANBUL) if whole.tzinfo else whole.replace(tzinfo=ISTANBUL)
    return local.replace(tzinfo=timezone(local.utcoffset() or timedelta()))


def moved(row: Row, since: datetime, now: datetime) -> Row:
    """The row as it would be, had it been made at `now` instead of `since`: every instant in it goes along."""
    return _Move(since, now).of(row) if now != since else row


class _Move:
    def __init__(self, since: datetime, now: datetime) -> None:
        self._by = timedelta(seconds=now.timestamp() - since.timestamp())
        self._days = (now.astimezone(ISTANBUL).date() - since.astimezone(ISTANBUL).date()).days

    def of(self, row: Row) -> Row:
        changes: dict[str, Any] = {name: self._value(getattr(row, name)) for name in _moving(type(row))}
        if isinstance(row, Profile):
            changes["trial_end"] = self._text(row.trial_end)
            if TRIAL_END in row.extra:
                changes["extra"] = {**row.extra, TRIAL_END: self._text(row.extra[TRIAL_END])}
        return replace(row, **changes) if changes else row

    def _value(self, value: Any) -> Any:
        match value:
            case datetime():
                fixed = value if isinstance(value.tzinfo, timezone) else in_istanbul(value)
                return in_istanbul(fixed + self._by)
            case float():
                return value + self._by.total_seconds()
            case tuple():
                return tuple([self._value(item) for item in value])
            case Struct():
                return self.of(value)
            case _:
                return value

    def _text(self, text: Any) -> Any:
        """A site's own date or date-time. A date goes on by calendar days: the banner counts those that are left."""
        instant = read_instant(text) if isinstance(text, str) else None
        if instant is None:
            return text
        try:
            if "T" not in text:
                return (date.fromisoformat(text) + timedelta(days=self._days)).isoformat()
            return in_istanbul(instant + self._by).isoformat()
        except OverflowError:  # the calendar ends before
            return text


@cache
def _moving(kind: type[Struct]) -> tuple[str, ...]:
    """The fields in which instants can stand; a float is Unix seconds."""
    hints = get_type_hints(kind)
    return tuple(name for name in kind.__struct_fields__ if _has_instant(hints[name]))


def _has_instant(hint: Any) -> bool:
    if hint in (datetime, float) or (isinstance(hint, type) and issubclass(hint, Struct) and _moving(hint)):
        return True
    return any(_has_instant(part) for part in get_args(hint))
