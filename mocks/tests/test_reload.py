"""The document is read again while the mock runs: new requests meet it, those under way and the state stay."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from impl.contract.document import DocumentError
from impl.settings import Settings
from impl.tests.client import DEMO_KEY, DOCUMENT
from mocks.app import Mock
from mocks.fault import Fault
from mocks.tests.whole import Whole

TEXT = DOCUMENT.read_text("utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    document = tmp_path_factory.mktemp("reload") / "openapi.yaml"
    document.write_text(TEXT, "utf-8")
    mock = Whole(Mock(Settings(document, demo=True, webhooks_anywhere=True), lambda entries: None, batch=64))
    mock.run(mock.mock.start())
    yield mock
    mock.run(mock.mock.sandboxes.main.end())
    mock.close()


@pytest.fixture
def mock(made: Whole) -> Iterator[Whole]:
    made.mock.parts.journal.clear()
    yield made
    write(made, TEXT)
    made.run(made.mock.reload())


def write(mock: Whole, text: str) -> None:
    mock.mock._settings.document.write_text(text, "utf-8")


def changed(*changes: tuple[str, str]) -> str:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def without_email() -> str:
    """The document as it is, but that a chat's opening takes no email that is longer than ten characters."""
    at = TEXT.index("    StartChatRequest:")
    end = TEXT.index("email:", at)
    line = TEXT[end : TEXT.index("\n", end)]
    return TEXT[:end] + "email: {type: string, maxLength: 10}" + TEXT[end + len(line) :]


def opened(mock: Whole, visitor: str) -> Any:
    return mock.widget("chat/start", {"ziyaretci_id": visitor, "email": "birisi@example.com"})


def test_new_requests_meet_the_new_document_and_the_state_stays(mock: Whole) -> None:
    assert opened(mock, "once").status == 201
    write(mock, without_email())
    assert mock.run(mock.mock.reload()) == len(mock.mock.application.plans)
    assert opened(mock, "sonra").status == 422
    again = mock.widget("chat/start", {"ziyaretci_id": "once"})
    assert again.status == 200
    assert "maxLength: 10}" in mock.ask("GET", "/openapi.yaml").body.decode()


def test_a_broken_document_says_where_and_the_last_good_one_goes_on(mock: Whole) -> None:
    before = mock.mock.application
    write(mock, TEXT + "\nbroken: [\n")
    with pytest.raises(DocumentError, match=r"openapi\.yaml:\d+:\d+: "):
        mock.run(mock.mock.reload())
    assert mock.mock.application is before
    assert opened(mock, "hala").status == 201


def test_an_operation_that_is_new_or_gone_is_known_everywhere(mock: Whole) -> None:
    write(mock, changed(("operationId: list_campaigns", "operationId: list_adverts")))
    mock.run(mock.mock.reload())
    asked = mock.ask("GET", "/api/v1/widget/campaigns", x_api_key=DEMO_KEY)
    assert asked.status == 501
    (entry,) = mock.control("GET", "/journal?operation=list_adverts")["kayitlar"]
    assert (entry["islem"], entry["kusurlar"]) == ("list_adverts", [])
    assert mock.ask("POST", "/_mock/faults", {"operation": "list_campaigns", "status": 503}).status == 422
    planted = mock.control("POST", "/faults", {"operation": "list_adverts", "status": 503})
    assert mock.ask("GET", "/api/v1/widget/campaigns", x_api_key=DEMO_KEY).status == 503
    mock.control("DELETE", f"/faults/{planted['id']}")
    assert mock.mock.parts.calls.knows("list_adverts")
    assert mock.ask("GET", "/api/v1/widget/campaigns", x_api_key=DEMO_KEY, prefer="code=200").status == 200


