"""The banner over a visitor's context."""

from contract_tests.catalogue.rule import rule

_CONTEXT = "get_visitor_context"
rule("banner.order", "Banner items stand in the order paket, kontor, trial, depolama.", _CONTEXT, "reference")
rule("banner.credit", "Credit is written as in Turkish: 4.500.", _CONTEXT, "reference")
rule("banner.storage.critical", "Storage is critical exactly from 90 percent on.", _CONTEXT, "reference")
rule("banner.storage.flag", "depolama_kritik true is critical at any percent; false hides nothing.", _CONTEXT)
rule(
    "banner.storage.text",
    "Storage reads `3,0 / 5,0 GB (%60)`: one decimal, half up, percent rounded down.",
    _CONTEXT,
    "reference",
)
rule("banner.trial.critical", "A trial of 3 days or less is critical.", _CONTEXT)
rule("banner.trial.days", "A trial_bitis date ends at 24:00 in Istanbul; days are rounded up.", _CONTEXT)
