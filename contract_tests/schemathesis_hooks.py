"""What `st run` cannot know from a schema: see `schemathesis.toml`, which names this module."""

from __future__ import annotations

import re
from itertools import count
from typing import Any

import schemathesis

KEY = "Idempotency-Key"

_FORM = re.compile(r"[\x21-\x7e]{1,100}")
_count = count(1)


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Give each request a key of its own: the same key with another body is refused (422), which no schema says."""
    key = case.headers.get(KEY) if case.headers else None
    if isinstance(key, str) and _FORM.fullmatch(key):
        case.headers[KEY] = f"{key[:100]}-{next(_count)}"
