"""Nobody reaches what is not theirs."""

from contract_tests.catalogue.rule import rule

rule(
    "isolation.visitor.chat",
    "Another visitor's chat is 404.",
    "list_visitor_messages send_visitor_message end_chat rate_chat",
)
rule(
    "isolation.visitor.ticket",
    "Another visitor's ticket is 404, and in no list of theirs.",
    "get_ticket reply_ticket list_tickets",
)
rule("isolation.visitor.file", "Another visitor's file is 404.", "send_visitor_message create_ticket")
rule(
    "isolation.tenant",
    "Another tenant's chat is 404, also for a visitor of the same id.",
    "list_visitor_messages",
    needs=("second_tenant",),
)
rule(
    "isolation.operator.chat",
    "A chat of a tenant that is not the operator's is 404, and not in the queue.",
    "list_operator_messages accept_chat close_chat list_chats",
    "reference",
    ("outsider",),
)
rule(
    "isolation.operator.ticket",
    "A ticket of a tenant that is not the operator's is 404.",
    "get_operator_ticket reply_operator_ticket",
    needs=("outsider",),
)
rule(
    "isolation.operator.visitor",
    "A visitor of a tenant that is not the operator's is 404.",
    "get_visitor_context",
    "reference",
    ("outsider",),
)
