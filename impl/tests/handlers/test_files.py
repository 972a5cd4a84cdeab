"""Files: `upload_file`, `upload_operator_file`, `download_file`, `download_logo`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, BinaryIO, Final

import pytest

from impl.demo import load_demo, read_demo
from impl.due import run_due
from impl.files import Files, FilesUnavailable, logo_id
from impl.model import DoomedFile, StoredFile
from impl.store.memory import MemoryTx
from impl.tests.client import DEMO_KEY, ESNAF_KEY, LONELY_KEY, Client, Reply
from impl.tests.handlers.test_customer_info import NOW

PNG: Final = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(17)
TEXT: Final = "Sipariş no: 4711\n".encode()


def multipart(content: bytes, name: str, field: tuple[str, str]) -> tuple[bytes, str]:
    """A body with a file and one text, and its media type."""
    key, value = field
    head = f'Content-Disposition: form-data; name="dosya"; filename="{name}"\r\nContent-Type: text/html\r\n\r\n'
    text = f'Content-Disposition: form-data; name="{key}"\r\n\r\n{value}'
    body = b"--sinir\r\n" + head.encode() + content + f"\r\n--sinir\r\n{text}\r\n--sinir--\r\n".encode()
    return body, "multipart/form-data; boundary=sinir"


async def sending(
    client: Client, content: bytes = TEXT, name: str = "siparis.txt", visitor: str = "abc123", **options: Any
) -> Reply:
    body, media_type = multipart(content, name, ("ziyaretci_id", visitor))
    headers = {"Content-Type": media_type} | options.pop("headers", {})
    options = {"key": DEMO_KEY} | options
    return await client.send("POST", "/api/v1/widget/upload", raw=body, headers=headers, **options)


def upload(
    client: Client, content: bytes = TEXT, name: str = "siparis.txt", visitor: str = "abc123", **options: Any
) -> Reply:
    """A visitor's upload."""
    return client.run(sending(client, content, name, visitor, **options))


def operator_upload(
    client: Client, token: str, content: bytes = b"Kargo no: 1234567\n", name: str = "kargo.txt", tenant: object = 2
) -> Reply:
    """An operator's upload."""
    body, media_type = multipart(content, name, ("musteri_id", str(tenant)))
    return client.call("POST", "/api/v1/operator/upload", raw=body, headers={"Content-Type": media_type}, token=token)


def tables(client: Client) -> MemoryTx:
    found: MemoryTx = client.store.tables  # type: ignore[attr-defined]
    return found


def stored(client: Client, file_id: str) -> bytes | None:
    """The bytes that are kept."""

    async def read() -> bytes | None:
        found = await client.world.files.read(file_id)
        return None if found is None else b"".join([chunk async for chunk in found[1]])

    return client.run(read())


# Uploading


def test_the_document_s_examples_are_true(client: Client, token: str) -> None:
    file = upload(client, visitor="ahmet.yilmaz", key=ESNAF_KEY)
    assert file.status == 201
    example = {"ad": "siparis.txt", "tur": "text/plain", "boyut": 18}
    shown = file.data["dosya"]
    assert shown == example | {"dosya_id": shown["dosya_id"], "url": f"/storage/dosyalar/{shown['dosya_id']}"}
    theirs = operator_upload(client, token)
    assert theirs.status == 201
    assert theirs.data["dosya"].items() >= {"ad": "kargo.txt", "tur": "text/plain", "boyut": 18}.items()
    assert client.call("GET", shown["url"]).body == TEXT


def test_an_uploaded_file_is_sent_and_downloaded(client: Client, token: str) -> None:
    file = upload(client, PNG, "resim.html").data["dosya"]
    assert file["tur"] == "image/png"
    chat = client.start_chat("abc123")
    body = {"ziyaretci_id": "abc123", "oturum_id": chat["id"], "dosya_id": file["dosya_id"]}
    said = client.call("POST", "/api/v1/widget/chat/message", key=DEMO_KEY, body=body)
    assert said.data["mesaj"]["dosya"] == file
    path = f"/api/v1/operator/chat/{chat['id']}/messages"
    assert client.call("GET", path, token=token).data["mesajlar"][0]["dosya"] == file
    assert client.call("GET", file["url"]).body == PNG


