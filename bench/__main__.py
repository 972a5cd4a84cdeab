"""The command line: ``python -m bench``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import cost, endless, growth, mocks, much, report, sandboxes, startup
from bench.cost import Samples
from bench.limits import Verdict
from bench.load import CONNECTIONS, BadAnswerError
from bench.machine import facts, one_core
from bench.servers import COMMANDS, ServerFailedError
from bench.startup import Start

ABOUT = """\
Measure the server beside others, in one run on this machine.

  cpu        CPU (user + system) of the server process per request, of our server beside a bare uvicorn app,
             FastAPI and stock Connexion, in interleaved rounds; the median round counts
  growth     the same of our server with 1,000 and with 1,000,000 messages stored
  much       a search over 10,000 articles, the queue and the dashboard over 100 tenants of 1,000 chats each, beside
             widget/init on the same server
  start      seconds from `cozum mock` to its first 200, and its memory two seconds later
  mock       CPU of `cozum mock`, which journals and validates, per request, beside itself without journal, `cozum
             serve`, and Prism and Mockoon (where npm can install them)
  sandboxes  memory of `cozum mock` with 1,000 sandboxes, each used, and how long one takes to open
  endless    memory of `cozum mock` over 1,000,000 requests

Every figure with a limit ends in a line that says `holds` or `BROKEN`."""

EXITS = "exit status: 0 every limit holds, 1 a limit is broken, 2 something could not be measured"
PARTS = ("cpu", "growth", "much", "start", "mock", "sandboxes", "endless")


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The parsed command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=ABOUT,
        epilog=EXITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="shorter rounds, and 100,000 messages for a million: a first look, too noisy to judge by",
    )
    parser.add_argument("--only", choices=PARTS, help="one part instead of all")
    parser.add_argument(
        "--servers",
        metavar="NAME,NAME",
        type=server_names,
        default=list(COMMANDS),
        help=f"the servers of the cpu part (default: {','.join(COMMANDS)}); limits need both sides",
    )
    parser.add_argument(
        "--connections",
        metavar="N",
        type=int,
        choices=range(1, 257),
        default=CONNECTIONS,
        help="requests at once; with 1 the server sleeps and wakes for each (default: %(default)s)",
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="write every round of everything measured to FILE")
    return parser.parse_args(argv)


def server_names(text: str) -> list[str]:
    """Comma-separated names, each of a known server."""
    names = text.split(",")
    if unknown := [name for name in names if name not in COMMANDS]:
        raise argparse.ArgumentTypeError(f"unknown server {', '.join(unknown)} (known: {', '.join(COMMANDS)})")
    return names


def say(text: str) -> None:
    """A paragraph of the report, at once."""
    print(text, end="\n\n", flush=True)


class Run:
    """What is measured in one go, and printed as it comes."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.quick: bool = options.quick
        self.connections: int = options.connections
        self.tables: dict[str, Samples] = {}
        self.starts: list[Start] = []
        self.verdicts: list[Verdict] = []

    def part(self, name: str) -> None:
        """Measure one of PARTS."""
        getattr(self, f"_{name}")()

    def _cpu(self) -> None:
        rounds, count = (3, 1_000) if self.quick else (7, 5_000)
        with one_core():
            taken = cost.measure(self.options.servers, self.connections, rounds, count)
        self._told("cpu", taken, cost.verdicts(taken), "bare", f"Server CPU per request, {self._many(rounds, count)}")

    def _growth(self) -> None:
        rounds, count = (5, 500) if self.quick else (21, 500)
        large = growth.LARGE_QUICK if self.quick else growth.LARGE
        with one_core():
            taken = growth.measure([growth.SMALL, large], self.connections, rounds, count)
        held = growth.verdicts(taken, growth.SMALL, large)
        title = f"Growth with what is stored, {self._many(rounds, count)}"
        self._told("growth", taken, held, growth.SMALL.name, title)

    def _much(self) -> None:
        rounds, count = (3, 500) if self.quick else (9, 2_000)
        with one_core():
            taken = much.measure(self.connections, rounds, count)
        self._told("much", taken, much.verdicts(taken), much.SERVER, f"Asked of much, {self._many(rounds, count)}")

    def _start(self) -> None:
        self.starts = startup.measure(1 if self.quick else 5)
        self.verdicts += startup.verdicts(self.starts)
        say(report.starts(self.starts))

    def _mock(self) -> None:
        rounds, count, others = (3, 1_000, 200) if self.quick else (7, 5_000, 500)
        with one_core():
            taken, left_out = mocks.measure(self.connections, rounds, count, others=others)
        title = f"Mock servers, {self._many(rounds, count)} (others: {others:,})"
        self._told("mock", taken, mocks.verdicts(taken), mocks.BASE, title)
        for reason in left_out:
            say(f"left out: {reason}")

    def _sandboxes(self) -> None:
        crowd = sandboxes.measure()
        self.verdicts += sandboxes.verdicts(crowd)
        before = crowd.rss_before / sandboxes.MIB
        say(f"{crowd.count:,} sandboxes: {crowd.kib_each:.0f} KiB each beside {before:.0f} MiB")

    def _endless(self) -> None:
        found = endless.measure(endless.QUICK if self.quick else endless.REQUESTS, self.connections)
        self.verdicts += endless.verdicts(found)

    def _many(self, rounds: int, count: int) -> str:
        return f"median of {rounds} rounds of {count:,} requests, {self.connections} at once"

    def _told(self, name: str, taken: Samples, held: list[Verdict], base: str, title: str) -> None:
        self.tables[name] = taken
        self.verdicts += held
        say(title)
        say(report.costs(taken, base))


def run(options: argparse.Namespace) -> list[Verdict]:
    """Measure what is asked for and print it; the verdicts."""
    machine = facts()
    say("\n".join(f"{name}: {value}" for name, value in machine.items()))
    going = Run(options)
    for name in [options.only] if options.only else PARTS:
        going.part(name)
    if going.verdicts:
        say(report.judged(going.verdicts))
    if options.json:
        whole = report.for_machines(machine, going.tables, going.starts, going.verdicts)
        options.json.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n")
    return going.verdicts


def main(argv: Sequence[str] | None = None) -> int:
    """Run the bench; the exit status."""
    try:
        verdicts = run(arguments(argv))
    except (BadAnswerError, ServerFailedError) as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 2
    return 0 if all(verdict.holds for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
