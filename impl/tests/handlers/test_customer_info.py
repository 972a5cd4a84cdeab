"""What a site tells about its customer: `set_customer_info`, signed and unsigned."""

from __future__ import annotations

import json
from typing import Any

import pytest

from impl.rules.identity import sign
from impl.tests.client import DEMO_KEY, ESNAF_KEY, NOON, SECRETS, Client, Reply

PATH = "/api/v1/context/customer-info"
NOW = int(NOON.timestamp())
EMAIL = "ahmet@example.com"


def send(client: Client, key: str = DEMO_KEY, **body: Any) -> Reply:
    return client.call("POST", PATH, key=key, body={"ziyaretci_id": "abc123"} | body)


def profile(client: Client, visitor: str = "abc123") -> Any:
    return client.context(visitor, client.login()).data["musteri"]


def verified(client: Client, visitor: str = "abc123") -> Any:
    return client.context(visitor, client.login()).data["identity_dogrulandi"]


# Signed


@pytest.mark.parametrize("offset", [0, -1, -299, -300, 299, 300])
def test_a_signature_within_the_tolerance_verifies_and_gives_a_token(client: Client, offset: int) -> None:
    reply = client.customer_info("abc123", email=EMAIL, signed_at=NOW + offset)
    assert reply.status == 200
    assert reply.value["identity_dogrulandi"] is True
    assert len(reply.data.pop("ziyaretci_token")) == 43
    assert reply.data == {"ziyaretci_id": "abc123", "guncellendi": "2026-04-12T14:30:00+03:00"}
    assert verified(client) is True


@pytest.mark.parametrize("offset", [-301, 301, -NOW])
def test_a_right_signature_out_of_the_tolerance_has_expired(client: Client, offset: int) -> None:
    reply = client.customer_info("abc123", email=EMAIL, signed_at=NOW + offset)
    assert (reply.status, reply.code) == (401, "imza_suresi_doldu")
    assert "www-authenticate" in reply.headers


def test_the_tolerance_ends_on_the_second(client: Client) -> None:
    client.clock.advance(seconds=300)
    assert client.customer_info("abc123", signed_at=NOW).status == 200
    client.clock.advance(seconds=1)
    assert client.customer_info("abc123", signed_at=NOW).code == "imza_suresi_doldu"


def test_the_reference_s_formula_is_the_one_that_is_checked(client: Client) -> None:
    known = "0a926d472e481949e754b7a4c05ddaba94e911054af7ff5efbc7389952f2390b"
    assert send(client, email=EMAIL, timestamp=1775993400, signature=known).value["identity_dogrulandi"] is True


RIGHT = sign(SECRETS[DEMO_KEY], "abc123", EMAIL, NOW)


@pytest.mark.parametrize(
    "signature",
    [
        RIGHT.upper(),
        RIGHT[:-1],
        RIGHT + "0",
        f" {RIGHT}",
        "0" * 64,
        "x",
        "ş" * 64,
        sign(SECRETS[ESNAF_KEY], "abc123", EMAIL, NOW),
        sign(SECRETS[DEMO_KEY], "user_42", EMAIL, NOW),
        sign(SECRETS[DEMO_KEY], "abc123", "Ahmet@example.com", NOW),
        sign(SECRETS[DEMO_KEY], "abc123", None, NOW),
        sign(SECRETS[DEMO_KEY], "abc123", EMAIL, NOW - 1),
    ],
)
@pytest.mark.parametrize("age", [0, 100_000])
def test_any_other_string_is_a_wrong_signature_however_old(client: Client, signature: str, age: int) -> None:
    client.clock.advance(seconds=age)
    reply = send(client, email=EMAIL, timestamp=NOW, signature=signature)
    assert (reply.status, reply.code) == (401, "imza_gecersiz")
    assert "www-authenticate" in reply.headers


@pytest.mark.parametrize("email", [{}, {"email": None}])
def test_a_missing_or_null_email_is_signed_as_empty(client: Client, email: dict[str, Any]) -> None:
    signature = sign(SECRETS[DEMO_KEY], "abc123", "", NOW)
    assert send(client, timestamp=NOW, signature=signature, **email).value["identity_dogrulandi"] is True


