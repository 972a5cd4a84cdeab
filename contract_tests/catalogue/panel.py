"""The operator panel; a site's campaigns and logo; what all lists and all creating calls share."""

from contract_tests.catalogue.rule import rule

_DASHBOARD, _MEMBERS, _TICKETS = "get_dashboard", "list_tenant_operators", "list_operator_tickets"
_LISTS = "list_operator_tickets list_tickets"
rule(
    "dashboard.total",
    "The dashboard has a row for each tab, in their order; the total's counts are their sums.",
    f"{_DASHBOARD} list_tenants",
)
rule(
    "dashboard.counts",
    "Waiting, active, closed today and open tickets follow every change.",
    _DASHBOARD,
    needs=("owned",),
)
rule(
    "dashboard.means",
    "The mean rating is of all ratings, to two decimals, half up; the mean first reply counts from the chat's opening.",
    _DASHBOARD,
    needs=("owned", "clock"),
)
rule(
    "dashboard.days",
    "Closed today ends with the day in Istanbul; means are of today and the 29 days before.",
    _DASHBOARD,
    needs=("owned", "clock"),
)
rule(
    "ticket.queue",
    "One list of tickets over all the operator's tenants, musteri_id in each.",
    _TICKETS,
    needs=("origin_list",),
)
rule("ticket.order", "The ticket that changed last comes first, for operators and visitors.", _LISTS, needs=("clock",))
rule("ticket.filter", "durum, oncelik and musteri_id filter the tickets.", _TICKETS, needs=("origin_list",))
rule(
    "operator.messages",
    "The operator reads the same messages as the visitor, in the same order.",
    "list_operator_messages list_visitor_messages",
)
rule("operator.close", "The operator closes a chat; closing again is 409 oturum_kapali.", "close_chat")
rule(
    "members.listed",
    "A tenant's operators come by id, each once, with role and limit as in their own tabs.",
    f"{_MEMBERS} list_tenants",
)
rule(
    "members.active", "aktif_sohbet_sayisi counts the chats that an operator has accepted.", _MEMBERS, needs=("owned",)
)
rule(
    "upload.operator",
    "An operator's file is of one tenant: its chats and tickets take it, those of others and visitors do not (404).",
    "upload_operator_file send_operator_message reply_operator_ticket send_visitor_message",
    needs=("origin_list",),
)
rule("upload.size", "A file has 10 MiB at most; more is 413.", "upload_file upload_operator_file")
rule(
    "status.states",
    "cevrimici, mesgul and cevrimdisi stay as they are put; another state is 422.",
    "set_operator_status get_operator_status",
    needs=("owned",),
)
rule("status.login", "Login does not change the status.", "login get_operator_status", needs=("owned",))
rule(
    "status.timeout",
    "After 2 minutes without a call an operator is cevrimdisi, and their chats wait again.",
    "get_operator_status list_visitor_messages",
    needs=("owned", "clock"),
)
rule(
    "context.tenant",
    "Of a visitor of the same id in several tenants musteri_id chooses one.",
    "get_visitor_context",
    needs=("origin_list",),
)
rule(
    "context.latest",
    "Without musteri_id it is the tenant where the visitor was seen last.",
    "get_visitor_context",
    needs=("origin_list", "clock"),
)
rule(
    "init.look",
    "init answers the tenant's name, logo and color, and the visitor's open chat.",
    "widget_init list_tenants",
)
rule("campaign.running", "Campaigns are those that run now, the last begun first.", "list_campaigns")
rule(
    "campaign.page",
    "sayfa_url leaves the campaigns of that page: scheme and host in any case, whatever comes after #.",
    "list_campaigns",
    needs=("campaign",),
)
rule("logo.public", "A tenant's logo is a PNG for everybody; where there is none it is 404.", "download_logo")
rule(
    "list.pages",
    "limit and imlec give a list page by page: each record once, in order, also when others come meanwhile.",
    "list_tickets get_ticket list_operator_tickets get_operator_ticket list_chats list_tenant_operators"
    " list_canned_responses",
)
rule("list.default", "A page has 20 records unless told.", "list_tickets")
rule("list.limit", "limit is 1 to 100, imlec what was answered: else 422.")
rule(
    "idempotency.every_operation",
    "Every creating call takes an Idempotency-Key: again it answers the first result, with another body it is 422.",
)
rule("idempotency.caller", "An Idempotency-Key is the visitor's and the operation's own.", "create_ticket start_chat")
rule("envelope.methods", "Every path answers methods that it has not with 405, and Allow with those that it has.")
