"""The same thing sent twice, many things at once, and who waits for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from contract_tests.checks import Judge, check
from contract_tests.client import Answer
from contract_tests.findings import NotJudged

KEY = "Idempotency-Key"


@check("idempotency.race")
def one_of_two_is_done(judge: Judge) -> None:
    client = judge.client
    for _ in range(2):
        visitor = client.visitor()
        create = partial(client.ticket, visitor, headers={KEY: f"k-{visitor}"})
        answers = judge.together(create, create, create)
        done = [answer for answer in answers if answer.status == 201]
        judge.must(bool(done), "one that is done", answers[0])
        for answer in answers:
            if answer.status == 201:
                judge.must(answer.data == done[0].data, "the first result", answer)
            else:
                judge.expect(answer, 409, "istek_suruyor")
        count = len(client.tickets(visitor))
        judge.must(count == 1, "one ticket", done[0], f"{count} tickets")


@check("idempotency.refused")
def refusals_are_not_kept(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    key = {KEY: f"k-{visitor}"}
    judge.expect(client.ticket(visitor, headers=key, konu=" "), 422, "alan_hatasi")
    created = judge.expect(client.ticket(visitor, headers=key), 201)
    ticket = created.data["ticket"]["id"]
    reply = partial(client.widget, f"ticket/{ticket}/reply", visitor, mesaj="Ek bilgi", headers=key)
    client.operator("PUT", f"ticket/{ticket}/status", body={"durum": "kapali"}).succeeded()
    judge.expect(reply(), 409, "ticket_kapali")
    client.operator("PUT", f"ticket/{ticket}/status", body={"durum": "acik"}).succeeded()
    first = judge.expect(reply(), 201)
    again = judge.expect(reply(), 201)
    judge.must(again.data == first.data, "the first result", again)


@check("idempotency.login")
def each_sign_in_has_its_token(judge: Judge) -> None:
    client, known = judge.client, judge.target.operator
    body, key = {"email": known.email, "sifre": known.password}, {KEY: f"k-{client.visitor()}"}
    client.token()  # so that these are not the last
    answers = [client.call("POST", "/api/v1/auth/login", body=body, headers=key) for _ in range(2)]
    tokens = [judge.expect(answer, 200).data["token"] for answer in answers]
    for token in set(tokens):
        client.call("POST", "/api/v1/auth/logout", token=token).succeeded()
    judge.must(len(set(tokens)) == 2, "a token of its own", answers[1])


@check("chat.message.race")
def one_of_many_is_the_message(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    chat = client.chat(visitor)
    for number in range(2):
        say = partial(client.say, visitor, chat, "bir", istemci_mesaj_id=f"m-{number}")
        answers = judge.together(say, say, say, say)
        statuses = sorted(answer.status for answer in answers)
        judge.must(statuses == [200, 200, 200, 201], "one 201, the others 200", answers[-1], statuses)
        ids = {answer.data["mesaj"]["id"] for answer in answers}
        judge.must(len(ids) == 1, "one message", answers[-1], ids)
    read = client.read(visitor, chat)
    seen = [message["sira"] for message in read.data["mesajlar"]]
    judge.must(seen == [1, 2], "sira 1, 2", read, seen)


@check("chat.message.scope")
def client_ids_are_of_one_sender_and_chat(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    chat = client.chat(visitor)
    client.accept(chat).succeeded()
    path, body = f"chat/{chat}/message", {"mesaj": "Buyurun", "istemci_mesaj_id": "m-1"}
    judge.expect(client.say(visitor, chat, "Merhaba", istemci_mesaj_id="m-1"), 201)
    first = judge.expect(client.operator("POST", path, body=body), 201)
    again = judge.expect(client.operator("POST", path, body=body), 200)
    judge.must(again.data == first.data, "the operator's first message", again)
    client.end(visitor, chat).succeeded()
    late = judge.expect(client.operator("POST", path, body=body), 200)
    judge.must(late.data == first.data, "the operator's first message, also after closing", late)
    anew = client.chat(visitor)
    other = judge.expect(client.say(visitor, anew, "Yine ben", istemci_mesaj_id="m-1"), 201)
    judge.must(other.data["mesaj"]["mesaj"] == "Yine ben", "the new message", other)


@check("chat.message.content")
def message_says_something(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    chat = client.chat(visitor)
    send = partial(client.widget, "chat/message", visitor, oturum_id=chat)
    judge.expect(send(), 422, "alan_hatasi")
    bodies: list[dict[str, Any]] = [{"mesaj": "Ekte"}]
    if judge.document.operation("POST", "/api/v1/widget/upload"):
        file = client.upload(visitor, "not.txt", b"not").data["dosya"]["dosya_id"]
        bodies += [{"dosya_id": file}, {"mesaj": "Ekte", "dosya_id": file}]
    for body in bodies:
        answer = judge.expect(send(**body), 201)
        shown = answer.data["mesaj"]
        seen = {"mesaj": shown["mesaj"], "dosya_id": shown["dosya"] and shown["dosya"]["dosya_id"]}
        judge.must(seen == {"mesaj": None, "dosya_id": None} | body, str(body), answer, seen)


@check("chat.sequence.seen")
def reader_misses_nothing(judge: Judge) -> None:
    """Both sides write, each from two places, while both read on from the last sira that they saw."""
    client, visitor, count = judge.client, judge.client.visitor(), 4
    chat = client.chat(visitor)
    client.accept(chat).succeeded()
    path, total = f"chat/{chat}/message", 4 * count

    def visitor_says(name: str) -> Answer:
        return [client.say(visitor, chat, f"{name} {number}") for number in range(count)][-1]

    def operator_says(name: str) -> Answer:
        return [client.operator("POST", path, body={"mesaj": f"{name} {number}"}) for number in range(count)][-1]

    def reader(read: Callable[[int], Answer], seen: list[int]) -> Answer:
        began = time.monotonic()
        while True:
            answer = read(seen[-1] if seen else 0)
            seen += [message["sira"] for message in answer.data["mesajlar"]]
            if len(seen) >= total or time.monotonic() - began > 10:
                return answer

    by_visitor, by_operator = list[int](), list[int]()
    answers = judge.together(
        partial(reader, lambda last: client.read(visitor, chat, son_sira=last, bekle=1), by_visitor),
        partial(
            reader,
            lambda last: client.operator("GET", f"chat/{chat}/messages", query={"son_sira": last, "bekle": 1}),
            by_operator,
        ),
        partial(visitor_says, "bir"),
        partial(visitor_says, "iki"),
        partial(operator_says, "üç"),
        partial(operator_says, "dört"),
    )
    for seen, answer in ((by_visitor, answers[0]), (by_operator, answers[1])):
        judge.must(seen == list(range(1, total + 1)), f"sira 1 to {total}, each once, in order", answer, seen)


def _until(judge: Judge, visitor: str, chat: int, what: Callable[[], Answer]) -> tuple[Answer, float]:
    """What a poll that waits answers, and how many seconds after the call that was made meanwhile."""
    done: list[float] = []

    def later() -> None:
        time.sleep(0.1)
        what()
        done.append(time.monotonic())

    other = threading.Thread(target=later)
    other.start()
    answer = judge.client.read(visitor, chat, bekle=6)
    came = time.monotonic()
    other.join()
    return answer, came - done[0] if done else 0.0


@check("chat.poll.end")
def poll_ends_with_the_chat(judge: Judge) -> None:
    """Only a server that otherwise answers quickly is judged: 4 s are much more than two calls take."""
    client, visitor = judge.client, judge.client.visitor()
    chat = client.chat(visitor)
    if client.accept(client.chat(client.visitor())).seconds > 1:
        raise NotJudged("the server takes over a second for a call")
    for what, state in (
        (partial(client.accept, chat), "aktif"),
        (partial(client.operator, "POST", f"chat/{chat}/close"), "kapandi"),
    ):
        answer, late = _until(judge, visitor, chat, what)
        seen = answer.data["durum"]
        judge.must(seen == state and late < 4, f"{state}, as soon as it is", answer, f"{seen} after {late:.1f} s")
    senders = [message["gonderen"] for message in answer.data["mesajlar"]]
    judge.must(senders == ["sistem"], "the last word of sistem", answer, senders)
    began = time.monotonic()
    answer = client.read(visitor, chat, son_sira=1, bekle=6)
    judge.must(time.monotonic() - began < 4, "no waiting for a closed chat", answer, "it waited")
