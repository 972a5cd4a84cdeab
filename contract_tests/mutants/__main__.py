"""`python -m contract_tests.mutants`: every mutant against the suite, each in a process of its own.

With a name: judge that one and print what was found, as JSON. The suite is not told which rule is broken.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

from contract_tests.document import Document
from contract_tests.in_process import our_server
from contract_tests.mutants import MUTANTS, Mutant, planted
from contract_tests.order import Order
from contract_tests.probe import probe
from contract_tests.run import judge
from cozum.document import find_document

AT_ONCE = 2
LONGEST = 120.0
"""Seconds for one mutant."""


def judge_mutant(name: str, seed: int = 0) -> dict[str, Any]:
    """Judge it until something is found: the rule, the check that found it, seconds, requests."""
    path = find_document(None)
    document, began, requests = Document(path), time.monotonic(), 0
    with planted(name), our_server(path) as target:
        began = time.monotonic()
        for verdict in judge(probe(target, document), document, Order(seed, until_broken=True)):
            requests += verdict.requests
            if verdict.findings:
                first = verdict.findings[0]
                found = {"rule": first.rule, "by": first.by, "seen": first.seen[:200]}
                return {**found, "seconds": time.monotonic() - began, "requests": requests}
    return {"rule": None, "by": "", "seen": "", "seconds": time.monotonic() - began, "requests": requests}


def _in_a_process(mutant: Mutant) -> tuple[Mutant, dict[str, Any]]:
    command = [sys.executable, "-m", "contract_tests.mutants", mutant.name]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=True)  # noqa: S603
        found: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        found = {"rule": None, "by": "", "seen": "it takes too long", "seconds": LONGEST, "requests": 0}
    except subprocess.CalledProcessError as error:
        lines = error.stderr.strip().splitlines() or ["no reason"]
        found = {"rule": None, "by": "", "seen": lines[-1], "seconds": 0.0, "requests": 0}
    return mutant, found


def run_all(mutants: Sequence[Mutant]) -> bool:
    """Judge all, print a line each; whether none survived."""
    survivors, began, elsewhere = [], time.monotonic(), 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in as_completed([pool.submit(_in_a_process, mutant) for mutant in mutants]):
            mutant, found = done.result()
            killed = found["rule"] is not None
            what = f"{found['rule']} (by {found['by']})" if killed else f"{mutant.sentence} {found['seen']}"
            print(
                f"{'killed' if killed else 'SURVIVED':8} {found['seconds']:5.1f} s  {mutant.name:32} {what}", flush=True
            )
            elsewhere += killed and found["rule"] != mutant.rule
            if not killed:
                survivors.append(mutant.name)
    print(
        f"\n{len(mutants) - len(survivors)} of {len(mutants)} mutants killed"
        f" ({elsewhere} by another rule than the one they break), {time.monotonic() - began:.0f} s"
    )
    return not survivors


if __name__ == "__main__":
    if len(sys.argv) == 2 and sys.argv[1] in MUTANTS:
        print(json.dumps(judge_mutant(sys.argv[1])))
    else:
        unknown = [name for name in sys.argv[1:] if name not in MUTANTS]
        if unknown:
            sys.exit(f"no mutant {', '.join(unknown)}")
        sys.exit(0 if run_all([MUTANTS[name] for name in sys.argv[1:]] or list(MUTANTS.values())) else 1)
