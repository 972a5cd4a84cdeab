"""What a search reads and shows of an article: its paragraphs in plain text, and one of them as a snippet.

All of it in linear time: a body has up to 100,000 characters.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from impl.model import Reading
from impl.rules.folding import folded_words

SNIPPET: Final = 300
"""Characters at most, the `…` among them."""

_blank_line = re.compile(r"\n[^\S\n]*\n")
_fence = re.compile(r"(?:```|~~~)")
_rule = re.compile(r"(?:[-*_=][ \t]*+){3,}+")
_line_marker = re.compile(r"(?:>[ \t]*+)*+(?:#{1,6}(?=\s|$)|[-*+](?=\s)|\d{1,2}[.)](?=\s))?[ \t]*+")
_link = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_marker = re.compile(
    r"\\([!-/:-@\[-`{-~])|`|(?<![\w*_~])(?:[*_]|~~)++(?=\S)|(?<=[^\s*_~])(?:[*_]|~~)++(?!\w)"
)  # an escaped sign stays, without its backslash


def reading(body: str) -> Reading:
    """The paragraphs of a Markdown text that have something to read, as searching needs them."""
    blocks = [plain(block) for block in _blank_line.split(body.replace("\r\n", "\n").replace("\r", "\n"))]
    texts = [text for text in blocks if text]
    folded = [folded_words(text) for text in texts]
    ends = accumulate(len(words) for words in folded)
    return Reading(tuple([shortened(text) for text in texts]), "".join(folded), tuple(ends))


def plain(block: str) -> str:
    """A block of Markdown as one line of plain text: `## **Kargo** [takibi](/k)` is `Kargo takibi`."""
    lines = [line.strip() for line in block.split("\n")]
    shown = [_line_marker.sub("", line, count=1) for line in lines if not (_fence.match(line) or _rule.fullmatch(line))]
    text = _marker.sub(r"\1", _link.sub(r"\1", " ".join(shown)))
    return " ".join(text.split())


def shortened(text: str) -> str:
    """At most `SNIPPET` characters, cut with `…`."""
    return text if len(text) <= SNIPPET else text[: SNIPPET - 1].rstrip() + "…"


def snippet(of: Reading, beginnings: Sequence[str]) -> str:
    """The first paragraph in which one of the folded words, each behind a blank, begins a word, or else the first.

    Empty where there is no paragraph.
    """
    texts = of.texts
    if not texts:
        return ""
    find = of.folded.find
    if len(beginnings) == 1:
        first = find(beginnings[0])
    else:
        first = min([at for beginning in beginnings if (at := find(beginning)) >= 0], default=-1)
    return texts[bisect_right(of.ends, first)]
