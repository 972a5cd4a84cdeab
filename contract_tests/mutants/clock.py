"""Servers whose time stands still, or runs away."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from contract_tests.mutants.planting import Patch, mutant
from impl import due, security
from impl.actions import chats, once, operators
from impl.problems import LoginFailed
from impl.rules import trial


@mutant("auth.expiry", "A token never dies.")
def token_without_end(patch: Patch) -> None:
    async def nothing(original: Any, world: Any) -> None:
        return None

    original = security._is_live
    patch.set(security, "_is_live", lambda token, sent, now: original(token, sent, token.expires_at - timedelta(1)))
    patch.set(due, "STEPS", [step for step in due.STEPS if step is not operators.forget_stale])


@mutant("auth.expiry", "A token dies an hour before it says.")
def token_dies_early(patch: Patch) -> None:
    original = security._is_live
    patch.set(security, "_is_live", lambda token, sent, now: original(token, sent, now + timedelta(hours=1)))


@mutant("status.logout", "The last logout leaves the operator online.")
def last_logout_stays(patch: Patch) -> None:
    async def sign_out(original: Any, world: Any, caller: Any) -> Any:
        await world.store.transact(lambda tx: tx.delete_token(caller.token_id))
        return caller.operator.state

    patch.wrap(operators, "sign_out", sign_out)


@mutant("chat.forgotten", "Nobody closes a forgotten chat.")
def never_forgotten(patch: Patch) -> None:
    patch.set(due, "STEPS", [step for step in due.STEPS if step is not chats.close_forgotten])


@mutant("chat.forgotten", "A chat is forgotten after 12 hours.")
def forgotten_early(patch: Patch) -> None:
    patch.set(chats, "FORGOTTEN_AFTER", timedelta(hours=12))


@mutant("chat.forgotten", "A chat is closed 24 hours after its opening, whoever asked after it.")
def closed_a_day_after_opening(patch: Patch) -> None:
    async def close(world: Any) -> int:
        before = world.clock.now() - chats.FORGOTTEN_AFTER

        async def work(tx: Any) -> int:
            old = [chat for chat in list(tx.chats.values()) if chat.state != "closed" and chat.opened_at <= before]
            return len([await chats.close_in(world, tx, chat, "system") for chat in old])

        closed: int = await world.store.transact(work)
        return closed

    patch.set(due, "STEPS", [close if step is chats.close_forgotten else step for step in due.STEPS])


@mutant("idempotency.day", "A key counts for ever.")
def key_for_ever(patch: Patch) -> None:
    patch.set(once, "LIFE", timedelta(days=365))


@mutant("idempotency.day", "A key counts for an hour.")
def key_for_an_hour(patch: Patch) -> None:
    patch.set(once, "LIFE", timedelta(hours=1))


@mutant("banner.trial.counted", "trial_kalan_gun stays as it was told.")
def trial_stands_still(patch: Patch) -> None:
    def counted(original: Any, days: Any, received_at: datetime | None, now: datetime) -> Any:
        return original(days, received_at, received_at or now)

    patch.wrap(trial, "_counted", counted)


@mutant("auth.time", "An unknown email is refused at once.")
def unknown_email_at_once(patch: Patch) -> None:
    async def admit(original: Any, world: Any, email: str, *rest: Any) -> Any:
        if await world.store.transact(lambda tx: tx.operator_by_email(email)) is None:
            raise LoginFailed
        return await original(world, email, *rest)

    patch.wrap(operators, "admit", admit)
