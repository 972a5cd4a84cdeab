"""Files and articles, origins letter by letter, and what all refusals say."""

from contract_tests.catalogue.rule import rule

rule(
    "origin.changed",
    "A listed origin with any one letter more, less or changed is 403 origin_izinsiz.",
    "widget_init",
    needs=("origin_list",),
)
rule(
    "upload.kinds",
    "Pictures, PDF, text, CSV, office documents and zip are taken, each as what it is.",
    "upload_file",
)
rule(
    "upload.pages",
    "What browsers could run as a page is refused, however it begins and is called.",
    "upload_file",
)
rule(
    "upload.name",
    "A name keeps its last part; one whose ending does not fit the type gets the type's.",
    "upload_file",
)
rule(
    "search.rank",
    "Articles with more of the words in their titles come first.",
    "search_articles",
    needs=("knowledge",),
)
rule(
    "search.snippet",
    "Of a found article a snippet of up to 300 characters is shown, from the paragraph where the word stands.",
    "search_articles get_article",
    needs=("knowledge",),
)
rule(
    "search.pages",
    "Found articles come page by page, each once, in the same order.",
    "search_articles",
    needs=("knowledge",),
)
rule("envelope.problem", "A refusal says its own status, a title and a detail; basarili is false.")
