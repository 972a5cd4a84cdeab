"""Nobody reaches what is not theirs. To whom it does not belong it is as if it had never been: the same answer."""

from contract_tests.catalogue.rule import rule

_RECORDS = (
    "send_visitor_message list_visitor_messages end_chat rate_chat get_ticket reply_ticket create_ticket list_tickets"
    " widget_init start_chat set_customer_info add_page_view add_error_log add_screenshot upload_file"
)
_OPERATORS = (
    "list_chats list_operator_messages send_operator_message accept_chat transfer_chat close_chat list_operator_tickets"
    " get_operator_ticket reply_operator_ticket set_ticket_status upload_operator_file list_canned_responses"
    " mute_tenant list_tenant_operators get_visitor_context erase_visitor"
)

rule(
    "isolation.visitor",
    "Another visitor's chat, ticket and file are 404 as if they had never been, and stay as they are.",
    _RECORDS,
)
rule(
    "isolation.tenant",
    "Another tenant's chats, tickets and files are 404 as if they had never been, also for a visitor of the same id.",
    _RECORDS,
)
rule(
    "isolation.secure",
    "With guvenli_mod a browser without the visitor's token reaches nothing of the visitor: 401.",
    _RECORDS,
    needs=("secure_mode",),
)
rule(
    "isolation.operator",
    "What belongs to a tenant that is not the operator's is 404 as if it had never been, and stays as it is.",
    _OPERATORS,
    needs=("outsider",),
)
rule(
    "isolation.lists",
    "An operator's lists and numbers hold nothing of a tenant that is not theirs.",
    "list_chats list_operator_tickets list_canned_responses list_tenants get_dashboard get_visitor_context",
    needs=("outsider",),
)
rule(
    "isolation.file",
    "Nobody can send another's file in a chat or ticket of their own.",
    "send_visitor_message create_ticket reply_ticket send_operator_message reply_operator_ticket",
)
rule(
    "isolation.key",
    "An Idempotency-Key is its caller's: another visitor, or the same id in another tenant, gets their own result.",
    "start_chat upload_file add_page_view add_error_log add_screenshot",
)
rule(
    "isolation.cursor",
    "Another's imlec shows nothing of theirs.",
    "list_tickets list_operator_tickets",
)
rule("isolation.receiver", "A chat goes to no operator of another tenant.", "transfer_chat", needs=("outsider",))
rule(
    "isolation.project",
    "A portal user cannot choose another's project.",
    "portal_choose_project",
    needs=("outsider",),
)
rule(
    "isolation.origin",
    "A portal user takes no origin off another's project.",
    "portal_remove_origin",
    needs=("outsider", "origin_list"),
)
rule(
    "isolation.delivery",
    "A portal user cannot send another's delivery again.",
    "portal_resend_delivery",
    needs=("owned", "manager", "outsider"),
)
