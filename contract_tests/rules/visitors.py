"""What a site says of its visitors, and what becomes of it."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from contract_tests.checks import Judge, check
from contract_tests.client import Answer, sign
from contract_tests.findings import NotJudged

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(st.characters(exclude_categories=("C", "Z"))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=5,
)


@check("hmac.secret")
def secret_of_another_tenant_signs_nothing(judge: Judge) -> None:
    client, visitor, other = judge.client, judge.client.visitor(), judge.target.other
    if other is None or other.secret == judge.target.tenant.secret:
        raise NotJudged("the other tenant has no secret of its own")
    now = client.now()
    wrong = sign(other.secret, visitor, "ada@example.com", now)
    answer = client.customer_info(visitor, signed_at=now, signature=wrong, email="ada@example.com")
    judge.expect(answer, 401, "imza_gecersiz")


@check("hmac.changed")
def nothing_signed_can_be_changed(judge: Judge) -> None:
    """A right signature under anything but what it was made for."""
    client, secret, now = judge.client, judge.target.tenant.secret, judge.client.now()
    for email in (None, "ada@example.com", "şule@örnek.com.tr"):
        visitor = client.visitor()
        right = sign(secret, visitor, email, now)
        emails = ["bob@example.com", *([email + "x", email.upper(), None] if email else [])]
        cases: list[tuple[str, int, str | None]] = [(visitor, now, other) for other in emails]
        cases += [(visitor, now + judge.random.choice((-1, 1)), email), (visitor + "x", now, email)]
        cases += [(client.visitor(), now, email)]
        for who, when, other in cases:
            info = {} if other is None else {"email": other}
            answer = client.customer_info(who, signed_at=when, signature=right, **info)
            judge.expect(answer, 401, "imza_gecersiz")


@check("identity.signed")
def signed_call_changes_the_email(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    for told, expected in (("bir@example.com", "bir@example.com"), ("iki@example.com",) * 2, (None, "iki@example.com")):
        info = {} if told is None else {"email": told}
        judge.expect(client.customer_info(visitor, signed_at=client.now(), **info), 200)
        shown = client.context(visitor)
        seen = shown.data["musteri"]["email"], shown.data["identity_dogrulandi"]
        judge.must(seen == (expected, True), f"{expected}, verified", shown, seen)


@check("identity.first")
def first_signature_vouches_for_its_email_only(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    client.customer_info(visitor, email="herhangi@example.com", paket="Pro").succeeded()
    before = client.context(visitor)
    judge.must(before.data["musteri"]["email"] == "herhangi@example.com", "the email that was told", before)
    judge.expect(client.customer_info(visitor, signed_at=client.now()), 200)
    shown = client.context(visitor)
    seen = shown.data["musteri"].get("email"), shown.data["musteri"]["paket"]
    judge.must(seen == (None, "Pro"), "no email, the other fields as they were", shown, seen)


@check("visitor.token")
def new_visitor_gets_a_token(judge: Judge) -> None:
    client, tokens = judge.client, set[str]()
    for _ in range(3):
        visitor = client.visitor()
        first = client.init(visitor)
        token = first.data.get("ziyaretci_token")
        judge.must(isinstance(token, str) and token not in tokens, "a ziyaretci_token of its own", first)
        tokens.add(token)
        again = client.init(visitor, **{"X-Ziyaretci-Token": token})
        judge.must("ziyaretci_token" not in again.data, "no second ziyaretci_token", again)


@check("profile.null")
def null_removes(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    told: dict[str, Any] = {
        "ad": "Ayşe",
        "soyad": "Çelik",
        "email": "ayse@example.com",
        "telefon": "+90 555 000 00 00",
        "paket": "Pro",
        "kontor": 7,
        "ekstra": {"a": 1},
    }
    client.customer_info(visitor, **told).succeeded()
    gone = judge.random.sample(sorted(told), 3)
    client.customer_info(visitor, **dict.fromkeys(gone)).succeeded()
    shown = client.context(visitor)
    empty: dict[str, Any] = {"ekstra": {}}
    for name, value in told.items():
        expected = (value,) if name not in gone else (None, empty.get(name))
        seen = shown.data["musteri"].get(name)
        judge.must(seen in expected, f"{name} {expected[-1]!r}", shown, seen)


@check("profile.extra")
def extra_is_shown_as_told(judge: Judge) -> None:
    client = judge.client
    fifty = {f"k{number}": number for number in range(50)}
    extras: list[dict[str, Any]] = [{}, fifty, {"son_yedek": "2 saat önce", "İğdır": [1, {"a": None}], "x": 1.5}]
    extras += judge.draw(st.dictionaries(st.text("abcşİ_", min_size=1, max_size=9), JSON, max_size=4), 0.1)
    for extra in extras:
        visitor = client.visitor()
        judge.expect(client.customer_info(visitor, ekstra=extra), 200)
        shown = client.context(visitor)
        seen = shown.data["musteri"]["ekstra"]
        judge.must(seen == extra, f"ekstra {extra!a}", shown, ascii(seen))
    answer = client.customer_info(client.visitor(), ekstra=fifty | {"k50": 50})
    judge.expect(answer, 422, "alan_hatasi")


@check("profile.untouched")
def chats_and_tickets_leave_the_profile(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    client.customer_info(visitor, ad="Ayşe", soyad="Çelik", email="ayse@example.com").succeeded()
    plain = client.start_chat(visitor)
    judge.must(plain.data["oturum"]["ziyaretci_adi"] == "Ayşe Çelik", "ziyaretci_adi Ayşe Çelik", plain)
    client.end(visitor, plain.data["oturum"]["id"]).succeeded()
    named = client.start_chat(visitor, ad="Takma Ad", email="takma@example.com")
    judge.must(named.data["oturum"]["ziyaretci_adi"] == "Takma Ad", "ziyaretci_adi Takma Ad", named)
    ticket = client.ticket(visitor, ad="Başka Ad", email="baska@example.com")
    judge.must(ticket.data["ticket"]["ziyaretci_adi"] == "Başka Ad", "ziyaretci_adi Başka Ad", ticket)
    shown = client.context(visitor)
    customer = shown.data["musteri"]
    seen = customer["ad"], customer["soyad"], customer["email"]
    judge.must(seen == ("Ayşe", "Çelik", "ayse@example.com"), "the profile as it was", shown, seen)


@check("input.unknown")
def unknown_fields_are_ignored(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    beyond: dict[str, Any] = {"yok_boyle_alan": {"a": [1]}, "id": 7, "durum": "kapandi", "__proto__": None}
    judge.expect(client.widget("init", visitor, **beyond), 200)
    started = judge.expect(client.start_chat(visitor, mesaj="Merhaba", **beyond), 201)
    judge.must(started.data["oturum"]["durum"] == "bekliyor", "durum bekliyor", started)
    judge.expect(client.customer_info(visitor, ad="Ayşe", **beyond), 200)
    said = client.say(visitor, started.data["oturum"]["id"], "bir", **beyond)
    judge.must(judge.expect(said, 201).data["mesaj"]["sira"] == 2, "sira 2", said)


@check("context.newest")
def panel_shows_the_newest(judge: Judge) -> None:
    client, visitor, count = judge.client, judge.client.visitor(), 21

    def tell(path: str, **body: Any) -> Answer:
        content = {"ziyaretci_id": visitor, **body}
        return client.call("POST", f"/api/v1/context/{path}", body=content, tenant=judge.target.tenant)

    told: dict[str, list[Any]] = {"sayfa_gecmisi": [], "hatalar": [], "oturumlar": []}
    for number in range(count):
        url = f"https://x.example/{number}"
        tell("page-info", sayfa_url=url, baslik="Sayfa").succeeded()
        tell("error-log", mesaj=f"Hata {number}").succeeded()
        told["sayfa_gecmisi"].append(url)
        told["hatalar"].append(f"Hata {number}")
        told["oturumlar"].append(client.closed_chat(visitor))
    tickets = {client.ticket(visitor).data["ticket"]["id"] for _ in range(2)}
    shown = client.context(visitor)
    for name, field in (("sayfa_gecmisi", "sayfa_url"), ("hatalar", "mesaj"), ("oturumlar", "id")):
        seen = [one[field] for one in shown.data[name]]
        judge.must(set(seen) == set(told[name][1:]) and len(seen) == 20, f"of {name} the newest 20", shown, seen)
    judge.must({one["id"] for one in shown.data["ticketlar"]} == tickets, "both tickets", shown)
