"""The envelope of refusals, and which comes first."""

from contract_tests.catalogue.rule import rule

rule("envelope.path", "No such path is 404, another method 405 with Allow, both as problems.")
rule("envelope.body", "What cannot be read is 400, another media type 415.", "widget_init")
rule("envelope.fields", "A field error is 422 with a JSON Pointer to the field.", "widget_init send_visitor_message")
rule("envelope.precedence", "401 comes before 422 and 404, 422 before 404, 404 before 409.", "send_visitor_message")
rule("envelope.language", "Texts are Turkish, or English when Accept-Language prefers it.", "widget_init")
rule("envelope.times", "Times have seconds and the offset of Europe/Istanbul.", "start_chat")
rule("input.visitor_id", "A visitor's id has no | and no path trick: 422.", "widget_init")
rule("input.nul", "No NUL and no blank text: 422.", "send_visitor_message")
