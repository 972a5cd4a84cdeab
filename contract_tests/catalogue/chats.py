"""Chats, as the visitor sees them, and idempotency keys."""

from contract_tests.catalogue.rule import rule

_START = "start_chat"
rule("chat.start.one", "A visitor with an open chat gets that one: first 201, then 200.", _START)
rule("chat.start.race", "Of two starts at once one opens the chat, the other gets it.", _START)
rule(
    "chat.sequence.gapless",
    "sira counts 1, 2, 3 … without a gap, also under parallel senders.",
    "send_visitor_message list_visitor_messages",
)
rule(
    "chat.message.once",
    "The same istemci_mesaj_id again answers the first message (200), also after closing, never a second.",
    "send_visitor_message",
)
rule("chat.message.text", "A message is read as it was written.", "send_visitor_message list_visitor_messages")
rule("chat.messages.after", "son_sira and limit give the next messages, in order.", "list_visitor_messages")
rule("chat.poll", "A waiting poll answers as soon as there is something.", "list_visitor_messages")
rule("chat.closed", "A closed chat takes no new message: 409 oturum_kapali.", "send_visitor_message")
rule("chat.end.again", "Closing again is 409 oturum_kapali.", "end_chat")
rule("chat.end.system", "Closing leaves a message of sistem as the last.", "end_chat list_visitor_messages")
rule("rating.once", "A chat is rated once; again is 409 zaten_puanlandi.", "rate_chat")
rule("rating.closed", "An open chat cannot be rated: 409 oturum_acik.", "rate_chat")
rule("rating.range", "puan is 1 to 5.", "rate_chat")
_CREATING = "create_ticket start_chat send_visitor_message"
rule("idempotency.again", "The same Idempotency-Key and body answers the first result again.", _CREATING)
rule("idempotency.other", "The same Idempotency-Key with another body is 422 anahtar_cakismasi.", _CREATING)
