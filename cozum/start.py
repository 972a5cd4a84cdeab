"""What `cozum mock` and `cozum serve` share: building the application, and what is said at start."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from cozum import __version__
from cozum.document import find_document
from cozum.errors import UsageError
from impl.app import Application, UnknownStore, build_world
from impl.contract.document import DocumentError
from impl.files import IN_MEMORY
from impl.rules.origins import normal_origin
from impl.settings import Settings
from impl.world import World


def read_settings(
    document: Path | None,
    store: str,
    *,
    demo: bool,
    public_url: str | None = None,
    files: str = IN_MEMORY,
    webhooks_anywhere: bool = False,
) -> Settings:
    """What a command was asked for; from now on warnings are logged. Raises UsageError."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    logging.getLogger("python_multipart").setLevel(logging.ERROR)  # broken bodies are answered, not logged
    return Settings(find_document(document), store, demo, _origin(public_url), files, webhooks_anywhere)


def build(settings: Settings) -> tuple[World, Application]:
    """The world and the application over it. Raises UsageError."""
    try:
        world = _world(settings)
        return world, Application(settings, lambda scope: world)
    except (DocumentError, UnknownStore) as error:
        raise UsageError(str(error)) from None


def _origin(public_url: str | None) -> str | None:
    """The URL as browsers send it in `Origin`. Raises UsageError."""
    if public_url is None:
        return None
    origin = normal_origin(public_url.removesuffix("/"))
    if origin is None:
        raise UsageError(
            f"--public-url {public_url!a}: must be a scheme and a host, such as https://destek.example.com"
        )
    return origin


def _world(settings: Settings) -> World:
    try:
        return asyncio.run(build_world(settings))
    except OSError as error:
        raise UsageError(f"cannot keep files in {settings.files}: {(error.strerror or str(error)).lower()}") from None


DEMO = """
  Widget key   CM_DEMO_2026 (any origin)          secret demo_api_secret_2026
               CM_PRATIKESNAF (Origin: https://pratikesnaf.com)
  Operator     operator@example.com / sifre123

  curl -X POST {url}/api/v1/widget/init \\
    -H "X-API-Key: CM_DEMO_2026" -H "Content-Type: application/json" -d '{{"ziyaretci_id": "abc123"}}'
"""


def greet(
    name: str, listener: socket.socket, application: Application, *, demo: bool, more: Sequence[str] = ()
) -> None:
    """Print the greeting; whoever started it may not be reading."""
    with suppress(OSError):
        print(greeting(name, listener, application, demo=demo, more=more), flush=True)


def greeting(
    name: str, listener: socket.socket, application: Application, *, demo: bool, more: Sequence[str] = ()
) -> str:
    """What a person sees once the server listens; `more` lines may have the `{url}`."""
    host, port = listener.getsockname()[:2]
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    unwritten = sum(not plan.implemented for plan in application.plans)
    lines = [
        f"cozum {__version__} {name} listens on {url}",
        f"  Documentation {url}/docs",
        f"  Contract      {url}/openapi.yaml, {len(application.plans)} operations",
    ]
    lines += [f"  {line.format(url=url)}" for line in more]
    if unwritten:
        lines.append(f"  Not written yet: {unwritten} of them answer 501 (`cozum lint --handlers` lists them)")
    if demo:
        lines.append(DEMO.format(url=url).rstrip())
    return "\n".join([*lines, "", "Ctrl-C ends it."])
