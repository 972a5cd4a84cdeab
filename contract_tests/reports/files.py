"""The reports as files in a folder: for a person, for CI, for programs, for whoever wants each exchange."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final

from contract_tests.document import Document
from contract_tests.events import Asked, Began, Ended, Event
from contract_tests.reports.har import Har
from contract_tests.reports.html import page
from contract_tests.reports.junit import junit
from contract_tests.reports.summary import summary
from contract_tests.story import Story

WRITERS: Final[Mapping[str, Callable[[Story, Document], bytes]]] = {
    "report.html": page,
    "junit.xml": junit,
    "report.json": lambda story, document: json.dumps(summary(story, document), ensure_ascii=False, indent=1).encode(
        "utf-8", "backslashreplace"
    ),
}
HAR: Final = "exchanges.har"


class Files:
    """Writes into `folder`: exchanges as they come, the rest at the end."""

    NAMES = (*WRITERS, HAR)

    def __init__(self, folder: Path, document: Document) -> None:
        self._folder = folder
        self._document = document
        self._story = Story()
        self._har: Har | None = None

    def __enter__(self) -> Files:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._har:
            self._har.close()

    def take(self, event: Event) -> None:
        """Go on. Raises OSError."""
        self._story.take(event)
        if isinstance(event, Began):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._har = Har(self._folder / HAR)
        elif isinstance(event, Asked) and self._har:
            self._har.add(event)
        elif isinstance(event, Ended):
            for name, write in WRITERS.items():
                (self._folder / name).write_bytes(write(self._story, self._document))
