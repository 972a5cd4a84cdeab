"""Who may import whom: the map, and a reading of every import against it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]

MAY_IMPORT: Final = {
    # module or package      what it may import beside the standard library; `*`: any third-party package
    "impl": "",
    "impl.model": "msgspec",
    "impl.problems": "msgspec",
    "impl.settings": "",
    "impl.passwords": "pwdlib",
    "impl.rules": "impl.model impl.rules",
    "impl.replies": "",
    "impl.uploads": "",
    "impl.attempt": "",
    "impl.files": "impl.rules obstore",
    "impl.callers": "impl.model msgspec",
    "impl.store": "impl.model impl.store msgspec",
    "impl.world": "impl.files impl.passwords impl.rules impl.store.port",
    "impl.wire": "impl.model impl.rules impl.uploads impl.wire msgspec",
    "impl.actions": """impl.actions impl.attempt impl.callers impl.files impl.model impl.passwords impl.problems
                       impl.rules impl.store.port impl.uploads impl.world msgspec""",
    "impl.handlers": """impl.actions impl.callers impl.handlers impl.model impl.problems impl.replies
                        impl.rules impl.wire impl.world msgspec""",
    "impl.contract": "impl.attempt impl.contract impl.problems impl.replies impl.rules impl.uploads impl.world *",
    "impl.security": """impl.actions.sessions impl.callers impl.contract.call impl.model impl.problems impl.rules
                        impl.store.port impl.world msgspec""",
    "impl.webhooks": "impl.actions.deliveries impl.rules impl.webhooks impl.wire impl.world aiohttp msgspec yarl",
    "impl.due": "impl.actions impl.world",
    "impl.docs": "impl.contract impl.problems msgspec",
    "impl.demo": "impl.files impl.model impl.rules impl.store.port impl.world yaml",
    "impl.app": "impl *",
    "mocks": "impl mocks *",
    "contract_tests": "contract_tests *",
    "contract_tests.in_process": "contract_tests cozum.server impl *",
    "contract_tests.mutants": "contract_tests cozum.document impl *",
    "contract_tests.steady": "contract_tests cozum.document",
    "cozum": "contract_tests cozum impl mocks *",
    "bench": "bench cozum impl *",
    "hostile": "cozum hostile impl mocks uvicorn",
}
"""A row holds for the modules below it that have no row of their own, but for `impl`, where each has its own.

Nothing imports `bench` and `hostile`; `impl` imports none of the packages around it; `contract_tests` knows no backend,
but for its in-process target and its mutants.
"""

PACKAGES: Final = ("impl", "mocks", "contract_tests", "cozum", "bench", "hostile")
STANDARD: Final = sys.stdlib_module_names | {"_sha2"}  # of Python 3.12 and newer

NEITHER_CLOCK_NOR_CHANCE: Final = ("impl.model", "impl.rules", "impl.store")
CLOCK_AND_CHANCE_MODULES: Final = {"time", "random", "secrets", "uuid", "os"}
CLOCK_CALLS: Final = {"now", "utcnow", "today"}


def modules() -> dict[str, Path]:
    """Every module by its dotted name, without the tests."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "tests" not in parts:
                found[".".join(parts).removesuffix(".__init__")] = path
    return found


MODULES: Final = modules()


