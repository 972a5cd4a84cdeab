"""Follows the document's links, each from an answer of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from contract_tests.checks import Judge
from contract_tests.findings import NotJudged
from contract_tests.schema.asking import Asking
from contract_tests.schema.draft import Draft
from contract_tests.schema.examples import examples
from contract_tests.schema.filling import EVERYBODYS
from contract_tests.schema.links import Link
from contract_tests.schema.scene import Scene

PORTAL: Final = "/portal/"


class Following:
    """An operation, and where its answers lead."""

    def __init__(self, judge: Judge) -> None:
        """Raises NotJudged where it cannot be asked."""
        self.judge = judge
        self.source = Asking(judge)

    def follow(self, link: Link) -> bool:
        """Whether the link could be followed: its answer had what it takes, and that is ours to change."""
        try:
            return self._follow(link)
        except NotJudged:
            return False

    def _follow(self, link: Link) -> bool:
        if link.target.id in EVERYBODYS and not self.judge.target.owned:
            return False
        draft = next(examples(self.judge.document, link.target), None)
        values = self._values(link)
        if draft is None or values is None or not self._is_ours(link, values.values()):
            return False
        target = Asking(self.judge, link.target)
        for place, value in link.literals().items():
            draft.put(place, value)
        leaves_portal = self.source.operation.path.startswith(PORTAL) and not link.target.path.startswith(PORTAL)
        answer = target.ask(draft, values, self.source.scene.portal_user() if leaves_portal else None)
        if answer is not None:
            target.succeeded(draft, answer, f"the link {link.name} of {self.source.operation.id} leads here")
        return answer is not None

    def _values(self, link: Link) -> Mapping[str, Any] | None:
        """What an answer of the source gives the link; the example's own rule tells of a refusal."""
        draft = next(examples(self.judge.document, self.source.operation))
        scene, source = self.source.scene, self.source.operation
        given = prepare(scene, source.id, link.name)
        if link.name.startswith("next"):
            given |= {"query/limit": 1}
        answer = self.source.ask(draft, given)
        return link.values(draft, answer) if answer is not None and answer.status == link.status else None

    def _is_ours(self, link: Link, values: Collection[Any]) -> bool:
        """Whether following it changes nothing but what we made; the first of a list may be anybody's."""
        target, scene = link.target, self.source.scene
        if target.method == "GET" or not link.from_a_list() or target.path.startswith(PORTAL) or target.id in EVERYBODYS:
            return True
        if target.id == "transfer_chat" and self.judge.target.owned:
            return True
        return all(scene.client.opened(value) for value in values)


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
