"""Who calls: what every operation with a security scheme asks first."""

from contract_tests.catalogue.rule import rule

rule(
    "auth.every_operation",
    "Missing, malformed, unknown, ended and another kind's credentials are 401 with WWW-Authenticate, before anything"
    " else is looked at; doubled ones are refused.",
)