def test_ids_are_random_and_never_the_same(client: Client) -> None:
    ids = {upload(client).data["dosya"]["dosya_id"] for _ in range(5)}
    assert len(ids) == 5
    assert {len(file_id) for file_id in ids} == {22}


@pytest.mark.parametrize("content", [b"<svg/>", b"<html>", b"MZ\x90\0\3", "ş".encode("iso-8859-9"), b"\0"])
def test_type_that_is_not_allowed_is_refused_whatever_it_is_called(client: Client, content: bytes) -> None:
    reply = upload(client, content, "resim.png")
    assert (reply.status, reply.code, reply.fields) == (422, "dosya_turu_izinsiz", ["/dosya"])
    assert not tables(client).files
    assert not tables(client).doomed


def test_uploading_makes_a_visitor_never_seen_one(client: Client, token: str) -> None:
    assert client.context("yeni", token).status == 404
    assert upload(client, visitor="yeni").status == 201
    assert client.context("yeni", token).data["oturumlar"] == []


def test_a_refused_upload_makes_no_visitor(client: Client, token: str) -> None:
    upload(client, b"<svg/>", visitor="yeni")
    assert client.context("yeni", token).status == 404


def test_secure_mode_asks_for_the_visitor_s_token_before_it_looks_at_the_file(client: Client) -> None:
    client.change_tenant(1, secure_mode=True)
    visitor_token = client.customer_info("abc123", signed_at=NOW).data["ziyaretci_token"]
    assert upload(client, b"<svg/>").code == "ziyaretci_token_gerekli"
    assert upload(client, visitor_token=visitor_token).status == 201
    assert upload(client, b"<svg/>", visitor_token=visitor_token).code == "dosya_turu_izinsiz"
    assert upload(client, visitor="yeni", visitor_token=visitor_token).code == "ziyaretci_token_gerekli"


def test_tenant_whose_trial_is_over_takes_no_file(client: Client) -> None:
    client.change_tenant(1, trial_ends_at=client.clock.now())
    assert upload(client, b"<svg/>").code == "deneme_suresi_doldu"


def test_another_visitor_s_file_is_not_there(client: Client) -> None:
    file = upload(client).data["dosya"]
    chat = client.start_chat("user_42")
    body = {"ziyaretci_id": "user_42", "oturum_id": chat["id"], "dosya_id": file["dosya_id"]}
    assert client.call("POST", "/api/v1/widget/chat/message", key=DEMO_KEY, body=body).status == 404


def test_operator_uploads_only_for_their_own_tenants(client: Client, token: str) -> None:
    assert operator_upload(client, token, tenant=3).status == 404
    assert operator_upload(client, token, tenant=99).status == 404
    assert operator_upload(client, token, b"<svg/>", tenant=3).code == "dosya_turu_izinsiz"
    assert operator_upload(client, token, tenant="iki").fields == ["/musteri_id"]
    assert operator_upload(client, "x|y").status == 401
    assert not tables(client).files
    assert not tables(client).doomed


def test_operator_s_file_goes_into_a_chat_of_that_tenant_only(client: Client, token: str) -> None:
    file = operator_upload(client, token).data["dosya"]
    client.accept(42, token)
    body = {"dosya_id": file["dosya_id"]}
    sent = client.call("POST", "/api/v1/operator/chat/42/message", token=token, body=body)
    assert sent.data["mesaj"]["dosya"] == file
    chat = client.start_chat("abc123")
    client.accept(chat["id"], token)
    path = f"/api/v1/operator/chat/{chat['id']}/message"
    assert client.call("POST", path, token=token, body=body).status == 404


def test_the_same_upload_again_under_a_key_is_one_file(client: Client) -> None:
    headers = {"Idempotency-Key": "k-1"}
    first, again = upload(client, headers=headers), upload(client, headers=headers)
    assert first.data == again.data
    assert len(tables(client).files) == 1
    assert upload(client, PNG, headers=headers).code == "anahtar_cakismasi"


def test_file_of_ten_mebibytes_is_the_largest(client: Client) -> None:
    limit = 10_485_760
    file = upload(client, b"a" * limit).data["dosya"]
    assert file["boyut"] == limit
    assert len(client.call("GET", file["url"]).body) == limit
    assert upload(client, b"a" * (limit + 1)).status == 413


