"""Tenants, operators, memberships, access tokens, failed sign-ins: the global tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from impl.model import AccessToken, Membership, Operator, Tenant
from impl.store.memory.tables import Tables


class People(Tables):
    """Who may do what, and how they sign in."""

    def __init__(self) -> None:
        super().__init__()
        self.tenants: dict[int, Tenant] = {}
        self.tenant_ids_by_key: dict[str, int] = {}
        self.operators: dict[int, Operator] = {}
        self.operator_ids_by_email: dict[str, int] = {}
        self.memberships_by_operator: dict[int, tuple[Membership, ...]] = {}
        self.operator_ids_by_tenant: dict[int, frozenset[int]] = {}
        self.tokens: dict[int, AccessToken] = {}
        self.token_ids_by_operator: dict[int, tuple[int, ...]] = {}
        self.login_failures: dict[str, tuple[datetime, ...]] = {}

    # Tenants, operators, memberships

    async def tenant(self, tenant_id: int) -> Tenant | None:
        return self.tenants.get(tenant_id)

    async def tenant_for_update(self, tenant_id: int) -> Tenant | None:
        return self.tenants.get(tenant_id)

    async def is_api_key_taken(self, api_key: str) -> bool:
        return api_key in self.tenant_ids_by_key

    async def put_tenant(self, tenant: Tenant) -> None:
        old = self.tenants.get(tenant.id)
        if old and old.api_key != tenant.api_key:
            self._remove(self.tenant_ids_by_key, old.api_key)
        self._set(self.tenants, tenant.id, tenant)
        self._set(self.tenant_ids_by_key, tenant.api_key, tenant.id)

    async def operator(self, operator_id: int) -> Operator | None:
        return self.operators.get(operator_id)

    async def operator_by_email(self, email: str) -> Operator | None:
        operator_id = self.operator_ids_by_email.get(email.casefold())
        return None if operator_id is None else self.operators[operator_id]

    async def put_operator(self, operator: Operator) -> None:
        old = self.operators.get(operator.id)
        if old and old.email.casefold() != operator.email.casefold():
            self._remove(self.operator_ids_by_email, old.email.casefold())
        self._set(self.operators, operator.id, operator)
        self._set(self.operator_ids_by_email, operator.email.casefold(), operator.id)

    async def memberships(self, operator_id: int) -> Sequence[Membership]:
        return self.memberships_by_operator.get(operator_id, ())

    async def tabs(self, operator_id: int) -> Sequence[tuple[Tenant, Membership]]:
        tenants, mine = self.tenants, self.memberships_by_operator.get(operator_id, ())
        return [(tenants[m.tenant_id], m) for m in mine if m.tenant_id in tenants]

    async def membership(self, operator_id: int, tenant_id: int) -> Membership | None:
        for membership in self.memberships_by_operator.get(operator_id, ()):
            if membership.tenant_id == tenant_id:
                return membership
        return None

    async def put_membership(self, membership: Membership) -> None:
        operator_id, tenant_id = membership.operator_id, membership.tenant_id
        others = [m for m in self.memberships_by_operator.get(operator_id, ()) if m.tenant_id != tenant_id]
        tabs = sorted([*others, membership], key=lambda m: (m.position, m.tenant_id))
        self._set(self.memberships_by_operator, operator_id, tuple(tabs))
        members = self.operator_ids_by_tenant.get(tenant_id, frozenset())
        self._set(self.operator_ids_by_tenant, tenant_id, members | {operator_id})

    async def operators_unseen_since(self, instant: datetime) -> Sequence[Operator]:
        return [
            operator
            for _, operator in sorted(self.operators.items())
            if (operator.state != "offline" or self._has_active_chats(operator.id))
            and (operator.last_seen_at is None or operator.last_seen_at < instant)
        ]

    def _has_active_chats(self, operator_id: int) -> bool:
        """Whoever keeps the chats knows."""
        raise NotImplementedError

    async def anyone_online(self, tenant_id: int) -> bool:
        for member in self.operator_ids_by_tenant.get(tenant_id, ()):
            if self.operators[member].state == "online":
                return True
        return False

    # Access tokens and failed sign-ins

    async def token(self, token_id: int) -> AccessToken | None:
        return self.tokens.get(token_id)

    async def tokens_of(self, operator_id: int) -> Sequence[AccessToken]:
        return [self.tokens[token_id] for token_id in self.token_ids_by_operator.get(operator_id, ())]

    async def put_token(self, token: AccessToken) -> None:
        known = self.token_ids_by_operator.get(token.operator_id, ())
        if token.id not in known:
            self._set(self.token_ids_by_operator, token.operator_id, tuple(sorted((*known, token.id))))
        self._set(self.tokens, token.id, token)

    async def delete_token(self, token_id: int) -> None:
        token = self.tokens.get(token_id)
        if token:
            left = tuple(t for t in self.token_ids_by_operator[token.operator_id] if t != token_id)
            self._set(self.token_ids_by_operator, token.operator_id, left)
            self._remove(self.tokens, token_id)

    async def failed_logins(self, subject: str) -> Sequence[datetime]:
        return self.login_failures.get(subject, ())

    async def put_failed_logins(self, subject: str, times: Sequence[datetime]) -> None:
        if times:
            self._set(self.login_failures, subject, tuple(times))
        else:
            self._remove(self.login_failures, subject)

    async def delete_expired_tokens(self, now: datetime) -> None:
        for token_id in [token.id for token in self.tokens.values() if token.expires_at <= now]:
            await self.delete_token(token_id)

    async def delete_failed_logins(self, before: datetime) -> None:
        for subject in [subject for subject, times in self.login_failures.items() if times[-1] < before]:
            self._remove(self.login_failures, subject)
