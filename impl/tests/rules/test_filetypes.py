"""What a file is, by its bytes."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.rules.filetypes import CHUNK, sniff, sniff_image

PNG: Final = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(17)
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")
ODT: Final = b"application/vnd.oasis.opendocument.text"
OFFICE: Final = "application/vnd.openxmlformats-officedocument."


def kind(content: bytes, name: str = "dosya") -> str | None:
    """The media type; looks that the stream stands at its beginning again."""
    stream = BytesIO(content)
    stream.seek(min(3, len(content)))
    found = sniff(stream, name)
    assert stream.tell() == 0
    return found


def archive(entries: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """A zip of these entries."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return stream.getvalue()


def entry(name: str, stream_type: bytes = b"\2") -> bytes:
    """A directory entry of a compound file."""
    head = name.encode("utf-16-le").ljust(64, b"\0") + (2 * len(name) + 2).to_bytes(2, "little") + stream_type
    return head.ljust(128, b"\0")


# Images and PDF


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"GIF87a\1\0\1\0", "image/gif"),
        (b"GIF89a\1\0\1\0", "image/gif"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\x24\0\0\0WEBPVP8L", "image/webp"),
        (b"RIFF\x24\0\0\0WEBPVP8X", "image/webp"),
        (b"%PDF-1.7\n%\xe2\xe3", "application/pdf"),
    ],
)
def test_images_and_pdf_are_known_by_their_first_bytes(content: bytes, media_type: str) -> None:
    assert kind(content) == media_type
    assert kind(content, "yanlis.html") == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"",
        PNG[:20],
        b"\x89PNG\r\n\x1a\n" + bytes(25),
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"RIFF\x24\0\0\0WEBPxxxx",
        b"%PDF-\0\0\0",
        b"\0%PDF-1.7",
        b"\xff\xd8\x00",
        b"GIF88a\0\0",
        b"MZ\x90\0\3\0\0\0",
        b"\x7fELF\2\1\1\0",
        b"BM\0\0\0\0",
        bytes(4096),
    ],
)
def test_what_is_not_on_the_list_is_nothing(content: bytes) -> None:
    assert kind(content) is None


def test_a_pdf_behind_a_page_is_a_page() -> None:
    assert kind(b"<html>%PDF-1.7") is None


def test_pdf_that_begins_later_is_no_pdf() -> None:
    assert kind(b"\n%PDF-1.7\n") == "text/plain"


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"GIF"])
def test_image_alone_is_asked_for(content: bytes) -> None:
    assert sniff_image(content) is None


# Texts


@pytest.mark.parametrize(
    "text",
    [
        "Sipariş no: 4711\n",
        "ğüşıöçĞÜŞİÖÇ",
        "\ufeffBOM'lu",
        "a\tb\r\nc\f",
        "x < y && y > z",
        "👍",
        "  boşlukla",
        "%PDF değil",
        "PK",
        "a" * (CHUNK - 1) + "ş" + "b" * CHUNK,
        "x" * 4095 + "ş",
    ],
)
def test_utf8_is_text(text: str) -> None:
    assert kind(text.encode()) == "text/plain"


def test_text_is_csv_when_its_name_says_so_and_nothing_else_is() -> None:
    assert kind("ad;tutar\nAyşe;3\n".encode(), "liste.csv") == "text/csv"
    assert kind(b"a,b", "LISTE.CSV") == "text/csv"
    assert kind(b"a,b", "csv") == "text/plain"
    assert kind(PNG, "liste.csv") == "image/png"
    assert kind(b"\0", "liste.csv") is None
    assert kind(b"<svg/>", "liste.csv") is None


@pytest.mark.parametrize(
    "content",
    [
        "Sipariş".encode("iso-8859-9"),
        "metin".encode("utf-16"),
        b"a\0b",
        b"\x1b[31m",
        b"a\x7f",
        b"a\x0bb",
        b"abc\xc5",
        b"\xed\xa0\x80",
        b"\xc0\xaf",
        b"a" * (3 * CHUNK) + b"\0",
        b"a" * (3 * CHUNK) + b"\xff",
    ],
)
def test_other_bytes_anywhere_are_no_text(content: bytes) -> None:
    assert kind(content) is None


@pytest.mark.parametrize(
    "content",
    [
        "<",
        "<html>",
        "<!DOCTYPE html>",
        "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "<?xml version='1.0'?><svg/>",
        "<!-- - --><svg/>",
        " \r\n\t<p>",
        "\ufeff<svg/>",
        "\ufeff \n<?xml ?>",
        "\u00a0<b>",
        "Merhaba <SCRIPT>alert(1)</SCRIPT>",
        "x <script\n>",
        "x <script/src=a>",
        "x" * 3000 + "<iframe >",
        "x <!doctype html>",
        "x <?xml ?>",
        "x <body onload=a>",
    ],
)
def test_what_a_browser_may_take_for_a_page_is_refused(content: str) -> None:
    assert kind(content.encode()) is None


