"""Conditions on calls that no call can meet: one misspelt would quietly hold, or find nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final
from urllib.parse import urlsplit

from impl.problems import Text
from mocks.choosing import path_matches
from mocks.control.requests import unknown

METHODS: Final = ("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")
"""Those of RFC 9110, 9.3, and PATCH (RFC 5789)."""
LONGEST_PATH: Final = 500

NOT_A_PATH: Final = Text(
    f"En az 1, en çok {LONGEST_PATH} karakterlik bir yol olmalı.",
    f"Must be a path of 1 to {LONGEST_PATH} characters.",
)
NOT_ROOTED: Final = Text("`/` ya da `*` ile başlamalı", "Must begin with `/` or `*`")
WITH_QUERY: Final = Text("Sorgu yolun parçası değildir", "The query is no part of the path")
WITH_PLACEHOLDER: Final = Text("Her değer için `*` yazılır", "Any value is written `*`")

_PLACEHOLDER: Final = re.compile(r"\{[^}]*\}")


def wrong_method(method: str) -> Text | None:
    """Why no call has that method, in letters of either case; None: calls may have it."""
    return None if method.upper() in METHODS else unknown(method.upper(), METHODS)


def wrong_path(path: str, operations: Iterable[str]) -> Text | None:
    """Why no call has such a path, and which was perhaps meant; None: calls may have it.

    `operations`: `METHOD /path` of those that there are; calls may have other paths too.
    """
    if not 0 < len(path) <= LONGEST_PATH:
        return NOT_A_PATH
    templates = {operation.partition(" ")[2] for operation in operations}
    if path[0] not in "/*":
        why = NOT_ROOTED
    elif "?" in path:
        why = WITH_QUERY
    elif path in templates and "{" in path:
        why = WITH_PLACEHOLDER
    else:
        return None
    meant = _meant(path, {_PLACEHOLDER.sub("*", template) for template in templates})
    return Text(f"{why.tr}; `{meant}` mi demek istediniz?", f"{why.en}; did you mean `{meant}`?")


def _meant(path: str, patterns: set[str]) -> str:
    """The path that was perhaps meant, from the root and without a query."""
    try:
        bare = urlsplit(path).path if "://" in path else path.partition("?")[0]
    except ValueError:
        bare = path
    rooted = _PLACEHOLDER.sub("*", bare if bare[:1] in ("/", "*") else f"/{bare}")
    if any(path_matches(pattern, rooted) or path_matches(rooted, pattern) for pattern in patterns):
        return rooted
    near = get_close_matches(rooted, sorted(patterns), 1)
    return near[0] if near else rooted
