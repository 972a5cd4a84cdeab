"""Who a visitor is: signatures and profiles."""

from contract_tests.catalogue.rule import rule

_IDENTITY = "set_customer_info"
rule(
    "hmac.valid",
    "HMAC-SHA256(api_secret, ziyaretci_id|email|timestamp) over the exact UTF-8 bytes, an absent email as the empty"
    " string, verifies: identity_dogrulandi true and a ziyaretci_token.",
    _IDENTITY,
    "reference",
)
rule("hmac.tolerance", "|now − timestamp| ≤ 300 s is accepted, 301 s is not.", _IDENTITY, "reference")
rule("hmac.wrong", "Any other string than the signature is refused: 401 imza_gecersiz.", _IDENTITY, "reference")
rule("hmac.case", "The signature is lower-case hex; in upper case it is another string.", _IDENTITY)
rule("hmac.pair", "timestamp and signature come both or neither; one alone is 422.", _IDENTITY)
rule("hmac.order", "The signature is checked before its age: wrong and old is imza_gecersiz.", _IDENTITY)
rule("hmac.refused", "A refused signature stores nothing.", _IDENTITY + " get_visitor_context")
rule(
    "identity.unsigned",
    "An unsigned call changes neither a verified email nor the visitor's identity_dogrulandi; other fields it does.",
    _IDENTITY + " get_visitor_context",
)
rule(
    "profile.merge",
    "Omitted top-level fields stay, ekstra is replaced whole.",
    _IDENTITY + " get_visitor_context",
)