def imports(source: str) -> Iterator[tuple[int, str]]:
    """Line and dotted name of each import, inside functions too; `from impl import wire` is `impl.wire`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative imports hide what is imported"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield node.lineno, whole if whole in MODULES else str(node.module)


def covers(prefix: str, name: str) -> bool:
    """Whether a dotted name is this one or stands below it."""
    return name == prefix or name.startswith(prefix + ".")


def row_of(module: str) -> str:
    """The row of the map that holds for a module."""
    rows = [row for row in MAY_IMPORT if covers(row, module) and (row != "impl" or module == "impl")]
    assert rows, f"`{module}` has no row in MAY_IMPORT: say what it may import"
    return max(rows, key=len)


def wrong_arrows(module: str, source: str) -> list[str]:
    """Each import that the map does not allow, with its line."""
    row = row_of(module)
    allowed = MAY_IMPORT[row].split()
    wrong = []
    for line, name in imports(source):
        package = name.partition(".")[0]
        foreign = package not in PACKAGES
        if package in STANDARD or (foreign and "*" in allowed):
            continue
        if not any(covers(prefix, name) for prefix in allowed):
            wrong.append(f"{module}:{line} imports `{name}`, but `{row}` may import only: {' '.join(allowed)}")
    return wrong


def clock_or_chance(source: str) -> list[str]:
    """Where a source asks for the time or for randomness."""
    found = [f"line {line}: imports {name}" for line, name in imports(source) if name in CLOCK_AND_CHANCE_MODULES]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK_CALLS:
            found.append(f"line {node.lineno}: calls {ast.unparse(node.func)}()")
    return found


def tries(source: str) -> list[int]:
    """The lines with a `try`."""
    return [node.lineno for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Try | ast.TryStar)]


@pytest.mark.parametrize("module", MODULES)
def test_module_imports_only_what_the_map_allows(module: str) -> None:
    assert not wrong_arrows(module, MODULES[module].read_text("utf-8"))


@pytest.mark.parametrize("row", MAY_IMPORT)
def test_map_names_only_what_exists(row: str) -> None:
    """A map with a row for a module that is gone is no longer read."""
    named = {row, *(name for name in MAY_IMPORT[row].split() if name.partition(".")[0] in PACKAGES)}
    assert not {name for name in named if not (name in MODULES or (ROOT / name).is_dir())}


@pytest.mark.parametrize("module", [name for name in MODULES if covers("impl.handlers", name)])
def test_handler_leaves_errors_to_the_lane(module: str) -> None:
    assert not tries(MODULES[module].read_text("utf-8"))


@pytest.mark.parametrize(
    "module", [name for name in MODULES if any(covers(row, name) for row in NEITHER_CLOCK_NOR_CHANCE)]
)
def test_rules_and_stores_ask_neither_clock_nor_chance(module: str) -> None:
    """The time and the ids come in as values."""
    assert not clock_or_chance(MODULES[module].read_text("utf-8"))


# That these tests can fail


@pytest.mark.parametrize(
    ("module", "planted"),
    [
        ("impl.handlers.auth", "from impl.store.memory import MemoryStore"),
        ("impl.handlers.auth", "from impl import security"),
        ("impl.handlers.auth", "def f():\n    import impl.contract.lane"),
        ("impl.actions.chats", "from impl import wire"),
        ("impl.actions.chats", "from impl.handlers import widget"),
        ("impl.actions.chats", "from impl.store import memory"),
        ("impl.rules.trial", "from impl.store.port import Tx"),
        ("impl.rules.trial", "import msgspec"),
        ("impl.store.memory", "from impl.rules.times import ISTANBUL"),
        ("impl.contract.lane", "from impl.actions import chats"),
        ("impl.contract.lane", "from impl.wire import encode"),
        ("impl.security", "from impl.contract.lane import Lane"),
        ("impl.problems", "from impl.model import Chat"),
        ("impl.model", "import yaml"),
        ("impl.app", "import mocks.app"),
        ("impl.app", "from cozum import server"),
        ("mocks.app", "from cozum.start import build"),
        ("contract_tests", "from impl.wire import encode"),
        ("contract_tests.rules.chats", "from impl.rules import identity"),
        ("contract_tests.run", "from cozum.server import bind"),
        ("cozum.server", "import bench.load"),
        ("cozum.server", "from hostile.stand import Stand"),
    ],
)
def test_planted_wrong_arrow_is_found(module: str, planted: str) -> None:
    (found,) = wrong_arrows(module, f"import json\n{planted}\n")
    assert found.startswith(f"{module}:")


def test_module_without_a_row_is_refused() -> None:
    with pytest.raises(AssertionError, match="no row"):
        row_of("impl.novelty")


def test_relative_import_is_refused() -> None:
    with pytest.raises(AssertionError, match="relative"):
        wrong_arrows("impl.rules.trial", "from . import times")


@pytest.mark.parametrize(
    "planted",
    ["import time", "from time import time", "import secrets", "x = datetime.now(UTC)", "x = date.today()"],
)
def test_planted_clock_or_chance_is_found(planted: str) -> None:
    assert clock_or_chance(planted)


@pytest.mark.parametrize("planted", ["try:\n    f()\nexcept ValueError:\n    g()", "try:\n    f()\nfinally:\n    g()"])
def test_planted_try_is_found(planted: str) -> None:
    assert tries(f"async def handler() -> None:\n    await x\n{planted}") == [3]
