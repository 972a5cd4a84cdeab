"""`cozum reset`"""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from cozum.control import DEFAULT_URL, ControlClient, Sandbox, Url
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
    from cozum.state import read_named

    body = {} if scenario is None else {"senaryo": read_named(scenario)}
    client = ControlClient(url, sandbox)
    told = client.call("POST", "/reset", body, longer=60)
    try:
        print(f"began anew{f' with {scenario}' if scenario else ''}: {count_words(told['satirlar'])}")
    except (KeyError, TypeError, AttributeError):
        raise client.unknown() from None
