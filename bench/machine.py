"""Facts about the machine and the versions that figures depend on."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

PACKAGES = (
    *("uvicorn", "uvloop", "httptools", "connexion", "starlette", "fastapi", "pydantic"),
    *("jsonschema", "jsonschema-rs", "msgspec"),
)


@contextmanager
def one_core() -> Iterator[None]:
    """This process, and every server it starts meanwhile, on one core.

    Two cores are often hyperthreads of one. A client on the other then makes the server's own instructions
    slower, the more so the larger its code: CPU per request jumped by half from round to round. CPU time
    is not wall time, so sharing a core costs nothing that is measured.
    """
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def facts() -> dict[str, str]:
    """Name -> value, for the head of the report."""
    return {
        "CPU": f"{_cpu_model()}, {os.cpu_count()} logical",
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "packages": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "load average before": ", ".join(f"{load:.2f}" for load in os.getloadavg()),
    }


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
