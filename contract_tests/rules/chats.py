"""The visitor's side of a chat."""

from __future__ import annotations

import threading
import time

from hypothesis import strategies as st

from contract_tests.checks import Judge, check
from contract_tests.findings import NotJudged

TEXTS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=60)


@check("chat.start.one")
def open_chat_is_found_again(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    first = judge.expect(client.start_chat(visitor), 201)
    again = judge.expect(client.start_chat(visitor, mesaj="Merhaba"), 200)
    chat = first.data["oturum"]["id"]
    judge.must(again.data["oturum"]["id"] == chat, f"chat {chat}", again, again.data["oturum"]["id"])
    messages = client.read(visitor, chat)
    texts = [message["mesaj"] for message in messages.data["mesajlar"]]
    judge.must(texts == ["Merhaba"], "the message appended", messages, texts)
    judge.must(client.init(visitor).data["aktif_oturum"]["id"] == chat, "aktif_oturum", again)
    client.end(visitor, chat).succeeded()
    anew = judge.expect(client.start_chat(visitor), 201)
    judge.must(anew.data["oturum"]["id"] != chat, "another chat after closing", anew)


@check("chat.start.race")
def two_starts_open_one_chat(judge: Judge) -> None:
    for _ in range(2):
        visitor = judge.client.visitor()
        answers = judge.together(*[lambda visitor=visitor: judge.client.start_chat(visitor)] * 3)
        ids = {answer.data["oturum"]["id"] for answer in answers}
        judge.must(len(ids) == 1, "one chat", answers[-1], f"chats {sorted(ids)}")
        statuses = sorted(answer.status for answer in answers)
        judge.must(statuses == [200, 200, 201], "one 201, the others 200", answers[-1], statuses)


@check("chat.sequence.gapless")
def sira_has_no_gap(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    chat = client.chat(visitor)
    for number in range(3):
        told = client.say(visitor, chat, f"tek {number}")
        judge.must(told.data["mesaj"]["sira"] == number + 1, f"sira {number + 1}", told)
    told_at_once = judge.together(*[lambda n=n: client.say(visitor, chat, f"birlikte {n}") for n in range(5)])
    given = sorted(answer.data["mesaj"]["sira"] for answer in told_at_once)
    judge.must(given == [4, 5, 6, 7, 8], "4, 5, 6, 7, 8", told_at_once[-1], given)
    answer = client.read(visitor, chat)
    seen = [message["sira"] for message in answer.data["mesajlar"]]
    judge.must(seen == list(range(1, 9)), "1 to 8, each once", answer, seen)
    by_sequence = {message["sira"]: message["mesaj"] for message in answer.data["mesajlar"]}
    for one in told_at_once:
        message = one.data["mesaj"]
        judge.must(by_sequence[message["sira"]] == message["mesaj"], "each under the sira it was given", answer)


@check("chat.message.once")
def message_sent_again_is_the_same(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    chat = client.chat(visitor)
    first = judge.expect(client.say(visitor, chat, "bir", istemci_mesaj_id="m-1"), 201)
    again = judge.expect(client.say(visitor, chat, "bir", istemci_mesaj_id="m-1"), 200)
    judge.must(again.data == first.data, "the first message", again)
    other = judge.expect(client.say(visitor, chat, "bir", istemci_mesaj_id="m-2"), 201)
    judge.must(other.data["mesaj"]["id"] != first.data["mesaj"]["id"], "another message", other)
    client.end(visitor, chat).succeeded()
    late = judge.expect(client.say(visitor, chat, "bir", istemci_mesaj_id="m-1"), 200)
    judge.must(late.data == first.data, "the first message, also after closing", late)
    answer = client.read(visitor, chat)
    count = sum(message["gonderen"] == "ziyaretci" for message in answer.data["mesajlar"])
    judge.must(count == 2, "two messages of the visitor", answer, count)


@check("chat.message.text")
def message_is_read_as_written(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    chat = client.chat(visitor)
    texts = [
        "Merhaba 👋🏽",
        "İıŞşĞğ",
        "<b>&amp;</b>",
        'a"b\\c',
        "satır\nsatır",
        "😀" * 5,
        "e\u0301",
        "a'; DROP TABLE x; --",
    ]
    texts += judge.draw(TEXTS, 0.3)
    for text in texts:
        answer = judge.expect(client.say(visitor, chat, text), 201)
        judge.must(answer.data["mesaj"]["mesaj"] == text, ascii(text), answer)
    answer = client.read(visitor, chat, limit=100)
    seen = [message["mesaj"] for message in answer.data["mesajlar"]]
    judge.must(seen == texts[:100], "all texts, in order", answer, [ascii(text) for text in seen][:20])


@check("chat.messages.after")
def messages_come_after_the_last(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    chat = client.chat(visitor)
    for number in range(1, 8):
        client.say(visitor, chat, str(number)).succeeded()
    cases: list[tuple[dict[str, int], list[int]]] = [
        ({}, [1, 2, 3, 4, 5, 6, 7]),
        ({"son_sira": 0}, [1, 2, 3, 4, 5, 6, 7]),
        ({"son_sira": 3}, [4, 5, 6, 7]),
        ({"son_sira": 2, "limit": 2}, [3, 4]),
        ({"limit": 3}, [1, 2, 3]),
        ({"son_sira": 7}, []),
        ({"son_sira": 70}, []),
    ]
    for query, expected in cases:
        answer = client.read(visitor, chat, **query)
        seen = [message["sira"] for message in answer.data["mesajlar"]]
        judge.must(seen == expected, f"sira {expected}", answer, seen)
        judge.must(answer.data["durum"] == "bekliyor", "durum bekliyor", answer)


@check("chat.poll")
def poll_wakes_up(judge: Judge) -> None:
    """Only a server that otherwise answers quickly is judged: 4 s are much more than two calls take."""
    client, visitor = judge.client, judge.client.visitor()
    chat = client.chat(visitor)
    if client.read(visitor, chat).seconds > 1:
        raise NotJudged("the server takes over a second for a call")
    said: list[float] = []

    def say() -> None:
        time.sleep(0.2)
        client.say(visitor, chat, "uyan")
        said.append(time.monotonic())

    speaker = threading.Thread(target=say)
    speaker.start()
    answer = client.read(visitor, chat, bekle=6)
    came = time.monotonic()
    speaker.join()
    texts = [message["mesaj"] for message in answer.data["mesajlar"]]
    late = came - said[0] if said else 0.0
    judge.must(
        texts == ["uyan"] and late < 4, "the message, as soon as it is there", answer, f"{texts} after {late:.1f} s"
    )


@check("chat.closed")
def closed_chat_takes_no_message(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    chat = client.closed_chat(visitor)
    judge.expect(client.say(visitor, chat, "hâlâ"), 409, "oturum_kapali")
    answer = client.read(visitor, chat)
    judge.must(answer.data["durum"] == "kapandi", "durum kapandi", answer)
    judge.must("hâlâ" not in [m["mesaj"] for m in answer.data["mesajlar"]], "nothing added", answer)


@check("chat.end.again")
def chat_is_closed_once(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    judge.expect(client.end(visitor, client.closed_chat(visitor)), 409, "oturum_kapali")


@check("chat.end.system")
def closing_leaves_a_message(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    chat = client.chat(visitor)
    client.say(visitor, chat, "bir").succeeded()
    closed = client.end(visitor, chat)
    judge.must(closed.data["oturum"]["bitis"] is not None, "bitis", closed)
    answer = client.read(visitor, chat)
    seen = [(message["sira"], message["gonderen"]) for message in answer.data["mesajlar"]]
    judge.must(seen == [(1, "ziyaretci"), (2, "sistem")], "a message of sistem as the last", answer, seen)


@check("rating.once")
def chat_is_rated_once(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    chat = client.closed_chat(visitor)
    first = judge.expect(client.rate(visitor, chat, 4), 200)
    judge.must(first.data["oturum"]["puan"] == 4, "puan 4", first)
    judge.expect(client.rate(visitor, chat, 5), 409, "zaten_puanlandi")
    judge.expect(client.rate(visitor, chat, 4), 409, "zaten_puanlandi")


@check("rating.closed")
def open_chat_is_not_rated(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    judge.expect(client.rate(visitor, client.chat(visitor), 5), 409, "oturum_acik")


@check("rating.range")
def rating_is_one_to_five(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    chat = client.closed_chat(visitor)
    for rating in (0, 6, -1, 2.5, "5", None, True, 10**20):
        judge.expect(client.rate(visitor, chat, rating), 422, "alan_hatasi")
    lowest, highest = judge.random.choice([(1, 5), (5, 1)])
    judge.expect(client.rate(visitor, chat, lowest), 200)
    visitor = client.visitor()
    judge.expect(client.rate(visitor, client.closed_chat(visitor), highest), 200)
