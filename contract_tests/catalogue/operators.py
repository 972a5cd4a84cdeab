"""Operators: signing in, the queue, tabs."""

from contract_tests.catalogue.rule import rule

rule("auth.required", "An operator call without a valid token is 401 with WWW-Authenticate.", "list_chats")
rule("auth.alike", "Wrong email and wrong password answer alike.", "login")
rule("auth.logout", "A token is dead after its logout, and only that one.", "logout", "reference")
rule(
    "auth.tenants",
    "Login answers musteri_id, and musteriler in tab order with sira, sessize_alindi, rol and max_chat_per_tenant.",
    "login list_tenants",
    "reference",
)
rule(
    "accept.race",
    "Of two operators at once exactly one gets the chat, the other 409.",
    "accept_chat",
    needs=("colleague",),
)
rule("accept.again", "Its owner may accept again: 200.", "accept_chat")
rule("operator.write", "Only the operator who accepted a chat writes: 409 oturum_sizde_degil.", "send_operator_message")
rule(
    "operator.transfer",
    "A chat goes to an operator of its tenant, to nobody else: 404.",
    "transfer_chat",
    needs=("colleague", "outsider"),
)
rule(
    "queue.tenants",
    "One queue over all the operator's tenants, musteri_id in each record.",
    "list_chats",
    "reference",
    ("origin_list",),
)
rule("queue.order", "The queue has the chats that are not closed, longest waiting first.", "list_chats")
rule("queue.filter", "durum and musteri_id filter the queue.", "list_chats", needs=("origin_list",))
rule(
    "tabs.permutation",
    "order must be a permutation of the operator's tenants, else 422.",
    "order_tenants",
    needs=("owned",),
)
rule(
    "tabs.order",
    "Tabs stay in the order that was put.",
    "order_tenants list_tenants",
    "reference",
    ("owned", "origin_list"),
)
rule(
    "tabs.mute",
    "sessize silences a tab; its chats stay in the queue.",
    "mute_tenant list_chats",
    "reference",
    ("owned",),
)
rule(
    "status.offline",
    "Going offline returns the operator's active chats to bekliyor.",
    "set_operator_status",
    needs=("owned",),
)
