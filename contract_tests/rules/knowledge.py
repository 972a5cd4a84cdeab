"""The knowledge base."""

from __future__ import annotations

from urllib.parse import quote

from contract_tests.checks import Judge, check
from contract_tests.client import Answer

FOLDED = str.maketrans("şğüöçıŞĞÜÖÇİ", "sguociSGUOCI")


def _search(judge: Judge, text: str) -> Answer:
    return judge.client.call("GET", "/api/v1/widget/kb/search", query={"q": text}, tenant=judge.target.tenant)


@check("search.folding")
def letters_are_folded(judge: Judge) -> None:
    word = judge.target.known_word or ""
    expected = {article["id"] for article in _search(judge, word).data["makaleler"]}
    judge.must(bool(expected), f"articles about {word}", _search(judge, word), expected)
    upper = word.replace("i", "İ").replace("ı", "I").upper()
    plain = word.translate(FOLDED)
    for text in (
        upper,
        plain,
        plain.upper(),
        word.replace("i", "ı"),
        upper.replace("İ", "I"),
        word.replace("ş", "s\u0327"),
    ):
        answer = _search(judge, text)
        seen = {article["id"] for article in answer.data["makaleler"]}
        judge.must(seen == expected, f"for {text} the articles {sorted(expected)}", answer, sorted(seen))
    nothing = _search(judge, "yokböylebirkelime")
    judge.must(not nothing.data["makaleler"], "no article", nothing)


@check("search.readable")
def found_articles_can_be_read(judge: Judge) -> None:
    client, tenant = judge.client, judge.target.tenant
    found = _search(judge, judge.target.known_word or "").data["makaleler"]
    listed = client.call("GET", "/api/v1/widget/kb/categories", tenant=tenant)
    articles = [one for shelf in listed.data["kategoriler"] for one in shelf["makaleler"]]
    judge.must({one["id"] for one in found} <= {one["id"] for one in articles}, "the found article listed", listed)
    for article in articles[:20]:
        answer = client.call("GET", f"/api/v1/widget/kb/article/{quote(article['slug'])}", tenant=tenant)
        judge.expect(answer, 200)
        judge.must(answer.data["makale"]["id"] == article["id"], f"article {article['id']}", answer)
    answer = client.call("GET", f"/api/v1/widget/kb/article/yok-{client.visitor()}", tenant=tenant)
    judge.expect(answer, 404, "bulunamadi")
