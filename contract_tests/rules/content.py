"""Files by their bytes, and articles by their words."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any, Final

from hypothesis import strategies as st

from contract_tests.checks import Judge, check
from contract_tests.client import Answer
from contract_tests.findings import NotJudged
from contract_tests.rules.files import PNG, SVG
from contract_tests.rules.knowledge import FOLDED

OFFICE: Final = "application/vnd.openxmlformats-officedocument"
PAGE: Final = b"<html><script>alert(1)</script></html>"


def _zip(*names: str, declared: str = "") -> bytes:
    """An archive with files of these names; `declared` is what OpenDocument says of itself, first and unpacked."""
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        if declared:
            archive.writestr("mimetype", declared)
        for name in names:
            archive.writestr(name, "a")
    return held.getvalue()


@check("upload.kinds")
def each_kind_is_what_it_is(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    odt = "application/vnd.oasis.opendocument.text"
    kinds = [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xd9", "image/jpeg"),
        (b"GIF89a\x01\0\x01\0\0\0\0;", "image/gif"),
        (b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0", "image/webp"),
        (b"%PDF-1.4\n%%EOF\n", "application/pdf"),
        ("Merhaba, İĞDIR 👋\n".encode(), "text/plain"),
        (_zip("a.txt"), "application/zip"),
        (_zip("[Content_Types].xml", "word/document.xml"), f"{OFFICE}.wordprocessingml.document"),
        (_zip("[Content_Types].xml", "xl/workbook.xml"), f"{OFFICE}.spreadsheetml.sheet"),
        (_zip("content.xml", declared=odt), odt),
    ]
    for content, kind in kinds:
        answer = judge.expect(client.upload(visitor, "dosya", content), 201)
        seen = answer.data["dosya"]["tur"]
        judge.must(seen == kind, kind, answer, seen)
    answer = judge.expect(client.upload(visitor, "liste.csv", b"a;b\n1;2\n"), 201)
    judge.must(answer.data["dosya"]["tur"] == "text/csv", "text/csv", answer)


@check("upload.pages")
def pages_are_refused(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    pages = [
        PAGE,
        PAGE.upper(),
        b"\xef\xbb\xbf" + PAGE,
        b" \n\t" + PAGE,
        b"<!-- a -->" + PAGE,
        b"<!DOCTYPE html><p>a",
        b'<?xml version="1.0"?><a/>',
        b'<?xml version="1.0"?>' + SVG,
        b"\n" + SVG,
        b"<script>alert(1)</script>",
    ]
    for content in pages:
        name = judge.random.choice(("not.txt", "resim.png", "belge.pdf", "liste.csv", "sayfa.html"))
        judge.expect(client.upload(visitor, name, content), 422, "dosya_turu_izinsiz")


@check("upload.name")
def names_fit_their_types(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    for name, content, expected in (
        ("fatura.html", b"not", "fatura.html.txt"),
        ("kur.bat", b"not", "kur.bat.txt"),
        ("not.txt", b"not", "not.txt"),
        ("resim.svg", PNG, "resim.svg.png"),
        ("RESIM.PNG", PNG, "RESIM.PNG"),
        ("../../etc/resim.png", PNG, "resim.png"),
        ("Şube – özet.pdf", b"%PDF-1.4\n%%EOF\n", "Şube – özet.pdf"),
    ):
        answer = judge.expect(client.upload(visitor, name, content), 201)
        seen = answer.data["dosya"]["ad"]
        judge.must(seen == expected, expected, answer, seen)


def _search(judge: Judge, text: str, **query: Any) -> Answer:
    asked = {"q": text, **query}
    return judge.client.call("GET", "/api/v1/widget/kb/search", query=asked, tenant=judge.target.tenant)


def _folded(text: str) -> str:
    return text.translate(FOLDED).lower()


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", _folded(text))


def _beginnings(judge: Judge) -> Iterator[str]:
    """First letters of words of articles: each finds several of them."""
    found = _search(judge, judge.target.known_word or "", limit=100).data["makaleler"]
    letters = {word[0] for article in found for word in _words(article["baslik"] + " " + article["ozet"])}
    known = sorted(letter for letter in letters if letter.isascii() and letter.isalpha())
    if not known:
        raise NotJudged("the articles are in letters that this suite does not fold")
    yield from judge.random.sample(known, len(known))[:12]


@check("search.rank")
def title_comes_before_body(judge: Judge) -> None:
    known = judge.target.known_word or ""
    for asked in [_folded(known), *_beginnings(judge), "s"]:
        answer = _search(judge, asked, limit=100)
        titles = [_words(article["baslik"]) for article in answer.data["makaleler"]]
        counts = [any(word.startswith(asked) for word in title) for title in titles]
        judge.must(counts == sorted(counts, reverse=True), f"titles with {asked}… first", answer, titles)


@check("search.snippet")
def snippet_shows_the_word(judge: Judge) -> None:
    known = _folded(judge.target.known_word or "")
    answer = _search(judge, known)
    for article in answer.data["makaleler"]:
        text = article["ozet"]
        judge.must(0 < len(text) <= 300, "1 to 300 characters", answer, text)
        path = f"/api/v1/widget/kb/article/{article['slug']}"
        whole = judge.client.call("GET", path, tenant=judge.target.tenant)
        body = _words(whole.data["makale"]["icerik"])
        stands = any(word.startswith(known) for word in body[:20])
        shown = any(word.startswith(known) for word in _words(text))
        judge.must(shown or not stands, f"a snippet with {known}", answer, text)


@check("search.pages")
def found_articles_come_page_by_page(judge: Judge) -> None:
    for asked in [*list(_beginnings(judge))[:6], "s"]:
        whole = [article["id"] for article in _search(judge, asked, limit=100).data["makaleler"]]
        seen: list[int] = []
        query: dict[str, Any] = {"limit": max(1, len(whole) // 3)}
        for _ in range(6):
            answer = _search(judge, asked, **query)
            seen += [article["id"] for article in answer.data["makaleler"]]
            query["imlec"] = answer.data["sonraki_imlec"]
            if query["imlec"] is None:
                break
        judge.must(seen == whole, f"for {asked} the articles {whole}", answer, seen)


@check("origin.changed")
def one_letter_makes_another_origin(judge: Judge) -> None:
    tenant = judge.target.listed
    if tenant is None or tenant.origin is None:
        raise NotJudged("no tenant with an origin")
    origin, visitor = tenant.origin, judge.client.visitor()
    letters = st.sampled_from("abcxyz019.-_:/@#?%")
    places = st.integers(0, len(origin) - 1)
    changes = st.tuples(places, letters, st.sampled_from(["more", "less", "other"]))
    for place, letter, how in judge.draw(changes, 0.7):
        middle = {"more": letter + origin[place], "less": "", "other": letter}[how]
        text = origin[:place] + middle + origin[place + 1 :]
        if text.lower() != origin.lower():
            answer = judge.client.init(visitor, replace(tenant, origin=None), Origin=text)
            judge.expect(answer, 403, "origin_izinsiz")


@check("envelope.problem")
def refusals_say_what_they_are(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    closed = client.closed_chat(visitor)
    refusals = [
        client.call("POST", "/api/v1/widget/init", raw=b"{", tenant=judge.target.tenant),
        client.init(visitor, **{"X-API-Key": "x"}),
        client.call("GET", "/api/v1/yok", nowhere=True),
        client.call("DELETE", "/api/v1/widget/init", nowhere=True),
        client.read(visitor, 999_999_999),
        client.say(visitor, closed, "a"),
        client.call(
            "POST",
            "/api/v1/widget/init",
            raw=b"a",
            headers={"Content-Type": "text/plain"},
            tenant=judge.target.tenant,
        ),
        client.rate(visitor, closed, 9),
    ]
    for answer in refusals:
        problem = answer.value
        judge.must(problem["status"] == answer.status, f"status {answer.status}", answer)
        judge.must(problem["basarili"] is False, "basarili false", answer)
        said = [problem[name] for name in ("title", "detail", "type")]
        judge.must(all(text.strip() for text in said), "title, detail and type", answer, said)
