"""Who may call the control API, as the command line says it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from cozum.errors import UsageError
from mocks.control.callers import Callers

NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", re.IGNORECASE)


def read_callers(names: Sequence[str], *, anywhere: bool) -> Callers:
    """Those of `--allow-host` and `--control-anywhere`. Raises UsageError for what is no host's name."""
    for name in names:
        if not NAME.fullmatch(name):
            raise UsageError(f"--allow-host {name}: is no host's name, such as mock.lan (without a port)")
    return Callers(anywhere, frozenset(name.lower() for name in names))
