"""What a visitor's browser tells: `add_page_view`, `add_error_log`, `add_screenshot`, and what operators see of it."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from typing import Any, Final

import pytest

from impl.due import run_due
from impl.tests.client import DEMO_KEY, ESNAF_KEY, Client, Reply
from impl.tests.handlers.test_customer_info import NOW
from impl.tests.handlers.test_files import PNG, FailingFiles, disk, stored, tables

__all__ = ["disk"]

PAGE: Final = {"sayfa_url": "https://siteniz.com/fiyatlar"}
ERROR: Final = {"mesaj": "TypeError: fatura is undefined"}
JPEG: Final = b"\xff\xd8\xff\xe0\x00\x10JFIF"
WEBP: Final = b"RIFF\x24\0\0\0WEBPVP8 "


def picture(content: bytes = PNG, media_type: str = "image/png") -> dict[str, Any]:
    return {"goruntu": f"data:{media_type};base64,{b64encode(content).decode()}"}


def tell(
    client: Client, what: str, body: dict[str, Any], visitor: str = "abc123", key: str = DEMO_KEY, **options: Any
) -> Reply:
    """`page-info`, `error-log` or `screenshot`."""
    return client.call("POST", f"/api/v1/context/{what}", key=key, body={"ziyaretci_id": visitor} | body, **options)


EACH: Final = pytest.mark.parametrize(
    ("what", "body"),
    [("page-info", PAGE), ("error-log", ERROR), ("screenshot", picture())],
    ids=lambda value: str(value)[:10],
)
LISTS: Final = {"page-info": "sayfa_gecmisi", "error-log": "hatalar", "screenshot": "ekran_goruntuleri"}


@EACH
def test_operators_see_what_was_told(client: Client, token: str, what: str, body: dict[str, Any]) -> None:
    first = tell(client, what, body)
    assert first.status == 201
    (shown,) = first.data.values()
    client.clock.advance(seconds=5)
    (later,) = tell(client, what, body).data.values()
    data = client.context("abc123", token).data
    assert data[LISTS[what]] == [later, shown]
    assert later["zaman"] == "2026-04-12T14:30:05+03:00"
    assert (shown["id"], later["id"]) == (1, 2)
    assert [data[name] for name in LISTS.values() if name != LISTS[what]] == [[], []]


@EACH
def test_visitor_never_seen_becomes_one(client: Client, token: str, what: str, body: dict[str, Any]) -> None:
    assert tell(client, what, body, "yeni").status == 201
    data = client.context("yeni", token).data
    assert (data["musteri_id"], len(data[LISTS[what]])) == (1, 1)
    assert client.events() == []


@EACH
def test_being_told_of_is_being_seen(client: Client, token: str, what: str, body: dict[str, Any]) -> None:
    """The same id in two tenants: without `musteri_id` the one seen last is shown."""
    client.clock.advance(seconds=1)
    tell(client, what, body, "ortak", ESNAF_KEY)
    client.clock.advance(seconds=1)
    tell(client, what, body, "ortak")
    assert client.context("ortak", token).data["musteri_id"] == 1
    client.clock.advance(seconds=1)
    tell(client, what, body, "ortak", ESNAF_KEY)
    data = client.context("ortak", token).data
    assert (data["musteri_id"], len(data[LISTS[what]])) == (2, 2)


@EACH
def test_secure_mode_asks_for_the_visitor_s_token(client: Client, what: str, body: dict[str, Any]) -> None:
    client.change_tenant(1, secure_mode=True)
    visitor_token = client.customer_info("abc123", signed_at=NOW).data["ziyaretci_token"]
    assert tell(client, what, body).code == "ziyaretci_token_gerekli"
    assert tell(client, what, body, "user_42", visitor_token=visitor_token).code == "ziyaretci_token_gerekli"
    assert tell(client, what, body, visitor_token=visitor_token).status == 201


@EACH
def test_order_of_refusals(client: Client, what: str, body: dict[str, Any]) -> None:
    broken = dict.fromkeys(body, 1)
    assert tell(client, what, broken, key="CM_YOKBOYLE").status == 401
    client.change_tenant(2, trial_ends_at=client.clock.now())
    elsewhere = {"Origin": "https://baska.example"}
    assert tell(client, what, broken, key=ESNAF_KEY, headers=elsewhere).code == "origin_izinsiz"
    assert tell(client, what, broken, key=ESNAF_KEY).code == "deneme_suresi_doldu"
    assert tell(client, what, broken).fields == [f"/{next(iter(body))}"]
    assert tell(client, what, body, ".gizli").fields == ["/ziyaretci_id"]


@EACH
def test_operator_of_another_tenant_sees_nothing(client: Client, what: str, body: dict[str, Any]) -> None:
    tell(client, what, body)
    assert client.context("abc123", client.login("yalniz@example.com")).status == 404


@pytest.mark.parametrize(
    ("what", "body", "kept"), [("page-info", PAGE, 100), ("error-log", ERROR, 100), ("screenshot", picture(), 20)]
)
def test_newest_are_kept_and_the_newest_twenty_shown(
    client: Client, token: str, what: str, body: dict[str, Any], kept: int
) -> None:
    """The key is public: nobody can fill the memory of a visitor."""
    tell(client, what, body, "user_42")
    for _ in range(kept + 3):
        tell(client, what, body)
    shown = client.context("abc123", token).data[LISTS[what]]
    assert [row["id"] for row in shown] == list(range(kept + 4, kept - 16, -1))
    rows: dict[str, Any] = {
        "page-info": tables(client).views,
        "error-log": tables(client).errors,
        "screenshot": tables(client).shots,
    }
    assert [row.id for row in rows[what][1, "abc123"]] == list(range(5, kept + 5))
    assert len(rows[what][1, "user_42"]) == 1


def test_many_at_once_get_an_id_each(crowd: Client) -> None:
    async def scene() -> list[Reply]:
        body = {"ziyaretci_id": "abc123"} | PAGE
        calls = (crowd.send("POST", "/api/v1/context/page-info", key=DEMO_KEY, body=body) for _ in range(20))
        return await asyncio.gather(*calls)

    assert sorted(reply.data["sayfa"]["id"] for reply in crowd.run(scene())) == list(range(1, 21))
    assert len(crowd.context("abc123", crowd.login()).data["sayfa_gecmisi"]) == 20


# Pages


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("https://siteniz.com/", "https://siteniz.com/"),
        ("HTTP://a", "HTTP://a"),
        ("", None),
        (None, None),
        ("android-app://com.google", None),
        ("javascript:alert(1)", None),
    ],
)
def test_referrer_that_is_no_http_address_is_not_kept(client: Client, sent: str | None, kept: str | None) -> None:
    assert tell(client, "page-info", PAGE | {"yonlendiren": sent}).data["sayfa"]["yonlendiren"] == kept


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://a/", "siteniz.com", "https://", "https://a b", "data:text/html,x"]
)
def test_page_that_is_no_http_address_is_refused(client: Client, url: str) -> None:
    assert tell(client, "page-info", {"sayfa_url": url}).fields == ["/sayfa_url"]
    assert tell(client, "error-log", ERROR | {"sayfa_url": url}).status == 422
    assert tell(client, "screenshot", picture() | {"sayfa_url": url}).status == 422


def test_page_needs_only_its_address(client: Client) -> None:
    page = tell(client, "page-info", PAGE).data["sayfa"]
    assert (page["sayfa_basligi"], page["yonlendiren"]) == (None, None)


# Errors


def test_error_keeps_every_detail_as_it_was_told(client: Client) -> None:
    body = {
        "mesaj": "TypeError",
        "kaynak": "https://siteniz.com/panel.js",
        "satir": 42,
        "sutun": 0,
        "yigin": "a\n  b",
        "sayfa_url": "https://siteniz.com/panel",
        "tarayici": "Mozilla/5.0",
    }
    assert tell(client, "error-log", body).data["hata"].items() >= body.items()
    assert tell(client, "error-log", {"mesaj": " "}).fields == ["/mesaj"]


# Screenshots


@pytest.mark.parametrize(
    ("content", "media_type", "ending"),
    [(PNG, "image/png", "png"), (JPEG, "image/jpeg", "jpg"), (WEBP, "image/webp", "webp")],
)
def test_screenshot_is_downloaded_as_an_attachment(
    client: Client, content: bytes, media_type: str, ending: str
) -> None:
    shot = tell(client, "screenshot", picture(content, media_type)).data["ekran_goruntusu"]
    assert (shot["tur"], shot["boyut"], shot["sayfa_url"]) == (media_type, len(content), None)
    reply = client.call("GET", shot["url"])
    assert (reply.body, reply.headers["content-type"]) == (content, media_type)
    assert reply.headers["content-disposition"].startswith(f'attachment; filename="ekran-goruntusu-1.{ending}"')


@pytest.mark.parametrize(
    "uri",
    [
        "data:image/png;base64,iVBORw0KGgo",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=",
        picture(PNG, "image/jpeg")["goruntu"],
        picture(JPEG, "image/png")["goruntu"],
        picture(b"<svg/>xx")["goruntu"],
        picture(b"GIF89a\1\0\1\0", "image/webp")["goruntu"],
        picture(PNG, "image/gif")["goruntu"],
        picture(PNG, "image/svg+xml")["goruntu"],
        "https://siteniz.com/resim.png",
        "",
    ],
)
def test_what_is_no_picture_of_its_type_is_refused(client: Client, uri: str) -> None:
    reply = tell(client, "screenshot", {"goruntu": uri})
    assert (reply.status, reply.code, reply.fields) == (422, "alan_hatasi", ["/goruntu"])
    assert not tables(client).doomed


def test_screenshot_of_five_mebibytes_is_the_largest(client: Client) -> None:
    limit = 5_242_880
    assert tell(client, "screenshot", picture(PNG.ljust(limit, b"\0"))).data["ekran_goruntusu"]["boyut"] == limit
    assert tell(client, "screenshot", picture(PNG.ljust(limit + 1, b"\0"))).fields == ["/goruntu"]
    assert tell(client, "screenshot", picture(JPEG.ljust(limit + 1, b"\0"), "image/jpeg")).fields == ["/goruntu"]
    assert tell(client, "screenshot", picture(PNG.ljust(limit + 300_000, b"\0"))).status in (413, 422)


def test_bytes_of_screenshots_that_are_not_kept_are_deleted(client: Client, disk: FailingFiles) -> None:
    urls = [tell(client, "screenshot", picture()).data["ekran_goruntusu"]["url"] for _ in range(21)]
    ids = [url.rpartition("/")[2] for url in urls]
    assert [stored(client, file_id) is None for file_id in ids] == [True] + [False] * 20
    assert client.call("GET", urls[0]).status == 404
    assert not tables(client).doomed
    disk.fails_to = {"delete"}
    tell(client, "screenshot", picture())
    assert list(tables(client).doomed) == [ids[1]]
    assert client.call("GET", urls[1]).status == 404
    disk.fails_to = set()
    client.clock.advance(minutes=1)
    client.run(run_due(client.world))
    assert stored(client, ids[1]) is None


def test_screenshot_is_no_file_to_send(client: Client) -> None:
    """It may be pushed out by newer ones: a message would lose it."""
    url = tell(client, "screenshot", picture()).data["ekran_goruntusu"]["url"]
    chat = client.start_chat("abc123")
    reply = client.say("abc123", chat["id"], "Bakın", dosya_id=url.rpartition("/")[2])
    assert reply.status == 404
