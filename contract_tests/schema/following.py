"""Follows the document's links: one step, or a walk of several."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from contract_tests.checks import Judge
from contract_tests.client import Answer
from contract_tests.document import Operation
from contract_tests.findings import NotJudged
from contract_tests.schema.asking import Asking
from contract_tests.schema.draft import Draft
from contract_tests.schema.examples import examples
from contract_tests.schema.filling import EVERYBODYS
from contract_tests.schema.links import Link, links
from contract_tests.schema.scene import Scene

PORTAL: Final = "/portal/"
OWN_FILES: Final = ("body/dosya_id", "body/dosyalar")
"""What only its own visitor may send."""

Make = Callable[[Operation], Draft | None]
"""Makes a request for an operation that the document allows."""


@dataclass(frozen=True)
class Step:
    """An operation that was asked, and its answer."""

    asking: Asking
    draft: Draft
    answer: Answer


class Following:
    """Goes from an operation along the links of its answers."""

    def __init__(self, judge: Judge) -> None:
        """Raises NotJudged where the operation cannot be asked."""
        self.judge = judge
        self.source = Asking(judge)

    def example(self, operation: Operation) -> Draft | None:
        """The document's own."""
        return next(examples(self.judge.document, operation), None)

    def begin(self, link: str, draft: Draft) -> Step | None:
        """Ask the operation so that its answer has what the link takes; None where it is refused."""
        try:
            given = prepare(self.source.scene, self.source.operation.id, link)
            if link.startswith("next"):
                given |= {"query/limit": 1}
            answer = self.source.ask(draft, given)
        except NotJudged:
            return None
        return Step(self.source, draft, answer) if answer is not None and answer.status < 400 else None

    def follow(self, link: Link, step: Step, make: Make) -> Step | None:
        """The step to where it leads; None where the answer has not what it takes, or that is not ours to change."""
        try:
            target = Asking(self.judge, link.target)
            values = link.values(step.draft, step.answer) if step.answer.status == link.status else None
            draft = None if values is None or not self._is_ours(link, values.values()) else make(link.target)
            if draft is None or values is None:
                return None
            self._complete(draft, link, values)
            leaves = step.asking.operation.path.startswith(PORTAL) and not link.target.path.startswith(PORTAL)
            answer = target.ask(draft, values, target.scene.portal_user() if leaves else None)
        except NotJudged:
            return None
        return None if answer is None else Step(target, draft, answer)

    def _complete(self, draft: Draft, link: Link, values: Mapping[str, Any]) -> None:
        """What the link says itself; nobody else's files."""
        for place, value in link.literals().items():
            draft.put(place, value)
        if not self._is_the_scenes(values):
            for place in OWN_FILES:
                if draft.has(place) and place not in values:
                    draft.put(place, None)
                    draft.put("body/mesaj", "Merhaba")

    def _is_the_scenes(self, values: Mapping[str, Any]) -> bool:
        """Whether the visitor and the record are those whose files the scene has: a list may begin with others."""
        scene = self.source.scene
        if values.get("body/ziyaretci_id", scene.visitor()) != scene.visitor():
            return False
        return "path/id" not in values or values["path/id"] in scene.records()

    def _is_ours(self, link: Link, values: Collection[Any]) -> bool:
        """Whether following it changes nothing but what we made; the first of a list may be anybody's."""
        target, scene = link.target, self.source.scene
        if target.method == "GET" or target.path.startswith(PORTAL) or target.id in EVERYBODYS:
            return True
        if not link.from_a_list() or (target.id == "transfer_chat" and self.judge.target.owned):
            return True
        return all(scene.client.is_ours(value) for value in values)

    def walk(self, steps: int, make: Make) -> int:
        """Go on from the operation, each time along a link by chance; how many steps were made."""
        start = make(self.source.operation)
        step = self.begin("", start) if start is not None else None
        for made in range(steps):
            if step is None or self.judge.seconds_left <= 0:
                return made
            onward = list(links(self.judge.document, step.asking.operation))
            self.judge.random.shuffle(onward)
            following = (self.follow(link, step, make) for link in onward if _leads_on(link))
            step = next((one for one in following if one is not None), None)
            if step is not None:
                step.asking.judged(step.draft, step.answer)
        return steps


def _leads_on(link: Link) -> bool:
    """Whether others of the scene outlive it."""
    return link.target.id != "erase_visitor"


def prepare(scene: Scene, source: str, link: str) -> dict[str, Any]:
    """Make what the source's answer shall show; what it must be asked with for that."""
    if source == "widget_init":
        return {"body/ziyaretci_id": scene.talk()[0]}
    if link == "eraseVisitor":
        return {"path/ziyaretci_id": scene.doomed()}
    if source in ("get_visitor_context", "list_operator_tickets", "list_tickets"):
        scene.talk()
        scene.new_ticket()
    if source == "portal_get_widget":
        scene.origin(fresh=True)
    return {}
