"""Rows of the model as plain data that reads well in a file, and back: by their fields, so that a new one is there.

What a field has by default is left out. Bytes are base64, instants ISO with Istanbul's offset; `float` fields are Unix
seconds and stand as instants too.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Struct
from msgspec.structs import fields

from impl.problems import Text
from impl.rules.times import ISTANBUL
from mocks.state.instants import in_istanbul
from mocks.state.wrong import WrongInput, below, unknown

Reader = Callable[[Any, str], Any]
"""Reads a plain value that stands at a JSON Pointer. Raises WrongInput."""

TAG: Final = "type"
"""Says which of several kinds an object is."""
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 9000
"""Behind it there is room for instants to be moved on."""
LARGEST: Final = 2**63 - 1
REQUIRED: Final = object()


# Writing


def written(row: Struct, without: Collection[str] = ()) -> dict[str, Any]:
    """The row's fields that are not what they are by default; instants stay datetimes of Istanbul."""
    tag = type(row).__struct_config__.tag
    plain: dict[str, Any] = {} if tag is None else {TAG: tag}
    for name, default in _defaults(type(row)).items():
        value = getattr(row, name)
        if value != default and name not in without:
            plain[name] = _plain(value)
    return plain


@cache
def _defaults(kind: type[Struct]) -> Mapping[str, Any]:
    return {field.name: _default(field.default, field.default_factory) for field in fields(kind)}


def _default(default: Any, factory: Any) -> Any:
    if default is not NODEFAULT:
        return default
    return REQUIRED if factory is NODEFAULT else factory()


def _plain(value: Any) -> Any:
    match value:
        case Struct():
            return written(value)
        case tuple() | list():
            return [_plain(item) for item in value]
        case bytes():
            return b64encode(value).decode()
        case float():
            return datetime.fromtimestamp(value, in_istanbul(datetime.fromtimestamp(value, ISTANBUL)).tzinfo)
        case _:
            return value


# Reading


@cache
def reader(kind: Any) -> Reader:
    """Reads what `written` writes of that type. Raises TypeError for a type that no row has had so far."""
    origin = get_origin(kind)
    if origin is Literal:
        return partial(_one_of, get_args(kind))
    if origin in (Union, UnionType):
        return _either(get_args(kind))
    if origin is tuple:
        return partial(_all, reader(get_args(kind)[0]))
    if isinstance(kind, type) and issubclass(kind, Struct):
        return partial(read_row, kind)
    if kind not in SCALARS:
        raise TypeError(f"a snapshot does not know how to write {kind}")
    return SCALARS[kind]


def read_row(kind: type[Struct], value: Any, pointer: str, more: Mapping[str, Any] | None = None) -> Any:
    """A row of that type; `more` are values for fields that do not stand in files. Raises WrongInput."""
    if not isinstance(value, dict):
        raise WrongInput(pointer, Text("Bir nesne olmalı.", "Must be an object."))
    given = more or {}
    hints, defaults = _hints(kind), _defaults(kind)
    for name in value:
        if (name not in hints or name in given) and not (name == TAG and kind.__struct_config__.tag):
            raise WrongInput(below(pointer, name), unknown(name, [known for known in hints if known not in given]))
    found = dict(given)
    for name, default in defaults.items():
        if name in value:
            found[name] = _read_field(name, hints[name], value[name], below(pointer, name))
        elif default is REQUIRED and name not in given:
            raise WrongInput(pointer, Text(f"`{name}` eksik.", f"`{name}` is missing."))
    return kind(**found)


def _read_field(name: str, hint: Any, value: Any, pointer: str) -> Any:
    read = reader(hint)(value, pointer)
    if isinstance(read, int) and (name == "id" or name.endswith("_id")) and not 0 < read <= LARGEST:
        raise WrongInput(pointer, Text("1 ya da daha büyük olmalı.", "Must be 1 or more."))
    return read


@cache
def _hints(kind: type[Struct]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {name: hints[name] for name in kind.__struct_fields__}


def _one_of(options: tuple[Any, ...], value: Any, pointer: str) -> Any:
    if value not in options:
        raise WrongInput(pointer, unknown(value, options))
    return value


def _all(read: Reader, value: Any, pointer: str) -> Any:
    if not isinstance(value, list):
        raise WrongInput(pointer, Text("Bir liste olmalı.", "Must be a list."))
    return tuple([read(item, below(pointer, at)) for at, item in enumerate(value)])


def _either(kinds: tuple[Any, ...]) -> Reader:
    """`X | None`, or one of several tagged types."""
    real = [kind for kind in kinds if kind is not NoneType]
    if len(real) == 1:
        return partial(_perhaps, reader(real[0]))
    return partial(_tagged, {kind.__struct_config__.tag: reader(kind) for kind in real})


def _perhaps(read: Reader, value: Any, pointer: str) -> Any:
    return None if value is None else read(value, pointer)


def _tagged(readers: Mapping[str, Reader], value: Any, pointer: str) -> Any:
    if not isinstance(value, dict) or TAG not in value:
        raise WrongInput(pointer, Text(f"`{TAG}` eksik.", f"`{TAG}` is missing."))
    tag = value[TAG]
    if not isinstance(tag, str) or tag not in readers:
        raise WrongInput(below(pointer, TAG), unknown(tag, readers))
    return readers[tag](value, pointer)


def _exactly(kind: type, tr: str, en: str, value: Any, pointer: str) -> Any:
    if type(value) is not kind:
        raise WrongInput(pointer, Text(f"{tr} olmalı.", f"Must be {en}."))
    return value


NOT_AN_INSTANT: Final = Text(
    f"`2026-12-01T09:00:00+03:00` gibi bir an olmalı, {FIRST_YEAR} ile {LAST_YEAR} arasında.",
    f"Must be an instant such as `2026-12-01T09:00:00+03:00`, from {FIRST_YEAR} to {LAST_YEAR}.",
)


def read_exact_instant(value: Any, pointer: str) -> datetime:
    """An instant with its fraction; without an offset it is Istanbul's. Raises WrongInput."""
    try:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        instant = instant if instant.tzinfo else instant.replace(tzinfo=ISTANBUL)
        in_istanbul(instant)
    except (TypeError, ValueError, OverflowError):
        raise WrongInput(pointer, NOT_AN_INSTANT) from None
    if not FIRST_YEAR < instant.year < LAST_YEAR:
        raise WrongInput(pointer, NOT_AN_INSTANT)
    return instant


def read_whole_instant(value: Any, pointer: str) -> datetime:
    """The same in whole seconds, as the model has it. Raises WrongInput."""
    return in_istanbul(read_exact_instant(value, pointer))


def read_bytes(value: Any, pointer: str) -> bytes:
    """Base64, in which line breaks mean nothing. Raises WrongInput."""
    try:
        return b64decode("".join(value.split()), validate=True)
    except (AttributeError, ValueError, binascii.Error):
        raise WrongInput(pointer, Text("Base64 olmalı.", "Must be base64.")) from None


SCALARS: Final[Mapping[Any, Reader]] = {
    int: partial(_exactly, int, "Tam sayı", "an integer"),
    str: partial(_exactly, str, "Metin", "a text"),
    bool: partial(_exactly, bool, "`true` ya da `false`", "`true` or `false`"),
    dict[str, Any]: partial(_exactly, dict, "Nesne", "an object"),
    float: lambda value, pointer: read_exact_instant(value, pointer).timestamp(),
    datetime: read_whole_instant,
    bytes: read_bytes,
}
