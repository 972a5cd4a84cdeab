"""The recording of the command line: `--replay FILE`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from cozum.errors import UsageError
from impl.app import Application
from impl.contract.replies import App


def read_replay(path: Path | None, *, only: bool) -> Callable[[App, Application], App] | None:
    """What plays it around an application; None for no file. Says what of it cannot be played. Raises UsageError."""
    if path is None:
        if only:
            raise UsageError("--replay-only says what --replay FILE leaves out: it needs one")
        return None
    from mocks.recording import NoRecording, read_recording
    from mocks.replaying import Replaying

    try:
        recording = read_recording(path.read_bytes())
    except OSError as error:
        raise UsageError(f"--replay {path}: {(error.strerror or str(error)).lower()}") from None
    except NoRecording as error:
        raise UsageError(f"--replay {path}: {error}") from None
    if recording.left_out:
        print(
            f"cozum: {path}: {recording.left_out} of its exchanges have no whole answer and are left out",
            file=sys.stderr,
        )
    return lambda app, application: Replaying(app, recording, application.find_plan, only=only)