def test_the_exact_utf8_bytes_are_signed(client: Client) -> None:
    email = "şükrü@örnek.com"
    signature = sign(SECRETS[DEMO_KEY], "abc123", email, NOW)
    assert send(client, email=email, timestamp=NOW, signature=signature).status == 200
    assert profile(client)["email"] == email


@pytest.mark.parametrize("written", ["1775993400.0", "1.7759934e9", "17759934E2"])
def test_a_timestamp_may_be_any_json_number_that_is_whole(client: Client, written: str) -> None:
    signature = sign(SECRETS[DEMO_KEY], "abc123", None, NOW)
    raw = f'{{"ziyaretci_id": "abc123", "timestamp": {written}, "signature": "{signature}"}}'
    reply = client.call("POST", PATH, key=DEMO_KEY, raw=raw.encode(), headers={"content-type": "application/json"})
    assert reply.value["identity_dogrulandi"] is True


@pytest.mark.parametrize("written", ["1e18", "9.2e18"])
def test_the_largest_timestamps_are_judged_too(client: Client, written: str) -> None:
    raw = f'{{"ziyaretci_id": "abc123", "timestamp": {written}, "signature": "x"}}'
    reply = client.call("POST", PATH, key=DEMO_KEY, raw=raw.encode(), headers={"content-type": "application/json"})
    assert reply.code == "imza_gecersiz"


@pytest.mark.parametrize("timestamp", ["1775993400", 1775993400.5, -1, 2**63, None, True])
def test_a_timestamp_that_is_no_second_is_a_field_error(client: Client, timestamp: object) -> None:
    assert send(client, timestamp=timestamp, signature=RIGHT).fields == ["/timestamp"]


@pytest.mark.parametrize(("alone", "missing"), [({"timestamp": NOW}, "signature"), ({"signature": RIGHT}, "timestamp")])
def test_one_of_the_two_alone_is_refused(client: Client, alone: dict[str, Any], missing: str) -> None:
    reply = send(client, ad="Yeni", **alone)
    assert reply.code == "alan_hatasi"
    assert reply.fields == [f"/{missing}"]
    assert profile(client)["ad"] == "Ahmet"


@pytest.mark.parametrize("signature", [None, 5, "a\0b"])
def test_a_signature_that_is_no_text_is_a_field_error(client: Client, signature: object) -> None:
    assert send(client, timestamp=NOW, signature=signature).fields == ["/signature"]


@pytest.mark.parametrize("age", [0, 301])
def test_nothing_is_stored_on_a_refused_signature(client: Client, age: int) -> None:
    before = client.context("abc123", client.login()).data
    signed_at = NOW - age
    signature = RIGHT if age else "yanlis"
    if age:
        signature = sign(SECRETS[DEMO_KEY], "abc123", "yeni@example.com", signed_at)
    reply = send(client, email="yeni@example.com", ad="Yeni", timestamp=signed_at, signature=signature)
    assert reply.status == 401
    assert client.context("abc123", client.login()).data == before
    refused = send(client, ziyaretci_id="hic", timestamp=NOW, signature="yanlis")
    assert refused.status == 401
    assert client.context("hic", client.login()).code == "bulunamadi"


def test_a_signature_of_another_tenant_s_secret_does_not_count(client: Client) -> None:
    signature = sign(SECRETS[DEMO_KEY], "ahmet.yilmaz", None, NOW)
    reply = send(client, ESNAF_KEY, ziyaretci_id="ahmet.yilmaz", timestamp=NOW, signature=signature)
    assert reply.code == "imza_gecersiz"


def test_the_secret_stands_in_no_answer(client: Client) -> None:
    replies = [
        client.customer_info("abc123", email=EMAIL, signed_at=NOW),
        client.customer_info("abc123", email=EMAIL, signed_at=NOW - 301),
        send(client, timestamp=NOW, signature="yanlis"),
        client.call("POST", "/api/v1/widget/init", key=DEMO_KEY, body={"ziyaretci_id": "abc123"}),
        client.context("abc123", client.login()),
        client.call("GET", "/api/v1/operator/tenants", token=client.login()),
    ]
    for reply in replies:
        assert SECRETS[DEMO_KEY].encode() not in reply.body
        assert SECRETS[DEMO_KEY] not in str(reply.headers)


