"""The scene of a trigger: who and what is chosen of a sandbox, and the calls that are made in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from impl.contract.schemas import Schemas, field_errors
from impl.model import Chat, Operator, Tenant, Ticket
from impl.problems import FieldError, InvalidFields, Language, Problem, Text
from impl.store.memory import MemoryTx
from mocks.calling import Caller, Calls, OperatorCalls, Refused
from mocks.control.requests import unknown
from mocks.sandbox import Sandbox

MOST_KNOWN: Final = 200
"""How many of the newest ids are looked through for the nearest."""
NEW_VISITOR: Final = "tetik-"
"""Begins the ids of visitors that are made here."""

Given = Mapping[str, Any]
"""What was chosen, by the name of the option."""
Subject = tuple[str, int]
"""What an event is about: the attribute of `model`'s events, and its value."""


class StepRefused(Problem):
    """One of the calls was refused."""

    status = 409
    code = "adim_reddedildi"
    title = Text("Bir adım reddedildi", "A step was refused")
    detail = Text(
        "{operation} reddedildi: {status} {code}: {reason} {before.tr}",
        "{operation} was refused: {status} {code}: {reason} {before.en}",
    )


class NotInDocument(Problem):
    """The mock serves another document, in which something that is needed is not."""

    status = 409
    code = "belgede_yok"
    title = Text("Belgede yok", "Not in the document")
    detail = Text("Bunun için gereken `{name}` belgede yok.", "The document has no `{name}`, which this needs.")


class Step(NamedTuple):
    """A call that was made."""

    operation: str
    caller: str
    path: dict[str, Any]
    body: Any


def _told_steps(steps: Sequence[Step]) -> Text:
    if not steps:
        return Text("Daha önce bir şey yapılmadı.", "Nothing was done before.")
    done = ", ".join(step.operation for step in steps)
    return Text(f"Daha önce yapılanlar: {done}.", f"Done before: {done}.")


class Scene:
    """The calls that are made in a sandbox, and what is known of it."""

    def __init__(self, calls: Calls, sandbox: Sandbox, schemas: Schemas, language: Language = "tr") -> None:
        """`schemas`: those of the contract. `language`: of what is told when a call is refused."""
        self._calls = calls
        self._schemas = schemas
        self._language = language
        self.sandbox = sandbox
        self.steps: list[Step] = []
        self.ended: list[Subject] = []
        """What had to end to make room, beside what the event is about."""

    @property
    def tables(self) -> MemoryTx:
        """All that there is in the sandbox."""
        return self.sandbox.store.tables

    async def call(self, operation: str, caller: Caller, body: Any = None, **path: Any) -> Any:
        """What the operation answers as `data`. Raises NotInDocument, StepRefused."""
        if not self._calls.knows(operation):
            raise NotInDocument(name=operation)
        try:
            spoken = {"accept-language": self._language}
            answer = await self._calls.call(self.sandbox, operation, caller, path=path, body=body, headers=spoken)
        except Refused as refused:
            problem = refused.problem
            raise StepRefused(
                operation=operation,
                status=refused.answer.status,
                code=problem.get("kod"),
                reason=problem.get("detail"),
                before=_told_steps(self.steps),
            ) from None
        who = "" if caller is None else caller.email if isinstance(caller, OperatorCalls) else caller.visitor_id
        self.steps.append(Step(operation, who, path, body))
        return answer["data"]

    def check(self, schema: str, body: Given, fields: Mapping[str, str]) -> None:
        """That the body keeps a schema of the contract; `fields` are the options by the body's names.

        Raises NotInDocument, InvalidFields.
        """
        if schema not in self._schemas.names:
            raise NotInDocument(name=schema)
        validator = self._schemas.validator({"$ref": f"#/components/schemas/{schema}"})
        errors = field_errors(validator.iter_errors(body))
        if errors:
            raise InvalidFields(
                [FieldError(f"/{fields.get(error.pointer[1:], error.pointer[1:])}", error.message) for error in errors]
            )


# Who


def tenant_of(scene: Scene, given: Given) -> Tenant:
    """The tenant that was named, or the first. Raises InvalidFields."""
    tables, key = scene.tables, given.get("musteri")
    if key is None:
        if not tables.tenants:
            raise InvalidFields([FieldError("/musteri", Text("Hiç firma yok.", "There is no tenant."))])
        return tables.tenants[min(tables.tenants)]
    if key not in tables.tenant_ids_by_key:
        raise InvalidFields([FieldError("/musteri", unknown(key, tables.tenant_ids_by_key))])
    return tables.tenants[tables.tenant_ids_by_key[key]]


def new_visitor(scene: Scene, tenant_id: int) -> str:
    """An id that no visitor of the tenant has; of several triggers at once each gets its own."""
    while True:
        visitor_id = f"{NEW_VISITOR}{scene.sandbox.world.ids.next('trigger')}"
        if (tenant_id, visitor_id) not in scene.tables.visitors:
            return visitor_id


def named_operator(scene: Scene, given: Given) -> Operator | None:
    """The operator that was named. Raises InvalidFields."""
    tables, email = scene.tables, given.get("operator")
    if email is None:
        return None
    known = {operator.email: operator for operator in tables.operators.values()}
    if email not in known:
        raise InvalidFields([FieldError("/operator", unknown(email, known))])
    return known[email]


def anybody(tables: MemoryTx) -> Operator:
    """An operator who is not offline, or the first one. Raises InvalidFields."""
    operators = sorted(tables.operators.values(), key=lambda one: (one.state == "offline", one.id))
    if not operators:
        raise InvalidFields([FieldError("/operator", Text("Hiç operatör yok.", "There is no operator."))])
    return operators[0]


