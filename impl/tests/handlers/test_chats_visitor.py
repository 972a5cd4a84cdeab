"""Chats as visitors see them: opening, writing, reading (and waiting), ending, rating, and an ended trial."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Any

import pytest

from impl.model import ChatClosed, ChatOpened, ChatRated
from impl.tests.client import DEMO_KEY, ESNAF_KEY, LONELY_KEY, Client, Reply

START = "/api/v1/widget/chat/start"
MESSAGE = "/api/v1/widget/chat/message"
VISITOR = "ahmet.yilmaz"
FILE_ID = "Zk3v9QxT7mB2nL5rW8yA1c"


def start(client: Client, key: str = DEMO_KEY, **body: Any) -> Reply:
    return client.call("POST", START, key=key, body={"ziyaretci_id": "abc123"} | body)


def texts(reply: Reply) -> list[str]:
    return [message["mesaj"] for message in reply.data["mesajlar"]]


def sequences(reply: Reply) -> list[int]:
    return [message["sira"] for message in reply.data["mesajlar"]]


# start


def test_a_new_chat_waits_and_is_told(client: Client) -> None:
    reply = start(client, ad="Ahmet Y.", email="a@example.com", mesaj="Merhaba")
    assert reply.status == 201
    chat, message = reply.data["oturum"], reply.data["mesaj"]
    assert (chat["id"], chat["durum"], chat["musteri_id"], chat["ziyaretci_adi"]) == (
        43,
        "bekliyor",
        1,
        "Ahmet Y.",
    )
    assert (message["id"], message["sira"], message["gonderen"], message["mesaj"]) == (
        2,
        1,
        "ziyaretci",
        "Merhaba",
    )
    assert client.events() == [ChatOpened(1, 43, "abc123", "Ahmet Y.", "web")]


def test_a_chat_without_a_text_starts_without_a_message(client: Client) -> None:
    assert start(client).data["mesaj"] is None
    assert texts(client.read("abc123", 43)) == []


def test_a_chat_takes_name_and_email_of_the_profile_when_none_are_given(client: Client, token: str) -> None:
    assert start(client).data["oturum"]["ziyaretci_adi"] == "Ahmet Yilmaz"
    assert client.queue(token, musteri_id=1)["oturumlar"][0]["ziyaretci_email"] == "ahmet@example.com"


def test_name_and_email_of_a_chat_never_change_the_profile(client: Client, token: str) -> None:
    start(client, ad="Sahte", email="sahte@example.com")
    profile = client.context("abc123", token).data["musteri"]
    assert (profile["ad"], profile["soyad"], profile["email"]) == ("Ahmet", "Yilmaz", "ahmet@example.com")


def test_starting_again_answers_the_open_chat_and_appends_the_text(client: Client) -> None:
    first = start(client, mesaj="bir")
    again = start(client, mesaj="iki", ad="Baska Ad")
    assert (first.status, again.status) == (201, 200)
    assert again.data["oturum"] == first.data["oturum"]
    assert again.data["mesaj"]["sira"] == 2
    assert texts(client.read("abc123", 43)) == ["bir", "iki"]
    assert len(client.events()) == 1


def test_starting_again_while_an_operator_answers_keeps_the_chat_active(client: Client, token: str) -> None:
    client.accept(42, token)
    reply = client.call("POST", START, key=ESNAF_KEY, body={"ziyaretci_id": VISITOR})
    assert reply.status == 200
    assert (reply.data["oturum"]["id"], reply.data["oturum"]["durum"]) == (42, "aktif")


def test_after_the_chat_was_closed_a_start_opens_another(client: Client) -> None:
    first = start(client).data["oturum"]["id"]
    client.end("abc123", first)
    again = start(client)
    assert again.status == 201
    assert again.data["oturum"]["id"] != first


def test_visitors_of_the_same_id_in_two_tenants_have_two_chats(client: Client) -> None:
    assert start(client, ziyaretci_id=VISITOR).status == 201
    assert start(client, ESNAF_KEY, ziyaretci_id=VISITOR).data["oturum"]["id"] == 42


def test_two_starts_at_once_give_one_chat_and_both_texts(crowd: Client) -> None:
    async def at_once() -> list[Reply]:
        bodies = [{"ziyaretci_id": "yeni", "mesaj": f"{number}"} for number in range(6)]
        return await asyncio.gather(*[crowd.send("POST", START, key=DEMO_KEY, body=body) for body in bodies])

    replies = crowd.run(at_once())
    assert sorted(reply.status for reply in replies) == [200] * 5 + [201]
    (chat,) = {reply.data["oturum"]["id"] for reply in replies}
    read = crowd.read("yeni", chat)
    assert sequences(read) == [1, 2, 3, 4, 5, 6]
    assert sorted(texts(read)) == ["0", "1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mesaj", ""),
        ("mesaj", "   "),
        ("mesaj", "\u200b\u3000"),
        ("mesaj", "a\0b"),
        ("mesaj", "x" * 4001),
        ("mesaj", 5),
        ("ad", " "),
        ("ad", "a\nb"),
        ("ad", "x" * 121),
        ("email", "ahmet"),
        ("email", "a@b@c"),
        ("ziyaretci_id", "a|b"),
    ],
)
def test_a_start_with_a_bad_field_names_it_and_opens_nothing(client: Client, field: str, value: Any) -> None:
    assert start(client, **{field: value}).fields == [f"/{field}"]
    assert client.events() == []


def test_the_longest_text_is_taken_as_it_is(client: Client) -> None:
    text = "ş😀" * 2000
    assert start(client, mesaj=text).data["mesaj"]["mesaj"] == text


def test_a_text_that_reads_null_is_a_text(client: Client) -> None:
    assert start(client, mesaj="null").data["mesaj"]["mesaj"] == "null"


# message


def test_a_message_takes_the_next_place_in_its_chat(client: Client) -> None:
    reply = client.say(VISITOR, 42, "Orada mısınız?", ESNAF_KEY)
    assert reply.status == 201
    assert reply.data["mesaj"] == {
        "id": 2,
        "oturum_id": 42,
        "sira": 2,
        "gonderen": "ziyaretci",
        "gonderen_adi": "Ahmet Yilmaz",
        "mesaj": "Orada mısınız?",
        "dosya": None,
        "zaman": "2026-04-12T14:30:00+03:00",
    }


def test_parallel_senders_leave_no_gap_and_lose_nothing(crowd: Client) -> None:
    token = crowd.login()
    crowd.accept(42, token)

    async def all_at_once() -> list[Reply]:
        path = "/api/v1/operator/chat/42/message"
        ours = [{"ziyaretci_id": VISITOR, "oturum_id": 42, "mesaj": f"z{number}"} for number in range(10)]
        return await asyncio.gather(
            *[crowd.send("POST", MESSAGE, key=ESNAF_KEY, body=body) for body in ours],
            *[crowd.send("POST", path, token=token, body={"mesaj": f"o{n}"}) for n in range(10)],
        )

    replies = crowd.run(all_at_once())
    given = [reply.data["mesaj"]["sira"] for reply in replies]
    assert sorted(given) == list(range(2, 22))
    read = crowd.read(VISITOR, 42, ESNAF_KEY, limit=100)
    assert sequences(read) == list(range(1, 22))
    in_order = sorted(replies, key=lambda reply: int(reply.data["mesaj"]["sira"]))
    assert texts(read)[1:] == [reply.data["mesaj"]["mesaj"] for reply in in_order]


def test_the_same_client_id_answers_the_first_message(client: Client) -> None:
    first = client.say(VISITOR, 42, "bir", ESNAF_KEY, istemci_mesaj_id="m-1")
    again = client.say(VISITOR, 42, "iki", ESNAF_KEY, istemci_mesaj_id="m-1")
    assert (first.status, again.status) == (201, 200)
    assert again.data == first.data
    assert texts(client.read(VISITOR, 42, ESNAF_KEY, son_sira=1)) == ["bir"]


def test_the_same_client_id_answers_the_first_message_after_closing_too(client: Client) -> None:
    first = client.say(VISITOR, 42, "bir", ESNAF_KEY, istemci_mesaj_id="m-1")
    client.end(VISITOR, 42, ESNAF_KEY)
    again = client.say(VISITOR, 42, "bir", ESNAF_KEY, istemci_mesaj_id="m-1")
    assert (again.status, again.data) == (200, first.data)
    assert client.say(VISITOR, 42, "iki", ESNAF_KEY, istemci_mesaj_id="m-2").code == "oturum_kapali"


def test_the_same_client_id_at_once_makes_one_message(crowd: Client) -> None:
    async def at_once() -> list[Reply]:
        body = {"ziyaretci_id": VISITOR, "oturum_id": 42, "mesaj": "bir", "istemci_mesaj_id": "m-1"}
        return await asyncio.gather(*[crowd.send("POST", MESSAGE, key=ESNAF_KEY, body=body) for _ in range(5)])

    replies = crowd.run(at_once())
    assert sorted(reply.status for reply in replies) == [200, 200, 200, 200, 201]
    assert len({reply.data["mesaj"]["id"] for reply in replies}) == 1
    assert sequences(crowd.read(VISITOR, 42, ESNAF_KEY)) == [1, 2]


def test_a_client_id_means_something_in_its_chat_only(client: Client) -> None:
    client.say(VISITOR, 42, "bir", ESNAF_KEY, istemci_mesaj_id="m-1")
    other = client.start_chat("user_42")["id"]
    assert client.say("user_42", other, "iki", istemci_mesaj_id="m-1").status == 201


def test_messages_without_a_client_id_are_never_the_same(client: Client) -> None:
    statuses = [client.say(VISITOR, 42, "bir", ESNAF_KEY).status for _ in range(2)]
    assert statuses == [201, 201]


def test_a_closed_chat_takes_no_message(client: Client) -> None:
    client.end(VISITOR, 42, ESNAF_KEY)
    assert client.say(VISITOR, 42, "selam", ESNAF_KEY).code == "oturum_kapali"
    assert len(texts(client.read(VISITOR, 42, ESNAF_KEY))) == 2


def test_the_chat_of_another_visitor_or_tenant_cannot_be_told_from_none(client: Client) -> None:
    mine = client.start_chat("abc123")["id"]
    for visitor, chat, key in (
        ("user_42", mine, DEMO_KEY),
        ("abc123", mine, LONELY_KEY),
        ("abc123", 42, DEMO_KEY),
        (VISITOR, 42, DEMO_KEY),
        ("abc123", 4242, DEMO_KEY),
    ):
        replies = [
            client.say(visitor, chat, "selam", key),
            client.read(visitor, chat, key),
            client.end(visitor, chat, key),
            client.rate(visitor, chat, key=key),
        ]
        bodies = [reply.value | {"istek_id": ""} for reply in replies]
        assert [reply.code for reply in replies] == ["bulunamadi"] * 4
        assert all(body == bodies[0] for body in bodies)


def test_neither_a_text_nor_a_file_is_refused(client: Client) -> None:
    body = {"ziyaretci_id": VISITOR, "oturum_id": 42}
    reply = client.call("POST", MESSAGE, key=ESNAF_KEY, body=body)
    assert reply.fields == [""]
    assert reply.value["hatalar"][0]["mesaj"] == "Şunlardan en az biri gerekli: `mesaj`, `dosya_id`."


def send_file(client: Client) -> Reply:
    body = {"ziyaretci_id": VISITOR, "oturum_id": 42, "dosya_id": FILE_ID}
    return client.call("POST", MESSAGE, key=ESNAF_KEY, body=body)


def test_an_unknown_file_is_not_found_and_adds_nothing(client: Client) -> None:
    assert send_file(client).code == "bulunamadi"
    assert sequences(client.read(VISITOR, 42, ESNAF_KEY)) == [1]


def test_the_visitor_s_own_file_is_sent_without_a_text(client: Client) -> None:
    client.put_file(FILE_ID, 2, VISITOR)
    message = send_file(client).data["mesaj"]
    assert (message["mesaj"], message["dosya"]["dosya_id"]) == (None, FILE_ID)


@pytest.mark.parametrize(("tenant_id", "visitor"), [(2, "baskasi"), (1, VISITOR), (2, None)])
def test_a_file_of_anybody_else_is_not_found(client: Client, tenant_id: int, visitor: str | None) -> None:
    client.put_file(FILE_ID, tenant_id, visitor)
    assert send_file(client).code == "bulunamadi"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("oturum_id", 0),
        ("oturum_id", "42"),
        ("oturum_id", 42.5),
        ("oturum_id", 2**63),
        ("mesaj", " "),
        ("dosya_id", "kisa"),
        ("istemci_mesaj_id", "a b"),
        ("istemci_mesaj_id", "x" * 65),
    ],
)
def test_a_message_with_a_bad_field_names_it(client: Client, field: str, value: Any) -> None:
    body = {"ziyaretci_id": VISITOR, "oturum_id": 42, "mesaj": "selam"} | {field: value}
    assert client.call("POST", MESSAGE, key=ESNAF_KEY, body=body).fields == [f"/{field}"]


@pytest.mark.parametrize("number", ["42.0", "4.2e1"])
def test_an_id_may_be_any_json_number_that_is_whole(client: Client, number: str) -> None:
    raw = f'{{"ziyaretci_id": "{VISITOR}", "oturum_id": {number}, "mesaj": "selam"}}'.encode()
    reply = client.call("POST", MESSAGE, key=ESNAF_KEY, raw=raw, headers={"content-type": "application/json"})
    assert reply.data["mesaj"]["oturum_id"] == 42


@pytest.mark.parametrize("number", ["1e18", "9223372036854774784.0", "9223372036854775807"])
def test_the_largest_ids_name_no_chat(client: Client, number: str) -> None:
    raw = f'{{"ziyaretci_id": "{VISITOR}", "oturum_id": {number}, "mesaj": "selam"}}'.encode()
    reply = client.call("POST", MESSAGE, key=ESNAF_KEY, raw=raw, headers={"content-type": "application/json"})
    assert reply.code == "bulunamadi"


# messages


def test_a_reader_gets_what_comes_after_the_last_sequence(client: Client) -> None:
    for text in ("iki", "uc", "dort"):
        client.say(VISITOR, 42, text, ESNAF_KEY)
    assert sequences(client.read(VISITOR, 42, ESNAF_KEY)) == [1, 2, 3, 4]
    assert sequences(client.read(VISITOR, 42, ESNAF_KEY, son_sira=2)) == [3, 4]
    assert sequences(client.read(VISITOR, 42, ESNAF_KEY, son_sira=2, limit=1)) == [3]
    assert sequences(client.read(VISITOR, 42, ESNAF_KEY, son_sira=4)) == []
    assert sequences(client.read(VISITOR, 42, ESNAF_KEY, son_sira=2**63 - 1)) == []


def test_the_answer_always_has_the_chat_s_state(client: Client, token: str) -> None:
    states = [client.read(VISITOR, 42, ESNAF_KEY).data["durum"]]
    client.accept(42, token)
    states.append(client.read(VISITOR, 42, ESNAF_KEY, son_sira=9).data["durum"])
    client.close_chat(42, token)
    states.append(client.read(VISITOR, 42, ESNAF_KEY, son_sira=9).data["durum"])
    assert states == ["bekliyor", "aktif", "kapandi"]


def test_without_a_limit_twenty_messages_come(client: Client) -> None:
    for number in range(21):
        client.say(VISITOR, 42, f"{number}", ESNAF_KEY)
    assert sequences(client.read(VISITOR, 42, ESNAF_KEY)) == list(range(1, 21))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bekle", 26),
        ("bekle", -1),
        ("bekle", "1.5"),
        ("limit", 0),
        ("limit", 101),
        ("limit", ""),
        ("son_sira", -1),
        ("son_sira", 2**63),
        ("son_sira", "٣"),
        ("oturum_id", "abc"),
        ("oturum_id", 0),
    ],
)
def test_a_parameter_out_of_its_range_is_named(client: Client, name: str, value: object) -> None:
    assert client.read(VISITOR, 42, ESNAF_KEY, **{name: value}).fields == [f"/{name}"]


def test_missing_parameters_are_named(client: Client) -> None:
    reply = client.call("GET", "/api/v1/widget/chat/messages", key=ESNAF_KEY)
    assert sorted(reply.fields) == ["/oturum_id", "/ziyaretci_id"]


def wait_for(client: Client, after: int, cause: Any) -> tuple[Reply, float]:
    """Poll chat 42 from `after`, let `cause()` happen meanwhile; the answer and how long it took."""

    async def work() -> tuple[Reply, float]:
        begun = monotonic()
        waiting = asyncio.create_task(client.poll(VISITOR, 42, ESNAF_KEY, son_sira=after, bekle=20))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        assert (await cause()).status < 300
        return await asyncio.wait_for(waiting, 5), monotonic() - begun

    return client.run(work())


def test_a_long_poll_is_woken_by_a_message(client: Client) -> None:
    body = {"ziyaretci_id": VISITOR, "oturum_id": 42, "mesaj": "uyan"}
    reply, seconds = wait_for(client, 1, lambda: client.send("POST", MESSAGE, key=ESNAF_KEY, body=body))
    assert texts(reply) == ["uyan"]
    assert seconds < 1


def test_a_long_poll_is_woken_by_a_start_that_appends(client: Client) -> None:
    body = {"ziyaretci_id": VISITOR, "mesaj": "uyan"}
    reply, _ = wait_for(client, 1, lambda: client.send("POST", START, key=ESNAF_KEY, body=body))
    assert texts(reply) == ["uyan"]


def test_a_long_poll_is_woken_by_an_operator_who_accepts(client: Client, token: str) -> None:
    path = "/api/v1/operator/chat/42/accept"
    reply, _ = wait_for(client, 1, lambda: client.send("POST", path, token=token))
    assert reply.data == {"mesajlar": [], "durum": "aktif"}


def test_a_long_poll_is_woken_by_closing_with_the_system_s_message(client: Client, token: str) -> None:
    path = "/api/v1/operator/chat/42/close"
    reply, _ = wait_for(client, 1, lambda: client.send("POST", path, token=token))
    (message,) = reply.data["mesajlar"]
    assert (message["gonderen"], message["gonderen_adi"], message["sira"]) == ("sistem", None, 2)
    assert reply.data["durum"] == "kapandi"


def test_a_message_of_another_chat_does_not_end_the_wait(client: Client) -> None:
    other = client.start_chat("abc123")["id"]

    async def work() -> Reply:
        waiting = asyncio.create_task(client.poll(VISITOR, 42, ESNAF_KEY, son_sira=1, bekle=20))
        await asyncio.sleep(0.01)
        body = {"ziyaretci_id": "abc123", "oturum_id": other, "mesaj": "selam"}
        await client.send("POST", MESSAGE, key=DEMO_KEY, body=body)
        await asyncio.sleep(0.01)
        assert not waiting.done()
        await client.send("POST", MESSAGE, key=ESNAF_KEY, body=body | {"ziyaretci_id": VISITOR, "oturum_id": 42})
        return await asyncio.wait_for(waiting, 5)

    assert sequences(client.run(work())) == [2]


def test_one_message_wakes_everybody_who_waits(client: Client) -> None:
    async def work() -> list[Reply]:
        polls = [asyncio.create_task(client.poll(VISITOR, 42, ESNAF_KEY, son_sira=1, bekle=20)) for _ in range(3)]
        await asyncio.sleep(0.01)
        body = {"ziyaretci_id": VISITOR, "oturum_id": 42, "mesaj": "uyan"}
        await client.send("POST", MESSAGE, key=ESNAF_KEY, body=body)
        return await asyncio.wait_for(asyncio.gather(*polls), 5)

    assert [texts(reply) for reply in client.run(work())] == [["uyan"]] * 3


def test_a_poller_that_goes_on_from_its_last_sequence_misses_nothing(crowd: Client) -> None:
    async def sender() -> None:
        for number in range(30):
            body = {"ziyaretci_id": VISITOR, "oturum_id": 42, "mesaj": f"{number}"}
            await crowd.send("POST", MESSAGE, key=ESNAF_KEY, body=body)
            await asyncio.sleep(0)
        await crowd.send(
            "POST", "/api/v1/widget/chat/end", key=ESNAF_KEY, body={"ziyaretci_id": VISITOR, "oturum_id": 42}
        )

    async def poller() -> list[int]:
        seen: list[int] = []
        state = ""
        while state != "kapandi" or seen[-1:] != [32]:
            reply = await crowd.poll(VISITOR, 42, ESNAF_KEY, son_sira=len(seen), bekle=5, limit=3)
            seen += sequences(reply)
            state = reply.data["durum"]
        return seen

    async def both() -> list[int]:
        seen, _ = await asyncio.wait_for(asyncio.gather(poller(), sender()), 10)
        return seen

    assert crowd.run(both()) == list(range(1, 33))


def test_a_long_poll_ends_empty_when_its_time_is_over(client: Client) -> None:
    begun = monotonic()
    reply = client.read(VISITOR, 42, ESNAF_KEY, son_sira=1, bekle=1)
    assert reply.data == {"mesajlar": [], "durum": "bekliyor"}
    assert 0.9 < monotonic() - begun < 3


def test_a_long_poll_answers_at_once_what_is_there(client: Client) -> None:
    begun = monotonic()
    assert sequences(client.read(VISITOR, 42, ESNAF_KEY, bekle=20)) == [1]
    assert monotonic() - begun < 1


def test_nobody_waits_for_a_closed_chat(client: Client) -> None:
    client.end(VISITOR, 42, ESNAF_KEY)
    begun = monotonic()
    assert client.read(VISITOR, 42, ESNAF_KEY, son_sira=2, bekle=20).data == {
        "mesajlar": [],
        "durum": "kapandi",
    }
    assert monotonic() - begun < 1


# end


def test_ending_a_chat_writes_the_system_s_message_and_tells(client: Client) -> None:
    client.clock.advance(seconds=90)
    chat = client.end(VISITOR, 42, ESNAF_KEY).data["oturum"]
    assert (chat["durum"], chat["bitis"]) == ("kapandi", "2026-04-12T14:31:30+03:00")
    last = client.read(VISITOR, 42, ESNAF_KEY).data["mesajlar"][-1]
    assert (last["sira"], last["gonderen"], last["mesaj"]) == (2, "sistem", "Sohbeti ziyaretçi kapattı.")
    assert client.events() == [ChatClosed(2, 42, "Ahmet Yilmaz", "visitor", None, 90, 2)]


def test_ending_an_accepted_chat_tells_whose_it_was(client: Client, token: str) -> None:
    client.accept(42, token)
    assert client.end(VISITOR, 42, ESNAF_KEY).data["oturum"]["operator_adi"] == "Örnek Operatör"
    assert [event.operator_id for event in client.events()] == [7]


def test_ending_twice_is_refused_and_told_once(client: Client) -> None:
    client.end(VISITOR, 42, ESNAF_KEY)
    assert client.end(VISITOR, 42, ESNAF_KEY).code == "oturum_kapali"
    assert len(client.events()) == 1


def test_of_two_ends_at_once_one_closes(crowd: Client) -> None:
    async def at_once() -> list[Reply]:
        body = {"ziyaretci_id": VISITOR, "oturum_id": 42}
        ends = [crowd.send("POST", "/api/v1/widget/chat/end", key=ESNAF_KEY, body=body) for _ in range(3)]
        return await asyncio.gather(*ends)

    assert sorted(reply.status for reply in crowd.run(at_once())) == [200, 409, 409]
    assert sequences(crowd.read(VISITOR, 42, ESNAF_KEY)) == [1, 2]


# rate


def test_an_open_chat_cannot_be_rated(client: Client) -> None:
    assert client.rate(VISITOR, 42, key=ESNAF_KEY).code == "oturum_acik"
    assert client.events() == []


def test_a_closed_chat_is_rated_once(client: Client, token: str) -> None:
    client.accept(42, token)
    client.end(VISITOR, 42, ESNAF_KEY)
    assert client.rate(VISITOR, 42, 4, ESNAF_KEY, yorum="İyiydi").data["oturum"]["puan"] == 4
    assert client.rate(VISITOR, 42, 5, ESNAF_KEY).code == "zaten_puanlandi"
    (chat,) = client.queue(token, durum="kapandi")["oturumlar"]
    assert (chat["puan"], chat["yorum"]) == (4, "İyiydi")
    assert client.events()[1:] == [ChatRated(2, 42, 4, "İyiydi", 7)]


@pytest.mark.parametrize("more", [{}, {"yorum": None}])
def test_a_comment_is_optional(client: Client, more: dict[str, None]) -> None:
    client.end(VISITOR, 42, ESNAF_KEY)
    assert client.rate(VISITOR, 42, 1, ESNAF_KEY, **more).status == 200
    assert client.events()[-1] == ChatRated(2, 42, 1, None, None)


@pytest.mark.parametrize("rating", [0, 6, -1, 4.5, "5", None, True])
def test_a_rating_is_a_whole_number_from_one_to_five(client: Client, rating: object) -> None:
    client.end(VISITOR, 42, ESNAF_KEY)
    assert client.rate(VISITOR, 42, rating, ESNAF_KEY).fields == ["/puan"]


@pytest.mark.parametrize("rating", [1, 5])
def test_one_and_five_are_ratings(client: Client, rating: int) -> None:
    client.end(VISITOR, 42, ESNAF_KEY)
    assert client.rate(VISITOR, 42, rating, ESNAF_KEY).data["oturum"]["puan"] == rating


def test_a_blank_comment_is_refused(client: Client) -> None:
    client.end(VISITOR, 42, ESNAF_KEY)
    assert client.rate(VISITOR, 42, 5, ESNAF_KEY, yorum=" ").fields == ["/yorum"]


def test_of_two_ratings_at_once_one_counts(crowd: Client) -> None:
    crowd.end(VISITOR, 42, ESNAF_KEY)

    async def at_once() -> list[Reply]:
        body = {"ziyaretci_id": VISITOR, "oturum_id": 42}
        path = "/api/v1/widget/chat/rate"
        return await asyncio.gather(*[crowd.send("POST", path, key=ESNAF_KEY, body=body | {"puan": n}) for n in (1, 5)])

    assert sorted(reply.status for reply in crowd.run(at_once())) == [200, 409]


# 402


def test_a_tenant_whose_trial_is_over_opens_no_chat_and_takes_no_message(client: Client) -> None:
    client.change_tenant(2, trial_ends_at=client.clock.now())
    assert start(client, ESNAF_KEY).code == "deneme_suresi_doldu"
    assert client.say(VISITOR, 42, "selam", ESNAF_KEY).code == "deneme_suresi_doldu"
    assert client.events() == []


def test_a_trial_runs_to_its_last_second(client: Client) -> None:
    client.change_tenant(2, trial_ends_at=client.clock.now())
    client.clock.advance(seconds=-1)
    assert client.say(VISITOR, 42, "selam", ESNAF_KEY).status == 201


def test_reading_rating_and_operators_go_on_after_the_trial(client: Client, token: str) -> None:
    client.change_tenant(2, trial_ends_at=client.clock.now())
    assert client.read(VISITOR, 42, ESNAF_KEY).status == 200
    assert client.accept(42, token).status == 200
    assert client.answer(42, token, "Merhaba").status == 201
    assert client.end(VISITOR, 42, ESNAF_KEY).status == 200
    assert client.rate(VISITOR, 42, key=ESNAF_KEY).status == 200
    assert client.customer_info(VISITOR, ESNAF_KEY, ad="Ahmet").status == 200


@pytest.mark.parametrize("path", [START, MESSAGE])
@pytest.mark.parametrize(
    ("raw", "media_type"),
    [
        (b"x" * 262_145, "application/json"),
        (b"{}", "text/plain"),
        (b"{", "application/json"),
        (b"{}", "application/json"),
    ],
    ids=["413", "415", "400", "422"],
)
def test_an_ended_trial_is_told_before_the_body_is_judged(
    client: Client, path: str, raw: bytes, media_type: str
) -> None:
    def send() -> Reply:
        return client.call("POST", path, key=DEMO_KEY, raw=raw, headers={"content-type": media_type})

    judged = send().status
    client.change_tenant(1, trial_ends_at=client.clock.now())
    assert judged in (413, 415, 400, 422)
    assert send().status == 402


def test_who_calls_is_asked_before_the_trial(client: Client) -> None:
    client.change_tenant(2, trial_ends_at=client.clock.now())
    assert client.call("POST", START, key="CM_BILINMEYEN", body={}).status == 401
    foreign = {"origin": "https://baska.com"}
    assert client.call("POST", START, key=ESNAF_KEY, body={}, headers=foreign).status == 403
