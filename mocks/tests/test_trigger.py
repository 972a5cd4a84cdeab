"""An event is made to happen by real operations, with what is missing for it; what cannot be is refused before."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from impl.contract.schemas import Schemas
from impl.model import Tenant
from impl.tests.client import application
from mocks.calling import Calls
from mocks.control.document import control_document
from mocks.scene import NotInDocument, Scene
from mocks.tests.hooking import EVENTS, inbox, listening, set_webhook, trigger, verified
from mocks.tests.whole import Whole, whole_mock
from mocks.trigger_options import OPTIONS, TRIGGERS
from mocks.triggering import trigger as run_trigger


@pytest.fixture
def mock() -> Iterator[Whole]:
    with whole_mock() as made:
        yield made


def _steps(told: Any) -> list[str]:
    return [step["islem"] for step in told["adimlar"]]


def _one(told: Any) -> Any:
    (happening,) = told["olaylar"]
    assert (happening["kusurlar"], happening["imza_gecerli"]) == ([], True)
    return happening["govde"]["veri"]


# The table


def test_every_event_of_the_document_can_be_triggered() -> None:
    assert set(TRIGGERS) == set(EVENTS) == set(application().binding.document["webhooks"])


def test_every_option_is_explained_documented_and_of_some_event() -> None:
    documented = control_document()["components"]["schemas"]["Trigger"]["properties"]
    assert set(OPTIONS) == set(documented) - {"olay"} == {name for one in TRIGGERS.values() for name in one.options}
    assert all(set(one.of_new) < set(one.options) for one in TRIGGERS.values())
    assert all(bool(one.operator) is ("operator" in one.options) for one in TRIGGERS.values())


# With nothing chosen


@pytest.mark.parametrize(
    ("event", "steps", "others"),
    [
        ("yeni_chat", ["start_chat"], []),
        ("yeni_ticket", ["create_ticket"], []),
        ("chat_kapandi", ["start_chat", "end_chat"], ["yeni_chat"]),
        ("memnuniyet_puan", ["start_chat", "end_chat", "rate_chat"], ["yeni_chat", "chat_kapandi"]),
        ("ticket_cozuldu", ["create_ticket", "set_ticket_status"], ["yeni_ticket"]),
        ("operator_cevrimdisi", ["set_operator_status", "set_operator_status"], []),
    ],
)
def test_what_is_missing_is_made_by_further_steps(mock: Whole, event: str, steps: list[str], others: list[str]) -> None:
    told = trigger(mock, event)
    assert _steps(told) == steps
    assert [one["olay"] for one in told["diger_olaylar"]] == others
    assert {one["olay"] for one in told["olaylar"]} == {event}
    assert [one["id"] for one in inbox(mock)] == [one["id"] for one in told["diger_olaylar"] + told["olaylar"]]
    again = trigger(mock, event)
    assert {one["olay"] for one in again["olaylar"]} == {event}, "it can be done as often as one likes"


def test_it_is_real_a_receiver_is_told_and_the_panel_sees_it(mock: Whole) -> None:
    with listening() as receiver:
        secret = set_webhook(mock, receiver.url)
        told = trigger(mock, "yeni_chat", mesaj="Kargom nerede?", ad="Zeynep Ak")

        async def wait() -> bool:
            return bool(await asyncio.to_thread(receiver.wait, lambda: receiver.heard, 10))

        assert mock.run(wait())
    (heard,) = receiver.heard
    assert verified(secret, heard.body, heard.headers) == told["olaylar"][0]["govde"]
    chats = mock.ask("GET", "/api/v1/operator/chats", **mock.signed_in()).json["data"]["oturumlar"]
    assert [one["ziyaretci_adi"] for one in chats] == ["Zeynep Ak"]
    assert mock.control("GET", "/journal")["kayitlar"][0]["islem"] != "start_chat", "no client asked for it"


# What was chosen


def test_a_chat_that_was_named_is_closed_by_whom_one_likes(mock: Whole) -> None:
    told = trigger(mock, "chat_kapandi", oturum=42, kapatan="operator")
    assert _steps(told) == ["accept_chat", "close_chat"]
    assert (_one(told)["oturum_id"], _one(told)["kapatan"], _one(told)["operator_id"]) == (42, "operator", 7)
    told = trigger(mock, "chat_kapandi", operator="destek@example.com", kapatan="ziyaretci")
    assert _steps(told) == ["start_chat", "accept_chat", "end_chat"]
    assert (_one(told)["kapatan"], _one(told)["operator_id"]) == ("ziyaretci", 8)


def test_a_chat_that_another_operator_has_is_transferred_first(mock: Whole) -> None:
    chat_id = _one(trigger(mock, "yeni_chat"))["oturum_id"]
    operator = mock.signed_in("operator@example.com")
    assert mock.ask("POST", f"/api/v1/operator/chat/{chat_id}/accept", **operator).status == 200
    told = trigger(mock, "chat_kapandi", oturum=chat_id, operator="destek@example.com")
    assert [(step["islem"], step["kim"]) for step in told["adimlar"]] == [
        ("transfer_chat", "operator@example.com"),
        ("close_chat", "destek@example.com"),
    ]
    assert _one(told)["operator_id"] == 8


def test_a_chat_that_is_open_is_closed_before_it_is_rated(mock: Whole) -> None:
    told = trigger(mock, "memnuniyet_puan", oturum=42, puan=2, yorum="Uzun sürdü")
    assert _steps(told) == ["end_chat", "rate_chat"]
    assert (_one(told)["puan"], _one(told)["yorum"]) == (2, "Uzun sürdü")
    trigger(mock, "chat_kapandi")
    assert _steps(trigger(mock, "memnuniyet_puan", oturum=43)) == ["rate_chat"]


def test_a_visitors_open_chat_makes_room_for_a_new_one(mock: Whole) -> None:
    told = trigger(mock, "yeni_chat", musteri="CM_PRATIKESNAF", ziyaretci="ahmet.yilmaz")
    assert _steps(told) == ["end_chat", "start_chat"]
    assert _one(told)["oturum_id"] == 43
    assert _one(told)["ziyaretci_adi"] == "Ahmet Yilmaz", "the name that the site told"


@pytest.mark.parametrize(
    ("event", "options", "others"),
    [
        ("yeni_chat", {}, ["chat_kapandi"]),
        ("chat_kapandi", {"kapatan": "operator"}, ["chat_kapandi", "yeni_chat"]),
        ("memnuniyet_puan", {}, ["chat_kapandi", "yeni_chat", "chat_kapandi"]),
    ],
)
def test_that_a_chat_was_closed_to_make_room_is_told_among_the_others(
    mock: Whole, event: str, options: dict[str, str], others: list[str]
) -> None:
    old = _one(trigger(mock, "yeni_chat", ziyaretci="abc123"))["oturum_id"]
    told = trigger(mock, event, ziyaretci="abc123", **options)
    assert [one["olay"] for one in told["diger_olaylar"]] == others
    assert _one(told)["oturum_id"] == old + 1, "the event that was asked for is that of the new chat"
    ids = [one["id"] for one in told["diger_olaylar"] + told["olaylar"]]
    assert ids == [one["id"] for one in inbox(mock)][1:], "nothing that happened is hidden"


def test_a_ticket_is_made_as_chosen_and_solved_again_after_it_was_opened_again(mock: Whole) -> None:
    made = _one(trigger(mock, "yeni_ticket", konu="İade", oncelik="acil", ziyaretci="abc123"))
    assert (made["konu"], made["oncelik"], made["ziyaretci_id"]) == ("İade", "acil", "abc123")
    assert _steps(trigger(mock, "ticket_cozuldu", ticket=1, operator="operator@example.com")) == ["set_ticket_status"]
    again = trigger(mock, "ticket_cozuldu", ticket=1)
    assert [step["govde"] for step in again["adimlar"]] == [{"durum": "acik"}, {"durum": "cozuldu"}]
    assert _one(again)["operator_id"] == 7, "whose it is"
    assert _one(trigger(mock, "ticket_cozuldu"))["operator_id"] == 8, "whose own tenant it is"


def test_an_operator_who_signs_out_is_told_of_in_each_tenant(mock: Whole) -> None:
    told = trigger(mock, "operator_cevrimdisi", operator="operator@example.com", neden="cikis")
    assert _steps(told) == ["set_operator_status", "logout"]
    assert {(one["musteri_id"], one["govde"]["veri"]["neden"]) for one in told["olaylar"]} == {
        (1, "cikis"),
        (2, "cikis"),
    }


def test_without_a_name_the_operator_who_is_there_goes(mock: Whole) -> None:
    operator = mock.signed_in("yalniz@example.com")
    mock.ask("PUT", "/api/v1/operator/status", {"durum": "mesgul"}, **operator)
    told = trigger(mock, "operator_cevrimdisi")
    assert _steps(told) == ["set_operator_status"]
    assert _one(told)["operator_id"] == 9


def test_visitors_who_must_prove_themselves_do(mock: Whole) -> None:
    tables = mock.mock.sandboxes.main.store.tables
    secure = Tenant(9, "Güvenli A.Ş.", "CM_GUVENLI", "s", None, "#000000", secure_mode=True)
    tables.tenants[9], tables.tenant_ids_by_key["CM_GUVENLI"] = secure, 9
    told = trigger(mock, "memnuniyet_puan", musteri="CM_GUVENLI")
    assert _steps(told) == ["widget_init", "start_chat", "end_chat", "rate_chat"]
    assert len(tables.visitors[9, "tetik-1"].token_digests) == 1, "what was lent is taken back"


# What cannot be


def _state(mock: Whole) -> Any:
    tables = mock.mock.sandboxes.main.store.tables
    return [dict(table) for table in (tables.chats, tables.tickets, tables.operators, tables.visitors, tables.tokens)]


@pytest.mark.parametrize(
    ("asked", "field", "said"),
    [
        ({"olay": "yeni_cat"}, "/olay", "did you mean `yeni_chat`"),
        ({"olay": "memnuniyet"}, "/olay", "did you mean `memnuniyet_puan`"),
        ({"olay": "sil"}, "/olay", "known: chat_kapandi, "),
        ({}, "/olay", "required"),
        ({"olay": "yeni_chat", "otrum": 42}, "/otrum", "did you mean `oturum`"),
        ({"olay": "yeni_chat", "puan": 4}, "/puan", "it takes: musteri, ziyaretci, ad, mesaj"),
        ({"olay": "yeni_chat", "musteri": "CM_DEMO"}, "/musteri", "did you mean `CM_DEMO_2026`"),
        ({"olay": "yeni_chat", "ziyaretci": "a|b"}, "/ziyaretci", ""),
        ({"olay": "yeni_chat", "ziyaretci": ""}, "/ziyaretci", "1 character"),
        ({"olay": "yeni_chat", "mesaj": ""}, "/mesaj", ""),
        ({"olay": "chat_kapandi", "oturum": 43}, "/oturum", "known: 42"),
        ({"olay": "chat_kapandi", "oturum": 142}, "/oturum", "did you mean `42`"),
        ({"olay": "chat_kapandi", "oturum": 42, "ad": "Ayşe"}, "/ad", "Not together with `oturum`"),
        ({"olay": "chat_kapandi", "kapatan": "sistem"}, "/kapatan", "cozum clock advance 25h"),
        ({"olay": "chat_kapandi", "kapatan": "operatr"}, "/kapatan", "did you mean `operator`"),
        ({"olay": "chat_kapandi", "operator": "yalniz@example.com"}, "/operator", "No member of CozumMerkezi Demo"),
        ({"olay": "memnuniyet_puan", "puan": 6}, "/puan", "5 or less"),
        ({"olay": "memnuniyet_puan", "oturum": 42, "yorum": " "}, "/yorum", "form"),
        ({"olay": "ticket_cozuldu", "ticket": 1}, "/ticket", "There is none yet"),
        ({"olay": "ticket_cozuldu", "oncelik": "cok"}, "/oncelik", "`acil`"),
        ({"olay": "operator_cevrimdisi", "operator": "destk@example.com"}, "/operator", "`destek@example.com`"),
        ({"olay": "operator_cevrimdisi", "neden": "zaman_asimi"}, "/neden", "cozum clock advance 3m"),
        ({"olay": "operator_cevrimdisi", "oturum": 42}, "/oturum", "it takes: operator, neden"),
    ],
)
def test_what_does_not_fit_is_refused_by_name_and_nothing_happens(
    mock: Whole, asked: dict[str, Any], field: str, said: str
) -> None:
    before = _state(mock)
    refused = mock.ask("POST", "/_mock/trigger", asked, accept_language="en")
    assert (refused.status, refused.json["hatalar"][0]["alan"]) == (422, field), refused.json
    assert said in refused.json["hatalar"][0]["mesaj"]
    assert (inbox(mock), _state(mock)) == ([], before)


def test_a_chat_that_is_over_is_not_closed_nor_rated_twice(mock: Whole) -> None:
    trigger(mock, "memnuniyet_puan", oturum=42)
    trigger(mock, "yeni_chat")
    before = inbox(mock)
    for event, said in (("chat_kapandi", "closed already. Open are: 43"), ("memnuniyet_puan", "rated already")):
        refused = mock.ask("POST", "/_mock/trigger", {"olay": event, "oturum": 42}, accept_language="en")
        assert said in refused.json["hatalar"][0]["mesaj"]
    trigger(mock, "chat_kapandi", oturum=43)
    refused = mock.ask("POST", "/_mock/trigger", {"olay": "chat_kapandi", "oturum": 43}, accept_language="en")
    assert refused.json["hatalar"][0]["mesaj"] == "Chat 43 is closed already. No chat is open."
    asked = {"olay": "memnuniyet_puan", "oturum": 43, "operator": "destek@example.com"}
    refused = mock.ask("POST", "/_mock/trigger", asked, accept_language="en")
    assert "nobody can take it" in refused.json["hatalar"][0]["mesaj"]
    assert len(inbox(mock)) == len(before) + 1


def _limit(mock: Whole, operator_id: int, most: int) -> None:
    """In tenant 1."""
    memberships = mock.mock.sandboxes.main.store.tables.memberships_by_operator
    mine = memberships[operator_id]
    memberships[operator_id] = tuple(replace(one, chat_limit=most) if one.tenant_id == 1 else one for one in mine)


def _fill(mock: Whole, email: str, visitor: str = "dolu") -> int:
    """That operator gets a chat of this visitor."""
    chat_id: int = _one(trigger(mock, "yeni_chat", ziyaretci=visitor))["oturum_id"]
    assert mock.ask("POST", f"/api/v1/operator/chat/{chat_id}/accept", **mock.signed_in(email)).status == 200
    return chat_id


@pytest.mark.parametrize(
    "asked",
    [
        {"olay": "chat_kapandi"},
        {"olay": "chat_kapandi", "kapatan": "ziyaretci"},
        {"olay": "chat_kapandi", "musteri": "CM_DEMO_2026", "ziyaretci": "abc123"},
        {"olay": "memnuniyet_puan"},
    ],
)
def test_an_operator_at_capacity_is_refused_before_the_first_step(mock: Whole, asked: dict[str, str]) -> None:
    _limit(mock, 8, 1)
    _fill(mock, "destek@example.com")
    trigger(mock, "yeni_chat", ziyaretci="abc123")
    before, chats = inbox(mock), _state(mock)[0]
    refused = mock.ask("POST", "/_mock/trigger", asked | {"operator": "destek@example.com"}, accept_language="en")
    said = "May have 1 chat of CozumMerkezi Demo at most, and has no room. These have: operator@example.com."
    assert refused.status == 422
    assert refused.json["hatalar"] == [{"alan": "/operator", "mesaj": said}]
    assert (inbox(mock), _state(mock)[0]) == (before, chats)


def test_without_a_name_the_chat_is_taken_by_somebody_who_has_room(mock: Whole) -> None:
    _limit(mock, 8, 1)
    _fill(mock, "destek@example.com")
    assert _one(trigger(mock, "chat_kapandi", kapatan="operator"))["operator_id"] == 7
    _limit(mock, 7, 0)
    before = inbox(mock)
    asked = {"olay": "chat_kapandi", "kapatan": "operator"}
    refused = mock.ask("POST", "/_mock/trigger", asked, accept_language="en").json["hatalar"]
    assert refused == [{"alan": "/operator", "mesaj": "No operator of the tenant has room for a chat."}]
    refused = mock.ask(
        "POST", "/_mock/trigger", asked | {"operator": "operator@example.com"}, accept_language="en"
    ).json
    assert refused["hatalar"][0]["mesaj"].endswith("and has no room. Nobody else has.")
    assert inbox(mock) == before


def test_a_full_operator_still_closes_what_they_have_or_what_makes_room(mock: Whole) -> None:
    _limit(mock, 8, 1)
    _fill(mock, "destek@example.com", "abc123")
    told = trigger(mock, "chat_kapandi", ziyaretci="abc123", operator="destek@example.com")
    assert _steps(told) == ["end_chat", "start_chat", "accept_chat", "close_chat"], "the first one makes room"
    assert _one(told)["operator_id"] == 8
    chat_id = _fill(mock, "destek@example.com")
    told = trigger(mock, "chat_kapandi", oturum=chat_id, operator="destek@example.com")
    assert _steps(told) == ["close_chat"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "start_chat was refused: 402 deneme_suresi_doldu: This tenant's trial is over; nothing new can be created. "
            "Nothing was done before.",
        ),
        (
            "tr",
            "start_chat reddedildi: 402 deneme_suresi_doldu: "
            "Bu projenin deneme süresi doldu; yeni kayıt oluşturulamaz. Daha önce bir şey yapılmadı.",
        ),
    ],
)
def test_why_a_step_was_refused_is_told_in_the_callers_language(mock: Whole, language: str, said: str) -> None:
    sandbox = mock.mock.sandboxes.main
    tables = sandbox.store.tables
    tables.tenants[1] = replace(tables.tenants[1], trial_ends_at=sandbox.clock.now() - timedelta(days=1))
    refused = mock.ask("POST", "/_mock/trigger", {"olay": "yeni_chat"}, accept_language=language)
    assert refused.json["detail"] == said


def test_an_operator_with_another_session_does_not_go_by_signing_out(mock: Whole) -> None:
    mock.signed_in()
    asked = {"olay": "operator_cevrimdisi", "operator": "destek@example.com", "neden": "cikis"}
    refused = mock.ask("POST", "/_mock/trigger", asked, accept_language="en")
    said = "The operator has 1 other session open, and goes offline only when the last one ends. Choose `manuel`."
    assert refused.json["hatalar"][0]["mesaj"] == said
    mock.signed_in()
    refused = mock.ask("POST", "/_mock/trigger", asked, accept_language="en")
    assert "has 2 other sessions open" in refused.json["hatalar"][0]["mesaj"]
    assert inbox(mock) == []


def test_a_step_that_the_application_refuses_is_told_with_those_before(mock: Whole) -> None:
    sandbox = mock.mock.sandboxes.main
    tables = sandbox.store.tables
    tables.tenants[2] = replace(tables.tenants[2], trial_ends_at=sandbox.clock.now() - timedelta(days=1))
    asked = {"olay": "yeni_chat", "musteri": "CM_PRATIKESNAF", "ziyaretci": "ahmet.yilmaz"}
    refused = mock.ask("POST", "/_mock/trigger", asked, accept_language="en")
    assert (refused.status, refused.json["kod"]) == (409, "adim_reddedildi")
    assert "start_chat was refused: 402 deneme_suresi_doldu" in refused.json["detail"]
    assert "Done before: end_chat." in refused.json["detail"]


def test_it_happens_in_the_sandbox_that_is_named(mock: Whole) -> None:
    told = mock.control("POST", "/trigger", {"olay": "yeni_chat"}, x_mock_sandbox="a")
    assert _one(told)["oturum_id"] == 43
    assert inbox(mock) == []


def test_a_document_without_the_operation_is_told(mock: Whole) -> None:
    sandbox, binding = mock.mock.sandboxes.main, application().binding
    knowing_nothing = Calls(mock.mock.application)
    knowing_nothing._plans = {}
    with pytest.raises(NotInDocument):
        mock.run(run_trigger(Scene(knowing_nothing, sandbox, binding.schemas), "operator_cevrimdisi", {}))
    with pytest.raises(NotInDocument):
        mock.run(run_trigger(Scene(Calls(mock.mock.application), sandbox, Schemas({})), "yeni_chat", {}))
    assert inbox(mock) == []
