"""Writes exchanges into a file as they end: HAR 1.2 that is whole after each of them.

An entry is a line. The file's end (`]}}`) is written over with the next entry and the end anew, in one write: what
opens the file sees all entries until then, and if the process or the disk fails inside of a write, all lines but the
last are there to be read.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Final

import msgspec

from mocks.har import archive, har_entry
from mocks.journal import Entry

END: Final = b"\n]}}\n"

log = logging.getLogger("cozum")


class Tape:
    """A recording under way."""

    def __init__(self, path: Path, *, secrets: bool) -> None:
        """Begin a file; `secrets`: tokens, cookies and passwords stay in it, which is then for its owner alone.

        Raises OSError, which is FileExistsError for a file that is there already.
        """
        self._path = path
        self._secrets = secrets
        self.count = 0
        """Exchanges that were written."""
        self._file: int | None = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if secrets else 0o644)
        whole = b"".join(archive([], secrets=secrets))
        self._at = len(whole) - len(END)
        self._put(whole, 0)

    def __call__(self, entry: Entry) -> None:
        """Write an exchange, whose bodies are whole. What cannot be written ends the recording, and is logged."""
        if self._file is None:
            return
        before = b",\n" if self.count else b"\n"
        line = before + msgspec.json.encode(har_entry(entry, secrets=self._secrets))
        try:
            self._put(line + END, self._at)
        except OSError as error:
            log.error("the recording %s ends after %d exchanges: %s", self._path, self.count, error.strerror)
            self.close()
            return
        self._at += len(line)
        self.count += 1

    def _put(self, data: bytes, at: int) -> None:
        if self._file is None:
            raise ValueError("the recording has ended")
        while data:
            written = os.pwrite(self._file, data, at)
            data, at = data[written:], at + written

    def close(self) -> None:
        """Nothing more is written."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
