"""Attempts at telling: what ends them, when the next one comes, what closes an endpoint, what falls due by itself."""

from __future__ import annotations

import threading
import time
from datetime import datetime
from typing import Any, Final

from contract_tests.checks import Judge, check
from contract_tests.client import Answer
from contract_tests.hooks import PATIENCE, Hook, listening
from contract_tests.receiver import Heard, Reply, always, endless
from contract_tests.rules.webhooks import lasted, set_status, tells

MINUTES: Final = 130.0
"""Seconds after which an operator who does not call is gone."""
HOUR: Final = 3600.0
DAY: Final = 24 * HOUR
TOKEN_LIFE: Final = 31 * DAY
"""Seconds after which no token lives."""
LONGEST_READ: Final = 8 * 1024 * 1024
"""Bytes that 64 KiB may become in the buffers between two machines."""
LONG: Final = 4.0
"""Seconds that a receiver makes its sender wait, and that no call of ours takes."""
ATTEMPTS: Final = 10
SHORTEST: Final = 60 * HOUR
LONGEST: Final = 90 * HOUR
"""75 hours, with jitter."""


def _told(judge: Judge, hook: Hook) -> tuple[Answer, Heard, dict[str, Any]]:
    """A new chat that was told: the call, its event, and what tells that one from others."""
    cause = judge.client.start_chat(judge.client.visitor())
    fields = {"oturum_id": cause.data["oturum"]["id"]}
    return cause, hook.wait(cause, "yeni_chat", **fields), fields


def _delivery(hook: Hook, heard: Heard, attempts: int) -> dict[str, Any]:
    """The delivery, once so many attempts were recorded or the patience is over."""
    until = time.monotonic() + PATIENCE
    while True:
        found: dict[str, Any] = next((one for one in hook.deliveries if one["webhook_id"] == heard.id), {})
        if found.get("deneme_sayisi", 0) >= attempts or time.monotonic() > until:
            return found
        time.sleep(0.002)


def _when(text: Any) -> float:
    return datetime.fromisoformat(text).timestamp()


# What ends them


@check("webhook.independent")
def no_call_waits_for_a_receiver(judge: Judge) -> None:
    client, release, waited = judge.client, threading.Event(), []

    def hold(heard: Heard) -> Reply:
        waited.append(release.wait(LONG))
        return Reply(204)

    with listening(judge, "yeni_chat") as hook:
        hook.receiver.replies = hold
        cause = judge.expect(client.start_chat(client.visitor()), 201)
        release.set()
        hook.wait(cause, "yeni_chat", oturum_id=cause.data["oturum"]["id"])
        hook.settle()
        judge.must(all(waited), "an answer before the receiver's", cause, f"{cause.seconds:.1f} s")


@check("webhook.success")
def any_2xx_is_success(judge: Judge) -> None:
    with listening(judge, "yeni_chat") as hook:
        for status in (200, 201, 202, 204, 226, 299):
            hook.receiver.replies = always(status)
            cause, heard, _ = _told(judge, hook)
            found = _delivery(hook, heard, 1)
            seen = found.get("durum"), found.get("son_durum_kodu"), found.get("sonraki_deneme")
            judge.must(seen == ("teslim_edildi", status, None), f"teslim_edildi after {status}", cause, seen)


@check("webhook.redirect")
def redirect_is_not_followed(judge: Judge) -> None:
    with listening(judge, "yeni_chat") as hook:
        for status in (301, 302, 303, 307, 308):
            hook.receiver.replies = always(status, {"Location": f"{hook.receiver.url}/elsewhere"})
            cause, heard, _ = _told(judge, hook)
            found = _delivery(hook, heard, 1)
            seen = found.get("durum"), found.get("son_durum_kodu")
            followed = hook.receiver.elsewhere
            judge.must(not followed, f"{status} not followed", cause, f"a request for {followed}")
            judge.must(seen == ("bekliyor", status), f"bekliyor after {status}", cause, seen)


