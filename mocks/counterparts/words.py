"""The words of a script: what it looks for in a message, and texts with places to fill in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from impl.rules.folding import fold

LONGEST_LOOKED_AT: Final = 1_000
"""Characters of a message in which words are looked for."""
LONGEST_SUBJECT: Final = 60
LONGEST_MESSAGE: Final = 4_000
"""What the contract allows (`MessageText`)."""

_GREETING: Final = re.compile(
    r"(?:(?:merhaba|selam|günaydın|iyi (?:günler|akşamlar|çalışmalar)|kolay gelsin)(?:lar)?\b[\s,.!]*)+", re.IGNORECASE
)
_PLACE: Final = re.compile(r"( ?)\{([^{}\s]{1,40})\}")


@dataclass(frozen=True)
class Words:
    """Words at the beginning of a word, in folded letters, or a regular expression (`/…/`)."""

    pattern: re.Pattern[str]

    @classmethod
    def read(cls, text: str) -> Words:
        """`kargo` is in `Kargom nerede?`, `/no: ?\\d+/` in `Sipariş no: 48213`. Raises re.error."""
        if len(text) > 2 and text.startswith("/") and text.endswith("/"):
            return cls(re.compile(text[1:-1], re.IGNORECASE))
        return cls(re.compile(rf"(?<!\w){re.escape(' '.join(fold(text).split()))}"))

    def found_in(self, text: str) -> bool:
        """Whether the text has them: as it is, or in folded letters and with single blanks."""
        text = text[:LONGEST_LOOKED_AT]
        return bool(self.pattern.search(" ".join(fold(text).split())) or self.pattern.search(text))


def places(template: str) -> list[str]:
    """The names in braces."""
    return [name for _, name in _PLACE.findall(template)]


def fill(template: str, values: Mapping[str, str]) -> str:
    """The text with its places filled in; where there is nothing to say, the blank before the place goes too."""

    def one(found: re.Match[str]) -> str:
        value = values.get(found[2], "")
        return found[1] + value if value else ""

    return _PLACE.sub(one, template).strip()[:LONGEST_MESSAGE]


def subject_of(text: str) -> str:
    """What a message is about, in its own words: its first question, else its first sentence, shortened."""
    parts = [part.strip(" .!…") for part in re.findall(r"[^.!?…\n]+[.!?…]*", text[:LONGEST_LOOKED_AT])]
    sentences = [_GREETING.sub("", part, count=1) if _GREETING.match(part) else part for part in parts]
    said = [sentence for sentence in sentences if sentence.strip("? ")]
    asked = [sentence for sentence in said if sentence.endswith("?")]
    subject = " ".join((asked or said or parts or [""])[0].rstrip("?").split())
    if len(subject) <= LONGEST_SUBJECT:
        return subject
    return subject[:LONGEST_SUBJECT].rsplit(" ", 1)[0] + "…"
