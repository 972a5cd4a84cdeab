"""Facts about the machine and the versions that figures depend on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = (
    *("uvicorn", "uvloop", "httptools", "connexion", "starlette", "fastapi", "pydantic"),
    *("jsonschema", "jsonschema-rs", "msgspec"),
)


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
