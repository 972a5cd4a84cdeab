"""The control API's own OpenAPI document: `control.yaml`, and what each part of the API adds to it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

HERE: Final = Path(__file__).parent
PARTS: Final = ("clock", "counterparts", "faults", "inbox", "journal", "sandboxes", "state", "trigger")
"""Each a file beside this one with `tags`, `paths` and `components`."""


@cache
def control_document(parts: tuple[str, ...] = PARTS) -> dict[str, Any]:
    """The document of these parts; nobody changes it. Raises ValueError for a name that two parts define."""
    whole = _read("control")
    for name in parts:
        part = _read(name)
        whole["tags"] += part.get("tags", [])
        _add(whole["paths"], part.get("paths", {}), name)
        for kind, components in part.get("components", {}).items():
            _add(whole["components"].setdefault(kind, {}), components, name)
    return whole


def _read(name: str) -> dict[str, Any]:
    text = (HERE / f"{name}.yaml").read_bytes()
    part: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return part


def _add(known: dict[str, Any], more: dict[str, Any], part: str) -> None:
    if twice := known.keys() & more.keys():
        raise ValueError(f"{part}.yaml defines {', '.join(sorted(twice))} a second time")
    known.update(more)
