"""What all shapes share."""

from __future__ import annotations

from msgspec import Struct, field


class Shape(Struct, frozen=True, gc=False):
    """A schema's shape. Absent optional properties are UNSET."""


class Answer(Shape, frozen=True):
    """The envelope of success; each answer adds its `data`."""

    success: bool = field(default=True, name="basarili")
