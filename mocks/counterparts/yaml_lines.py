"""YAML with the line on which each part begins."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import yaml

from impl.contract.yaml_keys import key_given_twice
from mocks.counterparts.errors import WrongScript
from mocks.state.yaml_text import Reader, check_depth

MOST_PARTS: Final = 50_000
"""More than any script has, aliases followed."""
ENDS: Final = ("<stream end>", "end of stream")
"""How PyYAML says that the text has ended."""


def read_yaml(text: str | bytes) -> tuple[Any, dict[str, int]]:
    """The content, and the line (from 1) of each part by its JSON Pointer. Raises WrongScript."""
    try:
        loader, node = _composed(text)
        try:
            lines: dict[str, int] = {}
            if node is not None:
                _number(node, "", lines, ())
            return (None if node is None else loader.construct_document(node)), lines
        finally:
            loader.dispose()
    except (yaml.YAMLError, UnicodeError, ValueError, RecursionError) as error:
        if isinstance(error, WrongScript):
            raise
        raise _not_yaml(error) from None


def _composed(text: str | bytes) -> tuple[Any, yaml.Node | None]:
    """As scenarios are read; what is wrong is told by PyYAML's own parser, which knows better where it began."""
    try:
        check_depth(text)
        loader: Any = Reader(text)
        return loader, loader.get_single_node()
    except yaml.YAMLError:
        loader = yaml.SafeLoader(text)
        return loader, loader.get_single_node()


def _not_yaml(error: Exception) -> WrongScript:
    """What cannot be read and where; of what is not closed up to the end, where that begins."""
    why = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML")
    mark, begin = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if begin and mark and any(end in why for end in ENDS):
        mark = begin
    if begin and mark and begin.line < mark.line:
        why = f"{why} ({getattr(error, 'context', None)}, line {begin.line + 1})"
    line = mark.line + 1 if mark else None
    return WrongScript("", f"YAML okunamıyor: {why}.", f"is not YAML: {why}.", line)


def plain(value: object) -> Any:
    """The content as JSON has it: a date is text. Raises WrongScript for what JSON cannot say."""
    try:
        return msgspec.json.decode(msgspec.json.encode(value))
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError) as error:
        raise WrongScript("", f"JSON olarak yazılamıyor: {error}.", f"cannot be written as JSON: {error}.") from None


def _number(node: yaml.Node, pointer: str, lines: dict[str, int], behind: tuple[int, ...]) -> None:
    if id(node) in behind:
        raise WrongScript("", "Bir parça kendini içeriyor.", "a part contains itself.", node.start_mark.line + 1)
    if len(lines) >= MOST_PARTS:
        raise WrongScript("", "Betik çok büyük.", "the script is too large.", node.start_mark.line + 1)
    lines.setdefault(pointer, node.start_mark.line + 1)
    behind = (*behind, id(node))
    if isinstance(node, yaml.MappingNode):
        _check_keys(node, pointer)
        for key, value in node.value:
            place = f"{pointer}/{_escaped(key)}"
            _number(value, place, lines, behind)
            lines[place] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _number(item, f"{pointer}/{index}", lines, behind)


def _check_keys(node: yaml.MappingNode, pointer: str) -> None:
    twice = key_given_twice(node)
    if twice is not None:
        first, second = twice
        line = first.start_mark.line + 1
        raise WrongScript(
            f"{pointer}/{_escaped(second)}",
            f"`{second.value}` iki kez yazılmış; ilki {line}. satırda.",
            f"`{second.value}` is written twice, first on line {line}.",
            second.start_mark.line + 1,
        )


def _escaped(key: yaml.Node) -> str:
    return str(key.value).replace("~", "~0").replace("/", "~1")
