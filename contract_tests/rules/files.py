"""Uploads, and what the browser tells."""

from __future__ import annotations

from base64 import b64encode
from typing import Final
from urllib.parse import urlsplit

from contract_tests.checks import Judge, check
from contract_tests.client import Answer

PNG: Final = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89"
    b"\0\0\0\rIDATx\x9cc\xf8\xff\xff?\0\x05\xfe\x02\xfe\xa75\x81\x84\0\0\0\0IEND\xaeB`\x82"
)
SVG: Final = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@check("upload.types")
def type_comes_from_the_bytes(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    for name, content in (
        ("resim.png", SVG),
        ("resim.svg", SVG),
        ("belge.pdf", b"<!DOCTYPE html><html><script>alert(1)</script></html>"),
        ("not.txt", b"  <html><body>a</body></html>"),
        ("resim.png", b"MZ\x90\0\x03\0\0\0" + b"\0" * 60),
    ):
        judge.expect(client.upload(visitor, name, content), 422, "dosya_turu_izinsiz")
    for name, content, kind in (
        ("resim.bin", PNG, "image/png"),
        ("resim.txt", PNG, "image/png"),
        ("belge.png", b"%PDF-1.7\n%%EOF\n", "application/pdf"),
        ("not.png", "düz yazı".encode(), "text/plain"),
    ):
        answer = judge.expect(client.upload(visitor, name, content), 201)
        seen = answer.data["dosya"]["tur"]
        judge.must(seen == kind, kind, answer, seen)


@check("upload.served")
def file_is_served_harmlessly(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    file = client.upload(visitor, "resim.png", PNG).data["dosya"]
    judge.must(file["boyut"] == len(PNG), f"boyut {len(PNG)}", client.init(visitor), file)
    parts = urlsplit(file["url"])
    answer = client.call("GET", parts.path)
    judge.expect(answer, 200)
    judge.must(answer.body == PNG, "the bytes that were sent", answer, f"{len(answer.body)} bytes")
    disposition = answer.headers.get("content-disposition", "")
    judge.must(disposition.startswith("attachment"), "attachment", answer, disposition)
    nosniff = answer.headers.get("x-content-type-options")
    judge.must(nosniff == "nosniff", "nosniff", answer, nosniff)
    unknown = parts.path[:-4] + ("AAAA" if not parts.path.endswith("AAAA") else "BBBB")
    judge.expect(client.call("GET", unknown), 404)


def _page(judge: Judge, visitor: str, url: str) -> Answer:
    body = {"ziyaretci_id": visitor, "sayfa_url": url, "baslik": "Sayfa"}
    return judge.client.call("POST", "/api/v1/context/page-info", body=body, tenant=judge.target.tenant)


@check("page.url")
def pages_are_http(judge: Judge) -> None:
    visitor = judge.client.visitor()
    for url in ("javascript:alert(1)", "data:text/html,x", "ftp://x.example/", "//x.example/", "/sayfa", "x", ""):
        judge.expect(_page(judge, visitor, url), 422, "alan_hatasi")
    for url in ("https://x.example/sayfa?a=b#c", "http://x.example"):
        judge.expect(_page(judge, visitor, url), 201)


@check("page.history")
def panel_shows_the_pages(judge: Judge) -> None:
    visitor = judge.client.visitor()
    urls = [f"https://x.example/{number}" for number in range(3)]
    for url in urls:
        judge.expect(_page(judge, visitor, url), 201)
    answer = judge.client.context(visitor)
    seen = [page["sayfa_url"] for page in answer.data["sayfa_gecmisi"]]
    judge.must(seen == urls[::-1], str(urls[::-1]), answer, seen)


@check("error.shown")
def panel_shows_the_errors(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    for number in range(2):
        body = {"ziyaretci_id": visitor, "mesaj": f"TypeError {number}", "satir": 42}
        answer = client.call("POST", "/api/v1/context/error-log", body=body, tenant=judge.target.tenant)
        judge.expect(answer, 201)
    answer = client.context(visitor)
    seen = [(error["mesaj"], error["satir"]) for error in answer.data["hatalar"]]
    judge.must(seen == [("TypeError 1", 42), ("TypeError 0", 42)], "both errors, the last first", answer, seen)


@check("screenshot.types")
def screenshot_is_a_picture(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    picture = b64encode(PNG).decode()
    for kind, text, status in (
        ("image/png", picture, 201),
        ("image/jpeg", picture, 422),
        ("image/svg+xml", b64encode(SVG).decode(), 422),
        ("image/png", b64encode(SVG).decode(), 422),
        ("image/png", picture[:-3] + "!!!", 422),
    ):
        body = {"ziyaretci_id": visitor, "goruntu": f"data:{kind};base64,{text}"}
        answer = client.call("POST", "/api/v1/context/screenshot", body=body, tenant=judge.target.tenant)
        judge.expect(answer, status)
    shown = client.context(visitor)
    seen = [(one["tur"], one["boyut"]) for one in shown.data["ekran_goruntuleri"]]
    judge.must(seen == [("image/png", len(PNG))], f"one picture of {len(PNG)} bytes", shown, seen)


@check("erasure")
def erased_visitor_is_gone(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    client.customer_info(visitor, ad="Silinecek").succeeded()
    chat = client.chat(visitor)
    tenant = client.tenant_id()
    may = {}
    for login in (judge.target.operator, judge.target.colleague):
        tabs = client.operator("GET", "tenants", login).data["musteriler"]
        may[login] = next(tab["rol"] for tab in tabs if tab["id"] == tenant) in ("sahip", "yonetici")
    path, query = f"context/{visitor}", {"musteri_id": tenant}
    for login in (one for one, allowed in may.items() if not allowed):
        judge.expect(client.operator("DELETE", path, login, query=query), 403, "yetki_yok")
        judge.expect(client.context(visitor), 200)
    for login in (one for one, allowed in list(may.items())[::-1] if allowed):
        judge.expect(client.operator("DELETE", path, login, query=query), 200)
        judge.expect(client.context(visitor), 404)
        judge.expect(client.operator("GET", f"chat/{chat}/messages"), 404)
        judge.expect(client.operator("DELETE", path, login, query=query), 404)
        return
