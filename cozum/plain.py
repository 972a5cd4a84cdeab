"""Text of others on a terminal."""

from __future__ import annotations


def plain(text: str) -> str:
    """Without what would move a terminal's cursor or change its colours."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
