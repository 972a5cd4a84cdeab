"""What every operation does with requests made of the document alone (Schemathesis)."""

from contract_tests.catalogue.rule import rule

rule("schema.examples", "Each operation answers the document's own example, with ids that exist, with success.")
rule(
    "schema.coverage",
    "At the limits of its schemas, what the document allows is served and what it forbids is refused.",
)
rule("schema.fuzz", "Whatever the document allows is served, whatever it forbids is refused with 4xx.")
rule("schema.links", "What a link of the document takes from an answer leads to success.")
rule("schema.walk", "Along the links, step by step, what the document allows is served.")
