"""The command line: its commands, their help, and how they fail."""

from __future__ import annotations

import sys

from cyclopts import App, CycloptsError, Group, MissingArgumentError, UnusedCliTokensError

from cozum import __version__
from cozum.errors import UsageError

HELP = """Çözüm Merkezi's live-chat and helpdesk API from one openapi.yaml.

Start here: `cozum mock`, then open http://127.0.0.1:8080/docs.
"""

app = App(name="cozum", help=HELP, version=__version__, help_format="markdown", suppress_keyboard_interrupt=False)
MOCK = """Start the mock server: the whole API in memory, with demo data.

It is the real application, not canned answers: what you write you can read again, and a visitor's message wakes the
operator who waits for it. Every answer is checked against the contract; one that breaks it is told on stderr. The state
is gone when it ends.
"""
PROXY = """Pass requests on to a live server, and say where it or its clients break the contract.

Listens like `cozum mock`, with the same journal (`cozum log -f`). With `--errors` what breaks the contract is not
passed on, but answered with 422 or 502. `--record FILE` keeps what was answered; `cozum mock --replay FILE` plays it.
"""
SERVE = """Start the backend.

Only `memory://` so far: the state is gone when it ends. Without `--demo` it starts empty. Files go into the folder of
`--files`, without it into memory too; whose they are is state, so after a restart nobody can reach them.
"""
SIGN = """Print a customer-info body, signed as the site's server would.

For `curl -d @-`: the visitor's id and email vouched for with a demo tenant's secret, or with `--secret`. Exit 2: the
contract takes no such id, email or time.
"""
LINT = """Check an OpenAPI document and its examples.

Is it valid 3.1, do its examples keep its schemas, can it be served? Exit 0: nothing found; 1: findings, a line each;
2: not a readable document.
"""
TEST = """Judge a server: does it keep the contract?

Without BASE_URL our own application, in process; with one whatever answers there. Who may call it stands in
`contract.toml` (`cozum test --init` writes one) or in `COZUM_TEST_TENANT="key secret [origin]"`,
`COZUM_TEST_OPERATOR="email password"` and so on; else it must know the demo data. Exit 0: every rule holds; 1: one is
broken; 2: there was nothing to judge.
"""
CLOCK = """Show or change the time that a running mock tells.

`cozum clock freeze`, `run`, `set 2030-01-01T09:00`, `advance 2h30m`, `speed 60`. Advancing does on its way, in order,
what falls due: webhooks' next attempts, operators who time out, chats that are forgotten. The clock does not go back.
"""
COUNTERPART = """Switch a running mock's simulated operators and visitors on and off.

`cozum counterpart operator auto`, `visitor my-visitor.yaml`, `operator off`; by itself it shows what they do. What
stands in such a file: docs/mock.md, "Somebody to talk to".
"""
RESET = """Begin anew in a running mock: with what it was started with, or with a scenario.

`cozum reset --scenario busy-queue`; there are busy-queue, trial-ending, storage-full, offline, empty, and files of your
own. The clock is the machine's again.
"""
SNAPSHOT = """Save the state of a running mock into a file that reads well in git, and load it again.

`cozum snapshot save before-checkout` writes `snapshots/before-checkout.yaml`, `load` takes it back, `list` shows those
that there are. When it is loaded, every instant moves with the clock: who waited for two minutes does so again.
"""
LOG = """Show what a running mock was asked and answered: a line each, below it what breaks the contract.

Start `cozum mock` first. With `-f` it goes on, also over a restart of the mock; `--har FILE` writes an archive that a
browser's developer tools open.
"""
LISTEN = """Wait for a running mock's events and post each to your receiver, signed, until Ctrl-C.

`cozum listen --forward http://localhost:3000/hook` prints the secret that your receiver verifies with, and a line for
each event: when, which, its number, what your receiver answered. Without `--forward` it only tells. It goes on over a
restart of the mock.
"""
RESEND = """Send an event of a running mock again: the same `webhook-id`, signed anew.

It goes to the tenant's endpoint, or to `--to URL`. `--body FILE` sends these bytes in place of the event's. Exit 0: the
receiver took it (2xx); 1: it did not, or nobody answered; 2: it was not sent.
"""
TRIGGER = """Make an event happen in a running mock, by the operations that cause it.

`cozum trigger chat_kapandi --oturum 42`. What is missing is made by further steps: without `--oturum` a chat is opened.
`cozum trigger --list` tells which options fit which event. One that does not fit is refused, and nothing happens.
"""

SERVERS = Group("Servers", sort_key=1)
ASKING = Group("A running mock", sort_key=2)
JUDGING = Group("The contract", sort_key=3)

# Each command is imported when it is called; until then this is all that is known of it.
app.command("cozum.commands.mock:mock", name="mock", help=MOCK, group=SERVERS)
app.command("cozum.commands.proxy:proxy", name="proxy", help=PROXY, group=SERVERS)
app.command("cozum.commands.serve:serve", name="serve", help=SERVE, group=SERVERS)
app.command("cozum.commands.log:log", name="log", help=LOG, group=ASKING)
app.command("cozum.commands.clock:clock", name="clock", help=CLOCK, group=ASKING)
app.command("cozum.commands.counterpart:counterpart", name="counterpart", help=COUNTERPART, group=ASKING)
app.command("cozum.commands.reset:reset", name="reset", help=RESET, group=ASKING)
app.command("cozum.commands.snapshot:snapshot", name="snapshot", help=SNAPSHOT, group=ASKING)
app.command("cozum.commands.listen:listen", name="listen", help=LISTEN, group=ASKING)
app.command("cozum.commands.trigger:trigger", name="trigger", help=TRIGGER, group=ASKING)
app.command("cozum.commands.resend:resend", name="resend", help=RESEND, group=ASKING)
app.command("cozum.commands.sign:sign", name="sign", help=SIGN, group=ASKING)
app.command("cozum.commands.test:judge_server", name="test", help=TEST, group=JUDGING)
app.command("cozum.commands.lint:lint", name="lint", help=LINT, group=JUDGING)


def run_command() -> None:
    """Run the command of `sys.argv`. Ends with 0, with 1 for findings, with 2 for what cannot work."""
    try:
        try:
            app(exit_on_error=False, print_error=False)
        finally:
            sys.stdout.flush()  # here, where it is known what to say if that fails
    except CycloptsError as error:
        _end(_sentence(error))
    except UsageError as error:
        _end(str(error))
    except BrokenPipeError:  # whoever read this has gone: `cozum lint | head -1`
        from cozum.following import write_to_nobody

        write_to_nobody()
        sys.exit(1)
    except OSError as error:
        _end(f"cannot write: {error.strerror}")


def _sentence(error: CycloptsError) -> str:
    """What was wrong with the arguments, in one line."""
    command = " ".join(("cozum", *(error.command_chain or ())))
    if isinstance(error, UnusedCliTokensError) and error.unused_tokens:
        return f"`{command}` does not take {', '.join(f'`{token}`' for token in error.unused_tokens)}"
    if isinstance(error, MissingArgumentError) and error.argument and not error.argument.name.startswith("-"):
        return f"`{command}` needs {error.argument.name}; `{command} --help` tells more"
    return str(error).strip().replace("\n", " ")


def _end(message: str) -> None:
    print(f"cozum: {message}", file=sys.stderr)
    sys.exit(2)