def test_each_signed_call_gives_another_token(client: Client) -> None:
    tokens = {client.customer_info("abc123", signed_at=NOW).data["ziyaretci_token"] for _ in range(2)}
    assert len(tokens) == 2


# Unsigned


def test_an_unsigned_call_stores_and_verifies_nothing(client: Client) -> None:
    reply = send(client, ad="Mehmet", email="mehmet@example.com")
    assert reply.value["identity_dogrulandi"] is False
    assert reply.data == {"ziyaretci_id": "abc123", "guncellendi": "2026-04-12T14:30:00+03:00"}
    assert (profile(client)["ad"], profile(client)["email"]) == ("Mehmet", "mehmet@example.com")
    assert verified(client) is False


@pytest.mark.parametrize("email", ["sahte@example.com", None])
def test_an_unsigned_call_changes_neither_a_verified_email_nor_the_flag(client: Client, email: str | None) -> None:
    client.customer_info("abc123", email=EMAIL, signed_at=NOW)
    reply = send(client, email=email, ad="Mehmet", kontor=7)
    assert reply.value["identity_dogrulandi"] is False
    told = profile(client)
    assert (told["email"], told["ad"], told["kontor"]) == (EMAIL, "Mehmet", 7)
    assert verified(client) is True


def test_a_signed_call_changes_a_verified_email(client: Client) -> None:
    client.customer_info("abc123", email=EMAIL, signed_at=NOW)
    client.customer_info("abc123", email="yeni@example.com", signed_at=NOW)
    assert profile(client)["email"] == "yeni@example.com"


def test_a_first_signature_without_an_email_drops_the_one_that_nobody_vouched_for(client: Client) -> None:
    client.customer_info("abc123", signed_at=NOW)
    assert profile(client)["email"] is None
    assert send(client, email="sahte@example.com").status == 200
    assert profile(client)["email"] is None


def test_a_later_signature_without_an_email_keeps_the_verified_one(client: Client) -> None:
    client.customer_info("abc123", email=EMAIL, signed_at=NOW)
    client.customer_info("abc123", signed_at=NOW, ad="Mehmet")
    assert profile(client)["email"] == EMAIL


# Fields


def test_a_visitor_of_whom_nothing_was_known_appears(client: Client) -> None:
    assert send(client, ziyaretci_id="yeni", ad="Ayşe").status == 200
    assert profile(client, "yeni")["ad"] == "Ayşe"


def test_omitted_fields_stay_and_null_removes(client: Client) -> None:
    everything: dict[str, Any] = {
        "ad": "Ayşe",
        "soyad": "Şahin",
        "email": "ayse@example.com",
        "telefon": "+90 (212) 555 00 00",
        "paket": "Pro",
        "kontor": -5,
        "trial_bitis": "2026-04-20",
        "trial_kalan_gun": 8,
        "ekstra": {"a": [1, {"b": None}]},
    }
    send(client, **everything)
    assert profile(client) == everything
    send(client)
    assert profile(client) == everything
    nothing: dict[str, Any] = dict.fromkeys(everything)
    send(client, **nothing)
    assert profile(client) == nothing | {"ekstra": {}}


def test_ekstra_is_replaced_whole(client: Client) -> None:
    send(client, ekstra={"depolama_kullanilan_gb": 1})
    assert profile(client)["ekstra"] == {"depolama_kullanilan_gb": 1}


def test_the_profile_s_time_follows_the_call(client: Client) -> None:
    client.clock.advance(minutes=5)
    assert send(client, ad="Ayşe").data["guncellendi"] == "2026-04-12T14:35:00+03:00"
    assert client.context("abc123", client.login()).data["guncellendi"] == "2026-04-12T14:35:00+03:00"


def test_each_tenant_is_told_about_its_own_visitor(client: Client) -> None:
    send(client, ESNAF_KEY, ad="Baska")
    assert client.context("abc123", client.login(), musteri_id=1).data["musteri"]["ad"] == "Ahmet"


@pytest.mark.parametrize("day", ["2026-02-30", "2025-02-29", "2026-04-31", "0000-01-01", "2026-02-30T10:00:00Z"])
def test_a_day_that_no_calendar_has_is_refused(client: Client, day: str) -> None:
    assert send(client, trial_bitis=day, ad="Yeni").fields == ["/trial_bitis"]
    assert profile(client)["ad"] == "Ahmet"


