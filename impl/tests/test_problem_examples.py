"""The problems that the document shows are the problems that the server answers."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest

from impl import problems
from impl.contract.document import load
from impl.tests.client import DOCUMENT

SHOWN: Final[dict[str, dict[str, Any]]] = {
    example["value"]["kod"]: example["value"]
    for name, response in load(DOCUMENT)["components"]["responses"].items()
    for example in response.get("content", {}).get("application/problem+json", {}).get("examples", {}).values()
}


def answerable() -> list[type[problems.Problem]]:
    """Every problem of the server that the document shows."""
    found = [kind for kind in vars(problems).values() if isinstance(kind, type) and issubclass(kind, problems.Problem)]
    return [kind for kind in found if getattr(kind, "code", None) in SHOWN]


@pytest.mark.parametrize("kind", answerable(), ids=lambda kind: kind.code)
def test_shown_problem_has_the_servers_status_title_and_detail(kind: type[problems.Problem]) -> None:
    shown = SHOWN[kind.code]
    assert (shown["status"], shown["title"]) == (kind.status, kind.title.tr)
    detail = re.sub(r"\\{\w+\\}", ".+", re.escape(kind.detail.tr))  # `{limit}` is any limit
    assert re.fullmatch(detail, shown["detail"])
    assert shown["type"] == problems.TYPE_PREFIX + kind.code


def test_all_problems_are_shown() -> None:
    assert len(answerable()) >= 36
