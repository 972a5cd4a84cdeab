"""The second server in a thread of this process, on a free port."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from contract_tests.target import Login, Target, Tenant
from contract_tests.tests.second.app import build
from contract_tests.tests.second.data import OPERATORS, TENANTS
from contract_tests.tests.second.faults import with_faults


def _tenant(number: int) -> Tenant:
    one = TENANTS[number]
    return Tenant(one.key, one.secret, one.origins[0] if one.origins else None)


def _login(number: int) -> Login:
    return Login(OPERATORS[number].email, OPERATORS[number].password)


@contextmanager
def second_server(*faults: str) -> Iterator[Target]:
    """Serve inside, with the faults of these names; gone outside."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(build(with_faults(faults)), log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.005)
    try:
        yield Target(
            f"http://127.0.0.1:{listener.getsockname()[1]}",
            tenant=_tenant(0),
            operator=_login(0),
            listed=_tenant(1),
            other=_tenant(2),
            colleague=_login(1),
            outsider=_login(2),
            manager=_login(1),
            secure=_tenant(3),
            known_word=None,
        )
    finally:
        server.should_exit = True
        thread.join(10)