@check("webhook.long_answer")
def long_answer_is_left(judge: Judge) -> None:
    with listening(judge, "yeni_chat") as hook:
        hook.receiver.replies = lambda heard: Reply(200, body=endless())
        cause, heard, _ = _told(judge, hook)
        written = hook.receiver.wait(lambda: hook.receiver.left_after, PATIENCE)
        judge.must(written is not None, "that it leaves", cause, f"it still reads after {PATIENCE:.0f} s")
        judge.must(written <= LONGEST_READ, "64 KiB read", cause, f"{written} bytes")
        found = _delivery(hook, heard, 1)
        judge.must(found.get("durum") == "teslim_edildi", "teslim_edildi", cause, found)


@check("webhook.gone")
def gone_receiver_is_told_no_more(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    with listening(judge, "yeni_chat", "yeni_ticket") as hook:
        hook.receiver.replies = always(410)
        cause, heard, _ = _told(judge, hook)
        found = _delivery(hook, heard, 1)
        judge.must(found.get("durum") == "basarisiz", "durum basarisiz", cause, found)
        _is_open(judge, hook, cause, False, "yanit_410")
        cause = client.start_chat(visitor)
        hook.receiver.replies = always(204)
        hook.set("yeni_chat", "yeni_ticket")
        _is_open(judge, hook, cause, True, None)
        hook.nothing(cause, "yeni_chat", ziyaretci_id=visitor)


# When the next one comes


def _next(judge: Judge, hook: Hook, cause: Answer, heard: Heard, attempts: int) -> float:
    """Unix seconds of the attempt after so many, as the portal tells."""
    found = _delivery(hook, heard, attempts)
    seen = found.get("durum"), found.get("deneme_sayisi")
    judge.must(seen == ("bekliyor", attempts), f"bekliyor after {attempts} attempts", cause, seen)
    return _when(found["sonraki_deneme"])


def _move_to(judge: Judge, at: float) -> None:
    """Move the server's clock to that Unix second, or one later."""
    judge.advance(max(1.0, at - judge.client.now()))


@check("webhook.retry")
def failed_attempt_is_made_again(judge: Judge) -> None:
    with listening(judge, "yeni_chat") as hook:
        hook.receiver.replies = always(500)
        cause, first, fields = _told(judge, hook)
        at = _next(judge, hook, cause, first, 1)
        hook.receiver.replies = always(503)
        _move_to(judge, at)
        second = hook.wait(cause, "yeni_chat", count=2, **fields)
        at_last = _next(judge, hook, cause, second, 2)
        hook.receiver.replies = always(204)
        _move_to(judge, at_last)
        third = hook.wait(cause, "yeni_chat", count=3, **fields)
        for heard, due in ((second, at), (third, at_last)):
            same = heard.id == first.id and heard.body == first.body
            judge.must(same, "the same webhook-id and body", cause, f"{heard.id}, {heard.told()}")
            expected = f"a webhook-timestamp of {due:.0f} or later"
            judge.must(heard.timestamp >= due, expected, cause, heard.timestamp)
        found = _delivery(hook, third, 3)
        judge.must(found.get("durum") == "teslim_edildi", "teslim_edildi", cause, found)
        judge.advance(2 * DAY)
        times = len(hook.heard("yeni_chat", **fields))
        judge.must(times == 3, "no attempt after the success", cause, f"{times} attempts")


@check("webhook.retry_after")
def retry_after_is_honoured(judge: Judge) -> None:
    with listening(judge, "yeni_chat") as hook:
        hook.receiver.replies = always(503, {"Retry-After": "7200"})
        cause, first, fields = _told(judge, hook)
        asked = first.timestamp + 7200
        at = _next(judge, hook, cause, first, 1)
        judge.must(at >= asked, f"sonraki_deneme {asked} or later", cause, at)
        judge.must(at <= asked + DAY, "sonraki_deneme within a day", cause, at)
        judge.advance(HOUR)
        times = len(hook.heard("yeni_chat", **fields))
        judge.must(times == 1, "no attempt an hour later", cause, f"{times} attempts")


@check("webhook.schedule")
def ten_attempts_are_made(judge: Judge) -> None:
    with listening(judge, "yeni_chat") as hook:
        hook.receiver.replies = always(500)
        cause, first, fields = _told(judge, hook)
        for attempts in range(1, ATTEMPTS):
            _move_to(judge, _next(judge, hook, cause, first, attempts))
            last = hook.wait(cause, "yeni_chat", count=attempts + 1, **fields)
        span = last.timestamp - first.timestamp
        judge.must(SHORTEST <= span <= LONGEST, "75 hours", cause, f"{span / HOUR:.1f} hours")
        found = _delivery(hook, first, ATTEMPTS)
        seen = found.get("durum"), found.get("deneme_sayisi"), found.get("sonraki_deneme")
        judge.must(seen == ("basarisiz", ATTEMPTS, None), f"basarisiz after {ATTEMPTS} attempts", cause, seen)
        judge.must(bool(hook.endpoint["etkin"]), "an endpoint that is open still", cause, hook.endpoint)


@check("webhook.failing")
def endpoint_that_fails_for_5_days_is_closed(judge: Judge) -> None:
    with listening(judge, "yeni_chat") as hook:
        hook.receiver.replies = always(500)
        cause, heard, _ = _told(judge, hook)
        _delivery(hook, heard, 1)
        judge.advance(4.9 * DAY)
        cause, heard, _ = _told(judge, hook)
        _delivery(hook, heard, 1)
        _is_open(judge, hook, cause, True, None)
        judge.advance(0.2 * DAY)
        if hook.endpoint["etkin"]:  # unless an attempt fell due meanwhile
            cause, heard, _ = _told(judge, hook)
            _delivery(hook, heard, 1)
        _is_open(judge, hook, cause, False, "bes_gun_hata")


def _is_open(judge: Judge, hook: Hook, cause: Answer, *expected: Any) -> None:
    endpoint = hook.endpoint
    seen = endpoint["etkin"], endpoint["kapanma_nedeni"]
    judge.must(seen == expected, f"etkin, kapanma_nedeni {expected}", cause, seen)


# What falls due by itself


@check("webhook.operator_cevrimdisi.timeout")
def operator_who_is_silent_is_told(judge: Judge) -> None:
    operator = judge.client.operator_id()
    with listening(judge, "operator_cevrimdisi", "yeni_ticket") as hook:
        cause = judge.expect(set_status(judge, "cevrimici"), 200)
        judge.advance(MINUTES)
        heard = hook.once(cause, "operator_cevrimdisi", operator_id=operator)
        tells(judge, heard, cause, musteri_id=hook.tenant_id, neden="zaman_asimi")


@check("webhook.chat_kapandi.forgotten")
def forgotten_chat_is_told(judge: Judge) -> None:
    client = judge.client
    with listening(judge, "chat_kapandi", "yeni_ticket") as hook:
        cause = client.start_chat(client.visitor(), mesaj="Merhaba")
        chat = cause.data["oturum"]["id"]
        judge.advance(DAY + MINUTES)
        heard = hook.once(cause, "chat_kapandi", oturum_id=chat)
        tells(judge, heard, cause, kapatan="sistem", operator_id=None, mesaj_sayisi=2)
        lasted(judge, heard, cause, "sure_saniye", DAY, DAY + MINUTES)


@check("webhook.operator_cevrimdisi.logout")
def last_logout_is_told(judge: Judge) -> None:
    client, operator = judge.client, judge.client.operator_id()
    judge.advance(TOKEN_LIFE)
    with listening(judge, "operator_cevrimdisi", "yeni_ticket") as hook:
        set_status(judge, "cevrimici").succeeded()
        other = client.login(judge.target.operator).data["token"]
        cause = judge.expect(client.call("POST", "/api/v1/auth/logout", token=other), 200)
        hook.nothing(cause, "operator_cevrimdisi", operator_id=operator)
        cause = judge.expect(client.call("POST", "/api/v1/auth/logout", token=client.token()), 200)
        client.forget_tokens()
        heard = hook.once(cause, "operator_cevrimdisi", operator_id=operator)
        tells(judge, heard, cause, musteri_id=hook.tenant_id, neden="cikis")
