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
rule(
    "input.ids",
    "Ids go from 1 to 2^63 − 1: what is beyond is 422, what is not there 404.",
    "send_visitor_message list_visitor_messages transfer_chat",
)
rule(
    "input.lengths",
    "A text may be as long as the document says, in characters; one more is 422.",
    "send_visitor_message create_ticket start_chat set_customer_info rate_chat",
)
rule(
    "profile.fields",
    "kontor, trial_kalan_gun and timestamp are integers, trial_bitis is a day that there is: else 422.",
    "set_customer_info",
)
rule(
    "ticket.files",
    "A ticket and its replies show the files that were sent with them, 10 at most, each once.",
    "create_ticket reply_ticket get_ticket",
)
