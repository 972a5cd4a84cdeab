"""Putting the application together."""

from __future__ import annotations

import asyncio
import inspect
from dataclasses import replace
from pathlib import Path

import pytest

from impl.app import HANDLER_MODULES, STORES, UnknownStore, build_world, handlers
from impl.settings import Settings
from impl.store.memory import MemoryStore
from impl.tests.client import DEMO_KEY, DOCUMENT, FrozenClock, application
from impl.world import SystemClock

SETTINGS = Settings(DOCUMENT)


def test_every_handler_is_an_operation_and_stands_there_once() -> None:
    written = [
        name
        for module in HANDLER_MODULES
        for name, function in vars(module).items()
        if inspect.iscoroutinefunction(function)
    ]
    assert sorted(written) == sorted(set(written))
    assert sorted(written) == sorted(handlers())
    operations = {plan.id for plan in application().plans}
    assert set(handlers()) <= operations, f"no operation of that name: {sorted(set(handlers()) - operations)}"


def test_every_handler_is_a_coroutine_and_names_its_path() -> None:
    for plan in application().plans:
        function = handlers().get(plan.id)
        if function is not None:
            assert inspect.iscoroutinefunction(function), plan.id
            assert inspect.getdoc(function) == f"{plan.method} {plan.path}"


def test_the_plans_with_a_handler_are_those_that_are_written() -> None:
    assert {plan.id for plan in application().plans if plan.implemented} == set(handlers())


@pytest.mark.parametrize("store", ["redis://", "", "memory", "memory://x"])
def test_an_unknown_store_is_told_with_those_that_there_are(store: str) -> None:
    with pytest.raises(UnknownStore) as caught:
        asyncio.run(build_world(replace(SETTINGS, store=store)))
    assert str(caught.value) == f"{store}: no such store (there is {', '.join(STORES)})"


def test_a_world_is_empty_unless_the_demo_is_asked_for() -> None:
    world = asyncio.run(build_world(SETTINGS))
    assert isinstance(world.store, MemoryStore)
    assert isinstance(world.clock, SystemClock)
    assert world.ids.next("chat") == 1
    assert asyncio.run(world.store.tenant_by_key(DEMO_KEY)) is None


def test_the_demo_is_loaded_at_the_time_of_the_world_and_ids_go_on_after_it() -> None:
    world = asyncio.run(build_world(replace(SETTINGS, demo=True), FrozenClock()))
    tenant = asyncio.run(world.store.tenant_by_key(DEMO_KEY))
    assert tenant is not None
    assert tenant.name == "CozumMerkezi Demo"
    assert world.ids.next("chat") == 43


def test_files_live_where_the_settings_say(tmp_path: Path) -> None:
    folder = tmp_path / "dosyalar"
    asyncio.run(build_world(SETTINGS))
    assert not folder.exists()
    world = asyncio.run(build_world(replace(SETTINGS, files=str(folder))))
    asyncio.run(world.files.put("a", b"bir"))
    assert [path.read_bytes() for path in folder.rglob("*") if path.is_file()] == [b"bir"]


def test_a_folder_that_cannot_be_made_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Not a directory"):
        asyncio.run(build_world(replace(SETTINGS, files=f"{__file__}/x")))


def test_two_worlds_share_nothing() -> None:
    one, other = (asyncio.run(build_world(replace(SETTINGS, demo=True))) for _ in range(2))
    assert one.ids.next("chat") == other.ids.next("chat")
    assert one.store is not other.store
    assert one.waker is not other.waker
    assert one.files is not other.files
