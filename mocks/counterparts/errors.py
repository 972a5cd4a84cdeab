"""What is wrong with a script, and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from impl.problems import FieldError, Text


class WrongScript(ValueError):
    """Something that is no script: which part (a JSON Pointer), and why; of YAML the line too, once it is known."""

    def __init__(self, pointer: str, tr: str, en: str, line: int | None = None) -> None:
        place = f"line {line}, {pointer}" if line and pointer else f"line {line}" if line else pointer
        super().__init__(f"{place}: {en}" if place else en)
        self.pointer = pointer
        self.tr, self.en = tr, en
        self.line = line

    def below(self, pointer: str) -> WrongScript:
        """The same of a part that stands there."""
        return WrongScript(pointer + self.pointer, self.tr, self.en, self.line)

    def at_line(self, lines: Mapping[str, int]) -> WrongScript:
        """The same with its line, of the lines on which each part begins."""
        pointer = self.pointer
        while pointer not in lines and pointer:
            pointer = pointer.rpartition("/")[0]
        return WrongScript(self.pointer, self.tr, self.en, lines.get(pointer))

    def field_error(self, below: str = "") -> FieldError:
        """For a problem that lists the fields."""
        tr, en = (f"{self.line}. satır: ", f"line {self.line}: ") if self.line else ("", "")
        return FieldError(below + self.pointer, Text(tr + self.tr, en + self.en))


def unknown(pointer: str, name: object, known: Iterable[str]) -> WrongScript:
    """That there is no such name: the nearest, and all that there are."""
    known = list(known)
    near = get_close_matches(str(name)[:100], known, 1)
    tr = f" `{near[0]}` mi demek istediniz?" if near else ""
    en = f" Did you mean `{near[0]}`?" if near else ""
    told, all_of_them = str(name)[:60], ", ".join(known)
    if not known:
        return WrongScript(
            pointer, f"`{told}` diye bir şey yok; hiç yok.", f"there is no `{told}`; there are none at all."
        )
    return WrongScript(
        pointer,
        f"`{told}` diye bir şey yok.{tr} Olanlar: {all_of_them}.",
        f"there is no `{told}`.{en} There are {all_of_them}.",
    )
