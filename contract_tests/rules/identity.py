"""Whether the site vouches for its visitor, and what it tells of them."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from contract_tests.checks import Judge, check
from contract_tests.client import Answer, sign

LETTERS: Final = st.characters(exclude_categories=("C", "Z"), exclude_characters="@")
EMAILS: Final = st.tuples(st.text(LETTERS, min_size=1, max_size=20), st.text(LETTERS, min_size=1, max_size=20)).map(
    "@".join
)
EMAIL: Final = "ada@example.com"
PLAIN: Final = st.from_regex(r"[a-z0-9]{1,12}@[a-z0-9]{1,12}\.com", fullmatch=True)
ENDINGS: Final = st.from_regex(r"[A-Za-z0-9._@:+-]{0,30}", fullmatch=True)


@check("hmac.valid")
def right_signature_verifies(judge: Judge) -> None:
    """Any id, any email, also none; of the reference's formula only what every backend takes."""
    fixed = ["", "Ada.LOVELACE@Example.com", "şule@örnek.com.tr", "e\u0301@x.y"] if judge.whole else [EMAIL]
    drawn = st.tuples(ENDINGS, st.just("") | EMAILS) if judge.whole else st.tuples(st.just(""), PLAIN)
    for ending, email in [("", email) for email in fixed] + judge.draw(drawn, 0.5):
        visitor = judge.client.visitor() + ending
        info = {"email": email} if email else {}
        answer = judge.client.customer_info(visitor, signed_at=judge.client.now(), **info)
        judge.expect(answer, 200)
        judge.must(answer.value["identity_dogrulandi"] is True, "identity_dogrulandi true", answer)
        if judge.whole:
            judge.must(bool(answer.data.get("ziyaretci_token")), "a ziyaretci_token", answer)
    if judge.whole:
        answer = judge.client.customer_info(judge.client.visitor(), signed_at=judge.client.now(), email=None)
        judge.expect(answer, 200)


@check("hmac.tolerance")
def tolerance_is_300_seconds(judge: Judge) -> None:
    """Both sides, each asked within one second of the server's clock, which may be ahead of what its `Date` tells.

    Not -300: a clock with fractions is 300.4 s away by then, and the contract does not say which one it means.
    """
    far = judge.random.randint(310, 10**7)
    judge.client.now()
    lag = judge.client.lag
    for off in (300, lag - 299, 301 + lag, -301, far, -far):
        visitor = judge.client.visitor()

        def signed(now: int, off: int = off, visitor: str = visitor) -> Answer:
            return judge.client.customer_info(visitor, signed_at=now + off, email=EMAIL)

        now, answer = judge.in_one_second(signed)
        kept = 200 <= answer.status < 300
        if abs(off) > 300:
            kept = answer.status == 401 and (answer.code == "imza_suresi_doldu" or not judge.whole)
        wanted = "success" if abs(off) <= 300 else "401 imza_suresi_doldu" if judge.whole else "401"
        judge.must(kept, f"{wanted} for a timestamp {off:+} s from the server's clock {now}", answer)


@check("hmac.wrong")
def other_string_is_refused(judge: Judge) -> None:
    """One changed character at each end and at any place, other texts that were signed, other lengths."""
    visitor, now, secret = judge.client.visitor(), judge.client.now(), judge.target.tenant.secret
    right = sign(secret, visitor, EMAIL, now)
    places = {0, 63, judge.random.randrange(1, 63), judge.random.randrange(1, 63)}
    wrong = [right[:at] + ("1" if right[at] == "0" else "0") + right[at + 1 :] for at in sorted(places)]
    wrong += [right[:-1], right + "0", "0" * 64, sign(secret, visitor + "x", EMAIL, now), "ş" * 64]
    wrong += [sign(secret, visitor, "other@example.com", now), sign(secret, visitor, EMAIL, now - 1)]
    wrong += [sign(secret, visitor, None, now), *([""] if judge.whole else [])]
    for signature in wrong:
        answer = judge.client.customer_info(visitor, signed_at=now, signature=signature, email=EMAIL)
        judge.expect(answer, 401, "imza_gecersiz")


@check("hmac.case")
def upper_case_is_another_string(judge: Judge) -> None:
    visitor, now = judge.client.visitor(), judge.client.now()
    right = sign(judge.target.tenant.secret, visitor, None, now)
    if right.upper() != right:
        answer = judge.client.customer_info(visitor, signed_at=now, signature=right.upper())
        judge.expect(answer, 401, "imza_gecersiz")


@check("hmac.pair")
def one_half_is_422(judge: Judge) -> None:
    visitor, now = judge.client.visitor(), judge.client.now()
    right = sign(judge.target.tenant.secret, visitor, None, now)
    judge.expect(judge.client.customer_info(visitor, timestamp=now), 422, "alan_hatasi")
    judge.expect(judge.client.customer_info(visitor, signature=right), 422, "alan_hatasi")


@check("hmac.order")
def signature_is_checked_first(judge: Judge) -> None:
    old = judge.client.now() - judge.random.randint(310, 10**6)
    answer = judge.client.customer_info(judge.client.visitor(), signed_at=old, signature="0" * 64)
    judge.expect(answer, 401, "imza_gecersiz")


@check("hmac.refused")
def refused_signature_stores_nothing(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    client.customer_info(visitor, ad="Önce", ekstra={"a": 1}).succeeded()
    client.customer_info(visitor, signed_at=client.now(), signature="0" * 64, ad="Sonra")
    client.customer_info(visitor, signed_at=client.now() - 1000, ad="Sonra")
    answer = client.context(visitor)
    data = answer.data
    judge.must(data["musteri"]["ad"] == "Önce", "the name from before", answer, data["musteri"])
    judge.must(data["identity_dogrulandi"] is False, "identity_dogrulandi false", answer)


@check("identity.unsigned")
def unsigned_call_vouches_for_nothing(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    first = client.customer_info(visitor, signed_at=client.now(), email="dogru@example.com", paket="Pro")
    judge.expect(first, 200)
    answer = client.customer_info(visitor, email="yanlis@example.com", paket="Kurumsal")
    judge.must(answer.status == 200 and answer.value["identity_dogrulandi"] is False, "200, unverified", answer)
    judge.must("ziyaretci_token" not in answer.data, "no token without a signature", answer)
    shown = client.context(visitor)
    customer = shown.data["musteri"]
    judge.must(customer["email"] == "dogru@example.com", "the verified email", shown, customer["email"])
    judge.must(shown.data["identity_dogrulandi"] is True, "identity_dogrulandi still true", shown)
    judge.must(customer["paket"] == "Kurumsal", "the other fields changed", shown, customer)


@check("profile.merge")
def omitted_fields_stay(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    client.customer_info(visitor, ad="Ayşe", soyad="Çelik", kontor=7, ekstra={"a": 1, "b": 2}).succeeded()
    client.customer_info(visitor, soyad="Yılmaz", ekstra={"c": 3}).succeeded()
    answer = client.context(visitor)
    customer = answer.data["musteri"]
    told = (customer["ad"], customer["soyad"], customer["kontor"])
    judge.must(told == ("Ayşe", "Yılmaz", 7), "ad Ayşe, soyad Yılmaz, kontor 7", answer, told)
    judge.must(customer["ekstra"] == {"c": 3}, "ekstra {'c': 3}", answer, customer["ekstra"])
