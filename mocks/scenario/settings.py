"""Settings that no operation of the API changes, set through the store's port."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, get_type_hints

from msgspec.structs import replace

from impl.model import Membership, Tenant
from impl.problems import Text
from impl.rules.origins import normal_origin
from impl.store.port import Tx
from impl.world import World
from mocks.durations import read_duration
from mocks.state.checking import check_form
from mocks.state.rows import reader
from mocks.state.wrong import WrongInput, below, unknown

TENANT_FIELDS: Final = ("name", "color", "logo_url", "allowed_origins", "secure_mode", "trial_ends_at")
MEMBER_FIELDS: Final = ("role", "muted", "position", "chat_limit")

_TENANT_HINTS: Final = get_type_hints(Tenant)
_MEMBER_HINTS: Final = get_type_hints(Membership)


async def set_tenant(world: World, key: str, values: Mapping[str, Any], pointer: str) -> None:
    """Change these fields of the tenant with that key. Raises WrongInput."""
    tenant = await find_tenant(world, key, pointer)
    changes = {name: _tenant_value(world, name, value, below(pointer, name)) for name, value in values.items()}
    changed = replace(tenant, **changes)
    check_form("tenants", changed, pointer)
    await world.store.transact(lambda tx: tx.put_tenant(changed))


async def set_membership(world: World, key: str, email: str, values: Mapping[str, Any], pointer: str) -> None:
    """Change these fields of the operator's membership in the tenant. Raises WrongInput."""
    tenant = await find_tenant(world, key, pointer)
    changes = {name: reader(_MEMBER_HINTS[name])(value, below(pointer, name)) for name, value in values.items()}

    async def work(tx: Tx) -> None:
        operator = await tx.operator_by_email(email)
        membership = await tx.membership(operator.id, tenant.id) if operator else None
        if membership is None:
            told = Text(f"{key} içinde {email} adlı bir üye yok.", f"{key} has no member {email}.")
            raise WrongInput(below(pointer, "operator"), told)
        changed = replace(membership, **changes)
        check_form("memberships", changed, pointer)
        await tx.put_membership(changed)

    await world.store.transact(work)


async def find_tenant(world: World, key: str, pointer: str) -> Tenant:
    """The tenant with that API key. Raises WrongInput with the nearest that there is."""
    tenant = await world.store.tenant_by_key(key)
    if tenant is None:
        raise WrongInput(below(pointer, "tenant"), unknown(key, known_keys(world)))
    return tenant


def known_keys(world: World) -> list[str]:
    """The API keys of all tenants."""
    return [tenant.api_key for tenant in _tables(world).tenants.values()]


def known_emails(world: World) -> list[str]:
    """The emails of all operators."""
    return [operator.email for operator in _tables(world).operators.values()]


def _tables(world: World) -> Any:
    store: Any = world.store
    return store.tables


def _tenant_value(world: World, name: str, value: Any, pointer: str) -> Any:
    if name == "trial_ends_at" and (seconds := read_duration(value)) is not None:
        return world.clock.now() + timedelta(seconds=seconds)
    read = reader(_TENANT_HINTS[name])(value, pointer)
    if name == "allowed_origins":
        return tuple([_origin(origin, below(pointer, at)) for at, origin in enumerate(read)])
    return read


def _origin(text: str, pointer: str) -> str:
    origin = normal_origin(text)
    if origin is None:
        raise WrongInput(
            pointer,
            Text("`https://firma.com` gibi bir köken olmalı.", "Must be an origin such as `https://firma.com`."),
        )
    return origin
