"""The portal's sessions."""

from __future__ import annotations

from dataclasses import replace
from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from contract_tests.checks import Judge, check
from contract_tests.client import Answer
from contract_tests.portal import COOKIE, SAME_SITE, Portal, cookie_line, signed_in

DAY: Final = 86_400
FORM: Final = "application/x-www-form-urlencoded"
MOST_FAILURES: Final = 10
THROTTLED: Final = 900
"""Seconds."""


def _signed_in_anew(judge: Judge) -> Portal:
    portal = Portal(judge.client)
    portal.sign_in(judge.target.operator).succeeded()
    return portal


def _own_origin(judge: Judge) -> str:
    parts = urlsplit(judge.target.base_url)
    return f"{parts.scheme}://{parts.netloc}"


@check("session.sign_in")
def right_password_opens_a_session(judge: Judge) -> None:
    login, portal = judge.target.operator, Portal(judge.client)
    nobody = portal.call("GET", "giris")
    judge.must(nobody.data["giris_yapildi"] is False and nobody.data["operator"] is None, "nobody", nobody)
    raw = urlencode({"email": login.email, "sifre": login.password}).encode()
    form = Portal(judge.client)
    answers = [portal.sign_in(login)]
    answers.append(form.call("POST", "giris", raw=raw, headers={**SAME_SITE, "Content-Type": FORM}))
    answers += [portal.call("GET", "giris"), form.call("GET", "giris")]
    for answer in answers:
        judge.expect(answer, 200)
        data = answer.data
        judge.must(data["giris_yapildi"] is True, "giris_yapildi true", answer)
        judge.must(data["operator"]["email"].casefold() == login.email.casefold(), login.email, answer)
    projects = portal.call("GET", "projeler")
    judge.must(projects.data["aktif_musteri_id"] == answers[0].data["aktif_musteri_id"], "the same project", projects)
    judge.expect(form.sign_out(), 200)
    judge.expect(portal.sign_out(), 200)


@check("session.cookie")
def cookie_is_kept_from_scripts_and_other_sites(judge: Judge) -> None:
    portal = Portal(judge.client)
    secure = judge.target.base_url.startswith("https:")
    for answer in (portal.sign_in(judge.target.operator), portal.sign_out()):
        judge.expect(answer, 200)
        line = cookie_line(answer) or ""
        morsel = SimpleCookie(line).get(COOKIE)
        judge.must(morsel is not None, f"the cookie {COOKIE}", answer, line)
        if morsel is not None:
            judge.must(bool(morsel["httponly"]), "HttpOnly", answer, line)
            judge.must(morsel["samesite"].lower() == "lax", "SameSite=Lax", answer, line)
            judge.must(bool(morsel["secure"]) or not secure, "Secure", answer, line)


@check("session.rotated")
def signing_in_gives_another_cookie(judge: Judge) -> None:
    portal = _signed_in_anew(judge)
    old = portal.with_cookie(portal.cookie)
    answer = judge.expect(portal.sign_in(judge.target.operator), 200)
    judge.must(portal.cookie != old.cookie, "another cookie", answer)
    judge.expect(old.call("GET", "projeler"), 401, "portal_oturumu_gerekli")
    planted = portal.with_cookie("A" * 43)
    judge.expect(planted.sign_in(judge.target.operator), 200)
    judge.expect(planted.with_cookie("A" * 43).call("GET", "projeler"), 401, "portal_oturumu_gerekli")
    judge.expect(planted.sign_out(), 200)
    judge.expect(portal.sign_out(), 200)


@check("session.alike")
def portal_tells_no_email_from_no_password(judge: Judge) -> None:
    known, portal = judge.target.least_needed(), Portal(judge.client)
    password = portal.sign_in(replace(known, password="yanlis-" + known.password))
    cookie = portal.cookie
    judge.expect(portal.sign_in(known), 200)  # so that failures do not add up
    email = Portal(judge.client).sign_in(replace(known, email=f"{judge.client.visitor()}@example.com"))
    judge.expect(password, 401, "giris_hatali")
    judge.expect(email, 401, "giris_hatali")
    judge.must(_shown(password) == _shown(email), f"the same as {_shown(password)}", email)
    judge.must(cookie is None and cookie_line(email) is None, "no cookie", password, password.headers)
    judge.expect(portal.sign_out(), 200)


def _shown(answer: Answer) -> dict[str, Any]:
    return {name: value for name, value in answer.value.items() if name != "istek_id"}


@check("session.sign_out")
def signed_out_session_is_worth_nothing(judge: Judge) -> None:
    portal = _signed_in_anew(judge)
    thief = portal.with_cookie(portal.cookie)
    judge.expect(portal.call("GET", "cikis", nowhere=True), 405)
    judge.expect(thief.call("GET", "projeler"), 200)
    answer = judge.expect(portal.sign_out(), 200)
    judge.must(portal.cookie is None, "an empty cookie", answer, answer.headers.get("set-cookie"))
    judge.must(answer.data["giris_yapildi"] is False, "giris_yapildi false", answer)
    for path in ("projeler", "projelerim", "widget"):
        judge.expect(thief.call("GET", path), 401, "portal_oturumu_gerekli")
    state = thief.call("GET", "giris")
    judge.must(state.data["giris_yapildi"] is False, "giris_yapildi false", state)


