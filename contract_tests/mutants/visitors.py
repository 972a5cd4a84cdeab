"""Servers that mix up what a site says of its visitors."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from contract_tests.mutants.planting import Patch, mutant
from impl.actions import chats, visitors
from impl.rules import banner, identity, trial


@mutant("hmac.secret", "Every tenant's secret signs.")
def any_secret_signs(patch: Patch) -> None:
    secrets = ("demo_api_secret_2026", "pratikesnaf_api_secret_2026", "yalniz_api_secret_2026")

    def verify(original: Any, secret: str, *rest: Any) -> Any:
        verdicts = [original(one, *rest) for one in dict.fromkeys((secret, *secrets))]
        return next((verdict for verdict in verdicts if verdict != "wrong"), "wrong")

    patch.wrap(visitors, "verify", verify)


@mutant("hmac.changed", "The email may be left out of what was signed.")
def email_may_be_left_out(patch: Patch) -> None:
    def verify(original: Any, secret: str, visitor: str, email: str | None, *rest: Any) -> Any:
        signed = ("ada@example.com",) if email is None else ()
        verdicts = [original(secret, visitor, one, *rest) for one in (email, *signed)]
        return "valid" if "valid" in verdicts else verdicts[0]

    patch.wrap(visitors, "verify", verify)


@mutant("hmac.changed", "The timestamp counts by the minute.")
def timestamp_by_the_minute(patch: Patch) -> None:
    def verify(original: Any, secret: str, visitor: str, email: Any, stamp: int, signature: str, now: int) -> Any:
        near = [at for at in range(stamp - 1, stamp + 2) if identity.sign(secret, visitor, email, at) == signature]
        return original(secret, visitor, email, near[0] if near else stamp, signature, now)

    patch.wrap(visitors, "verify", verify)


@mutant("identity.signed", "A verified email never changes.")
def verified_email_stays(patch: Patch) -> None:
    def change(told: Any, visitor: Any, info: Any, now: Any, signed: bool) -> Any:
        profile = told(visitor, info, now, signed=signed)
        return replace(profile, email=visitor.profile.email) if visitor.verified else profile

    patch.wrap(visitors, "told", change)


@mutant("identity.signed", "A signed call without email removes it.")
def signed_without_email_removes(patch: Patch) -> None:
    def change(told: Any, visitor: Any, info: Any, now: Any, signed: bool) -> Any:
        return told(visitor, {"email": None, **info} if signed else info, now, signed=signed)

    patch.wrap(visitors, "told", change)


@mutant("identity.first", "An email that anybody told is verified by a signature without it.")
def told_email_is_verified(patch: Patch) -> None:
    def change(told: Any, visitor: Any, info: Any, now: Any, signed: bool) -> Any:
        return told(replace(visitor, verified=visitor.verified or signed), info, now, signed=signed)

    patch.wrap(visitors, "told", change)


@mutant("visitor.token", "Every init gives a new ziyaretci_token.")
def token_every_time(patch: Patch) -> None:
    async def start(original: Any, world: Any, *rest: Any) -> Any:
        started = await original(world, *rest)
        return replace(started, token=started.token or world.ids.secret().text)

    patch.wrap(visitors, "start_widget", start)


@mutant("visitor.token", "All visitors get the same ziyaretci_token.")
def one_token_for_all(patch: Patch) -> None:
    async def start(original: Any, *args: Any) -> Any:
        started = await original(*args)
        return replace(started, token="A" * 43 if started.token else None)

    patch.wrap(visitors, "start_widget", start)


@mutant("profile.null", "A null is as if it were not there.")
def null_ignored(patch: Patch) -> None:
    def change(told: Any, visitor: Any, info: Any, now: Any, signed: bool) -> Any:
        return told(visitor, {name: value for name, value in info.items() if value is not None}, now, signed=signed)

    patch.wrap(visitors, "told", change)


@mutant("profile.extra", "What stands in ekstra becomes text.")
def extra_as_text(patch: Patch) -> None:
    def change(told: Any, visitor: Any, info: Any, now: Any, signed: bool) -> Any:
        extra = info.get("extra") or {}
        texts = {name: value if name.startswith("depolama") else str(value) for name, value in extra.items()}
        return told(visitor, {**info, "extra": texts}, now, signed=signed)

    patch.wrap(visitors, "told", change)


@mutant("profile.extra", "ekstra may have any number of keys.")
def extra_unbounded(patch: Patch) -> None:
    patch.document(lambda schemas: schemas["CustomerInfoRequest"]["properties"]["ekstra"].pop("maxProperties"))


@mutant("profile.untouched", "The name of a chat becomes the visitor's.")
def chat_renames(patch: Patch) -> None:
    async def opened(original: Any, world: Any, tenant: Any, visitor_id: str, name: str | None, *rest: Any) -> Any:
        answer = await original(world, tenant, visitor_id, name, *rest)

        async def rename(tx: Any) -> None:
            visitor = await tx.visitor(tenant.id, visitor_id)
            profile = replace(visitor.profile, first_name=name, last_name=None)
            await tx.put_visitor(replace(visitor, profile=profile))

        if name:
            await world.store.transact(rename)
        return answer

    patch.wrap(chats, "open_chat", opened)


@mutant("profile.untouched", "A chat without a name is nobody's.")
def chat_without_name(patch: Patch) -> None:
    patch.set(chats, "full_name", lambda profile: None)


@mutant("input.unknown", "An unknown field is a 422.")
def unknown_field_refused(patch: Patch) -> None:
    patch.document(lambda schemas: schemas["StartChatRequest"].update(additionalProperties=False))


@mutant("context.newest", "The panel shows 19 of each.")
def panel_of_19(patch: Patch) -> None:
    patch.set(visitors, "CONTEXT_ROWS", 19)


# The strip


@mutant("banner.known", "Credit of 0 is no credit.")
def no_credit_no_item(patch: Patch) -> None:
    patch.wrap(banner, "_credit", lambda credit, profile: credit(profile) if profile.credit else None)


@mutant("banner.known", "A visitor without plan has a free one.")
def free_plan(patch: Patch) -> None:
    patch.wrap(banner, "_plan", lambda plan, profile: plan(replace(profile, plan=profile.plan or "Ücretsiz")))


@mutant("banner.storage.ready", "A ready text is shown without its percent.")
def ready_without_percent(patch: Patch) -> None:
    def ready(original: Any, extra: Any, flag: bool) -> Any:
        item = original(extra, flag)
        return item and item._replace(value=extra["depolama_kullanim"])

    patch.wrap(banner, "_ready_storage", ready)


@mutant("banner.storage.ready", "The ready text wins over the numbers.")
def ready_wins(patch: Patch) -> None:
    def storage(original: Any, extra: Any) -> Any:
        return banner._ready_storage(extra, extra.get("depolama_kritik") is True) or original(extra)

    patch.wrap(banner, "_storage", storage)


@mutant("banner.storage.unusable", "Used of a total of 0 is a 500.")
def divided_by_zero(patch: Patch) -> None:
    def counted(original: Any, used: Decimal | None, total: Decimal | None, flag: bool) -> Any:
        if used is not None and total is not None:
            banner.percent_full(used, total)
        return original(used, total, flag)

    patch.wrap(banner, "_counted_storage", counted)


@mutant("banner.storage.unusable", "Numbers as texts are numbers.")
def texts_are_numbers(patch: Patch) -> None:
    def usable(original: Any, value: Any) -> Any:
        return original(float(value)) if isinstance(value, str) and value.isdigit() else original(value)

    patch.wrap(banner, "usable", usable)


@mutant("banner.trial.source", "trial_kalan_gun comes before trial_bitis.")
def days_before_date(patch: Patch) -> None:
    def days_left(original: Any, profile: Any, now: datetime) -> Any:
        return original(replace(profile, trial_end=None) if profile.trial_days is not None else profile, now)

    patch.wrap(banner, "days_left", days_left)


@mutant("banner.trial.source", "ekstra comes before the top level.")
def extra_before_top(patch: Patch) -> None:
    def days_left(original: Any, profile: Any, now: datetime) -> Any:
        told = profile.extra.get("trial_bitis") or profile.extra.get("trial_kalan_gun")
        return original(replace(profile, trial_end=None, trial_days=None) if told else profile, now)

    patch.wrap(banner, "days_left", days_left)


@mutant("banner.trial.offset", "A time without offset is UTC.")
def local_time_is_utc(patch: Patch) -> None:
    def read(original: Any, text: str) -> Any:
        instant = original(text)
        return (
            instant.replace(tzinfo=UTC) if instant and "T" in text and "+" not in text and "Z" not in text else instant
        )

    patch.wrap(trial, "read_instant", read)
