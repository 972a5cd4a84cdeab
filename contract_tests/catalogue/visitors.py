"""What a site says of its visitors, what becomes of it, and what the panel makes of it."""

from contract_tests.catalogue.rule import rule

_INFO = "set_customer_info get_visitor_context"
rule(
    "hmac.secret",
    "Only the tenant's own api_secret signs; another tenant's is 401 imza_gecersiz.",
    "set_customer_info",
    needs=("second_tenant",),
)
rule("hmac.changed", "Of id, email and timestamp none can be another than was signed: 401.", "set_customer_info")
rule("identity.signed", "A signed call changes a verified email, and one without email keeps it.", _INFO)
rule(
    "identity.first",
    "The first signature takes away an email that was told before it and is not in it: nobody vouched for it.",
    _INFO,
)
rule(
    "visitor.token",
    "init gives a ziyaretci_token for a visitor seen for the first time, each another one, and not again.",
    "widget_init",
)
rule("profile.null", "A field that is null is removed.", _INFO)
rule("profile.extra", "ekstra has up to 50 keys and is shown as it was told.", _INFO)
rule(
    "profile.untouched",
    "ad and email given to chats and tickets never change the profile; a chat without ad has the profile's name.",
    "start_chat create_ticket get_visitor_context",
)
rule("input.unknown", "Unknown fields of a body are ignored.", "widget_init start_chat set_customer_info")
rule(
    "context.newest",
    "The panel's chats, tickets, pages and errors of a visitor are the newest 20.",
    "get_visitor_context add_page_view add_error_log",
)
_CONTEXT = "get_visitor_context"
rule("banner.known", "An item appears when its data is known, and only then.", _CONTEXT)
rule(
    "banner.storage.ready",
    "A ready text is shown with its percent, unless it has a %; numbers win over it.",
    _CONTEXT,
)
rule(
    "banner.storage.unusable",
    "Numbers that are not usable leave the item out; they make no error of the operator's call.",
    _CONTEXT,
)
rule(
    "banner.trial.source",
    "The trial comes from trial_bitis or else trial_kalan_gun, from the top level before ekstra.",
    _CONTEXT,
)
rule("banner.trial.offset", "A trial_bitis without offset is Istanbul's time.", _CONTEXT)
