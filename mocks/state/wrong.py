"""How a snapshot or a scenario is refused: which place in it, and what was expected there."""

from __future__ import annotations

from collections.abc import Iterable

from impl.problems import FieldError, Text
from mocks.misspelt import nearest

MOST_SHOWN = 20
"""Known names that are listed where none is near."""


class WrongInput(ValueError):
    """What somebody gave cannot be used: where (a JSON Pointer), and why. Nothing was changed."""

    def __init__(self, pointer: str, text: Text) -> None:
        super().__init__(f"{pointer}: {text.en}" if pointer else text.en)
        self.pointer = pointer
        self.text = text

    def field_error(self) -> FieldError:
        """For a problem that lists the fields."""
        return FieldError(self.pointer, self.text)


def below(pointer: str, name: object) -> str:
    """The JSON Pointer of a member or item."""
    return f"{pointer}/{str(name)[:100].replace('~', '~0').replace('/', '~1')}"


def unknown(name: object, known: Iterable[str]) -> Text:
    """That there is no such name; the nearest, or all that there are when they are few."""
    known = list(known)
    near = nearest(str(name), known)
    if near:
        return Text(f"Bilinmiyor; `{near}` mi demek istediniz?", f"Unknown; did you mean `{near}`?")
    if len(known) > MOST_SHOWN:
        return Text("Bilinmiyor.", "Unknown.")
    told = ", ".join(known)
    return Text(f"Bilinmiyor; bilinenler: {told}.", f"Unknown; known: {told}.")