def named_member(scene: Scene, given: Given, tenant_id: int) -> Operator | None:
    """The operator that was named, who must be one of the tenant's. Raises InvalidFields."""
    operator = named_operator(scene, given)
    if operator is None:
        return None
    members = _members(scene.tables, tenant_id)
    if operator.id not in members:
        tenant, emails = scene.tables.tenants[tenant_id].name, ", ".join(one.email for one in members.values())
        message = Text(f"{tenant} üyesi değil; üyeleri: {emails}.", f"No member of {tenant}; its members: {emails}.")
        raise InvalidFields([FieldError("/operator", message)])
    return operator


def member_for(scene: Scene, given: Given, tenant_id: int, known: Chat | Ticket | None) -> Operator:
    """The operator that was named or, without one, whose it is, or the tenant's first. Raises InvalidFields."""
    named = named_member(scene, given, tenant_id)
    if named is not None:
        return named
    members = _members(scene.tables, tenant_id)
    if not members:
        nobody = Text("Firmanın operatörü yok.", "The tenant has no operator.")
        raise InvalidFields([FieldError("/operator", nobody)])
    whose = None if known is None else members.get(known.operator_id or 0)
    return whose or next(iter(members.values()))


def named_taker(scene: Scene, given: Given, tenant_id: int, known: Chat | None) -> Operator | None:
    """The operator that was named, who has the chat that was named or room for it. Raises InvalidFields."""
    operator = named_member(scene, given, tenant_id)
    if operator is None or _may_take(scene, given, tenant_id, known, operator):
        return operator
    allowed, tenant = _allowed(scene.tables, operator, tenant_id), scene.tables.tenants[tenant_id].name
    free = _with_room(scene, given, tenant_id, known)
    others = ", ".join(one.email for one in free)
    message = Text(
        f"{tenant} içinde en çok {allowed} sohbet alabilir, hepsi dolu. "
        + (f"Yeri olanlar: {others}." if free else "Yeri olan başka operatör yok."),
        f"May have {allowed} chat{'' if allowed == 1 else 's'} of {tenant} at most, and has no room. "
        + (f"These have: {others}." if free else "Nobody else has."),
    )
    raise InvalidFields([FieldError("/operator", message)])


def taker_for(scene: Scene, given: Given, tenant_id: int, known: Chat | None) -> Operator:
    """The same or, when none was named, whose the chat is, or the first who has room. Raises InvalidFields."""
    named = named_taker(scene, given, tenant_id, known)
    if named is not None:
        return named
    usual = member_for(scene, given, tenant_id, known)
    if _may_take(scene, given, tenant_id, known, usual):
        return usual
    free = _with_room(scene, given, tenant_id, known)
    if not free:
        full = Text("Firmanın hiçbir operatöründe yer yok.", "No operator of the tenant has room for a chat.")
        raise InvalidFields([FieldError("/operator", full)])
    return free[0]


def _with_room(scene: Scene, given: Given, tenant_id: int, known: Chat | None) -> list[Operator]:
    members = _members(scene.tables, tenant_id).values()
    return [one for one in members if _may_take(scene, given, tenant_id, known, one)]


def _may_take(scene: Scene, given: Given, tenant_id: int, known: Chat | None, operator: Operator) -> bool:
    """Whether they have the chat that was named, or may have one more; what is closed to make room does not count."""
    allowed = _allowed(scene.tables, operator, tenant_id)
    if allowed is None or (known is not None and known.operator_id == operator.id):
        return True
    ended = None if known is not None else scene.tables.open_chat_ids.get((tenant_id, given.get("ziyaretci", "")))
    mine = [scene.tables.chats[one] for one in scene.tables.chat_ids_by_operator.get(operator.id, ()) if one != ended]
    return sum(chat.tenant_id == tenant_id for chat in mine) < allowed


def _allowed(tables: MemoryTx, operator: Operator, tenant_id: int) -> int | None:
    """How many chats of the tenant they may have at once; None: no limit."""
    memberships = tables.memberships_by_operator.get(operator.id, ())
    return next((one.chat_limit for one in memberships if one.tenant_id == tenant_id), None)


def _members(tables: MemoryTx, tenant_id: int) -> dict[int, Operator]:
    """By id; those first whose own tenant it is."""
    operators = [tables.operators[one] for one in tables.operator_ids_by_tenant.get(tenant_id, ())]
    operators.sort(key=lambda one: (one.primary_tenant_id != tenant_id, one.id))
    return {operator.id: operator for operator in operators}


def unknown_id(option: str, wanted: int, known: Mapping[int, object]) -> InvalidFields:
    """That there is no such row, and the nearest of the newest."""
    newest = [str(number) for number in sorted(known)[-MOST_KNOWN:]]
    message = unknown(str(wanted), newest) if newest else Text("Henüz hiç yok.", "There is none yet.")
    return InvalidFields([FieldError(f"/{option}", message)])


def unfit_chat(option: str, message: Text, tables: MemoryTx) -> InvalidFields:
    """A chat that will not do; those that are open are told."""
    ids = sorted(tables.open_chat_ids.values())[:10]
    shown = ", ".join(map(str, ids))
    is_open = (
        Text(f"Açık olanlar: {shown}.", f"Open are: {shown}.") if ids else Text("Açık sohbet yok.", "No chat is open.")
    )
    return InvalidFields([FieldError(f"/{option}", Text(f"{message.tr} {is_open.tr}", f"{message.en} {is_open.en}"))])
