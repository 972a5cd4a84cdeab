"""The rules of the contract: what checks, mutants and reports cite.

A sentence here is the contract's, shortened; where one lacks, nothing is judged. `operations` are the operationIds of
`openapi.yaml` that the rule speaks of; none means all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Origin = Literal["reference", "contract"]
Capability = Literal["open_origins", "origin_list", "second_tenant", "colleague", "outsider", "knowledge", "owned"]

CAPABILITIES: Final[dict[Capability, str]] = {
    "open_origins": "a tenant that lists no origins",
    "origin_list": "a tenant that lists its origins, of which the operator is a member",
    "second_tenant": "a tenant of which the operator is no member",
    "colleague": "a second operator of the tenant",
    "outsider": "an operator who is no member of the tenant",
    "knowledge": "a published article about a known word",
    "owned": "a server of our own, whose operators nobody else uses (--owned)",
}
"""What a target may lack, in words."""


@dataclass(frozen=True)
class Rule:
    """One sentence that a server keeps or breaks."""

    id: str
    sentence: str
    operations: tuple[str, ...] = ()
    origin: Origin = "contract"
    """Whether the API reference says so itself, or only the contract built on it."""
    needs: frozenset[Capability] = frozenset()


CATALOGUE: Final[dict[str, Rule]] = {}


def _rule(
    rule_id: str, sentence: str, operations: str = "", origin: Origin = "contract", needs: tuple[Capability, ...] = ()
) -> None:
    CATALOGUE[rule_id] = Rule(rule_id, sentence, tuple(operations.split()), origin, frozenset(needs))


# On every answer

_rule("answer.schema", "Status, media type, headers and body of every answer are those that openapi.yaml documents.")
_rule("answer.no_500", "No input causes a 500.")
_rule("answer.request_id", "Every answer has an X-Request-Id, a problem the same one in istek_id.")
_rule("answer.secret", "The tenant's api_secret stands in no answer of the widget API.", origin="reference")
_rule("answer.works", "A call that breaks no rule succeeds.")

# Identity

_IDENTITY = "set_customer_info"
_rule(
    "hmac.valid",
    "HMAC-SHA256(api_secret, ziyaretci_id|email|timestamp) over the exact UTF-8 bytes, an absent email as the empty"
    " string, verifies: identity_dogrulandi true and a ziyaretci_token.",
    _IDENTITY,
    "reference",
)
_rule("hmac.tolerance", "|now − timestamp| ≤ 300 s is accepted, 301 s is not.", _IDENTITY, "reference")
_rule("hmac.wrong", "Any other string than the signature is refused: 401 imza_gecersiz.", _IDENTITY, "reference")
_rule("hmac.case", "The signature is lower-case hex; in upper case it is another string.", _IDENTITY)
_rule("hmac.pair", "timestamp and signature come both or neither; one alone is 422.", _IDENTITY)
_rule("hmac.order", "The signature is checked before its age: wrong and old is imza_gecersiz.", _IDENTITY)
_rule("hmac.refused", "A refused signature stores nothing.", _IDENTITY + " get_visitor_context", "reference")
_rule(
    "identity.unsigned",
    "An unsigned call changes neither a verified email nor the visitor's identity_dogrulandi; other fields it does.",
    _IDENTITY + " get_visitor_context",
)
_rule(
    "profile.merge",
    "Omitted top-level fields stay, ekstra is replaced whole.",
    _IDENTITY + " get_visitor_context",
)

# Keys and origins

_rule("key.required", "Without a known X-API-Key a widget call is 401 anahtar_gecersiz.", "widget_init", "reference")
_rule(
    "origin.exact",
    "Origin must equal an entry in scheme, host and effective port; look-alikes are 403 origin_izinsiz.",
    "widget_init",
    "reference",
    ("origin_list",),
)
_rule(
    "origin.accepted",
    "The listed origin is accepted, its host in any case, with its default port, or as the Referer's.",
    "widget_init",
    "reference",
    ("origin_list",),
)
_rule(
    "origin.absent",
    "With a list, neither Origin nor Referer, or Origin: null, is 403 origin_izinsiz.",
    "widget_init",
    "contract",
    ("origin_list",),
)
_rule("origin.open", "An empty list accepts every origin.", "widget_init", "reference", ("open_origins",))
_rule(
    "cors.readable",
    "Pages of other origins can read every widget and context answer, errors too, without credentials.",
    "widget_init set_customer_info",
)
_rule("cors.preflight", "Preflights of widget calls are answered without a key.", "widget_init")
_rule("cors.operator", "Operator calls have no CORS headers.", "list_chats")

# Banner

_CONTEXT = "get_visitor_context"
_rule("banner.order", "Banner items stand in the order paket, kontor, trial, depolama.", _CONTEXT, "reference")
_rule("banner.credit", "Credit is written as in Turkish: 4.500.", _CONTEXT, "reference")
_rule("banner.storage.critical", "Storage is critical exactly from 90 percent on.", _CONTEXT, "reference")
_rule("banner.storage.flag", "depolama_kritik true is critical at any percent; false hides nothing.", _CONTEXT)
_rule(
    "banner.storage.text",
    "Storage reads `3,0 / 5,0 GB (%60)`: one decimal, half up, percent rounded down.",
    _CONTEXT,
    "reference",
)
_rule("banner.trial.critical", "A trial of 3 days or less is critical.", _CONTEXT, "reference")
_rule("banner.trial.days", "A trial_bitis date ends at 24:00 in Istanbul; days are rounded up.", _CONTEXT)

# Chats

_START = "start_chat"
_rule("chat.start.one", "A visitor with an open chat gets that one: first 201, then 200.", _START)
_rule("chat.start.race", "Of two starts at once one opens the chat, the other gets it.", _START)
_rule(
    "chat.sequence.gapless",
    "sira counts 1, 2, 3 … without a gap, also under parallel senders.",
    "send_visitor_message list_visitor_messages",
)
_rule(
    "chat.message.once",
    "The same istemci_mesaj_id again answers the first message (200), also after closing, never a second.",
    "send_visitor_message",
)
_rule("chat.message.text", "A message is read as it was written.", "send_visitor_message list_visitor_messages")
_rule("chat.messages.after", "son_sira and limit give the next messages, in order.", "list_visitor_messages")
_rule("chat.poll", "A waiting poll answers as soon as there is something.", "list_visitor_messages")
_rule("chat.closed", "A closed chat takes no new message: 409 oturum_kapali.", "send_visitor_message")
_rule("chat.end.again", "Closing again is 409 oturum_kapali.", "end_chat")
_rule("chat.end.system", "Closing leaves a message of sistem as the last.", "end_chat list_visitor_messages")
_rule("rating.once", "A chat is rated once; again is 409 zaten_puanlandi.", "rate_chat")
_rule("rating.closed", "An open chat cannot be rated: 409 oturum_acik.", "rate_chat")
_rule("rating.range", "puan is 1 to 5.", "rate_chat", "reference")
_rule("idempotency.again", "The same Idempotency-Key and body answers the first result again.", "create_ticket")
_rule("idempotency.other", "The same Idempotency-Key with another body is 422 anahtar_cakismasi.", "create_ticket")

# Operators

_rule("auth.required", "An operator call without a valid token is 401 with WWW-Authenticate.", "list_chats")
_rule("auth.alike", "Wrong email and wrong password answer alike.", "login")
_rule("auth.logout", "A token is dead after its logout, and only that one.", "logout", "reference")
_rule(
    "auth.tenants",
    "Login answers musteri_id, and musteriler in tab order with sira, sessize_alindi, rol and max_chat_per_tenant.",
    "login list_tenants",
    "reference",
)
_rule(
    "accept.race",
    "Of two operators at once exactly one gets the chat, the other 409.",
    "accept_chat",
    needs=("colleague",),
)
_rule("accept.again", "Its owner may accept again: 200.", "accept_chat")
_rule(
    "operator.write", "Only the operator who accepted a chat writes: 409 oturum_sizde_degil.", "send_operator_message"
)
_rule(
    "operator.transfer",
    "A chat goes to an operator of its tenant, to nobody else: 404.",
    "transfer_chat",
    needs=("colleague", "outsider"),
)
_rule(
    "queue.tenants",
    "One queue over all the operator's tenants, musteri_id in each record.",
    "list_chats",
    "reference",
    ("origin_list",),
)
_rule("queue.order", "The queue has the chats that are not closed, longest waiting first.", "list_chats")
_rule("queue.filter", "durum and musteri_id filter the queue.", "list_chats", needs=("origin_list",))
_rule("tabs.permutation", "order must be a permutation of the operator's tenants, else 422.", "order_tenants")
_rule(
    "tabs.order",
    "Tabs stay in the order that was put.",
    "order_tenants list_tenants",
    "reference",
    ("owned", "origin_list"),
)
_rule(
    "tabs.mute",
    "sessize silences a tab; its chats stay in the queue.",
    "mute_tenant list_chats",
    "reference",
    ("owned",),
)
_rule(
    "status.offline",
    "Going offline returns the operator's active chats to bekliyor.",
    "set_operator_status",
    needs=("owned",),
)

# Tickets

_rule("ticket.create", "A ticket is acik, normal unless told, and in its visitor's list.", "create_ticket list_tickets")
_rule("ticket.reply.operator", "An operator's reply makes a ticket yanitlandi.", "reply_operator_ticket")
_rule("ticket.reply.visitor", "The visitor's reply makes it acik again.", "reply_ticket")
_rule("ticket.closed", "A closed ticket takes no reply: 409 ticket_kapali.", "reply_ticket reply_operator_ticket")
_rule("ticket.status", "PUT sets any state but yanitlandi (422); the same again is 200.", "set_ticket_status")

# Envelope

_rule("envelope.path", "No such path is 404, another method 405 with Allow, both as problems.")
_rule("envelope.body", "What cannot be read is 400, another media type 415.", "widget_init")
_rule("envelope.fields", "A field error is 422 with a JSON Pointer to the field.", "widget_init send_visitor_message")
_rule("envelope.precedence", "401 comes before 422 and 404, 422 before 404, 404 before 409.", "send_visitor_message")
_rule("envelope.language", "Texts are Turkish, or English when Accept-Language prefers it.", "widget_init")
_rule("envelope.times", "Times have seconds and the offset of Europe/Istanbul.", "start_chat")
_rule("input.visitor_id", "A visitor's id has no | and no path trick: 422.", "widget_init")
_rule("input.nul", "No NUL and no blank text: 422.", "send_visitor_message")

# Isolation

_rule(
    "isolation.visitor.chat",
    "Another visitor's chat is 404.",
    "list_visitor_messages send_visitor_message end_chat rate_chat",
)
_rule(
    "isolation.visitor.ticket",
    "Another visitor's ticket is 404, and in no list of theirs.",
    "get_ticket reply_ticket list_tickets",
)
_rule("isolation.visitor.file", "Another visitor's file is 404.", "send_visitor_message create_ticket")
_rule(
    "isolation.tenant",
    "Another tenant's chat is 404, also for a visitor of the same id.",
    "list_visitor_messages",
    needs=("second_tenant",),
)
_rule(
    "isolation.operator.chat",
    "A chat of a tenant that is not the operator's is 404, and not in the queue.",
    "list_operator_messages accept_chat close_chat list_chats",
    "reference",
    ("outsider",),
)
_rule(
    "isolation.operator.ticket",
    "A ticket of a tenant that is not the operator's is 404.",
    "get_operator_ticket reply_operator_ticket",
    needs=("outsider",),
)
_rule(
    "isolation.operator.visitor",
    "A visitor of a tenant that is not the operator's is 404.",
    "get_visitor_context",
    "reference",
    ("outsider",),
)

# Knowledge, files, pages

_rule(
    "search.folding",
    "Search folds Turkish letters: ŞİFRE, sifre and şifre find each other.",
    "search_articles",
    needs=("knowledge",),
)
_rule(
    "search.readable",
    "What search and categories name can be read; another slug is 404.",
    "search_articles list_categories get_article",
    needs=("knowledge",),
)
_rule("upload.types", "A file's type comes from its bytes: no SVG and no HTML, whatever the name.", "upload_file")
_rule("upload.served", "A file is served as it was sent, as attachment and with nosniff.", "upload_file download_file")
_rule("page.url", "Page URLs are http or https.", "add_page_view")
_rule(
    "page.history",
    "The panel shows the pages that the visitor opened, the last first.",
    "add_page_view get_visitor_context",
    "reference",
)
_rule(
    "error.shown",
    "The panel shows what scripts on the page ran into.",
    "add_error_log get_visitor_context",
    "reference",
)
_rule(
    "screenshot.types", "A screenshot is a PNG, JPEG or WebP data URI whose bytes are of that type.", "add_screenshot"
)
_rule("canned.tenants", "Canned responses are those of the operator's tenants.", "list_canned_responses", "reference")
_rule(
    "erasure",
    "sahip and yonetici erase a visitor with all that is theirs, others are 403 yetki_yok.",
    "erase_visitor get_visitor_context",
    "contract",
    ("colleague",),
)
