"""Simulated visitors come, write, answer operators, send files, rate, and open tickets; never too many at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest

from mocks.tests.people import People, people
from mocks.tests.whole import whole_mock

OPERATOR: Final = "destek@example.com"


@pytest.fixture
def scene() -> Iterator[People]:
    with people() as made:
        yield made


def script(*rules: dict[str, Any], count: int = 1, **more: Any) -> dict[str, Any]:
    """Visitors of the demo tenant, the first of whom opens a chat at once."""
    profile = {"ad": "Elif", "soyad": "Kaya", "email": "elif@example.com", "paket": "Pro", "kontor": 4500}
    visitors = [{"key": "CM_DEMO_2026", "id": f"elif{n}", "profile": profile} for n in range(count)]
    begin = {"when": "start", "do": ["profile", {"page": "https://magaza.example/sepet"}, {"open": "Merhaba, elif"}]}
    return {"visitors": visitors, "rules": [begin, *rules], **more}


def accept(scene: People, chat: int, *texts: str) -> None:
    scene.panel("POST", f"chat/{chat}/accept")
    for text in texts:
        scene.panel("POST", f"chat/{chat}/message", {"mesaj": text})


def the_chat(scene: People, visitor: str = "elif0") -> int:
    (chat_id,) = scene.tables.chat_ids_by_visitor[1, visitor]
    return chat_id


def test_a_visitor_comes_at_once_out_of_the_box_and_more_follow(scene: People) -> None:
    scene.follow("visitor")
    assert scene.pass_time(17)
    new = [chat for chat in scene.tables.chats.values() if chat.id != 42]
    assert len(new) == 1
    assert new[0].visitor_name is not None
    scene.pass_time("1h")
    assert len([chat for chat in scene.tables.chats.values() if chat.state != "closed"]) <= 4
    assert scene.tables.tickets


def test_the_panel_shows_who_it_is(scene: People) -> None:
    """The site vouches for the visitor: the banner has something to show."""
    scene.follow("visitor", script())
    scene.pass_time(1)
    context = scene.panel("GET", "context/elif0")
    assert context["identity_dogrulandi"] is True
    assert [item["deger"] for item in context["banner"]] == ["Pro", "4.500"]
    page_views = [value for value in context.values() if isinstance(value, list) and value and "sayfa_url" in value[0]]
    assert page_views[0][0]["sayfa_url"] == "https://magaza.example/sepet"
    assert scene.chat(the_chat(scene)).visitor_name == "Elif Kaya"


def test_an_operators_words_are_answered_once(scene: People) -> None:
    first = {"when": "first", "after": 2, "do": {"reply": "Merhaba {operator}"}}
    scene.follow("visitor", script(first, {"when": {"message": "numara"}, "after": 2, "do": {"reply": "48213"}}))
    scene.pass_time(1)
    chat = the_chat(scene)
    accept(scene, chat, "Buyurun")
    scene.pass_time(60)
    scene.panel("POST", f"chat/{chat}/message", {"mesaj": "Sipariş numaranız nedir?"})
    scene.pass_time(1)
    scene.panel("POST", f"chat/{chat}/message", {"mesaj": "Numarayı yazar mısınız?"})
    scene.pass_time(60)
    assert scene.texts(chat, "visitor") == ["Merhaba, elif", "Merhaba Destek Operatörü", "48213"]


def test_a_file_is_sent_and_the_chat_rated_after_it_was_closed(scene: People) -> None:
    send = {"when": "message", "do": [{"file": "ekran.png"}]}
    rate = {"when": "closed", "after": 3, "do": {"rate": {"puan": [4, 5], "yorum": "Sağ olun"}}}
    scene.follow("visitor", script(send, rate))
    scene.pass_time(1)
    chat = the_chat(scene)
    accept(scene, chat, "Ekran görüntüsü alabilir miyim?")
    scene.pass_time(5)
    assert scene.texts(chat, "visitor")[-1] == "[ekran.png]"
    scene.panel("POST", f"chat/{chat}/close")
    scene.pass_time(5)
    assert (scene.chat(chat).rating in (4, 5), scene.chat(chat).comment) == (True, "Sağ olun")


def test_a_visitor_whom_nobody_answers_asks_and_goes(scene: People) -> None:
    asks = {"when": {"idle": "2m"}, "times": 1, "do": {"reply": "Kimse yok mu?"}}
    scene.follow("visitor", script(asks, {"when": {"idle": "5m"}, "do": "close"}))
    scene.pass_time("3m")
    chat = the_chat(scene)
    assert scene.texts(chat, "visitor")[-1] == "Kimse yok mu?"
    scene.pass_time("5m")
    assert scene.chat(chat).state == "closed"


def test_not_more_than_so_many_are_there_at_once(scene: People) -> None:
    come = {"when": {"every": 5}, "do": {"open": "Merhaba"}}
    scene.follow("visitor", script(come, count=10, at_once=4))
    for _ in range(10):
        scene.pass_time(20)
        assert len([chat for chat in scene.tables.chats.values() if chat.visitor_id.startswith("elif")]) <= 4
    assert len(scene.tables.chats) == 5


def test_a_ticket_is_opened_and_its_answer_answered_once(scene: People) -> None:
    opened = {"when": {"every": 10}, "times": 1, "do": {"ticket": {"konu": "Fatura", "mesaj": "Nerede?"}}}
    scene.follow("visitor", script(opened, {"when": "ticket", "after": 5, "do": {"reply": "Sağ olun"}}, count=2))
    scene.pass_time(60)
    (ticket,) = scene.tables.tickets.values()
    scene.panel("POST", f"ticket/{ticket.id}/reply", {"mesaj": "Ekte gönderdim."})
    scene.pass_time("1h")
    assert [reply.text for reply in scene.tables.replies[ticket.id]] == ["Ekte gönderdim.", "Sağ olun"]


@pytest.mark.parametrize("signed", [True, False])
def test_a_tenant_in_secure_mode_is_no_hindrance(scene: People, signed: bool) -> None:
    """The token comes with the signed profile, else with the widget's first opening."""
    tenant = scene.tables.tenants[1]
    secured = {field: getattr(tenant, field) for field in tenant.__struct_fields__} | {"secure_mode": True}
    scene.tables.tenants[1] = type(tenant)(**secured)
    written = script({"when": "message", "do": {"reply": "Evet"}})
    if not signed:
        written["rules"][0]["do"] = {"open": "Merhaba, elif"}
    scene.follow("visitor", written)
    scene.pass_time(1)
    chat = the_chat(scene)
    accept(scene, chat, "Orada mısınız?")
    scene.pass_time(5)
    assert scene.texts(chat, "visitor") == ["Merhaba, elif", "Evet"]


