"""A tenant's operators."""

from __future__ import annotations

from msgspec import field

from impl import model
from impl.wire.base import Answer, Shape
from impl.wire.people import OPERATOR_STATES, ROLES


class TenantOperator(Shape, frozen=True):
    id: int
    tenant_id: int = field(name="musteri_id")
    name: str = field(name="ad")
    state: str = field(name="durum")
    role: str = field(name="rol")
    active_chats: int = field(name="aktif_sohbet_sayisi")
    chat_limit: int | None = field(name="max_chat_per_tenant")

    @classmethod
    def of(cls, member: model.Member) -> TenantOperator:
        operator, membership = member.operator, member.membership
        return cls(
            operator.id,
            membership.tenant_id,
            operator.name,
            OPERATOR_STATES[operator.state],
            ROLES[membership.role],
            member.active_chats,
            membership.chat_limit,
        )


class TenantOperatorsData(Shape, frozen=True):
    operators: list[TenantOperator] = field(name="operatorler")
    next_cursor: str | None = field(name="sonraki_imlec")


class TenantOperatorsAnswer(Answer, frozen=True, kw_only=True):
    data: TenantOperatorsData
