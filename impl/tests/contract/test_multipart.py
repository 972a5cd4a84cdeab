"""Multipart bodies: a file and what comes with it, broken ones, and those that are too large."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from io import BytesIO
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from impl.contract.bodies import Disconnected
from impl.contract.document import DocumentError, Node
from impl.contract.multipart import IN_MEMORY, MAX_PARTS, MAX_TEXT, MultipartBody, close, file_name
from impl.contract.schemas import Schemas
from impl.problems import BodyTooLarge, InvalidFields, MalformedMultipart, WrongMediaType
from impl.tests.contract.small import operation, receiving, request, takes
from impl.uploads import Upload

LIMIT: Final = 3 * 1_048_576
FILE_LIMIT: Final = 2 * 1_048_576
SCHEMA: Node = {
    "type": "object",
    "required": ["dosya", "ziyaretci_id"],
    "properties": {
        "dosya": {
            "type": "string",
            "contentMediaType": "application/octet-stream",
            "minLength": 1,
            "maxLength": FILE_LIMIT,
        },
        "ziyaretci_id": {"type": "string", "pattern": "^[a-z0-9]+$"},
        "sayi": {"type": "integer", "minimum": 1},
    },
}


class Sent(msgspec.Struct, frozen=True):
    file: Upload = msgspec.field(name="dosya")
    visitor_id: str = msgspec.field(name="ziyaretci_id")
    number: int = msgspec.field(name="sayi", default=0)


def compiled(schema: Node = SCHEMA, shape: type = Sent, **more: Any) -> MultipartBody:
    node = operation("upload", requestBody=takes(schema, "multipart/form-data"), **{"x-cozum-body-limit": LIMIT} | more)
    return MultipartBody({}, node, shape, Schemas({}))


def part(name: str, content: bytes, file: str | None = None, boundary: str = "b") -> bytes:
    """One part with its boundary before it."""
    named = "" if file is None else f'; filename="{file}"'
    return f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + content + b"\r\n"


VISITOR: Final = part("ziyaretci_id", b"abc123")
FILE: Final = part("dosya", b"Siparis no: 4711\n", "siparis.txt")
END: Final = b"--b--\r\n"


MULTIPART: Final = "multipart/form-data; boundary=b"


def read(
    body: bytes | Sequence[bytes],
    content_type: str = MULTIPART,
    *,
    breaks_off: bool = False,
) -> Any:
    """The body, in one piece or in the given ones; its file in memory."""
    sent = read_open(body, content_type, breaks_off=breaks_off)
    content = BytesIO(sent.file.content.read())
    close(sent)
    return replace(sent, file=sent.file._replace(content=content))


def read_open(body: bytes | Sequence[bytes], content_type: str, *, breaks_off: bool) -> Any:
    """The body as the plan has it."""
    pieces = [body] if isinstance(body, bytes) else list(body)
    messages = [request(piece, more=breaks_off or number < len(pieces)) for number, piece in enumerate(pieces, start=1)]
    return asyncio.run(compiled().read({b"content-type": content_type.encode()}, receiving(messages)))


def test_a_file_comes_with_its_name_size_content_and_digest() -> None:
    sent = read(VISITOR + FILE + END)
    assert (sent.visitor_id, sent.number) == ("abc123", 0)
    assert (sent.file.name, sent.file.size) == ("siparis.txt", 17)
    assert sent.file.content.read() == b"Siparis no: 4711\n"
    assert sent.file.digest == hashlib.sha256(b"Siparis no: 4711\n").digest()


def test_the_order_of_the_parts_and_unknown_ones_do_not_matter() -> None:
    assert read(FILE + part("baska", b"x") + VISITOR + END).visitor_id == "abc123"


def test_a_number_is_read_as_one() -> None:
    assert read(FILE + VISITOR + part("sayi", b"42") + END).number == 42


@given(st.lists(st.integers(1, 60), max_size=12), st.binary(min_size=1, max_size=200))
def test_pieces_of_any_size_are_the_same_body(cuts: list[int], content: bytes) -> None:
    body = VISITOR + part("dosya", content, "x") + END
    pieces, at = [], 0
    for cut in cuts:
        pieces.append(body[at : at + cut])
        at += cut
    sent = read([*pieces, body[at:]])
    assert sent.file.content.read() == content


def test_a_large_file_leaves_the_memory() -> None:
    content = b"x" * (IN_MEMORY + 1)
    sent = read_open(
        VISITOR + part("dosya", content, "x.txt") + END, "multipart/form-data; boundary=b", breaks_off=False
    )
    assert sent.file.content._rolled
    assert sent.file.content.read() == content
    close(sent)
    assert sent.file.content.closed


def test_closing_a_body_without_files_does_nothing() -> None:
    class Plain(msgspec.Struct):
        a: int = 1

    close(Plain())


# Broken ones


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no parts at all",
        VISITOR + FILE,
        VISITOR + FILE + b"--b",
        VISITOR + FILE.replace(b"Content-Disposition", b"Content-Something") + END,
        VISITOR + FILE.replace(b"form-data", b"attachment") + END,
        VISITOR + FILE.replace(b'name="dosya"; ', b"") + END,
        (VISITOR + FILE + END).replace(b"\r\n", b"\n"),
        b"--b\r\n" + b"X" * 10_000 + b": y\r\n\r\nz\r\n" + END,
        b"--b\r\n" + b"A: b\r\n" * 100 + b"\r\nz\r\n" + END,
        part("x", b"") * (MAX_PARTS + 1) + END,
    ],
    ids=[
        "empty",
        "text",
        "no end",
        "half an end",
        "no disposition",
        "another disposition",
        "no name",
        "bare LF",
        "huge header",
        "many headers",
        "many parts",
    ],
)
def test_a_broken_body_cannot_be_read(body: bytes) -> None:
    with pytest.raises(MalformedMultipart):
        read(body)


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary="])
def test_a_body_without_a_boundary_cannot_be_read(content_type: str) -> None:
    with pytest.raises(MalformedMultipart):
        read(VISITOR + FILE + END, content_type)


def test_a_boundary_that_no_parser_takes_cannot_be_read() -> None:
    with pytest.raises(MalformedMultipart):
        read(VISITOR + FILE + END, f"multipart/form-data; boundary={'b' * 300}")


@pytest.mark.parametrize("content_type", ["", "application/json", "multipart/mixed; boundary=b", "text/plain"])
def test_another_media_type_is_refused(content_type: str) -> None:
    with pytest.raises(WrongMediaType):
        read(VISITOR + FILE + END, content_type)


def test_a_client_that_goes_away_is_not_answered() -> None:
    with pytest.raises(Disconnected):
        read(VISITOR + FILE, breaks_off=True)


# Fields


def refused(body: bytes) -> list[str]:
    with pytest.raises(InvalidFields) as caught:
        read(body)
    return [error.pointer for error in caught.value.field_errors()]


def test_what_is_missing_is_named() -> None:
    assert refused(VISITOR + END) == ["/dosya"]
    assert refused(FILE + END) == ["/ziyaretci_id"]


def test_an_empty_file_is_no_file() -> None:
    assert refused(VISITOR + part("dosya", b"", "bos.txt") + END) == ["/dosya"]


def test_a_field_that_breaks_the_schema_is_named() -> None:
    assert refused(FILE + part("ziyaretci_id", b"A B") + END) == ["/ziyaretci_id"]
    assert refused(FILE + VISITOR + part("sayi", b"kirk") + END) == ["/sayi"]


def test_a_field_that_is_not_utf_8_is_named() -> None:
    assert refused(FILE + part("ziyaretci_id", b"\xff") + END) == ["/ziyaretci_id"]


def test_a_field_that_comes_twice_is_named() -> None:
    assert refused(FILE + VISITOR + VISITOR + END) == ["/ziyaretci_id"]
    assert refused(FILE + FILE + VISITOR + END) == ["/dosya"]


# Too large


def test_a_declared_length_over_the_limit_is_refused_before_anything_is_read() -> None:
    with pytest.raises(BodyTooLarge):
        asyncio.run(
            compiled().read(
                {b"content-type": b"multipart/form-data; boundary=b", b"content-length": b"%d" % (LIMIT + 1)},
                receiving([]),
            )
        )


def test_a_body_is_cut_off_at_its_limit() -> None:
    pieces = [VISITOR, *[part("x", b"y" * 60_000)] * 19, *[b"z" * 1_048_576] * 3]
    with pytest.raises(BodyTooLarge):
        read(pieces)


def test_a_file_may_be_as_large_as_its_schema_says_and_no_larger() -> None:
    assert read(VISITOR + part("dosya", b"x" * FILE_LIMIT, "x") + END).file.size == FILE_LIMIT
    with pytest.raises(BodyTooLarge):
        read(VISITOR + part("dosya", b"x" * (FILE_LIMIT + 1), "x") + END)


def test_a_text_may_not_be_as_large_as_a_file() -> None:
    with pytest.raises(BodyTooLarge):
        read(part("ziyaretci_id", b"a" * (MAX_TEXT + 1)) + FILE + END)


# Names


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("siparis.txt", "siparis.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\belgeler\\fatura.pdf", "fatura.pdf"),
        ("sipariş\x00\r\n.txt", "sipariş.txt"),
        ("resim\u202egpj.exe", "resimgpj.exe"),
        ("", "dosya"),
        ("..", "dosya"),
        ("klasor/", "dosya"),
        ("  fatura.pdf ", "fatura.pdf"),
        ("a" * 400 + ".pdf", "a" * 251 + ".pdf"),
        ("a" * 400, "a" * 255),
        ("a." + "b" * 400, "a." + "b" * 253),
    ],
)
def test_a_name_is_the_last_part_without_tricks(sent: str, kept: str) -> None:
    assert file_name(sent.encode()) == kept


@given(st.binary(max_size=600))
def test_every_name_is_short_printable_and_no_path(sent: bytes) -> None:
    name = file_name(sent)
    assert 1 <= len(name) <= 255
    assert not set(name) & set("/\\\x00\r\n")
    assert name.strip(".")


# What stops the start


def test_a_file_without_a_limit_stops_the_start() -> None:
    schema = {"properties": {"dosya": {"type": "string", "contentMediaType": "x/y"}}, "required": ["dosya"]}
    with pytest.raises(DocumentError, match="a file without maxLength"):
        compiled(schema, type("Only", (msgspec.Struct,), {"__annotations__": {"dosya": str}}))


def test_a_body_without_a_limit_stops_the_start() -> None:
    node = operation("upload", requestBody=takes(SCHEMA, "multipart/form-data"))
    with pytest.raises(DocumentError, match="without x-cozum-body-limit"):
        MultipartBody({}, node, Sent, Schemas({}))


def test_a_field_that_the_schema_does_not_promise_stops_the_start() -> None:
    with pytest.raises(DocumentError, match="its handler needs dosya, ziyaretci_id"):
        compiled({"type": "object"})
