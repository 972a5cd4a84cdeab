"""Chats and tickets from beginning to end, as a model of the contract says."""

from contract_tests.catalogue.rule import rule

rule(
    "life.chat",
    "Through its whole life a chat is as the contract's model says: every answer, its state and owner, what both sides"
    " read, the queue, aktif_oturum; whoever it is not there for gets 404 and changes nothing.",
    "start_chat send_visitor_message list_visitor_messages end_chat rate_chat widget_init list_chats accept_chat"
    " transfer_chat close_chat send_operator_message list_operator_messages",
)
rule(
    "life.ticket",
    "Through its whole life a ticket is as the contract's model says: every answer, its state, replies and solution,"
    " lists of both sides, idempotency keys; whoever it is not there for gets 404 and changes nothing.",
    "create_ticket reply_ticket list_tickets get_ticket list_operator_tickets get_operator_ticket"
    " reply_operator_ticket set_ticket_status",
)
rule(
    "life.presence",
    "Operators come and go as the contract's model says: offline returns their chats, and only theirs; others see"
    " their status and how many chats they have, visitors whether somebody is online.",
    "set_operator_status get_operator_status list_tenant_operators widget_init login logout accept_chat transfer_chat"
    " list_chats",
    needs=("owned",),
)