def test_page_deep_inside_a_text_is_text() -> None:
    assert kind(b"x" * 5000 + b"<script>") == "text/plain"
    assert kind(b"a <scripts> b") == "text/plain"


@given(st.binary(max_size=200), st.sampled_from(["", "a.csv"]))
def test_whatever_the_bytes_are_there_is_an_answer(content: bytes, name: str) -> None:
    kind(content, name)


@given(st.sampled_from([b"PK\3\4", b"PK\5\6", OLE[:8], b"%PDF-", PNG[:16], b"RIFF"]), st.binary(max_size=200))
def test_whatever_follows_a_signature_there_is_an_answer(signature: bytes, rest: bytes) -> None:
    kind(signature + rest)


# Zip, Office Open XML, OpenDocument


@pytest.mark.parametrize(
    ("folder", "media_type"),
    [("word/", "wordprocessingml.document"), ("xl/", "spreadsheetml.sheet"), ("ppt/", "presentationml.presentation")],
)
def test_office_open_xml_is_known_by_its_parts(folder: str, media_type: str) -> None:
    parts = {"[Content_Types].xml": b"<Types/>", f"{folder}document.xml": b"<w/>"}
    assert kind(archive(parts)) == OFFICE + media_type
    assert kind(archive(dict(reversed(parts.items())))) == OFFICE + media_type
    assert kind(archive({f"{folder}document.xml": b""})) == "application/zip"
    assert kind(archive({"[Content_Types].xml": b"", f"x/{folder}document.xml": b""})) == "application/zip"


@pytest.mark.parametrize("name", ["text", "spreadsheet", "presentation", "graphics"])
def test_open_document_is_known_by_its_first_entry(name: str) -> None:
    declared = ODT.replace(b"text", name.encode())
    assert kind(archive({"mimetype": declared, "content.xml": b"<x/>"})) == declared.decode()


def test_other_archives_are_zip() -> None:
    assert kind(archive({"a.txt": b"a"})) == "application/zip"
    assert kind(archive({})) == "application/zip"
    assert kind(archive({"content.xml": b"", "mimetype": ODT})) == "application/zip"
    assert kind(archive({"mimetype": b"application/epub+zip"})) == "application/zip"
    assert kind(archive({"mimetype": ODT}, compression=zipfile.ZIP_DEFLATED)) == "application/zip"
    assert kind(archive({"mimetype": ODT + b" "})) == "application/zip"


def test_archive_with_a_comment_is_zip() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("a.txt", b"a")
        made.comment = b"x" * 65_535
    assert kind(stream.getvalue()) == "application/zip"


def test_broken_archives_are_nothing() -> None:
    whole = archive({"a.txt": b"a", "b.txt": b"b"})
    directory, end = whole.index(b"PK\1\2"), whole.index(b"PK\5\6")
    broken = [
        whole[:-1],
        whole + b"x",
        whole[:directory],
        whole[: end + 10],
        b"<html>" + whole,
        whole[:directory] + b"XX" + whole[directory + 2 :],
        whole[: end + 8] + b"\1\0\1\0" + whole[end + 12 :],
        whole[: end + 8] + b"\3\0\3\0" + whole[end + 12 :],
        whole[: end + 8] + b"\1\0\2\0" + whole[end + 12 :],
        whole[: end + 12] + b"\xff\xff\xff\x7f" + whole[end + 16 :],
        whole[: directory + 28] + b"\xff\xff" + whole[directory + 30 :],
        b"PK\3\4",
    ]
    assert [kind(content) for content in broken] == [None] * len(broken)


def test_bomb_is_not_unpacked() -> None:
    bomb = archive({"0": bytes(50_000_000)}, compression=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000
    assert kind(bomb) == "application/zip"


def test_archive_of_many_entries_is_read_within_its_count() -> None:
    assert kind(archive({str(number): b"" for number in range(3000)})) == "application/zip"


# Compound files


@pytest.mark.parametrize(
    ("stream", "media_type"),
    [
        ("WordDocument", "application/msword"),
        ("Workbook", "application/vnd.ms-excel"),
        ("Book", "application/vnd.ms-excel"),
        ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ],
)
def test_compound_file_is_known_by_its_stream(stream: str, media_type: str) -> None:
    assert kind(OLE + entry("Root Entry", b"\5") + entry(stream)) == media_type
    assert kind(OLE + bytes(3 * CHUNK) + entry("Root Entry", b"\5") + entry(stream)) == media_type


def test_other_compound_files_are_refused() -> None:
    """Installers, mails, encrypted packages; and a name that stands in no directory."""
    assert kind(OLE + entry("Root Entry", b"\5") + entry("EncryptedPackage")) is None
    assert kind(OLE + entry("WordDocument", b"\1")) is None
    assert kind(OLE + b"x" + entry("WordDocument")) is None
    assert kind(OLE + entry("WordDocument2")) is None