def test_many_uploads_at_once_are_all_kept(crowd: Client) -> None:
    async def scene() -> list[Reply]:
        return await asyncio.gather(*(sending(crowd, b"%d" % number) for number in range(10)))

    urls = [reply.data["dosya"]["url"] for reply in crowd.run(scene())]
    assert [crowd.call("GET", url).body for url in urls] == [b"%d" % number for number in range(10)]
    assert not tables(crowd).doomed


# What fails on the way


class FailingFiles(Files):
    """Files on a disk that fails when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.fails_to: set[str] = set()
        self.last_id = ""

    async def put(self, file_id: str, content: bytes | BinaryIO) -> None:
        self.last_id = file_id
        await super().put(file_id, content)
        if "put" in self.fails_to:
            raise FilesUnavailable("planted: the disk is full")

    async def delete(self, file_id: str) -> None:
        if "delete" in self.fails_to:
            raise FilesUnavailable("planted: the disk is away")
        await super().delete(file_id)


@pytest.fixture
def disk(client: Client) -> FailingFiles:
    """The client's files, on a disk that can fail."""
    made = FailingFiles()
    client.world = replace(client.world, files=made)
    return made


def fail_upload(client: Client, disk: FailingFiles) -> str:
    """An upload that the disk fails; the id that the file would have had."""
    reply = upload(client)
    assert (reply.status, reply.code, reply.headers["retry-after"]) == (503, "hizmet_disi", "5")
    return disk.last_id


def test_bytes_of_a_failed_upload_are_deleted_at_once(client: Client, disk: FailingFiles) -> None:
    disk.fails_to = {"put"}
    file_id = fail_upload(client, disk)
    assert stored(client, file_id) is None
    assert client.call("GET", f"/storage/dosyalar/{file_id}").status == 404
    assert (tables(client).files, tables(client).doomed) == ({}, {})


def test_bytes_that_could_not_be_deleted_are_deleted_by_what_falls_due(
    client: Client, disk: FailingFiles, caplog: pytest.LogCaptureFixture
) -> None:
    disk.fails_to = {"put", "delete"}
    file_id = fail_upload(client, disk)
    assert "the disk is away" in caplog.text
    disk.fails_to = set()
    client.run(run_due(client.world))
    assert stored(client, file_id) == TEXT
    client.clock.advance(hours=1, minutes=1)
    disk.fails_to = {"delete"}
    client.run(run_due(client.world))
    assert stored(client, file_id) == TEXT
    disk.fails_to = set()
    client.clock.advance(minutes=1)
    client.run(run_due(client.world))
    assert stored(client, file_id) is None
    assert not tables(client).doomed


def test_bytes_of_an_upload_that_a_crash_cut_off_are_deleted_an_hour_later(client: Client) -> None:
    """Of such an upload only its bytes and its doom are there, since nothing that follows a failure ran."""
    file_id = "c" * 22
    client.run(client.world.files.put(file_id, TEXT))
    client.change(lambda tx: tx.put_doomed_file(DoomedFile(file_id, client.clock.now() + timedelta(hours=1))))
    client.clock.advance(minutes=59)
    client.run(run_due(client.world))
    assert stored(client, file_id) == TEXT
    client.clock.advance(minutes=1)
    client.run(run_due(client.world))
    assert stored(client, file_id) is None


