"""What sandboxes can begin with: the demo, a scenario, a snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from typing import Any

from impl.app import Application
from impl.contract.plan import Plan
from mocks.calling import Calls
from mocks.misspelt import Known
from mocks.sandbox import Make
from mocks.scenario.building import build_scenario
from mocks.scenario.reader import ScenarioReader
from mocks.scenario.steps import Scenario
from mocks.state.snapshot import Snapshot
from mocks.state.yaml_text import read_yaml
from mocks.worlds import Worlds


class UnknownScenario(LookupError):
    """There is none of that name."""


class Beginnings:
    """Knows the scenarios that came with cozum and those that were added; each is built once, when it is asked for."""

    def __init__(self, application: Application, known: Known, worlds: Worlds) -> None:
        plans: dict[str, Plan] = {plan.id: plan for plan in application.plans}
        self._reader = ScenarioReader(plans, known)
        self._calls = Calls(application)
        self._worlds = worlds
        self._scenarios: dict[str, Scenario] = {}
        self._built: dict[str, Snapshot] = {}

    def scenarios(self) -> Sequence[Scenario]:
        """All, by name."""
        self._read_shipped()
        return [scenario for _, scenario in sorted(self._scenarios.items())]

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
        known = {scenario.name: scenario for scenario in self.scenarios()}
        if named not in known:
            raise UnknownScenario(named)
        scenario = known[named]
        if named not in self._built:
            self._built[named] = await self._build(scenario)
        return self.of(self._built[named])

    def add(self, text: bytes) -> str:
        """Know the scenario of a YAML file, before one of the same name; answers its name. Raises WrongInput."""
        self._read_shipped()
        scenario = self._reader.read(read_yaml(text))
        self._scenarios[scenario.name] = scenario
        self._built.pop(scenario.name, None)
        return scenario.name

    async def _build(self, scenario: Scenario) -> Snapshot:
        begin = self._worlds.demo if scenario.begins == "demo" else self._worlds.empty
        return await build_scenario(scenario, begin, self._calls)

    def _read_shipped(self) -> None:
        if self._scenarios:
            return
        for file in resources.files("mocks").joinpath("scenarios").iterdir():
            if file.name.endswith(".yaml"):
                scenario = self._reader.read(read_yaml(file.read_bytes()))
                self._scenarios[scenario.name] = scenario
