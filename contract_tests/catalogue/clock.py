"""What time changes by itself: judged where the server's clock can be moved."""

from contract_tests.catalogue.rule import rule

rule(
    "auth.expiry",
    "A token lives until its gecerlilik, and is 401 token_gecersiz from then on.",
    "login get_operator_status",
    needs=("clock",),
)
rule(
    "status.logout",
    "With the last live token the operator goes offline at logout: their chats wait again.",
    "logout list_visitor_messages",
    needs=("clock", "owned"),
)
rule(
    "chat.forgotten",
    "An open chat without a call from either side for 24 h is closed by sistem; one that is asked after is not.",
    "list_visitor_messages start_chat",
    needs=("clock",),
)
rule(
    "idempotency.day",
    "An Idempotency-Key counts for 24 h: then the same call is a new one.",
    "create_ticket",
    needs=("clock",),
)
rule(
    "banner.trial.counted",
    "trial_kalan_gun counts down from its receipt, and ends with Süresi doldu.",
    "get_visitor_context set_customer_info",
    needs=("clock",),
)
rule(
    "auth.time",
    "An unknown email takes as long to be refused as a wrong password.",
    "login",
    needs=("owned",),
)
