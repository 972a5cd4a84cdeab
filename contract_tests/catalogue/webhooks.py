"""Webhooks: what is told, how it is signed, how often it is tried."""

from __future__ import annotations

from typing import Final

from contract_tests.catalogue.rule import Capability, rule

NEEDS: Final[tuple[Capability, ...]] = ("receiver", "manager", "owned")
CLOCK: Final[tuple[Capability, ...]] = (*NEEDS, "clock")

# What is told

rule(
    "webhook.yeni_chat",
    "A chat that is opened tells yeni_chat once; the open one again tells nothing.",
    "start_chat",
    needs=NEEDS,
)
rule("webhook.yeni_ticket", "A new ticket tells yeni_ticket once.", "create_ticket", needs=NEEDS)
rule(
    "webhook.chat_kapandi",
    "Whoever closes a chat, chat_kapandi tells it once: kapatan, operator_id, sure_saniye, mesaj_sayisi.",
    "end_chat close_chat erase_visitor",
    needs=NEEDS,
)
rule(
    "webhook.ticket_cozuldu",
    "A ticket that becomes cozuldu tells ticket_cozuldu, each time; the same again and other states tell nothing.",
    "set_ticket_status",
    needs=NEEDS,
)
rule("webhook.memnuniyet_puan", "A rating tells memnuniyet_puan once.", "rate_chat", needs=NEEDS)
rule(
    "webhook.operator_cevrimdisi",
    "An operator who goes offline tells operator_cevrimdisi (manuel) once; who is offline already tells nothing.",
    "set_operator_status",
    needs=NEEDS,
)
rule(
    "webhook.schema",
    "Each event is what webhooks: documents, with its headers, the tenant's musteri_id and the time of the change.",
    "start_chat create_ticket end_chat rate_chat set_ticket_status set_operator_status",
    needs=NEEDS,
)
rule(
    "webhook.signature",
    "Each webhook is signed as Standard Webhooks says, with the portal's secret, at the attempt's second.",
    "portal_set_webhook",
    needs=NEEDS,
)
rule(
    "webhook.refused",
    "A refused call tells nothing.",
    "start_chat create_ticket end_chat rate_chat close_chat set_ticket_status set_operator_status erase_visitor",
    needs=NEEDS,
)
rule(
    "webhook.once",
    "What is done once is told once: sent again under an Idempotency-Key, and asked by several at once.",
    "start_chat create_ticket end_chat set_ticket_status",
    needs=NEEDS,
)
rule("webhook.tenant", "What happens at another tenant is not told.", "start_chat", needs=(*NEEDS, "second_tenant"))
rule(
    "webhook.operator.tenants",
    "Of an operator of several tenants each tenant's webhook is told once, with its own musteri_id.",
    "set_operator_status",
    needs=(*NEEDS, "origin_list"),
)

# The endpoint

rule("webhook.subscribed", "Only the events that were chosen are told.", "portal_set_webhook", needs=NEEDS)
rule(
    "webhook.stopped",
    "While etkin is false nothing is told, and not later what happened meanwhile.",
    "portal_set_webhook",
    needs=NEEDS,
)
rule(
    "webhook.secret.signs",
    "The secret that the portal shows signs; after secret_yenile the new one alone.",
    "portal_set_webhook portal_get_webhook",
    needs=NEEDS,
)
rule(
    "webhook.secret.kept",
    "The signing secret is in no webhook, no delivery, and in no answer to who does not manage the project.",
    "portal_get_webhook portal_resend_delivery",
    needs=NEEDS,
)
rule(
    "webhook.deliveries",
    "The portal lists each delivery, newest first: webhook_id, olay, durum, deneme_sayisi, son_durum_kodu.",
    "portal_get_webhook",
    needs=NEEDS,
)
rule(
    "webhook.resend.same",
    "A finished delivery is sent again under the same webhook-id with the same body, and waits until it is.",
    "portal_resend_delivery",
    needs=NEEDS,
)

# Attempts

rule("webhook.independent", "No call waits for a webhook's receiver.", "start_chat", needs=NEEDS)
rule(
    "webhook.success", "Any 2xx is success: teslim_edildi, and it is not sent again.", "portal_set_webhook", needs=NEEDS
)
rule("webhook.redirect", "A redirect is a failure and is not followed.", "portal_set_webhook", needs=NEEDS)
rule("webhook.long_answer", "An answer is read to 64 KiB, no further.", "portal_set_webhook", needs=NEEDS)
rule(
    "webhook.gone",
    "410 closes the endpoint (yanit_410): nothing more is told, until it is opened again.",
    "portal_set_webhook portal_get_webhook",
    needs=NEEDS,
)
rule(
    "webhook.retry",
    "What failed is tried again when sonraki_deneme says, with the same id and body, its own timestamp and signature.",
    "portal_set_webhook",
    needs=CLOCK,
)
rule("webhook.retry_after", "Retry-After puts the next attempt off.", "portal_set_webhook", needs=CLOCK)
rule(
    "webhook.schedule",
    "There are 10 attempts over 75 hours with jitter, then the delivery is basarisiz.",
    "portal_set_webhook",
    needs=CLOCK,
)
rule(
    "webhook.failing",
    "5 days of failure close the endpoint (bes_gun_hata), not fewer.",
    "portal_set_webhook",
    needs=CLOCK,
)

# What falls due

rule(
    "webhook.operator_cevrimdisi.timeout",
    "An operator who does not call for 2 minutes tells operator_cevrimdisi (zaman_asimi).",
    "set_operator_status",
    needs=CLOCK,
)
rule(
    "webhook.chat_kapandi.forgotten",
    "A chat without a call for 24 hours is closed by sistem, and chat_kapandi tells it.",
    "start_chat",
    needs=CLOCK,
)
rule(
    "webhook.operator_cevrimdisi.logout",
    "The logout of the last live token tells operator_cevrimdisi (cikis), that of another one nothing.",
    "logout",
    needs=CLOCK,
)