def test_upload_whose_commit_was_not_heard_of_keeps_its_bytes(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is lost after the commit: the row is there, so the bytes must be."""
    real = client.store.transact

    async def losing(work: Any) -> Any:
        result = await real(work)
        if isinstance(result, StoredFile):
            raise ConnectionError("planted: lost after the commit")
        return result

    monkeypatch.setattr(client.store, "transact", losing)
    with pytest.raises(AssertionError):  # the client fails on a 500
        upload(client)
    monkeypatch.undo()
    (file_id,) = tables(client).files
    client.clock.advance(hours=2)
    client.run(run_due(client.world))
    assert client.call("GET", f"/storage/dosyalar/{file_id}").body == TEXT


def test_upload_of_an_operator_who_is_thrown_out_meanwhile_leaves_nothing(
    client: Client, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = client.world.files.put

    async def throwing_out(file_id: str, content: bytes | BinaryIO) -> None:
        await real(file_id, content)
        tables(client).memberships_by_operator.pop(7)

    monkeypatch.setattr(client.world.files, "put", throwing_out)
    assert operator_upload(client, token).status == 404
    assert (tables(client).files, tables(client).doomed) == ({}, {})


def test_file_without_bytes_is_not_there(client: Client) -> None:
    file = upload(client).data["dosya"]
    client.run(client.world.files.delete(file["dosya_id"]))
    assert client.call("GET", file["url"]).status == 404


# Downloading


def test_download_cannot_run_and_is_kept_by_no_cache(client: Client) -> None:
    reply = client.call("GET", upload(client, name="Sipariş “1”.txt").data["dosya"]["url"])
    assert reply.status == 200
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert reply.headers["content-length"] == "18"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["cache-control"] == "private, no-store"
    assert reply.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert reply.headers["content-disposition"] == (
        "attachment; filename=\"Siparis _1_.txt\"; filename*=UTF-8''Sipari%C5%9F%20%E2%80%9C1%E2%80%9D.txt"
    )


def test_download_needs_no_key_and_takes_any_visitor_s(client: Client) -> None:
    url = upload(client, PNG, key=LONELY_KEY).data["dosya"]["url"]
    reply = client.call("GET", url, headers={"Origin": "https://baska.example"})
    assert (reply.body, reply.headers["content-type"]) == (PNG, "image/png")


@pytest.mark.parametrize("file_id", ["a" * 22, "a" * 21, "a" * 23, "..%2f..%2fetc%2fpasswd", "logo:2", "logo%3A2"])
def test_unknown_and_broken_ids_are_not_there(client: Client, file_id: str) -> None:
    assert client.call("GET", f"/storage/dosyalar/{file_id}").status == 404


def test_download_that_breaks_off_ends_the_answer_short(
    client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = upload(client).data["dosya"]["url"]

    async def breaking() -> AsyncIterator[bytes]:
        yield b"Sip"
        raise OSError("planted")

    async def read(file_id: str) -> tuple[int, AsyncIterator[bytes]]:
        return 18, breaking()

    monkeypatch.setattr(client.world.files, "read", read)
    assert client.call("GET", url).body == b"Sip"
    assert "planted" in caplog.text


# Logos


def test_logo_of_the_demo_is_a_png_that_everybody_may_keep(client: Client) -> None:
    files = client.world.files
    client.run(load_demo(client.store, read_demo(), client.clock.now(), files))
    init = client.call("POST", "/api/v1/widget/init", key=ESNAF_KEY, body={"ziyaretci_id": "v1"})
    reply = client.call("GET", init.data["logo_url"])
    assert reply.status == 200
    assert reply.body.startswith(b"\x89PNG\r\n\x1a\n")
    assert reply.headers["content-type"] == "image/png"
    assert reply.headers["cache-control"] == "public, max-age=3600"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "content-disposition" not in reply.headers
    assert stored(client, logo_id(2)) == reply.body


@pytest.mark.parametrize("tenant", ["1", "99", "0", "x", "-2"])
def test_tenant_without_a_logo_has_none(client: Client, tenant: str) -> None:
    assert client.call("GET", f"/storage/tenants/{tenant}/logo.png").status == 404


def test_upload_whose_bytes_were_given_up_meanwhile_is_refused(client: Client) -> None:
    """The disk stood still for longer than an upload may take, and what falls due deleted its bytes."""

    class Slow(Files):
        async def put(self, file_id: str, content: bytes | BinaryIO) -> None:
            await super().put(file_id, content)
            client.clock.advance(hours=2)
            await run_due(client.world)

    client.world = replace(client.world, files=Slow())
    assert upload(client).code == "hizmet_disi"
    assert (tables(client).files, tables(client).doomed) == ({}, {})


def test_files_that_cannot_be_read_are_unavailable(client: Client, disk: FailingFiles) -> None:
    url = upload(client).data["dosya"]["url"]

    async def away(file_id: str) -> None:
        raise FilesUnavailable("planted")

    disk.read = away  # type: ignore[method-assign]
    assert client.call("GET", url).code == "hizmet_disi"


def test_name_of_a_file_ends_as_its_bytes_are(client: Client) -> None:
    """`fatura.html` with a text in it would be a page once it is saved."""
    file = upload(client, name="fatura.html").data["dosya"]
    assert (file["ad"], file["tur"]) == ("fatura.html.txt", "text/plain")
    assert 'filename="fatura.html.txt"' in client.call("GET", file["url"]).headers["content-disposition"]
