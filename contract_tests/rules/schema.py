"""Every operation, asked as the document says, at the limits of its schemas, at random, and along its links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from contract_tests.checks import Judge, check, of_operations
from contract_tests.document import Document, Operation
from contract_tests.findings import NotJudged
from contract_tests.schema.asking import Asking
from contract_tests.schema.draft import Draft
from contract_tests.schema.examples import examples
from contract_tests.schema.filling import UNREACHED
from contract_tests.schema.following import Following, Make
from contract_tests.schema.links import Link, has_links, links

if TYPE_CHECKING:
    from contract_tests.schema.generation import Source

LEADING_NOWHERE: Final = (*UNREACHED, "portal_get_webhook", "portal_create_project")
"""Operations whose links nobody can count on: deliveries take hours to end, projects are opened three a day."""
NEARLY: Final = "Near-boundary"
WALKED: Final = 4
"""Random requests of an operation that are made at once."""


def _source(judge: Judge) -> Source:
    """What generates; made once a client."""
    from contract_tests.schema.generation import Source

    source = judge.client.kept.get("schema source")
    if not isinstance(source, Source):
        source = judge.client.kept["schema source"] = Source(judge.document)
    return source


def _that_succeed(document: Document) -> list[str]:
    return [name for name in of_operations(document) if name not in UNREACHED]


def _that_lead_on(document: Document) -> list[str]:
    return [name for name in has_links(document) if name not in LEADING_NOWHERE]


@check("schema.examples", parts=_that_succeed)
def own_examples(judge: Judge) -> None:
    asking = Asking(judge)
    for draft in examples(judge.document, asking.operation):
        answer = asking.ask(draft)
        if answer is not None:
            asking.succeeded(draft, answer, draft.about)


@check("schema.links", parts=_that_lead_on)
def links_lead_on(judge: Judge) -> None:
    following = Following(judge)
    followed = [_leads(following, link) for link in links(judge.document, following.source.operation)]
    if not any(followed):
        raise NotJudged("no answer had what its links take")


def _leads(following: Following, link: Link) -> bool:
    """Whether it could be followed."""
    draft = following.example(following.source.operation)
    first = following.begin(link.name, draft) if draft is not None else None
    second = following.follow(link, first, following.example) if first is not None else None
    if second is None:
        return False
    what = f"the link {link.name} of {following.source.operation.id} leads here"
    second.asking.succeeded(second.draft, second.answer, what)
    return True


@check("schema.walk", parts=_that_lead_on)
def walks_along_links(judge: Judge) -> None:
    following = Following(judge)
    walks, steps = (1, 3) if judge.order.profile == "quick" else (4, 6)
    make: Make = following.example if judge.order.profile == "quick" else _maker(judge)
    for _ in range(walks):
        following.walk(steps, make)  # no step at all is no matter: each link is judged by `schema.links`


def _maker(judge: Judge) -> Make:
    """Makes random requests."""
    from contract_tests.schema.generation import draft

    ready: dict[str, list[Draft]] = {}

    def make(operation: Operation) -> Draft | None:
        left = ready.get(operation.id)
        if not left:
            cases = judge.draw(_source(judge).random(operation.id, "allowed"), WALKED / judge.order.examples)
            left = ready[operation.id] = [draft(operation.id, case) for case in cases]
        return left.pop()

    return make


@check("schema.coverage", parts=of_operations)
def limits_of_the_schemas(judge: Judge) -> None:
    asking = Asking(judge)
    drafts: Iterable[Draft] = _source(judge).coverage(judge.part)
    if judge.order.profile == "quick":
        drafts = _one_of_each(judge, drafts)
    asking.all_of(drafts)


def _one_of_each(judge: Judge, drafts: Iterable[Draft]) -> list[Draft]:
    """Of those that say the same of themselves, one by chance; none that is only near a limit."""
    kinds: dict[object, list[Draft]] = {}
    for draft in drafts:
        if NEARLY not in draft.about:
            kinds.setdefault((draft.allowed, draft.about, draft.wrong, draft.parameter), []).append(draft)
    return [judge.random.choice(alike) for alike in kinds.values()]


def _with_values(document: Document) -> list[str]:
    """The operations of whose requests the document says something."""
    return [one.id for one in document.operations if {"parameters", "requestBody"} & one.node.keys()]


@check("schema.fuzz", parts=_with_values)
def at_random(judge: Judge) -> None:
    Asking(judge).all_of(_random(judge))


def _random(judge: Judge) -> Iterator[Draft]:
    from contract_tests.schema.generation import MODES, draft

    source = _source(judge)
    often, modes = source.richness(judge.part), list(MODES)
    if judge.order.profile == "quick":
        often, modes = 2, [judge.random.choice(modes)]
    for mode in modes:
        cases = judge.draw(source.random(judge.part, mode), often / judge.order.examples)
        for case in cases if judge.order.profile == "full" else cases[-1:]:  # the first says next to nothing
            yield draft(judge.part, case)
