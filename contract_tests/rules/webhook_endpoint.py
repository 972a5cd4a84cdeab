"""The tenant's endpoint: what it chose, when it is stopped, its secret, its deliveries."""

from __future__ import annotations

import json

from contract_tests.checks import Judge, check
from contract_tests.hooks import EVENTS, listening
from contract_tests.receiver import always


@check("webhook.subscribed")
def only_what_was_chosen_is_told(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    with listening(judge, "yeni_ticket") as hook:
        chat = client.chat(visitor)
        cause = client.end(visitor, chat)
        client.rate(visitor, chat, 5).succeeded()
        hook.nothing(cause, *(event for event in EVENTS if event != "yeni_ticket"))
        hook.set("chat_kapandi", "yeni_chat")
        cause = client.ticket(client.visitor())
        hook.nothing(cause, "yeni_ticket", ticket_id=cause.data["ticket"]["id"])


@check("webhook.stopped")
def stopped_endpoint_is_told_nothing(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    with listening(judge, "yeni_chat", "yeni_ticket") as hook:
        answer = hook.set("yeni_chat", "yeni_ticket", etkin=False)
        endpoint = answer.data["webhook"]
        judge.must((endpoint["etkin"], endpoint["kapanma_nedeni"]) == (False, "elle"), "etkin false, elle", answer)
        cause = client.start_chat(visitor)
        hook.set("yeni_chat", "yeni_ticket")
        judge.must(hook.endpoint["etkin"] is True, "etkin true", cause, hook.endpoint)
        hook.nothing(cause, "yeni_chat", ziyaretci_id=visitor)


@check("webhook.secret.signs")
def new_secret_signs_from_then_on(judge: Judge) -> None:
    client = judge.client
    with listening(judge, "yeni_chat") as hook:
        old = ""
        for renewed in (False, True):
            answer = hook.set("yeni_chat", secret_yenile=renewed)
            shown = hook.endpoint["secret"]
            judge.must(shown == hook.secret, "the same secret in the portal", answer, shown)
            cause = client.start_chat(client.visitor())
            heard = hook.wait(cause, "yeni_chat", oturum_id=cause.data["oturum"]["id"])
            headers = dict(heard.headers)
            judge.must(hook.is_signed(heard, shown), "a signature by the secret of now", cause, headers)
            judge.must(not old or not hook.is_signed(heard, old), "no signature by the old secret", cause, headers)
            old = shown


@check("webhook.secret.kept")
def secret_is_shown_to_managers_only(judge: Judge) -> None:
    client = judge.client
    with listening(judge, "yeni_chat") as hook:
        secret = hook.secret.removeprefix("whsec_")
        cause = client.start_chat(client.visitor())
        heard = hook.wait(cause, "yeni_chat", oturum_id=cause.data["oturum"]["id"])
        sent = heard.body + json.dumps(dict(heard.headers)).encode()
        judge.must(secret.encode() not in sent, "no secret in a webhook", cause, sent)
        hook.settle()
        again = hook.portal.resend(hook.deliveries[0]["id"])
        page = json.dumps(hook.deliveries)
        judge.must(secret not in page + again.body.decode(), "no secret in a delivery", again, page)


@check("webhook.deliveries")
def deliveries_are_listed(judge: Judge) -> None:
    client = judge.client
    with listening(judge, "yeni_chat", "yeni_ticket") as hook:
        hook.receiver.replies = always(202)
        first = client.start_chat(client.visitor())
        opened = hook.wait(first, "yeni_chat", oturum_id=first.data["oturum"]["id"])
        second = client.ticket(client.visitor())
        created = hook.wait(second, "yeni_ticket", ticket_id=second.data["ticket"]["id"])
        hook.settle()
        answer = hook.portal.webhook(limit=2)
        fields = ("webhook_id", "olay", "durum", "deneme_sayisi", "son_durum_kodu", "son_hata", "sonraki_deneme")
        seen = [[one[name] for name in fields] for one in answer.data["teslimatlar"]]
        end = ["teslim_edildi", 1, 202, None, None]
        expected = [[created.id, "yeni_ticket", *end], [opened.id, "yeni_chat", *end]]
        judge.must(seen == expected, f"{expected}", answer, seen)


@check("webhook.resend.same")
def delivery_is_sent_again(judge: Judge) -> None:
    client = judge.client
    with listening(judge, "yeni_chat") as hook:
        cause = client.start_chat(client.visitor())
        chat = cause.data["oturum"]["id"]
        first = hook.wait(cause, "yeni_chat", oturum_id=chat)
        hook.settle()
        delivery = hook.deliveries[0]["id"]
        answer = judge.expect(hook.portal.resend(delivery), 202)
        judge.must(answer.data["teslimat"]["webhook_id"] == first.id, "the same webhook_id", answer)
        again = hook.wait(answer, "yeni_chat", count=2, oturum_id=chat)
        judge.must((again.id, again.body) == (first.id, first.body), "the same id and body", answer, again.told())
        hook.settle()
        judge.must(hook.deliveries[0]["deneme_sayisi"] == 2, "deneme_sayisi 2", answer, hook.deliveries[0])
        hook.receiver.replies = always(500)
        judge.expect(hook.portal.resend(delivery), 202)
        hook.wait(answer, "yeni_chat", count=3, oturum_id=chat)
        judge.expect(hook.portal.resend(delivery), 409, "teslimat_suruyor")
