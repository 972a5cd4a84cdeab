"""The second server is judged like any other: it holds, and each of its planted faults is told by its rule alone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import pytest

from contract_tests.catalogue import CATALOGUE, Capability
from contract_tests.document import Document
from contract_tests.judging import judge_place
from contract_tests.order import Order
from contract_tests.settings import PEOPLE
from contract_tests.story import Story
from contract_tests.target import Target
from contract_tests.tests.second.document import cut
from contract_tests.tests.second.faults import FAULTS
from contract_tests.tests.second.serving import second_server
from contract_tests.workers import Place

ROOT: Final = Path(__file__).parents[3]
OPERATIONS: Final = {
    "login",
    "logout",
    "widget_init",
    "start_chat",
    "send_visitor_message",
    "list_visitor_messages",
    "end_chat",
    "rate_chat",
    "set_customer_info",
    "get_visitor_context",
}
RULES: Final = {fault.rule for fault in FAULTS.values()}
BY_HAND: Final = [rule for rule in CATALOGUE if not rule.startswith("schema.")]
"""All but what is generated from the document's schemas, which takes most of the time: it is judged with the faults."""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The contract of ten operations."""
    return cut(ROOT / "openapi.yaml", OPERATIONS, tmp_path_factory.mktemp("document") / "cut.yaml")


def judged(document: Path, order: Order, *faults: str) -> Story:
    """What is said of a server with these faults."""
    with second_server(*faults) as target:
        return judge_place(Place(document, target), Document(document, order.level), order)


def told(story: Story) -> list[tuple[str, str, str, str]]:
    """What is broken, so that a failing test shows it."""
    return [(one.rule, one.expected, one.seen, one.curl) for chapter in story.chapters() for one in chapter.findings]


def test_document_has_ten_operations(document: Path) -> None:
    assert {operation.id for operation in Document(document).operations} == OPERATIONS


def test_right_server_holds(document: Path) -> None:
    with second_server() as target:
        story = judge_place(Place(document, target), Document(document), Order(seed=1, rules=BY_HAND))
        offered = target.capabilities()
    assert told(story) == []
    assert not story.cut_off
    assert {chapter.rule.id for chapter in story.chapters() if chapter.outcome == "passed"} >= RULES
    assert left_out(story, offered) == {}, "a check asks for more operations than its rule speaks of"


@pytest.mark.parametrize("seed", [20, 333])
def test_right_server_holds_at_any_seed(document: Path, seed: int) -> None:
    assert told(judged(document, Order(seed=seed, rules=BY_HAND))) == []


def test_right_server_holds_by_the_reference(document: Path) -> None:
    assert told(judged(document, Order(seed=4, level="reference"))) == []


def left_out(story: Story, offered: frozenset[Capability]) -> dict[str, tuple[str, ...]]:
    """Rules that were not judged though all that they speak of and need is there; why."""
    return {
        chapter.rule.id: chapter.reasons
        for chapter in story.chapters()
        if chapter.outcome == "skipped"
        and chapter.rule.needs <= offered
        and chapter.rule.operations
        and set(chapter.rule.operations) <= OPERATIONS
    }


@pytest.mark.parametrize("name", FAULTS)
def test_fault_alone_is_told_by_its_rule(document: Path, name: str) -> None:
    story = judged(document, Order(seed=6, rules=BY_HAND), name)
    assert {rule for rule, *_ in told(story)} == {FAULTS[name].rule}, told(story)


def test_report_names_the_five_faults_and_nothing_else(document: Path, tmp_path: Path) -> None:
    with second_server(*FAULTS) as target:
        done = run(target, document, tmp_path)
    assert done.returncode == 1, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("BROKEN ")]
    assert {line.split()[1].rstrip(":") for line in lines} == RULES
    assert len(lines) == len(RULES)
    report: dict[str, Any] = json.loads((tmp_path / "report" / "report.json").read_text())
    assert report["holds"] is False
    assert {rule["id"] for rule in report["rules"] if rule["outcome"] == "broken"} == RULES
    assert {found["rule"] for rule in report["rules"] for found in rule["findings"]} == RULES


def test_command_ends_with_0_where_nothing_is_broken(document: Path, tmp_path: Path) -> None:
    with second_server() as target:
        done = run(target, document, tmp_path, "--quiet", "--rule", "rating.once")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1 rule holds, 0 broken, 0 skipped")


def run(target: Target, document: Path, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """`cozum test URL`, told by a file who may call."""
    config = folder / "contract.toml"
    config.write_text("\n".join(described(target)), encoding="utf-8")
    command = [sys.executable, "-m", "cozum", "test", target.base_url, "--document", str(document)]
    command += ["--config", str(config), "--report", str(folder / "report"), *more]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def described(target: Target) -> Iterator[str]:
    """The lines of a `contract.toml`."""
    for name in PEOPLE:
        person = getattr(target, name)
        if person is not None:
            yield f"[{name}]"
            yield from (f"{field} = {json.dumps(value)}" for field, value in asdict(person).items() if value)
