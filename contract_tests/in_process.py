"""Our own application as a target: in a thread of this process, on a loopback port, with the demo data."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from contract_tests.target import Target
from cozum.server import bind, configuration
from impl.app import Application, build_world
from impl.settings import Settings


@contextmanager
def our_server(document: Path) -> Iterator[Target]:
    """Serve the application inside; it is gone outside."""
    settings = Settings(document, demo=True)
    world = asyncio.run(build_world(settings))
    application = Application(settings, lambda scope: world)
    listener = bind("127.0.0.1", 0)
    port: int = listener.getsockname()[1]
    server = uvicorn.Server(configuration(application.asgi))
    log = logging.getLogger("cozum")
    level = log.level
    log.setLevel(logging.CRITICAL)  # what fails inside is judged by its answer
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.005)
    try:
        yield Target(f"http://127.0.0.1:{port}", owned=True)
    finally:
        server.should_exit = True
        thread.join(10)
        world.files.close()
        log.setLevel(level)
