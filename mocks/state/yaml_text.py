"""YAML as it reads well in git: a field a line, texts of several lines as blocks, instants without quotes."""

from __future__ import annotations

import re
from base64 import encodebytes
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar, cast

import yaml

from impl.contract.yaml_keys import EachKeyOnce
from impl.problems import Text
from mocks.state.wrong import WrongInput

Value = TypeVar("Value")

WIDTH: Final = 120
TIMESTAMP: Final = "tag:yaml.org,2002:timestamp"
DEEPEST: Final = 100
"""Beyond it nothing was meant, and libyaml's composer has no bound of its own."""

FAR: Final = r"\U000"
"""How libyaml writes what lies beyond the 65,536 first characters, emoji among them; PyYAML's own writer shows it."""
LINE_BREAKS: Final = re.compile("[\r\x85\u2028\u2029]")
"""What YAML takes for an end of a line too: folded away unless it is escaped."""

_Fast: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _FastWriter(_Fast):  # type: ignore[misc]
    """Nothing is written twice by reference: a snapshot is a tree."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class _PlainWriter(yaml.SafeDumper):
    """The same, ten times as slow."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(writer: Any, value: str) -> Any:
    style = '"' if LINE_BREAKS.search(value) else "|" if "\n" in value else None
    return writer.represent_scalar("tag:yaml.org,2002:str", value, style)


def _bytes(writer: Any, value: bytes) -> Any:
    """Base64 in lines of 76 characters."""
    return _text(writer, encodebytes(value).decode())


def _instant(writer: Any, value: datetime) -> Any:
    return writer.represent_scalar(TIMESTAMP, value.isoformat())


for _writer in (_FastWriter, _PlainWriter):
    _writer.add_representer(str, _text)
    _writer.add_representer(bytes, _bytes)
    _writer.add_representer(datetime, _instant)


class Reader(EachKeyOnce, _Loader):  # type: ignore[misc]
    """Instants stay texts: which of them are meant, the fields say."""


Reader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != TIMESTAMP]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}


def write_yaml(value: Mapping[str, Any]) -> str:
    """Each member by itself; lists and objects behind an empty line."""
    parts = []
    for name, member in value.items():
        written = _write(_FastWriter, {name: member})
        if FAR in written:
            written = _write(_PlainWriter, {name: member})
        parts.append(f"\n{written}" if isinstance(member, list | dict) else written)
    return "".join(parts)


def _write(writer: Any, value: Mapping[str, Any]) -> str:
    written: str = yaml.dump(value, Dumper=writer, allow_unicode=True, sort_keys=False, width=WIDTH)
    return written


def read_yaml(text: str | bytes) -> Any:
    """One document. Raises WrongInput with line and column."""
    try:
        check_depth(text)
        return yaml.load(text, Reader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{mark.line + 1}:{mark.column + 1}: " if mark else ""
        why = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
        raise WrongInput("", Text(f"YAML okunamıyor: {where}{why}", f"is not YAML: {where}{why}")) from None
    except (ValueError, RecursionError) as error:
        raise WrongInput("", Text(f"YAML okunamıyor: {error}", f"is not YAML: {error}")) from None


def read_yaml_as(text: bytes, read: Callable[[Any], Value]) -> Value:
    """What `read` makes of the document. Raises WrongInput, with the line of what is wrong in it."""
    value = read_yaml(text)
    try:
        return read(value)
    except WrongInput as wrong:
        line = line_of(text, wrong.pointer)
        why = wrong.text
        raise WrongInput(wrong.pointer, Text(f"{why.tr} ({line}. satır)", f"{why.en} (line {line})")) from None


def line_of(text: bytes, pointer: str) -> int:
    """In which line the last part of the pointer that is there begins, counted from 1."""
    node = yaml.compose(text, Reader)
    line = 1
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(node, yaml.MappingNode):
            pairs = {key.value: (key, value) for key, value in node.value}
        elif isinstance(node, yaml.SequenceNode):
            pairs = {str(at): (value, value) for at, value in enumerate(node.value)}
        else:
            break
        if name not in pairs:
            break
        key, node = pairs[name]
        line = key.start_mark.line + 1
    return line


def check_depth(text: str | bytes) -> None:
    """Raises YAMLError for what is nested too deep."""
    depth = 0
    for event in yaml.parse(text, Reader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise yaml.MarkedYAMLError(problem="nested too deep", problem_mark=cast("Any", event.start_mark))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