@check("session.own")
def one_browser_leaves_the_others_alone(judge: Judge) -> None:
    one, other = _signed_in_anew(judge), _signed_in_anew(judge)
    judge.must(one.cookie != other.cookie, "two cookies", one.call("GET", "giris"))
    judge.expect(one.sign_out(), 200)
    judge.expect(other.call("GET", "projeler"), 200)
    judge.expect(other.sign_out(), 200)


@check("session.source")
def source_must_be_proven(judge: Judge) -> None:
    portal, login = signed_in(judge.client, judge.target.operator), judge.target.operator
    own = urlsplit(_own_origin(judge))
    for proof in (
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": f"{own.scheme}://evil.{own.netloc}"},
        {"Origin": f"{own.scheme}://{own.hostname}.evil.example"},
    ):
        answers = [
            portal.call("POST", "projelerim", raw=b"{", headers=proof),
            portal.call("POST", "projeler/sec/999999999", headers=proof),
            portal.call("POST", "giris", body={"email": login.email, "sifre": login.password}, headers=proof),
            portal.call("POST", "cikis", headers=proof),
        ]
        for answer in answers:
            judge.expect(answer, 403, "kaynak_dogrulanmadi")
            judge.must(cookie_line(answer) is None, "no cookie", answer, answer.headers)
    state = portal.call("GET", "giris")
    judge.must(state.data["giris_yapildi"] is True, "the session as it was", state)


@check("session.proof")
def either_proof_is_enough(judge: Judge) -> None:
    login = judge.target.operator
    for proof in (SAME_SITE, {"Origin": _own_origin(judge)}):
        portal = Portal(judge.client)
        judge.expect(portal.sign_in(login, headers=proof), 200)
        judge.expect(portal.call("POST", "cikis", headers=proof), 200)
    portal = signed_in(judge.client, login)
    for path in ("giris", "projeler", "projelerim", "projelerim/yeni", "widget"):
        for source in ({}, {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}):
            judge.expect(portal.call("GET", path, headers=source), 200)


@check("cors.portal")
def portal_is_not_for_other_origins(judge: Judge) -> None:
    portal = signed_in(judge.client, judge.target.operator)
    page = {"Origin": "https://evil.example"}
    asked = {**page, "Access-Control-Request-Method": "POST"}
    for answer in (
        portal.call("GET", "projeler", headers=page),
        portal.call("POST", "giris", headers=page, raw=b"{"),
        portal.call("OPTIONS", "projelerim", headers=asked, nowhere=True),
    ):
        found = [name for name in answer.headers if name.startswith("access-control-")]
        judge.must(not found, "no Access-Control headers", answer, found)


def _knock(judge: Judge, door: str, email: str) -> Answer:
    body = {"email": email, "sifre": "yanlis"}
    return judge.client.call("POST", door, body=body, headers=SAME_SITE, patient=False)


@check("session.throttle")
def guessing_is_slowed_down(judge: Judge) -> None:
    doors, email = ("/api/v1/auth/login", "/portal/giris"), f"{judge.client.visitor()}@example.com"
    for number in range(MOST_FAILURES):
        judge.expect(_knock(judge, doors[number % 2], email), 401, "giris_hatali")
    for door in doors:
        answer = judge.expect(_knock(judge, door, email), 429, "cok_fazla_istek")
        wait = answer.headers.get("retry-after", "")
        judge.must(wait.isdigit() and 0 < int(wait) <= THROTTLED, f"Retry-After to {THROTTLED}", answer, wait)
        judge.must("ratelimit" in answer.headers, "RateLimit", answer, answer.headers)
    judge.expect(_knock(judge, doors[0], f"{judge.client.visitor()}@example.com"), 401, "giris_hatali")
    if judge.target.clock:
        judge.advance(THROTTLED)
        judge.expect(_knock(judge, doors[1], email), 401, "giris_hatali")


@check("session.expiry")
def session_lasts_twelve_hours(judge: Judge) -> None:
    portal = _signed_in_anew(judge)
    judge.advance(DAY / 2 - 60)
    judge.expect(portal.call("GET", "projeler"), 200)
    judge.advance(120)
    judge.expect(portal.call("GET", "projeler"), 401, "portal_oturumu_gerekli")
    state = portal.call("GET", "giris")
    judge.must(state.data["giris_yapildi"] is False, "giris_yapildi false", state)


@check("token.expiry")
def token_lasts_thirty_days(judge: Judge) -> None:
    token = judge.client.login(judge.target.operator).data["token"]
    judge.advance(30 * DAY - 60)
    judge.expect(judge.client.call("GET", "/api/v1/operator/status", token=token), 200)
    judge.advance(120)
    judge.expect(judge.client.call("GET", "/api/v1/operator/status", token=token), 401, "token_gecersiz")