def test_faults_sandboxes_and_counterparts_stay(mock: Whole) -> None:
    mock.control("POST", "/faults", {"operation": "list_categories", "status": 503, "count": 1})
    mock.widget("chat/start", {"ziyaretci_id": "kutuda"}, x_mock_sandbox="kutu")
    mock.control("POST", "/clock", {"hiz": 0}, x_mock_sandbox="kutu")
    mock.control("PUT", "/counterparts", {"operator": "auto"}, x_mock_sandbox="kutu")
    mock.run(mock.mock.reload())
    assert mock.ask("GET", "/api/v1/widget/kb/categories", x_api_key=DEMO_KEY).status == 503
    mock.control("POST", "/clock", {"ilerlet": 5}, x_mock_sandbox="kutu")
    told = mock.widget("init", {"ziyaretci_id": "kutuda"}, x_mock_sandbox="kutu").json["data"]
    assert told["aktif_oturum"]["durum"] == "aktif"
    inline = {"name": "bir", "steps": [{"call": "start_chat", "as": {"visitor": "bir"}}]}
    for scenario in ("offline", inline):
        assert mock.control("POST", "/reset", {"senaryo": scenario}, x_mock_sandbox="kutu")["satirlar"]["chats"]
    mock.control("DELETE", "/sandboxes/kutu")
    mock.control("DELETE", "/faults")


def test_a_request_under_way_ends_with_the_old_document_and_is_journaled(mock: Whole) -> None:
    chat = opened(mock, "bekleyen").json["data"]["oturum"]["id"]
    poll = f"/api/v1/widget/chat/messages?ziyaretci_id=bekleyen&oturum_id={chat}&bekle=20"
    message = {"ziyaretci_id": "bekleyen", "oturum_id": chat, "mesaj": "Merhaba"}

    async def scene() -> list[int]:
        waiting = asyncio.create_task(mock.asked("GET", poll, x_api_key=DEMO_KEY))
        await asyncio.sleep(0.01)
        await mock.mock.reload()
        said = await mock.asked("POST", "/api/v1/widget/chat/message", message, x_api_key=DEMO_KEY)
        answer = await waiting
        assert [one["mesaj"] for one in answer.json["data"]["mesajlar"]] == ["Merhaba"]
        return [said.status, answer.status]

    assert mock.run(scene()) == [201, 200]
    told = [entry["islem"] for entry in mock.control("GET", "/journal")["kayitlar"]]
    assert sorted(told) == ["list_visitor_messages", "send_visitor_message", "start_chat"]


def test_requests_are_answered_while_the_document_is_compiled(mock: Whole) -> None:
    async def scene() -> int:
        reloading = asyncio.create_task(mock.mock.reload())
        answered = 0
        while not reloading.done():
            answer = await mock.asked("POST", "/api/v1/widget/init", {"ziyaretci_id": "a"}, x_api_key=DEMO_KEY)
            answered += answer.status == 200
            await asyncio.sleep(0.01)
        await reloading
        return answered

    assert mock.run(scene()) >= 3


def test_two_at_once_are_read_one_after_the_other(mock: Whole) -> None:
    async def scene() -> None:
        await asyncio.gather(mock.mock.reload(), mock.mock.reload())

    mock.run(scene())
    assert mock.widget("init", {"ziyaretci_id": "a"}).status == 200


def test_faults_of_a_file_are_exchanged_and_all_others_stay(mock: Whole) -> None:
    faults = mock.mock.parts.faults
    faults.replace([Fault("login", status=429), Fault("logout", status=503)])
    of_the_file, by_hand = faults.planted
    (new,) = faults.exchange([of_the_file], [Fault("list_chats", status=500)])
    assert [planted.fault.operation for planted in faults.planted] == ["list_chats", "logout"]
    assert (new.id, faults.planted[1]) == (3, by_hand)
    assert faults.exchange([new], []) == []
    assert faults.planted == [by_hand]
    faults.replace([])


def test_nothing_of_an_old_document_is_kept_once_events_were_triggered_by_it(mock: Whole) -> None:
    mock.control("POST", "/trigger", {"olay": "yeni_chat"})
    old = weakref.ref(mock.mock.application)
    mock.run(mock.mock.reload())
    assert mock.control("POST", "/trigger", {"olay": "yeni_ticket"})["olaylar"][0]["kusurlar"] == []
    gc.collect()
    assert old() is None
