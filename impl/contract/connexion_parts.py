"""The parts of Connexion that bind the document, imported without what a server never uses.

`import connexion` pulls in Starlette's test client, httpx with its command line, and requests: 0.35 s and 11 MiB of
what takes 0.75 s and 51 MiB in all. While Connexion is imported, these three are stand-ins; afterwards they are what
they were, so whoever imports them gets the real ones. Connexion uses them only for `test_client()` and for documents
fetched by URL, which this server has not.
"""

from __future__ import annotations

import sys
from types import ModuleType
from warnings import catch_warnings

_UNUSED = ("starlette.testclient", "httpx", "requests")


class _StandIn(ModuleType):
    """A module whose every public attribute is an empty class."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


_absent = [name for name in _UNUSED if name not in sys.modules]
sys.modules.update({name: _StandIn(name) for name in _absent})
try:
    with catch_warnings(action="ignore", category=DeprecationWarning):  # Connexion still imports jsonschema.RefResolver
        from connexion.middleware import ConnexionMiddleware
        from connexion.middleware.abstract import AbstractRoutingAPI, SpecMiddleware
        from connexion.middleware.lifespan import LifespanMiddleware
        from connexion.operations import OpenAPIOperation
        from connexion.resolver import Resolution, Resolver
        from connexion.spec import OpenAPISpecification
finally:
    for _name in _absent:
        del sys.modules[_name]

__all__ = [
    "AbstractRoutingAPI",
    "ConnexionMiddleware",
    "LifespanMiddleware",
    "OpenAPIOperation",
    "OpenAPISpecification",
    "Resolution",
    "Resolver",
    "SpecMiddleware",
]
