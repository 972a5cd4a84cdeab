"""The whole judgement as plain values, for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Final

from contract_tests.catalogue import Column
from contract_tests.document import Document
from contract_tests.events import Outcome
from contract_tests.story import Chapter, Story

FORMAT: Final = 1
COLUMNS: Final[tuple[Column, ...]] = ("schema", "rules", "auth", "isolation")
OUTCOMES: Final[tuple[Outcome, ...]] = ("passed", "broken", "skipped")


def summary(story: Story, document: Document) -> dict[str, Any]:
    """What `report.json` holds; its members only grow while `format` stays the same."""
    chapters = story.chapters()
    return {
        "format": FORMAT,
        "cozum": version("cozum"),
        "base_url": story.base_url,
        "seed": story.order.seed,
        "level": story.order.level,
        "profile": story.order.profile,
        "at": datetime.fromtimestamp(story.at, UTC).isoformat(timespec="seconds"),
        "seconds": round(story.seconds, 3),
        "requests": story.requests,
        "holds": story.holds,
        "cut_off": story.cut_off or None,
        "rules": [_rule(chapter) for chapter in chapters],
        "operations": _operations(story, document, chapters),
    }


def _rule(chapter: Chapter) -> dict[str, Any]:
    rule = chapter.rule
    return {
        "id": rule.id,
        "sentence": rule.sentence,
        "origin": rule.origin,
        "operations": list(rule.operations),
        "outcome": chapter.outcome,
        "seconds": round(chapter.seconds, 3),
        "requests": chapter.requests,
        "reasons": list(chapter.reasons),
        "findings": [asdict(finding) for finding in chapter.findings],
    }


def _operations(story: Story, document: Document, chapters: list[Chapter]) -> list[dict[str, Any]]:
    statuses = story.statuses()
    return [
        {
            "id": operation.id,
            "method": operation.method,
            "path": operation.path,
            "statuses": {str(status): count for status, count in sorted(statuses.get(operation.id, {}).items())},
            "columns": {column: _cell(story.cell(operation.id, column, chapters)) for column in COLUMNS},
        }
        for operation in document.operations
    ]


def _cell(counts: Counter[Outcome]) -> dict[Outcome, int]:
    return {outcome: counts[outcome] for outcome in OUTCOMES}
