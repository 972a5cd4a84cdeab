"""What holds on every answer, whatever was asked."""

from contract_tests.catalogue.rule import rule

rule("answer.given", "Every request is answered, to the end and in time.", origin="reference")
rule(
    "answer.schema",
    "Status, media type, headers and body of every answer are those that openapi.yaml documents; with --level reference"
    " a success has what the reference's examples show.",
    origin="reference",
)
rule("answer.no_500", "No input causes a 500.")
rule("answer.request_id", "Every answer has an X-Request-Id, a problem the same one in istek_id.")
rule("answer.secret", "The tenant's api_secret stands in no answer of the widget API.", origin="reference")
rule("operation.there", "The server has every operation of the document.", origin="reference")
rule("answer.works", "A call that breaks no rule succeeds.")
