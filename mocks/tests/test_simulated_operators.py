"""Simulated operators do what operators do, through the same operations, once each, and leave other people's chats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any, Final

import pytest

from impl.model import ChatClosed
from mocks.counterparts.counterpart import Impossible
from mocks.counterparts.operators import SimulatedOperators
from mocks.counterparts.plans import Plan
from mocks.falling_due import next_due
from mocks.tests.people import People, people, rules
from mocks.tests.whole import whole_mock

ESNAF: Final = "CM_PRATIKESNAF"
SITE: Final = "https://pratikesnaf.com"


@pytest.fixture
def scene() -> Iterator[People]:
    with people() as made:
        yield made


def reply(text: str, **more: Any) -> dict[str, Any]:
    return {"when": "message", "after": 2, "do": {"reply": text}, **more}


# The default


def test_a_chat_is_accepted_greeted_and_answered_out_of_the_box(scene: People) -> None:
    scene.follow("operator")
    chat = scene.opens(text="Merhaba, siparişim nerede?")
    scene.pass_time(0.5)
    assert scene.chat(chat).state == "waiting"
    scene.pass_time(2)
    assert scene.chat(chat).state == "active"
    scene.pass_time(15)
    greeting, answer, *_ = scene.texts(chat)
    assert greeting.startswith("Merhaba Ahmet, ")
    assert "“siparişim nerede”" in answer


def test_goodbye_is_answered_and_the_chat_is_closed(scene: People) -> None:
    scene.follow("operator")
    chat = scene.opens(text="Merhaba")
    scene.pass_time(20)
    assert scene.texts(chat)[-1] == "Size nasıl yardımcı olabilirim?"
    scene.says(chat, "Sorunum kalmadı, teşekkürler, iyi günler")
    scene.pass_time(20)
    assert scene.chat(chat).state == "closed"
    assert "yi günler" in scene.texts(chat)[-1]


def test_a_good_day_before_a_question_is_no_goodbye(scene: People) -> None:
    scene.follow("operator")
    chat = scene.opens(text="İyi günler, geçen ayın faturasını bulamıyorum.")
    scene.pass_time(30)
    assert scene.chat(chat).state == "active"
    assert scene.texts(chat)[-1] == "[fatura-2026-04.pdf]"


def test_a_visitor_who_asks_for_somebody_else_is_handed_over(scene: People) -> None:
    scene.follow("operator")
    chat = scene.opens(text="Merhaba")
    scene.pass_time(20)
    before = scene.chat(chat).operator_id
    scene.says(chat, "Yetkili biriyle görüşmek istiyorum.")
    scene.pass_time(20)
    assert {before, scene.chat(chat).operator_id} == {7, 8}
    assert "görüştürüyorum" in scene.texts(chat)[-2]
    assert "devraldım" in scene.texts(chat)[-1]


def test_without_a_colleague_nobody_is_handed_over(scene: People) -> None:
    scene.follow("operator")
    chat = scene.opens("tek", "Merhaba", key="CM_YALNIZ_2026")
    scene.pass_time(20)
    scene.says(chat, "Müdürünüzle görüşmek istiyorum")
    scene.pass_time(20)
    assert scene.chat(chat).operator_id == 9
    assert "tek başımayım" in scene.texts(chat)[-1]


def test_a_ticket_is_answered_and_solved(scene: People) -> None:
    scene.follow("operator")
    body = {"ziyaretci_id": "abc123", "konu": "Fatura görünmüyor", "mesaj": "Nerede?"}
    ticket = scene.mock.widget("ticket/create", body).json["data"]["ticket"]["id"]
    scene.pass_time(8)
    scene.pass_time(60)
    assert scene.ticket(ticket).state == "solved"
    (answer,) = scene.tables.replies[ticket]
    assert "Fatura görünmüyor" in answer.text


def test_a_visitor_who_is_silent_is_asked_once_and_let_go(scene: People) -> None:
    scene.follow("operator")
    chat = scene.opens(text="Şifremi unuttum")
    scene.pass_time("4m")
    assert scene.texts(chat)[-1] == "Hâlâ orada mısınız Ahmet?"
    scene.pass_time("6m")
    assert scene.chat(chat).state == "closed"


def test_the_chat_that_waits_in_the_demo_is_taken_too(scene: People) -> None:
    scene.follow("operator")
    scene.pass_time(3)
    assert (scene.chat(42).state, scene.chat(42).operator_id) == ("active", 7)


# Time


def test_a_clock_that_stands_still_brings_nothing_and_hangs_nobody(scene: People) -> None:
    scene.follow("operator")
    chat = scene.opens(text="Merhaba")
    query = f"ziyaretci_id=abc123&oturum_id={chat}&son_sira=1"
    answer = scene.mock.ask("GET", f"/api/v1/widget/chat/messages?{query}", x_api_key="CM_DEMO_2026")
    assert answer.json["data"]["mesajlar"] == []
    assert scene.chat(chat).state == "waiting"


def test_advancing_answers_everything_that_fell_due_at_its_own_time(scene: People) -> None:
    scene.follow("operator", rules(reply("Buyurun")))
    chat = scene.opens(text="Merhaba")
    opened = scene.chat(chat).opened_at
    scene.pass_time("1h")
    accepted, (message,) = scene.chat(chat).accepted_at, scene.messages(chat)
    assert accepted is not None
    assert ((accepted - opened).seconds, (message.sent_at - opened).seconds) in ((1, 3), (2, 4))


def test_operators_stay_online_while_days_pass(scene: People) -> None:
    scene.follow("operator", rules())
    chat = scene.opens(text="Merhaba")
    scene.pass_time(5)
    scene.pass_time("5h")
    assert scene.chat(chat).state == "active"
    assert scene.mock.widget("init", {"ziyaretci_id": "x"}).json["data"]["cevrimici"] is True
    scene.pass_time("300d")
    assert scene.tables.operators[8].state == "online"


def test_nobody_waits_for_the_time_out_of_operators_who_call() -> None:
    """Or a year would be passed in steps of two minutes."""
    with people() as scene:
        scene.follow("operator", rules())
        scene.pass_time(5)
        scene.mock.widget("chat/end", {"ziyaretci_id": "ahmet.yilmaz", "oturum_id": 42}, x_api_key=ESNAF, origin=SITE)
        main = scene.mock.mock.sandboxes.main
        presence, now = main.world.presence, main.clock.now()
        assert next_due(scene.tables, presence, now) is not None
        assert next_due(scene.tables, presence, now, {7, 8, 9}) is None


def test_they_do_not_act_by_the_way_while_the_clock_is_moved_on(scene: People) -> None:
    """What is done on the way is done in its order."""

    class Greedy:
        done = 0

        def next_due(self) -> float | None:
            return None

        async def run_due(self) -> int:
            self.done += 1
            if self.done < 10:
                await main.act()
            return 0

        def callers(self) -> Collection[int]:
            return ()

    main, greedy = scene.mock.mock.sandboxes.main, Greedy()
    main.parts.append(greedy)
    scene.pass_time(0.1)
    assert greedy.done == 2


def test_two_that_talk_to_each_other_end_within_one_advance(scene: People) -> None:
    """Without pauses they would never stop; the rest comes later."""
    scene.follow("operator", rules({"when": "message", "do": {"reply": "Peki"}}))
    endless = {"when": "message", "do": {"reply": "Ya sonra?"}}
    persona = {"key": "CM_DEMO_2026", "id": "sonsuz"}
    begin = {"when": "start", "do": {"open": "Merhaba"}}
    scene.follow("visitor", {"visitors": [persona], "rules": [begin, endless]})
    assert 1_000 <= scene.pass_time("1h") < 1_400


def test_of_the_same_seed_the_same_acts_meet_the_same_answers() -> None:
    def scene_of(seed: int) -> list[tuple[str, int]]:
        script = rules(
            {"when": "message", "after": [1, 30], "do": {"reply": [f"{n} numaralı yanıt" for n in range(9)]}}, seed=seed
        )
        with people() as scene:
            scene.follow("operator", script)
            chats = [scene.opens(f"v{n}", "Merhaba") for n in range(4)]
            began = scene.chat(chats[0]).opened_at
            scene.pass_time(60)
            return [
                (message.text or "", (message.sent_at - began).seconds)
                for chat in chats
                for message in scene.messages(chat)
            ]

    first, again, other = scene_of(7), scene_of(7), scene_of(8)
    assert [text for text, _ in first] == [text for text, _ in again]
    assert all(abs(one - two) <= 1 for (_, one), (_, two) in zip(first, again, strict=True))  # parts of a second
    assert len(first) == 4
    assert first != other


def test_while_the_clock_runs_they_act_by_themselves() -> None:
    with whole_mock() as mock:
        scene = People(mock)
        scene.follow("operator", rules(reply("Buyurun")))
        chat = scene.opens(text="Merhaba")
        mock.control("POST", "/clock", {"hiz": 1000})
        body = f"ziyaretci_id=abc123&oturum_id={chat}&son_sira=1&bekle=5"
        told = mock.ask("GET", f"/api/v1/widget/chat/messages?{body}", x_api_key="CM_DEMO_2026").json["data"]
        if not told["mesajlar"]:  # the poll was woken by the chat being accepted
            told = mock.ask("GET", f"/api/v1/widget/chat/messages?{body}", x_api_key="CM_DEMO_2026").json["data"]
        assert [message["mesaj"] for message in told["mesajlar"]] == ["Buyurun"]


# Never twice


def test_several_messages_are_answered_once_after_the_last(scene: People) -> None:
    scene.follow("operator", rules(reply("“{konu}” hakkında bakıyorum")))
    chat = scene.opens(text="Siparişim nerede?")
    scene.pass_time(2)
    scene.says(chat, "No 48213")
    scene.pass_time(1)
    scene.says(chat, "Acil lütfen")
    scene.pass_time(60)
    assert scene.texts(chat) == ["“Siparişim nerede” hakkında bakıyorum"]


def test_an_answer_that_was_not_sent_does_not_count_as_one(scene: People) -> None:
    scene.follow("operator", rules(reply("İlk yanıt", times=1), reply("Başka yanıt")))
    chat = scene.opens(text="Bir")
    scene.pass_time(2)
    scene.says(chat, "İki")
    scene.pass_time(10)
    assert scene.texts(chat) == ["İlk yanıt"]


def test_what_the_visitor_says_meanwhile_ends_what_was_planned(scene: People) -> None:
    bye = {"when": {"message": "teşekkür"}, "do": [{"reply": "Rica ederim"}, {"wait": 10}, "close"]}
    scene.follow("operator", rules(bye, reply("Buyurun")))
    chat = scene.opens(text="Teşekkürler")
    scene.pass_time(5)
    scene.says(chat, "Bir şey daha soracaktım")
    scene.pass_time(60)
    assert (scene.chat(chat).state, scene.texts(chat)) == ("active", ["Rica ederim", "Buyurun"])


def test_another_script_and_switching_off_and_on_repeat_nothing(scene: People) -> None:
    scene.follow("operator", rules(reply("Bir")))
    chat = scene.opens(text="Merhaba")
    scene.pass_time(10)
    scene.follow("operator", rules(reply("İki")))
    scene.pass_time(10)
    assert scene.texts(chat) == ["Bir"]
    scene.says(chat, "Orada mısınız?")
    scene.pass_time(10)
    assert scene.texts(chat) == ["Bir", "İki"]


def test_a_ticket_that_a_person_answered_is_left(scene: People) -> None:
    scene.follow("operator", rules({"when": "ticket", "after": 5, "do": {"reply": "Otomatik"}}))
    ticket = scene.mock.widget("ticket/create", {"ziyaretci_id": "a", "konu": "K", "mesaj": "M"}).json["data"]["ticket"]
    scene.pass_time(2)
    scene.panel("POST", f"ticket/{ticket['id']}/reply", {"mesaj": "Ben yazdım"})
    scene.panel("PUT", f"ticket/{ticket['id']}/status", {"durum": "acik"})
    scene.pass_time(60)
    assert [answer.text for answer in scene.tables.replies[ticket["id"]]] == ["Ben yazdım"]


# People at the panel


def test_a_chat_that_somebody_else_accepted_is_left(scene: People) -> None:
    scene.follow("operator", rules(reply("Otomatik")))
    chat = scene.opens(text="Merhaba")
    scene.panel("POST", f"chat/{chat}/accept")
    scene.panel("POST", "chat/42/accept", email="operator@example.com")
    scene.pass_time(60)
    assert (scene.chat(chat).operator_id, scene.texts(chat)) == (8, [])
    told = scene.mock.control("GET", "/counterparts")["operator"]
    assert (told["bekleyen"], told["son_sorun"]) == (0, None), "nothing was even tried"


def test_a_chat_that_was_given_back_is_accepted_again(scene: People) -> None:
    scene.follow("operator", rules(reply("Buyurun"), {"when": "accepted", "do": {"reply": "Merhaba"}}))
    chat = scene.opens(text="Merhaba")
    scene.pass_time(10)
    first = scene.chat(chat).operator_id
    email = scene.tables.operators[first or 0].email
    scene.panel("PUT", "status", {"durum": "cevrimdisi"}, email=email)
    assert scene.chat(chat).state == "waiting"
    scene.pass_time(10)
    assert {first, scene.chat(chat).operator_id} == {7, 8}
    assert scene.texts(chat) == ["Merhaba", "Buyurun", "Merhaba"]


def test_somebody_who_writes_in_a_chat_has_it_from_then_on(scene: People) -> None:
    scene.follow("operator", rules(reply("Otomatik"), operators=["destek@example.com"]))
    chat = scene.opens(text="Merhaba")
    scene.pass_time(2)
    scene.panel("POST", f"chat/{chat}/message", {"mesaj": "Ben bakıyorum"})
    scene.says(chat, "Tamam")
    scene.pass_time(60)
    assert scene.texts(chat) == ["Ben bakıyorum"]


def test_a_chat_that_somebody_took_over_is_left(scene: People) -> None:
    scene.follow("operator", rules(reply("Otomatik"), operators=["operator@example.com"]))
    chat = scene.opens(text="Merhaba")
    scene.pass_time(1.5)
    scene.panel("POST", f"chat/{chat}/transfer", {"operator_id": 8})
    scene.pass_time(60)
    assert (scene.chat(chat).operator_id, scene.texts(chat)) == (8, [])


def test_a_chat_that_somebody_hands_to_a_simulated_operator_is_answered(scene: People) -> None:
    handed = {"when": "handed", "after": 1, "do": {"reply": "Devraldım"}}
    scene.follow("operator", rules(handed, reply("Buyurun"), operators=["operator@example.com"]))
    scene.panel("PUT", "status", {"durum": "cevrimdisi"}, email="operator@example.com")
    scene.tables.token_ids_by_operator.clear()  # nobody is signed in as the simulated one
    chat = scene.opens(text="Merhaba")
    scene.panel("POST", f"chat/{chat}/accept")
    scene.panel("POST", f"chat/{chat}/message", {"mesaj": "Bir saniye"})
    scene.pass_time(1)
    scene.panel("POST", f"chat/{chat}/transfer", {"operator_id": 7})
    scene.pass_time(5)
    scene.says(chat, "Orada mısınız?")
    scene.pass_time(5)
    assert scene.texts(chat) == ["Bir saniye", "Devraldım", "Buyurun"]


def test_operators_as_whom_nobody_is_signed_in_go_first(scene: People) -> None:
    scene.follow("operator", rules())
    scene.mock.signed_in("operator@example.com")
    chats = [scene.opens(f"v{n}") for n in range(3)]
    scene.pass_time(5)
    assert [scene.chat(chat).operator_id for chat in chats] == [8, 8, 8]


def test_operators_whom_somebody_sent_offline_take_nothing(scene: People) -> None:
    scene.follow("operator", rules())
    scene.pass_time(1)
    for email in ("destek@example.com", "operator@example.com"):
        scene.panel("PUT", "status", {"durum": "cevrimdisi"}, email=email)
    chat = scene.opens()
    scene.pass_time(60)
    assert scene.chat(chat).state == "waiting"
    scene.panel("PUT", "status", {"durum": "cevrimici"})
    scene.pass_time(5)
    assert scene.chat(chat).operator_id == 8


def test_who_is_switched_off_goes_and_the_chats_wait_again(scene: People) -> None:
    scene.follow("operator", rules())
    chat = scene.opens()
    scene.pass_time(5)
    scene.mock.control("PUT", "/counterparts", {"operator": "off"})
    assert scene.chat(chat).state == "waiting"
    assert scene.tables.operators[8].state == "offline"
    assert scene.pass_time("1h") == 0


# Parallel chats, tenants, limits


def test_parallel_chats_of_several_tenants_are_each_answered_by_their_own(scene: People) -> None:
    scene.follow("operator", rules(reply("{firma}: {konu}")))
    keys = ("CM_DEMO_2026", "CM_YALNIZ_2026")
    chats = [scene.opens(f"v{n}", f"Soru {n}", key=keys[n % 2]) for n in range(20)]
    scene.pass_time(60)
    for number, chat in enumerate(chats):
        name = ("CozumMerkezi Demo", "Yalnız A.Ş.")[number % 2]
        assert scene.texts(chat) == [f"{name}: Soru {number}"]
        assert scene.chat(chat).operator_id in ((7, 8), (9,))[number % 2]


def test_work_is_shared(scene: People) -> None:
    scene.follow("operator", rules())
    chats = [scene.opens(f"v{n}") for n in range(6)]
    scene.pass_time(5)
    assert Counter(scene.chat(chat).operator_id for chat in chats) == {7: 3, 8: 3}


def test_a_chat_beyond_the_limit_waits_until_there_is_room(scene: People) -> None:
    tables = scene.tables
    (membership,) = tables.memberships_by_operator[9]
    tables.memberships_by_operator[9] = (type(membership)(9, 3, 0, "owner", chat_limit=1),)
    scene.follow("operator", rules())
    first, second = (scene.opens(f"v{n}", key="CM_YALNIZ_2026") for n in range(2))
    scene.pass_time(5)
    assert [scene.chat(chat).state for chat in (first, second)] == ["active", "waiting"]
    scene.mock.widget("chat/end", {"ziyaretci_id": "v0", "oturum_id": first}, x_api_key="CM_YALNIZ_2026")
    scene.pass_time(5)
    assert scene.chat(second).state == "active"


def test_a_visitor_who_leaves_is_not_written_to(scene: People) -> None:
    scene.follow("operator", rules(reply("Geç kaldım")))
    chat = scene.opens(text="Merhaba")
    scene.pass_time(2)
    scene.mock.widget("chat/end", {"ziyaretci_id": "abc123", "oturum_id": chat})
    scene.pass_time(60)
    assert scene.texts(chat) == []


def test_another_world_is_begun_anew(scene: People) -> None:
    scene.follow("operator", rules(reply("Buyurun")))
    scene.pass_time(10)
    main = scene.mock.mock.sandboxes.main
    scene.mock.run(main.begin(scene.mock.mock.sandboxes.make))
    main.clock.run(0)
    assert scene.chat(42).state == "waiting"
    scene.pass_time(10)
    assert (scene.chat(42).state, scene.texts(42)) == ("active", ["Buyurun"])


def test_chats_of_a_state_that_was_loaded_go_on(scene: People) -> None:
    """Somebody accepted the chat, and is no longer signed in."""
    chat = scene.opens(text="Merhaba")
    scene.panel("POST", f"chat/{chat}/accept")
    scene.panel("POST", f"chat/{chat}/message", {"mesaj": "Buyurun"})
    scene.says(chat, "Faturam nerede?")
    scene.tables.token_ids_by_operator.clear()
    scene.follow("operator", rules(reply("Bakıyorum: {konu}")))
    scene.pass_time(10)
    assert scene.texts(chat) == ["Buyurun", "Bakıyorum: Faturam nerede"]


# Acts


def test_canned_responses_and_files_are_sent(scene: People) -> None:
    acts = [{"canned": "tesekkur"}, {"wait": 1}, {"file": "rapor.csv"}, {"file": "ekran.png"}, {"file": "not.txt"}]
    scene.follow("operator", rules({"when": "message", "do": acts}))
    chat = scene.opens(text="Merhaba")
    scene.pass_time(20)
    canned, *files = scene.messages(chat)
    assert (canned.text or "").startswith("Bize yazdığınız için")
    types = [message.file.media_type for message in files if message.file]
    assert types == ["text/csv", "image/png", "text/plain"]


def test_what_cannot_be_done_is_told_and_ends_that_plan_alone(scene: People) -> None:
    acts = [{"canned": "kargo"}, {"reply": "Bu yazılmaz"}]
    scene.follow("operator", rules({"when": {"message": "bir"}, "do": acts}, reply("Buyurun")))
    chat = scene.opens(text="Bir")
    scene.pass_time(20)
    scene.says(chat, "İki")
    scene.pass_time(20)
    assert scene.texts(chat) == ["Buyurun"]
    told = scene.mock.control("GET", "/counterparts")["operator"]["son_sorun"]
    assert told == f"chat:{chat}, canned: the tenant has no canned response `kargo`; there are merhaba, tesekkur"


def test_a_break_is_taken_from_time_to_time(scene: People) -> None:
    rest = {"when": {"every": "10m"}, "do": [{"status": "mesgul"}, {"wait": 60}, {"status": "cevrimici"}]}
    scene.follow("operator", rules(rest, operators=["destek@example.com"]))
    states = []
    for seconds in (605, 60):
        scene.pass_time(seconds)
        states.append(scene.tables.operators[8].state)
    assert states == ["busy", "online"]


def test_chance_leaves_a_rule_out_for_good(scene: People) -> None:
    rule = {"when": "waiting", "chance": 0.5, "do": "accept"}
    scene.follow("operator", {"rules": [{"when": "start", "do": {"status": "cevrimici"}}, rule]})
    chats = [scene.opens(f"v{n}") for n in range(40)]
    scene.pass_time("1h")
    taken = [chat for chat in chats if scene.chat(chat).state == "active"]
    assert 8 <= len(taken) <= 32


def test_webhooks_and_rating_follow_as_ever(scene: People) -> None:
    """What they do is real: a closed chat can be rated, and is told in the outbox."""
    scene.follow("operator", rules({"when": "message", "after": 1, "do": ["close"]}))
    chat = scene.opens(text="Merhaba")
    scene.pass_time(10)
    assert scene.mock.widget("chat/rate", {"ziyaretci_id": "abc123", "oturum_id": chat, "puan": 5}).status == 200
    told = [row.event for row in scene.tables.outbox]
    assert [event.chat_id for event in told if isinstance(event, ChatClosed)] == [42, chat]


# Another script


def states(scene: People) -> dict[str, str]:
    return {operator.email: operator.state for operator in scene.tables.operators.values()}


def test_an_operator_who_is_new_in_another_script_starts_and_who_stays_does_not_start_again(scene: People) -> None:
    everybody = list(states(scene))
    scene.follow("operator", rules(operators=everybody[:1]))
    scene.pass_time(1)
    assert Counter(states(scene).values()) == {"online": 1, "offline": 2}
    scene.panel("PUT", "status", {"durum": "mesgul"}, everybody[0])
    scene.follow("operator", rules(operators=everybody[:2]))
    scene.pass_time(1)
    assert [states(scene)[email] for email in everybody] == ["busy", "online", "offline"]
    scene.follow("operator", rules())
    scene.pass_time(1)
    assert [states(scene)[email] for email in everybody] == ["busy", "online", "online"]


def test_what_was_planned_by_another_script_does_not_count_for_a_rule_of_this_one(scene: People) -> None:
    once = {"when": "message", "times": 1, "after": 2, "do": {"reply": "Bir kez"}}
    scene.follow("operator", rules(once))
    chat = scene.opens(text="Merhaba")
    scene.pass_time(1)
    scene.follow("operator", rules({**once, "do": {"reply": "Yalnız bir kez"}}))
    for _ in range(3):
        scene.says(chat, "Orada mısınız?")
        scene.pass_time(10)
    assert scene.texts(chat) == ["Yalnız bir kez"]


# What cannot be done


def test_a_ticket_waits_until_somebody_is_there(scene: People) -> None:
    opened = {"ziyaretci_id": "abc123", "konu": "Fatura", "mesaj": "Nerede?"}
    ticket = scene.mock.widget("ticket/create", opened).json["data"]["ticket"]["id"]
    answer = {"when": "ticket", "do": {"reply": "Ekte."}}
    scene.follow("operator", {"rules": [answer]})
    assert scene.pass_time(60) == 0, "everybody is offline"
    scene.panel("PUT", "status", {"durum": "cevrimici"})
    scene.pass_time(1)
    assert [reply.text for reply in scene.tables.replies[ticket]] == ["Ekte."]


def test_an_act_that_fails_again_and_again_does_not_stop_the_clock(
    scene: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(self: SimulatedOperators, plan: Plan) -> None:
        plan.occasion.thread.waited = False
        raise Impossible("never")

    monkeypatch.setattr(SimulatedOperators, "_accept", fail)
    scene.follow("operator", {"rules": [rules()["rules"][0], {"when": "waiting", "do": "accept"}]})
    before = scene.mock.control("GET", "/clock")["timestamp"]
    scene.pass_time(60)
    assert scene.mock.control("GET", "/clock")["timestamp"] == before + 60
