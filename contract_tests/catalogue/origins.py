"""Widget keys, origins and CORS."""

from contract_tests.catalogue.rule import rule

rule("key.required", "Without a known X-API-Key a widget call is 401 anahtar_gecersiz.", "widget_init", "reference")
rule(
    "origin.exact",
    "Origin must equal an entry in scheme, host and effective port; look-alikes are 403 origin_izinsiz.",
    "widget_init",
    "reference",
    ("origin_list",),
)
rule(
    "origin.accepted",
    "The listed origin is accepted, its host in any case, with its default port, or as the Referer's.",
    "widget_init",
    "reference",
    ("origin_list",),
)
rule(
    "origin.absent",
    "With a list, neither Origin nor Referer, or Origin: null, is 403 origin_izinsiz.",
    "widget_init",
    "contract",
    ("origin_list",),
)
rule("origin.open", "An empty list accepts every origin.", "widget_init", "reference", ("open_origins",))
rule(
    "cors.readable",
    "Pages of other origins can read every widget and context answer, errors too, without credentials.",
    "widget_init set_customer_info",
)
rule("cors.preflight", "Preflights of widget calls are answered without a key.", "widget_init")
rule("cors.operator", "Operator calls have no CORS headers.", "list_chats")
