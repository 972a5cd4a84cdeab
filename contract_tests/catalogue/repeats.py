"""The same thing sent twice, many things at once, and who waits for them."""

from contract_tests.catalogue.rule import rule

_SAY = "send_visitor_message"
rule(
    "idempotency.race",
    "Of two at once with the same Idempotency-Key one is done; the other answers its result or is 409 istek_suruyor.",
    "create_ticket",
)
rule(
    "idempotency.refused",
    "What was refused is not kept under its Idempotency-Key: only successes are.",
    "reply_ticket create_ticket",
)
rule("idempotency.login", "Login takes no Idempotency-Key: each sign-in has a token of its own.", "login")
rule("chat.message.race", "Of the same istemci_mesaj_id many times at once one becomes a message.", _SAY)
rule(
    "chat.message.scope",
    "istemci_mesaj_id counts for one sender in one chat: the operator's same one, and one in another chat, are others.",
    f"{_SAY} send_operator_message",
)
rule("chat.message.content", "A message is a text, a file, or both; neither is 422.", _SAY)
rule(
    "chat.sequence.seen",
    "Whoever reads on from the last sira misses no message, however many both sides send at once.",
    f"{_SAY} send_operator_message list_visitor_messages list_operator_messages",
)
rule(
    "chat.poll.end",
    "A waiting poll answers as soon as the chat changes hands or closes; a closed chat is not waited for.",
    "list_visitor_messages close_chat accept_chat",
)
