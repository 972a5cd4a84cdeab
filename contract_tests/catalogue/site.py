"""Articles, files, pages, screenshots, erasure."""

from contract_tests.catalogue.rule import rule

rule(
    "search.folding",
    "Search folds Turkish letters: ŞİFRE, sifre and şifre find each other.",
    "search_articles",
    needs=("knowledge",),
)
rule(
    "search.readable",
    "What search and categories name can be read; another slug is 404.",
    "search_articles list_categories get_article",
    needs=("knowledge",),
)
rule("upload.types", "A file's type comes from its bytes: no SVG and no HTML, whatever the name.", "upload_file")
rule("upload.served", "A file is served as it was sent, as attachment and with nosniff.", "upload_file download_file")
rule("page.url", "Page URLs are http or https.", "add_page_view")
rule(
    "page.history",
    "The panel shows the pages that the visitor opened, the last first.",
    "add_page_view get_visitor_context",
)
rule("error.shown", "The panel shows what scripts on the page ran into.", "add_error_log get_visitor_context")
rule("screenshot.types", "A screenshot is a PNG, JPEG or WebP data URI whose bytes are of that type.", "add_screenshot")
rule("canned.tenants", "Canned responses are those of the operator's tenants.", "list_canned_responses")
rule(
    "erasure",
    "sahip and yonetici erase a visitor with all that is theirs, others are 403 yetki_yok.",
    "erase_visitor get_visitor_context",
    "contract",
    ("colleague",),
)
