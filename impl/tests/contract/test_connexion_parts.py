"""Importing Connexion without what a server never uses; in processes of their own, since imports last."""

from __future__ import annotations

import subprocess
import sys

CHECK = """
import sys
import impl.app
unused = ("httpx", "requests", "starlette.testclient")
print([name for name in sys.modules if name in unused or name.startswith(("httpx.", "requests."))])
import httpx, requests, starlette.testclient
print(httpx.Client.__module__, requests.get.__module__, starlette.testclient.TestClient.__mro__[1].__module__)
print([vars(sys.modules[name])["__spec__"] is not None for name in unused])
"""

BEFORE = """
import httpx
kept = httpx
import impl.app
print(sys.modules["httpx"] is kept, httpx.Client.__module__)
"""


def _run(code: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_application_imports_no_http_client_and_whoever_wants_one_gets_the_real_one() -> None:
    assert _run(CHECK) == ["[]", "httpx requests.api httpx", "[True, True, True]"]


def test_a_client_that_was_imported_before_stays_as_it_was() -> None:
    assert _run("import sys" + BEFORE) == ["True httpx"]
