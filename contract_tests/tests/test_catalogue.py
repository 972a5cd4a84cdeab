"""Rules, checks and mutants name each other, and the document."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from contract_tests import rules  # noqa: F401 - importing them registers the checks
from contract_tests.catalogue import CAPABILITIES, CATALOGUE, Rule
from contract_tests.checks import CHECKS, ON_EVERY_ANSWER, check
from contract_tests.document import Document
from contract_tests.events import Verdict
from contract_tests.in_process import our_server
from contract_tests.mutants import MUTANTS
from contract_tests.mutants.planting import mutant
from contract_tests.order import Order
from contract_tests.probe import probe
from contract_tests.rules.credentials import secured
from contract_tests.run import judge

PATH = Path(__file__).parents[2] / "openapi.yaml"
DOCUMENT = Document(PATH)
OPERATIONS = sorted(operation.id for operation in DOCUMENT.operations)

NEVER_DONE = ("portal_resend_delivery",)
"""It sends again what was delivered, or given up."""
NEVER_REFUSED = ("portal_sign_in_form",)
"""It tells everybody who they are."""


@pytest.mark.parametrize("rule", CATALOGUE.values(), ids=CATALOGUE)
def test_every_rule_has_a_check_and_a_mutant(rule: Rule) -> None:
    assert rule.id in CHECKS or rule.id in ON_EVERY_ANSWER, "no check"
    assert any(one.rule == rule.id for one in MUTANTS.values()), "no mutant"


@pytest.mark.parametrize("rule", CATALOGUE.values(), ids=CATALOGUE)
def test_rules_speak_of_operations_and_capabilities_that_there_are(rule: Rule) -> None:
    assert set(rule.operations) <= set(OPERATIONS)
    assert rule.needs <= set(CAPABILITIES)
    assert rule.sentence.endswith(".")


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    """What the quick judgement says of our own application."""
    with our_server(PATH) as target:
        return list(judge(probe(target, DOCUMENT), DOCUMENT, Order(seed=7)))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_has_a_rule_of_its_own(operation: str) -> None:
    """Besides those that all operations share."""
    assert [rule.id for rule in CATALOGUE.values() if operation in rule.operations]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_is_called_by_a_check_of_its_own_and_succeeds(
    operation: str, verdicts: Sequence[Verdict]
) -> None:
    own = [verdict for verdict in verdicts if operation in verdict.rule.operations]
    statuses = {status for verdict in own for status in verdict.called.get(operation, ())}
    assert any(status < 300 for status in statuses) or (statuses and operation in NEVER_DONE)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_is_refused_to_somebody(operation: str, verdicts: Sequence[Verdict]) -> None:
    statuses = {status for verdict in verdicts for status in verdict.called.get(operation, ())}
    assert any(status >= 400 for status in statuses) or operation in NEVER_REFUSED


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_has_a_mutant(operation: str) -> None:
    """Besides those that let in without a credential."""
    broken = [
        one.name
        for one in MUTANTS.values()
        if one.rule != "auth.every_operation" and operation in (one.operations or CATALOGUE[one.rule].operations)
    ]
    assert broken


def test_every_secured_operation_has_a_mutant_that_lets_everybody_in() -> None:
    opened = {name for one in MUTANTS.values() if one.rule == "auth.every_operation" for name in one.operations}
    assert opened == set(secured(DOCUMENT))


def test_checks_are_of_rules() -> None:
    assert set(CHECKS) | set(ON_EVERY_ANSWER) == set(CATALOGUE)


def test_a_check_of_no_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="not in the catalogue"):
        check("no.such.rule")(lambda judge: None)


def test_a_mutant_of_no_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="no rule"):
        mutant("no.such.rule", "It is wrong.")(lambda patch: None)