@pytest.mark.parametrize(
    "day",
    [
        "2028-02-29",
        "2026-04-20T12:00",
        "2026-04-20T12:00:00.5Z",
        "0001-01-01",
        "9999-12-31",
        "9999-12-31T23:59:59-23:59",
    ],
)
def test_any_day_of_the_calendar_is_taken_and_shown_as_written(client: Client, day: str) -> None:
    send(client, trial_bitis=day)
    assert profile(client)["trial_bitis"] == day


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ad", ""),
        ("ad", "a\0"),
        ("soyad", " "),
        ("email", "ahmet"),
        ("telefon", "telefon"),
        ("paket", 5),
        ("kontor", 4500.5),
        ("kontor", "4500"),
        ("kontor", 2**53),
        ("trial_bitis", "yarın"),
        ("trial_bitis", "20260420"),
        ("trial_kalan_gun", 36_501),
        ("trial_kalan_gun", 1.5),
        ("ekstra", []),
        ("ekstra", {f"k{number}": 0 for number in range(51)}),
        ("ekstra", {"a\0": 1}),
        ("ziyaretci_id", "a|b"),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_stored(client: Client, field: str, value: Any) -> None:
    before = profile(client)
    assert send(client, **{field: value}).fields == [f"/{field}"]
    assert profile(client) == before


@pytest.mark.parametrize(
    ("extra", "field"),
    [
        ({"a": "b\0c"}, "/ekstra/a"),
        ({"a": [{"b": ["\0"]}]}, "/ekstra/a/0/b/0"),
        ({"a": {"b/c~": "x" * 2001}}, "/ekstra/a/b~1c~0"),
    ],
)
def test_a_bad_value_inside_ekstra_is_named(client: Client, extra: dict[str, Any], field: str) -> None:
    assert send(client, ekstra=extra).fields == [field]


def test_fifty_extra_fields_are_taken(client: Client) -> None:
    assert send(client, ekstra={f"k{number}": 0 for number in range(50)}).status == 200


@pytest.mark.parametrize(("levels", "status"), [(31, 200), (32, 400)])
@pytest.mark.parametrize(("opening", "closing"), [('{"a":', "}"), ("[", "]")])
def test_a_body_is_thirty_two_levels_deep_at_most(
    client: Client, levels: int, status: int, opening: str, closing: str
) -> None:
    inner = opening * (levels - 1) + "1" + closing * (levels - 1)
    reply = send(client, ekstra=json.loads(f'{{"x":{inner}}}'))
    assert reply.status == status


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 0.1, -0.0, 5e-324, 1e18])
def test_numbers_in_ekstra_come_back_to_the_operator_as_they_were(client: Client, number: float) -> None:
    send(client, ekstra={"sayi": number})
    assert profile(client)["ekstra"] == {"sayi": number}


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**30, 1e308])
def test_numbers_in_ekstra_are_those_of_64_bits(client: Client, number: float) -> None:
    assert send(client, ekstra={"a": [{"sayi": number}]}).fields == ["/ekstra/a/0/sayi"]


def test_a_text_that_reads_null_is_a_text(client: Client) -> None:
    send(client, ad="null")
    assert profile(client)["ad"] == "null"


def test_first_signature_ends_the_tokens_that_anybody_could_have(client: Client) -> None:
    """Whoever calls init first with a guessed id gets a token; once the real visitor is proven it is worth nothing."""

    def enter(token: str) -> Reply:
        body = {"ziyaretci_id": "tahmin"}
        return client.call("POST", "/api/v1/widget/init", key=DEMO_KEY, body=body, visitor_token=token)

    guessed = enter("").data["ziyaretci_token"]
    first = client.customer_info("tahmin", email="a@example.com", signed_at=NOW).data["ziyaretci_token"]
    client.change_tenant(1, secure_mode=True)
    assert enter(guessed).code == "ziyaretci_token_gerekli"
    assert enter(first).status == 200
    second = client.customer_info("tahmin", email="a@example.com", signed_at=NOW).data["ziyaretci_token"]
    assert (enter(first).status, enter(second).status) == (200, 200)
