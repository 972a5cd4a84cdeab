"""What may stand in a request, up to the last character."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from contract_tests.checks import Judge, check

LARGEST: Final = 2**63 - 1
LETTERS: Final = "aş👋"
"""Of one, two and four bytes."""


@check("input.ids")
def ids_go_to_the_largest(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    for number in (0, -1, LARGEST + 1, 10**30, 1.5, "x", None, True):
        judge.expect(client.widget("chat/message", visitor, oturum_id=number, mesaj="a"), 422, "alan_hatasi")
    for text in ("0", "-1", str(LARGEST + 1), "1.5", "x", ""):
        query = {"ziyaretci_id": visitor, "oturum_id": text}
        answer = client.call("GET", "/api/v1/widget/chat/messages", query=query, tenant=judge.target.tenant)
        judge.expect(answer, 422, "alan_hatasi")
    judge.expect(client.say(visitor, LARGEST, "a"), 404, "bulunamadi")
    judge.expect(client.read(visitor, LARGEST), 404, "bulunamadi")
    path = f"chat/{client.chat(client.visitor())}/transfer"
    judge.expect(client.operator("POST", path, body={"operator_id": LARGEST}), 404, "bulunamadi")
    judge.expect(client.operator("POST", path, body={"operator_id": LARGEST + 1}), 422, "alan_hatasi")


@check("input.lengths")
def texts_have_a_length(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    chat, rated = client.chat(visitor), client.visitor()
    closed = client.closed_chat(rated)
    letter = judge.random.choice(LETTERS)
    cases: list[tuple[Any, int]] = [
        (lambda text: client.say(visitor, chat, text), 4000),
        (lambda text: client.ticket(visitor, mesaj=text), 4000),
        (lambda text: client.start_chat(visitor, ad=text), 120),
        (lambda text: client.customer_info(visitor, paket=text), 120),
        (lambda text: client.widget("chat/rate", rated, oturum_id=closed, puan=5, yorum=text), 2000),
    ]
    for send, longest in cases:
        judge.expect(send(letter * (longest + 1)), 422, "alan_hatasi")
        answer = send(letter * longest)
        judge.must(answer.status in (200, 201), f"success with {longest} characters {letter}", answer)
    read = client.read(visitor, chat)
    seen = [len(message["mesaj"] or "") for message in read.data["mesajlar"]]
    judge.must(seen == [4000], "a message of 4000 characters", read, seen)


@check("profile.fields")
def fields_have_a_type(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    tell = partial(client.customer_info, visitor)
    wrong: list[Any] = [1.5, "5", True, [], {}]
    for number in wrong:
        judge.expect(tell(kontor=number), 422, "alan_hatasi")
        judge.expect(tell(trial_kalan_gun=number), 422, "alan_hatasi")
    now = client.now()
    for stamp in (now + 0.5, str(now), None, True, -(2**63) - 1):
        judge.expect(tell(timestamp=stamp, signature="0" * 64), 422, "alan_hatasi")
    for day in ("2027-02-29", "2027-13-01", "2027-04-31", "yarın", "", 20270101):
        judge.expect(tell(trial_bitis=day), 422, "alan_hatasi")
    for day in ("2028-02-29", "2027-01-01T10:00:00", "2027-01-01T10:00:00+03:00"):
        judge.expect(tell(trial_bitis=day), 200)


@check("ticket.files")
def tickets_show_their_files(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    files = [client.upload(visitor, f"not{number}.txt", b"not").data["dosya"]["dosya_id"] for number in range(11)]
    judge.expect(client.ticket(visitor, dosyalar=files), 422, "alan_hatasi")
    judge.expect(client.ticket(visitor, dosyalar=[files[0], files[0]]), 422, "alan_hatasi")
    first = judge.expect(client.ticket(visitor, dosyalar=files[:10]), 201).data["ticket"]["id"]
    reply = client.widget(f"ticket/{first}/reply", visitor, mesaj="Ekte", dosyalar=files[10:])
    judge.expect(reply, 201)
    query = {"ziyaretci_id": visitor}
    answer = client.call("GET", f"/api/v1/widget/ticket/{first}", query=query, tenant=judge.target.tenant)
    ticket = answer.data["ticket"]
    seen = [[file["dosya_id"] for file in one["dosyalar"]] for one in (ticket, *ticket["yanitlar"])]
    judge.must(seen == [files[:10], files[10:]], "its files, and those of its reply", answer, seen)
