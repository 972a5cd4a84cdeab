"""The application, assembled in one visible place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from impl import security, wire
from impl.actions.once import once
from impl.contract.binding import Binding, HandlerResolver
from impl.contract.call import Scope
from impl.contract.connexion_parts import LifespanMiddleware
from impl.contract.document import DocumentError, load
from impl.contract.lane import Lane
from impl.contract.plan import Handler, Plan
from impl.contract.replies import App
from impl.contract.specification import Connexion31
from impl.demo import demo_ids, load_demo, read_demo
from impl.docs import Docs
from impl.files import IN_MEMORY, Files
from impl.handlers import auth, context, operator, portal, widget
from impl.passwords import Passwords
from impl.settings import Settings
from impl.store.memory import MemoryStore
from impl.store.port import Store
from impl.webhooks.carriers import LazyHttp
from impl.webhooks.sender import Sender
from impl.world import Clock, CountingIds, SystemClock, Waker, World

HANDLER_MODULES = (auth, widget, operator, context, portal)

STORES: Mapping[str, Callable[[], Store]] = {"memory://": MemoryStore}


class UnknownStore(Exception):
    """No store of that name; the message says which there are."""


def handlers() -> dict[str, Handler]:
    """Every handler by its operationId."""
    return {
        name: function
        for module in HANDLER_MODULES
        for name, function in vars(module).items()
        if not name.startswith("_") and getattr(function, "__module__", None) == module.__name__ and callable(function)
    }


async def build_world(settings: Settings, clock: Clock | None = None) -> World:
    """The world that the settings describe. Raises UnknownStore, OSError for a folder that cannot be made."""
    if settings.store not in STORES:
        raise UnknownStore(f"{settings.store}: no such store (there is {', '.join(STORES)})")
    store, clock = STORES[settings.store](), clock or SystemClock()
    ids, files = CountingIds(), Files()
    if settings.files != IN_MEMORY:
        files = Files.passing(settings.files)  # the only store there is forgets whose they are when it ends
    if settings.demo:
        demo = read_demo()
        ids = demo_ids(demo)
        await load_demo(store, demo, clock.now(), files)
    return World(
        store,
        clock,
        ids,
        Waker(),
        Passwords(),
        public_url=settings.public_url,
        files=files,
        sender=Sender(LazyHttp(anywhere=settings.webhooks_anywhere)),
        webhooks_anywhere=settings.webhooks_anywhere,
    )


class Application:
    """The ASGI application, and the compiled contract for those who wrap it."""

    def __init__(self, settings: Settings, worlds: Callable[[Scope], World]) -> None:
        """Compile the document and bind it. Raises DocumentError."""
        document = load(settings.document)
        self.binding = Binding(document, security.SCHEMES, security.anyone, wire.ARGUMENTS, once)
        self.worlds = worlds
        self._connexion = Connexion31(
            Docs(settings.document, document),
            middlewares=[
                partial(Lane, binding=self.binding, worlds=worlds),
                LifespanMiddleware,
            ],
        )
        try:
            self._connexion.bind(document, HandlerResolver(handlers()))
        except DocumentError as error:
            raise DocumentError(f"{settings.document}: {error}") from None
        lane: Lane = self._connexion.app
        self.plans: list[Plan] = lane.plans
        self.find_plan: Callable[[Scope], Plan | None] = lane.find
        """The operation that a request is for, without serving it."""
        self.asgi: App = lane
