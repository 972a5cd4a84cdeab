"""Projects at the portal: choosing, opening, and what their settings allow.

The reference says much of it, but shows no way to sign in: at its level none of this can be judged.
"""

from contract_tests.catalogue.rule import rule

_MANAGED = "portal_add_origin portal_remove_origin portal_set_webhook portal_resend_delivery"
rule(
    "project.list",
    "The projects to choose from are the operator's tabs in their order; the active one is among them.",
    "portal_list_projects list_tenants",
)
rule(
    "project.unknown",
    "A project that is not the user's cannot be chosen: 404, and the active one stays.",
    "portal_choose_project",
)
rule(
    "project.choose",
    "Choosing makes it the session's active project and the user's musteri_id; other sessions keep theirs.",
    "portal_choose_project portal_list_projects login",
    needs=("owned", "origin_list"),
)
rule(
    "project.mine",
    "My projects show key, role and trial of each tab, and no page shows an api_secret.",
    "portal_list_my_projects portal_list_projects portal_new_project_form portal_get_widget portal_sign_in_form",
)
rule(
    "project.form",
    "The form tells of 14 days of trial, and of as many projects left to open as the list does.",
    "portal_new_project_form portal_list_my_projects",
)
rule(
    "project.open",
    "A new project is the user's at once as sahip, the last tab, the active one, with 14 days of trial.",
    "portal_create_project portal_list_my_projects",
    needs=("owned",),
)
rule(
    "project.key",
    "A new project's key is CM_ and 12 characters; its secret is shown once, never again, and in no cache.",
    "portal_create_project",
    needs=("owned",),
)
rule(
    "project.works",
    "A new project's key opens the widget, its secret signs visitors, its chats come into the opener's queue.",
    "portal_create_project widget_init set_customer_info list_chats",
    needs=("owned",),
)
rule(
    "project.fields",
    "A project without a name, or with a color that is none, is 422 and does not count.",
    "portal_create_project",
    needs=("owned",),
)
rule(
    "widget.settings",
    "The widget's settings show key, origins and a script tag with the key.",
    "portal_get_widget",
    needs=("owned",),
)
rule(
    "origins.list",
    "An origin is added once, in its normal form (201, again 200), and taken off the list (again 404).",
    "portal_add_origin portal_remove_origin portal_get_widget",
    needs=("owned",),
)
rule(
    "origins.effective",
    "From then on the widget takes calls of listed origins only; of an empty list, of all.",
    "portal_add_origin portal_remove_origin widget_init",
    needs=("owned",),
)
rule("origins.form", "What is no origin is not listed: 422 /origin.", "portal_add_origin", needs=("owned",))
rule("origins.most", "A project lists 100 origins at most: 409 koken_siniri.", "portal_add_origin", needs=("owned",))
rule(
    "settings.role",
    "Only sahip and yonetici change settings and see the webhook's secret: others are 403 yetki_yok.",
    f"{_MANAGED} portal_get_webhook",
    needs=("owned",),
)
rule(
    "settings.source",
    "Settings are changed from the portal's own pages only: 403 kaynak_dogrulanmadi.",
    _MANAGED,
    needs=("owned",),
)
rule(
    "webhook.settings",
    "The endpoint is kept as it was put, switched off and on again.",
    "portal_set_webhook portal_get_webhook",
    needs=("owned",),
)
rule(
    "webhook.secret",
    "The first setting-up makes a signing secret, which stays until secret_yenile.",
    "portal_set_webhook portal_get_webhook",
    needs=("owned",),
)
rule(
    "webhook.url",
    "An endpoint's address is a URL without userinfo, and its events are among the six: else 422.",
    "portal_set_webhook",
    needs=("owned",),
)
rule(
    "webhook.resend",
    "A delivery that still waits is not sent again (409 teslimat_suruyor); one that is not the project's is 404.",
    "portal_resend_delivery portal_get_webhook",
    needs=("owned",),
)
rule(
    "project.limit",
    "A user opens at most 3 projects in any 24 hours, also at once: then 429 proje_siniri with Retry-After.",
    "portal_create_project portal_new_project_form",
    needs=("owned",),
)
rule(
    "project.once",
    "An Idempotency-Key repeats no opening of a project and no login: their answers hold secrets.",
    "portal_create_project login",
    needs=("owned",),
)
rule(
    "trial.over",
    "When a project's trial is over, what creates is 402 deneme_suresi_doldu; reading goes on, and so do operators.",
    "start_chat send_visitor_message create_ticket reply_ticket upload_file add_page_view add_error_log add_screenshot"
    " list_visitor_messages accept_chat send_operator_message portal_list_my_projects",
    needs=("clock", "owned"),
)