# Another script


def visits(scene: People, visitor: str) -> int:
    return len(scene.tables.chat_ids_by_visitor.get((1, visitor), ()))


def test_a_visitor_who_is_new_in_another_script_comes_at_once_and_who_stays_does_not_come_again(scene: People) -> None:
    scene.follow("visitor", script({"when": "accepted", "do": "close"}))
    scene.pass_time(1)
    accept(scene, the_chat(scene))
    scene.pass_time(1)
    assert (scene.chat(the_chat(scene)).state, visits(scene, "elif0")) == ("closed", 1)
    scene.follow("visitor", script())
    scene.pass_time(60)
    assert visits(scene, "elif0") == 1
    scene.follow("visitor", script(count=2))
    scene.pass_time(60)
    assert (visits(scene, "elif0"), visits(scene, "elif1")) == (1, 1)


def test_a_new_visitor_does_not_come_where_there_are_enough(scene: People) -> None:
    scene.follow("visitor", script())
    scene.pass_time(1)
    scene.follow("visitor", script(count=2, at_once=1))
    scene.pass_time(60)
    assert (visits(scene, "elif0"), visits(scene, "elif1")) == (1, 0)


def test_a_visitor_whom_another_script_does_not_have_says_nothing_more(scene: People) -> None:
    answers = {"when": "message", "do": {"reply": "Evet"}}
    scene.follow("visitor", script(answers))
    scene.pass_time(1)
    other = script(answers)
    other["visitors"][0]["id"] = "baska"
    chat = the_chat(scene)
    scene.follow("visitor", other)
    accept(scene, chat, "Orada mısınız?")
    scene.pass_time(5)
    assert scene.texts(chat, "visitor") == ["Merhaba, elif"]
    assert visits(scene, "baska") == 1
    assert scene.mock.control("GET", "/counterparts")["ziyaretci"]["son_sorun"] is None


def test_both_sides_talk_until_they_say_goodbye() -> None:
    with whole_mock() as mock:
        scene = People(mock)
        scene.follow("operator")
        scene.follow("visitor")
        scene.pass_time("10m")
        chats = [chat for chat in scene.tables.chats.values() if chat.id != 42]
        over = [chat for chat in chats if chat.state == "closed"]
        assert len(over) >= 5
        assert any(chat.rating for chat in over)
        told = mock.control("GET", "/counterparts")
        assert [told[side]["son_sorun"] for side in ("operator", "ziyaretci")] == [None, None]
        assert mock.control("GET", "/journal")["kayitlar"] == []
