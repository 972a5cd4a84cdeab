"""`cozum serve`"""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from cozum.commands.mock import Document, Host, Port


def serve(
    *,
    store: Annotated[str, Parameter(help="Where the state lives: memory:// (gone when it ends).")],
    files: Annotated[
        str, Parameter(help="Where uploaded files live until it ends: memory://, or a folder's path.")
    ] = "memory://",
    demo: Annotated[bool, Parameter(negative=(), help="Load the demo tenants, whose secrets are public.")] = False,
    public_url: Annotated[
        str | None, Parameter(help="Where browsers reach the server, when a proxy stands before it: https://…")
    ] = None,
    webhooks_anywhere: Annotated[
        bool,
        Parameter(negative=(), help="For development: webhooks may go by http, and to this machine or its network."),
    ] = False,
    port: Port = 8080,
    host: Host = "127.0.0.1",
    document: Document = None,
) -> None:
    """Start the backend."""
    from cozum.server import OneWorld, bind, configuration, run
    from cozum.start import build, greet, read_settings

    listener = bind(host, port)
    world, application = build(
        read_settings(
            document, store, demo=demo, public_url=public_url, files=files, webhooks_anywhere=webhooks_anywhere
        )
    )
    run(
        configuration(application.asgi),
        listener,
        OneWorld(world),
        lambda: greet("server", listener, application, demo=demo),
    )
