"""`cozum reset`"""

from __future__ import annotations

from typing import Annotated, Any

from cyclopts import Parameter

from cozum.control import DEFAULT_URL, ControlClient, NobodyThere, Sandbox, Url
from cozum.errors import UsageError
from cozum.state import count_words


def reset(
    *,
    scenario: Annotated[
        str | None, Parameter(help="Begin with this scenario: a name, or a YAML file of your own.")
    ] = None,
    url: Url = DEFAULT_URL,
    sandbox: Sandbox = None,
) -> None:
    """Begin anew."""
    client = ControlClient(url, sandbox)
    told = client.call("POST", "/reset", {}) if scenario is None else _reset_to(client, scenario)
    try:
        print(f"began anew{f' with {scenario}' if scenario else ''}: {count_words(told['satirlar'])}")
    except (KeyError, TypeError, AttributeError):
        raise client.unknown() from None


def _reset_to(client: ControlClient, scenario: str) -> Any:
    from cozum.state import is_file, read_named, say_refused

    named = read_named(scenario)
    try:
        return client.call("POST", "/reset", {"senaryo": named}, longer=60)
    except NobodyThere:
        raise
    except UsageError as refused:
        if str(refused).startswith("senaryo"):
            what = scenario if is_file(scenario) else f"--scenario {scenario!a}"
            raise UsageError(f"{what}: {say_refused(scenario, str(refused))}") from None
        raise
