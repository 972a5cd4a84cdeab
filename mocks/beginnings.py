"""What sandboxes can begin with: the demo, a scenario, a snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any

from impl.app import Application
from mocks.misspelt import Known
from mocks.sandbox import Make
from mocks.worlds import Worlds

if TYPE_CHECKING:
    from mocks.scenario.reader import ScenarioReader
    from mocks.scenario.steps import Scenario
    from mocks.state.snapshot import Snapshot


class UnknownScenario(LookupError):
    """There is none of that name."""


class Beginnings:
    """Knows the scenarios that came with cozum and those that were added; each is built once, when it is asked for.

    Until then nothing is imported for it: a mock that begins with the demo starts as fast as one without scenarios.
    """

    def __init__(self, application: Application, known: Known, worlds: Worlds) -> None:
        self._worlds = worlds
        self._added: dict[str, Scenario] = {}
        self._built: dict[str, Snapshot] = {}
        self.use(application, known)

    def use(self, application: Application, known: Known) -> None:
        """From now on read and build scenarios by that application's contract."""
        self._application = application
        self._known = known
        self._built.clear()
        vars(self).pop("_reader", None)

    def scenarios(self) -> Sequence[Scenario]:
        """All, by name."""
        return [scenario for _, scenario in sorted({**self._shipped, **self._added}.items())]

    def names(self) -> list[str]:
        """Their names."""
        return [scenario.name for scenario in self.scenarios()]

    def of(self, snapshot: Snapshot) -> Make:
        """Makes worlds with that state."""
        return self._worlds.of(snapshot)

    async def scenario(self, named: str | dict[str, Any]) -> Make:
        """Makes worlds with the state of that name, or of that description. Raises UnknownScenario, WrongInput."""
        if isinstance(named, dict):
            return self.of(await self._build(self._reader.read(named)))
        scenario = {**self._shipped, **self._added}.get(named)
        if scenario is None:
            raise UnknownScenario(named)
        if named not in self._built:
            self._built[named] = await self._build(scenario)
        return self.of(self._built[named])

    async def add(self, text: bytes) -> Make:
        """Know the scenario of a YAML file, before one of the same name; makes worlds with its state.

        Raises WrongInput; then the one that was known stays.
        """
        scenario = self._read(text)
        built = await self._build(scenario)
        self._added[scenario.name], self._built[scenario.name] = scenario, built
        return self.of(built)

    async def _build(self, scenario: Scenario) -> Snapshot:
        from mocks.calling import Calls
        from mocks.scenario.building import build_scenario

        begin = self._worlds.demo if scenario.begins == "demo" else self._worlds.empty
        return await build_scenario(scenario, begin, Calls(self._application))

    @cached_property
    def _shipped(self) -> dict[str, Scenario]:
        files = resources.files("mocks").joinpath("scenarios").iterdir()
        read = [self._read(file.read_bytes()) for file in files if file.name.endswith(".yaml")]
        return {scenario.name: scenario for scenario in read}

    @cached_property
    def _reader(self) -> ScenarioReader:
        from mocks.scenario.reader import ScenarioReader

        return ScenarioReader({plan.id: plan for plan in self._application.plans}, self._known)

    def _read(self, text: bytes) -> Scenario:
        from mocks.state.yaml_text import read_yaml_as

        return read_yaml_as(text, self._reader.read)
