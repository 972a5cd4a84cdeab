"""Operations are called in process as people call them, and leave nothing behind but what they do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mocks.calling import Calls, NoSuchCaller, OperatorCalls, Refused, VisitorCalls
from mocks.tests.whole import Whole, whole_mock

DEMO = VisitorCalls("CM_DEMO_2026")
ESNAF = VisitorCalls("CM_PRATIKESNAF")
OPERATOR = OperatorCalls("destek@example.com")


@pytest.fixture
def mock() -> Iterator[Whole]:
    with whole_mock() as made:
        yield made


@pytest.fixture
def calls(mock: Whole) -> Calls:
    return Calls(mock.mock.application)


def test_a_chat_is_opened_taken_answered_and_closed(mock: Whole, calls: Calls) -> None:
    sandbox = mock.mock.sandboxes.main

    async def scene() -> list[str]:
        opened = await calls.call(sandbox, "start_chat", DEMO, body={"ziyaretci_id": "yeni", "mesaj": "Merhaba"})
        chat = {"id": opened["data"]["oturum"]["id"]}
        await calls.call(sandbox, "accept_chat", OPERATOR, path=chat)
        await calls.call(sandbox, "send_operator_message", OPERATOR, path=chat, body={"mesaj": "Buyurun"})
        await calls.call(sandbox, "close_chat", OPERATOR, path=chat)
        query = {"oturum_id": chat["id"], "ziyaretci_id": "yeni", "son_sira": 0}
        told = await calls.call(sandbox, "list_visitor_messages", DEMO, query=query)
        return [message["gonderen"] for message in told["data"]["mesajlar"]]

    assert mock.run(scene())[:2] == ["ziyaretci", "operator"]
    assert not sandbox.store.tables.tokens, "no token is left behind"
    assert mock.control("GET", "/journal")["kayitlar"] == [], "clients asked nothing"


def test_a_tenant_that_lists_origins_is_called_from_one_of_them(mock: Whole, calls: Calls) -> None:
    body = {"ziyaretci_id": "ahmet.yilmaz"}
    told = mock.run(calls.call(mock.mock.sandboxes.main, "widget_init", ESNAF, body=body))
    assert told["data"]["firma_adi"] == "PratikEsnaf.Com"


def test_a_refusal_is_raised_with_its_problem(mock: Whole, calls: Calls) -> None:
    with pytest.raises(Refused, match="accept_chat: 404 bulunamadi") as refused:
        mock.run(calls.call(mock.mock.sandboxes.main, "accept_chat", OPERATOR, path={"id": 999}))
    assert refused.value.answer.status == 404


@pytest.mark.parametrize("caller", [VisitorCalls("CM_YOK_2026"), OperatorCalls("yok@example.com")])
def test_who_is_nobody_is_told(mock: Whole, calls: Calls, caller: VisitorCalls | OperatorCalls) -> None:
    with pytest.raises(NoSuchCaller):
        mock.run(calls.call(mock.mock.sandboxes.main, "widget_init", caller, body={"ziyaretci_id": "abc123"}))
