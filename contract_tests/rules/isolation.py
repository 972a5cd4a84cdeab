"""Nobody reaches what is not theirs."""

from __future__ import annotations

from contract_tests.checks import Judge, check


@check("isolation.visitor.chat")
def chat_of_another_visitor(judge: Judge) -> None:
    client, owner, other = judge.client, judge.client.visitor(), judge.client.visitor()
    chat = client.chat(owner)
    client.say(owner, chat, "gizli").succeeded()
    client.init(other)
    for answer in (client.read(other, chat), client.say(other, chat, "ben"), client.end(other, chat)):
        judge.expect(answer, 404, "bulunamadi")
    read = client.read(owner, chat)
    judge.must(len(read.data["mesajlar"]) == 1 and read.data["durum"] == "bekliyor", "an unchanged chat", read)
    client.end(owner, chat).succeeded()
    judge.expect(client.rate(other, chat, 1), 404, "bulunamadi")
    judge.expect(client.rate(owner, chat, 5), 200)


@check("isolation.visitor.ticket")
def ticket_of_another_visitor(judge: Judge) -> None:
    client, owner, other = judge.client, judge.client.visitor(), judge.client.visitor()
    ticket = client.ticket(owner).data["ticket"]["id"]
    path = f"/api/v1/widget/ticket/{ticket}"
    read = client.call("GET", path, query={"ziyaretci_id": other}, tenant=judge.target.tenant)
    judge.expect(read, 404, "bulunamadi")
    judge.expect(client.widget(f"ticket/{ticket}/reply", other, mesaj="ben"), 404, "bulunamadi")
    judge.must(not client.tickets(other), "no ticket of another visitor", read)


@check("isolation.visitor.file")
def file_of_another_visitor(judge: Judge) -> None:
    client, owner, other = judge.client, judge.client.visitor(), judge.client.visitor()
    file = client.upload(owner, "not.txt", b"gizli").data["dosya"]["dosya_id"]
    chat = client.chat(other)
    judge.expect(client.widget("chat/message", other, oturum_id=chat, dosya_id=file), 404, "bulunamadi")
    judge.expect(client.ticket(other, dosyalar=[file]), 404, "bulunamadi")
    own = client.chat(owner)
    judge.expect(client.widget("chat/message", owner, oturum_id=own, dosya_id=file), 201)


@check("isolation.tenant")
def chat_of_another_tenant(judge: Judge) -> None:
    client, visitor, other = judge.client, judge.client.visitor(), judge.target.other
    chat = client.chat(visitor)
    client.init(visitor, other)
    judge.expect(client.read(visitor, chat, other), 404, "bulunamadi")
    judge.expect(client.widget("chat/message", visitor, other, oturum_id=chat, mesaj="a"), 404, "bulunamadi")
    judge.expect(client.widget("chat/end", visitor, other, oturum_id=chat), 404, "bulunamadi")
    theirs = client.start_chat(visitor, other)
    judge.must(theirs.status == 201 and theirs.data["oturum"]["id"] != chat, "a chat of its own", theirs)


@check("isolation.operator.chat")
def chat_of_a_tenant_that_is_not_ours(judge: Judge) -> None:
    client, outsider = judge.client, judge.target.outsider
    chat = client.chat(client.visitor())
    for method, what, body in (
        ("GET", "messages", None),
        ("POST", "accept", None),
        ("POST", "message", {"mesaj": "a"}),
        ("POST", "close", None),
        ("POST", "transfer", {"operator_id": 1}),
    ):
        judge.expect(client.operator(method, f"chat/{chat}/{what}", outsider, body=body), 404, "bulunamadi")
    ids = [one["id"] for one in client.queue(outsider)]
    judge.must(chat not in ids, f"a queue without {chat}", client.operator("GET", "chats", outsider), ids)
    tenant = client.tenant_id()
    for path in (f"chats?musteri_id={tenant}", f"tickets?musteri_id={tenant}", f"tenants/{tenant}/operators"):
        judge.expect(client.operator("GET", path, outsider), 404, "bulunamadi")


@check("isolation.operator.ticket")
def ticket_of_a_tenant_that_is_not_ours(judge: Judge) -> None:
    client, outsider = judge.client, judge.target.outsider
    ticket = client.ticket(client.visitor()).data["ticket"]["id"]
    for method, what, body in (
        ("GET", "", None),
        ("POST", "/reply", {"mesaj": "a"}),
        ("PUT", "/status", {"durum": "kapali"}),
    ):
        judge.expect(client.operator(method, f"ticket/{ticket}{what}", outsider, body=body), 404, "bulunamadi")


@check("isolation.operator.visitor")
def visitor_of_a_tenant_that_is_not_ours(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    client.customer_info(visitor, ad="Gizli").succeeded()
    judge.expect(client.context(visitor), 200)
    judge.expect(client.context(visitor, judge.target.outsider), 404, "bulunamadi")
