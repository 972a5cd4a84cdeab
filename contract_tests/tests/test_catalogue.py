"""Rules, checks and mutants name each other, and the document."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_tests import rules  # noqa: F401 - importing them registers the checks
from contract_tests.catalogue import CAPABILITIES, CATALOGUE, Rule
from contract_tests.checks import CHECKS, ON_EVERY_ANSWER, check
from contract_tests.document import Document
from contract_tests.mutants import MUTANTS
from contract_tests.mutants.planting import mutant

DOCUMENT = Document(Path(__file__).parents[2] / "openapi.yaml")
OPERATIONS = {operation.id for operation in DOCUMENT.operations}


@pytest.mark.parametrize("rule", CATALOGUE.values(), ids=CATALOGUE)
def test_every_rule_has_a_check_and_a_mutant(rule: Rule) -> None:
    assert rule.id in CHECKS or rule.id in ON_EVERY_ANSWER, "no check"
    assert any(one.rule == rule.id for one in MUTANTS.values()), "no mutant"


@pytest.mark.parametrize("rule", CATALOGUE.values(), ids=CATALOGUE)
def test_rules_speak_of_operations_and_capabilities_that_there_are(rule: Rule) -> None:
    assert set(rule.operations) <= OPERATIONS
    assert rule.needs <= set(CAPABILITIES)
    assert rule.sentence.endswith(".")


def test_checks_are_of_rules() -> None:
    assert set(CHECKS) | set(ON_EVERY_ANSWER) == set(CATALOGUE)


def test_a_check_of_no_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="not in the catalogue"):
        check("no.such.rule")(lambda judge: None)


def test_a_mutant_of_no_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="no rule"):
        mutant("no.such.rule", "It is wrong.")(lambda patch: None)
