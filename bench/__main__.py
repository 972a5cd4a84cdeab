"""The command line: ``python -m bench``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import cost, growth, much, report, startup
from bench.cost import Samples
from bench.limits import Verdict
from bench.load import CONNECTIONS, BadAnswerError
from bench.machine import facts, one_core
from bench.servers import COMMANDS, ServerFailedError
from bench.startup import Start

ABOUT = """\
Measure the server beside others, in one run on this machine.

  cpu     CPU (user + system) of the server process per request, of our server beside a bare uvicorn app,
          FastAPI and stock Connexion, in interleaved rounds; the median round counts
  growth  the same of our server with 1,000 and with 1,000,000 messages stored
  much    a search over 10,000 articles, the queue and the dashboard over 100 tenants of 1,000 chats each, beside
          widget/init on the same server
  start   seconds from `cozum mock` to its first 200, and its memory two seconds later

Every figure with a limit ends in a line that says `holds` or `BROKEN`."""

EXITS = "exit status: 0 every limit holds, 1 a limit is broken, 2 something could not be measured"
PARTS = ("cpu", "growth", "much", "start")


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


def run(options: argparse.Namespace) -> list[Verdict]:
    """Measure what is asked for and print it; the verdicts."""
    machine = facts()
    say("\n".join(f"{name}: {value}" for name, value in machine.items()))
    parts = [options.only] if options.only else PARTS
    at_once = f"{options.connections} at once"
    tables: dict[str, Samples] = {}
    starts: list[Start] = []
    verdicts: list[Verdict] = []
    if "cpu" in parts:
        rounds, count = (3, 1_000) if options.quick else (7, 5_000)
        with one_core():
            tables["cpu"] = cost.measure(options.servers, options.connections, rounds, count)
        verdicts += cost.verdicts(tables["cpu"])
        say(f"Server CPU per request, median of {rounds} rounds of {count:,} requests, {at_once}")
        say(report.costs(tables["cpu"], "bare"))
    if "growth" in parts:
        rounds, count = (5, 500) if options.quick else (21, 500)
        large = growth.LARGE_QUICK if options.quick else growth.LARGE
        with one_core():
            tables["growth"] = growth.measure([growth.SMALL, large], options.connections, rounds, count)
        verdicts += growth.verdicts(tables["growth"], growth.SMALL, large)
        say(f"Growth with what is stored, median of {rounds} rounds of {count:,} requests, {at_once}")
        say(report.costs(tables["growth"], growth.SMALL.name))
    if "much" in parts:
        rounds, count = (3, 500) if options.quick else (9, 2_000)
        with one_core():
            tables["much"] = much.measure(options.connections, rounds, count)
        verdicts += much.verdicts(tables["much"])
        say(f"Asked of much, median of {rounds} rounds of {count:,} requests, {at_once}")
        say(report.costs(tables["much"], much.SERVER))
    if "start" in parts:
        starts = startup.measure(1 if options.quick else 5)
        verdicts += startup.verdicts(starts)
        say(report.starts(starts))
    if verdicts:
        say(report.judged(verdicts))
    if options.json:
        whole = report.for_machines(machine, tables, starts, verdicts)
        options.json.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n")
    return verdicts


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
