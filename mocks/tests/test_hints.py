"""The mock tells why it refused, and what of a request the operation does not know."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import jsonschema
import pytest

from impl import problems
from impl.model import Tenant
from impl.rules.identity import sign, signed_text
from impl.tests.client import DEMO_KEY, ESNAF_KEY, ESNAF_ORIGIN, NOON, SECRETS, Client, application
from mocks import hints
from mocks.app import build_mock
from mocks.hint_shapes import hint_schema
from mocks.identity_reasons import REASONS
from mocks.journal import Entry

INIT: Final = "/api/v1/widget/init"
INFO: Final = "/api/v1/context/customer-info"
NOW: Final = int(NOON.timestamp())
SENT: Final = {"ziyaretci_id": "abc123", "email": "ahmet@example.com", "timestamp": NOW}
RIGHT: Final = sign(SECRETS[DEMO_KEY], "abc123", "ahmet@example.com", NOW)


@dataclass
class Told:
    """An answer, and what the mock told of its request."""

    status: int
    headers: dict[str, str]
    value: Any
    strays: list[str]

    @property
    def hint(self) -> Any:
        """The `ipucu`, which keeps its schema."""
        jsonschema.validate(self.value["ipucu"], hint_schema())
        return self.value["ipucu"]


class Mock(Client):
    """A fresh demo world behind the mock's wrappers; each answer keeps the contract."""

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        raw: Sequence[bytes] = (),
    ) -> Told:
        """One request; `body` as JSON, `raw` in pieces."""
        faults: list[str] = []
        strays: list[str] = []
        pieces = list(raw) or ([json.dumps(body).encode()] if body is not None else [b""])
        given = {"content-type": "application/json"} if body is not None else {}
        where, _, query = path.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": where,
            "raw_path": where.encode(),
            "query_string": query.encode(),
            "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in {**given, **(headers or {})}.items()],
            "client": ("127.0.0.1", 1),
            "cozum.tests.world": self.world,
        }

        def tell(entries: Sequence[Entry]) -> None:
            for entry in entries:
                faults.extend(entry.faults)
                strays.extend(entry.notes)

        mock = build_mock(application(), tell)
        messages = self.run(_exchange(mock, scope, pieces))
        assert not faults
        start, content = messages[0], b"".join(message.get("body", b"") for message in messages[1:])
        told = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
        assert told.get("content-length", str(len(content))) == str(len(content))
        return Told(start["status"], told, json.loads(content) if "json" in told["content-type"] else None, strays)

    def tell(self, changes: Mapping[str, Any], *, key: str = DEMO_KEY, **headers: str) -> Told:
        """A signed customer-info, with these changes."""
        body = {**SENT, "signature": RIGHT, **changes}
        return self.ask("POST", INFO, body, headers={"X-API-Key": key, **headers})


async def _exchange(app: Any, scope: dict[str, Any], pieces: list[bytes]) -> list[Mapping[str, Any]]:
    sent: list[Mapping[str, Any]] = []
    left = list(pieces)

    async def receive() -> Mapping[str, Any]:
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


@pytest.fixture
def mock() -> Any:
    made = Mock()
    yield made
    made.close()


def _with_key(key: str = DEMO_KEY, **more: str) -> dict[str, str]:
    return {"X-API-Key": key, **more}


# The key


def test_no_key_is_told(mock: Mock) -> None:
    told = mock.ask("POST", INIT, {"ziyaretci_id": "abc123"})
    assert (told.status, told.value["kod"], told.hint["neden"]) == (401, "anahtar_gecersiz", "anahtar")
    assert told.hint["baslik"]["beklenen"] == "X-API-Key"
    assert "gorulen" not in told.hint["baslik"]
    assert told.hint["baslik"]["bilinenler"] == list(SECRETS)


@pytest.mark.parametrize("name", ["Api-Key", "X-Api-Token", "X_API_KEY", "ApiKey", "X-Apikey", "X-Key"])
def test_a_key_under_another_name_is_seen(mock: Mock, name: str) -> None:
    told = mock.ask("POST", INIT, {"ziyaretci_id": "abc123"}, headers={name: DEMO_KEY})
    assert told.hint["baslik"]["gorulen"] == name.lower()
    assert told.strays == [f"unknown header {name.lower()!a}; did you mean X-API-Key?"]


@pytest.mark.parametrize("name", ["X-Request-Id", "User-Agent", "Sec-Fetch-Site", "X-Mock-Sandbox", "X-Forwarded-For"])
def test_what_clients_send_by_themselves_is_no_misspelt_header(mock: Mock, name: str) -> None:
    told = mock.ask("POST", INIT, {"ziyaretci_id": "abc123"}, headers={name: "x"})
    assert "gorulen" not in told.hint["baslik"]
    assert told.strays == []


def test_a_key_in_the_query_is_seen(mock: Mock) -> None:
    told = mock.ask("POST", f"{INIT}?api_key={DEMO_KEY}", {"ziyaretci_id": "abc123"})
    assert told.hint["baslik"]["gorulen"] == "api_key"
    assert told.strays == ["unknown query parameter 'api_key'; did you mean the header X-API-Key?"]


def test_the_nearest_key_is_told(mock: Mock) -> None:
    told = mock.ask("POST", INIT, {}, headers=_with_key("CM_DEMO_2025"))
    assert told.hint["baslik"]["deger"] == "CM_DEMO_2025"
    assert told.hint["baslik"]["en_yakin"] == DEMO_KEY


def test_an_operators_token_is_no_key(mock: Mock) -> None:
    told = mock.ask("POST", INIT, {}, headers={"Authorization": "Bearer 1|verborgen"})
    assert told.hint["baslik"]["gorulen"] == "Authorization"
    assert "verborgen" not in json.dumps(told.value)


def test_a_secret_sent_as_key_is_told_and_not_repeated(mock: Mock) -> None:
    told = mock.ask("POST", INIT, {}, headers=_with_key(SECRETS[DEMO_KEY]))
    assert "api_secret" in told.hint["mesaj"]
    assert SECRETS[DEMO_KEY] not in json.dumps(told.value)


# The token


@pytest.mark.parametrize(
    ("value", "said", "shown"),
    [
        ("1|abcdefgh", "Başında `Bearer ` yok", "1|abcd…"),
        ("Token 1|abcdefgh", "`Token` değil, `Bearer`", "Token 1|abcd…"),
        ("Bearer 1%7Cabcdefgh", "URL kodlamasıyla", "Bearer 1%7Cabcd…"),
        ("Bearer abcdefgh", "biçiminde değil", "Bearer abcd…"),
        ("Bearer 99|abcdefgh", "99 numaralı token yok", "Bearer 99|abcd…"),
    ],
)
def test_what_is_wrong_with_a_token_is_told(mock: Mock, value: str, said: str, shown: str) -> None:
    told = mock.ask("GET", "/api/v1/operator/chats", headers={"Authorization": value})
    assert (told.status, told.hint["neden"]) == (401, "token")
    assert said in told.hint["mesaj"]
    assert told.hint["baslik"]["deger"] == shown


def test_a_token_with_another_secret_and_one_that_expired_are_told_apart(mock: Mock) -> None:
    token = mock.login()
    number = token.partition("|")[0]
    told = mock.ask("GET", "/api/v1/operator/chats", headers={"Authorization": f"Bearer {number}|anderes-geheimnis"})
    assert "sırrı bu değil" in told.hint["mesaj"]
    mock.clock.advance(days=31)
    told = mock.ask("GET", "/api/v1/operator/chats", headers={"Authorization": f"Bearer {token}"})
    assert "süresi 2026-05-12T14:30:00+03:00 anında doldu" in told.hint["mesaj"]
    assert token.partition("|")[2] not in json.dumps(told.value)


@pytest.mark.parametrize(("name", "seen"), [("X-Auth-Token", "x-auth-token"), ("X-API-Key", "X-API-Key")])
def test_a_token_under_another_name_is_seen(mock: Mock, name: str, seen: str) -> None:
    told = mock.ask("GET", "/api/v1/operator/chats", headers={name: "1|abc"})
    assert told.hint["baslik"] == {"beklenen": "Authorization", "bicim": "Bearer {id}|{secret}", "gorulen": seen}


def test_a_wrong_email_and_a_wrong_password_get_the_same_hint(mock: Mock) -> None:
    """The contract's `auth.alike` holds for the mock too."""
    answers = [
        mock.ask("POST", "/api/v1/auth/login", {"email": email, "sifre": "yanlis"}).hint
        for email in ("operator@example.com", "kimse@example.com")
    ]
    assert answers[0] == answers[1]
    assert "sifre123" in answers[0]["mesaj"]


# The signature


def test_a_wrong_signature_is_told_with_the_text_and_the_right_one(mock: Mock) -> None:
    told = mock.tell({"signature": "0" * 64})
    assert (told.status, told.value["kod"], told.hint["neden"]) == (401, "imza_gecersiz", "imza")
    text = f"abc123|ahmet@example.com|{NOW}"
    assert told.hint["imza"] == {"imzalanacak_metin": text, "beklenen": RIGHT, "gonderilen": "0" * 64}
    assert "sır değildir" in told.hint["mesaj"]
    assert told.hint["komut"] == f"cozum sign --id abc123 --email ahmet@example.com --key {DEMO_KEY} --timestamp {NOW}"
    assert mock.tell({"signature": told.hint["imza"]["beklenen"]}).status == 200


def test_without_an_email_its_place_in_the_text_is_empty(mock: Mock) -> None:
    told = mock.tell({"email": None, "signature": "x"})
    assert told.hint["imza"]["imzalanacak_metin"] == signed_text("abc123", None, NOW)


def test_a_secret_is_in_no_hint(mock: Mock) -> None:
    """Not even the demo's: the contract keeps `api_secret` out of every answer of the widget API."""
    told = mock.tell({"signature": sign(SECRETS[ESNAF_KEY], "abc123", "ahmet@example.com", NOW)})
    assert told.hint["imza"]["bulunan_hata"] == "`PratikEsnaf.Com` projesinin sırrıyla imzalanmış."
    assert not [secret for secret in SECRETS.values() if secret in json.dumps(told.value)]


def test_a_command_asks_for_a_secret_that_is_not_the_demos(mock: Mock) -> None:
    async def put(tx: Any) -> None:
        await tx.put_tenant(Tenant(4, "Yeni", "CM_YENI_2026", "yeni_secret_2026", None, "#000000"))

    mock.run(mock.store.transact(put))
    told = mock.tell({}, key="CM_YENI_2026")
    assert "--secret API_SECRET" in told.hint["komut"]
    assert "yeni_secret_2026" not in json.dumps(told.value)


# The age


@pytest.mark.parametrize(
    ("away", "said"),
    [
        (-301, "301 saniye geride"),
        (301, "301 saniye ileride"),
        (3 * 3600, "Tam 3 saat"),
        (-3 * 3600 - 2, "Tam 3 saat"),
        (NOW * 999, "milisaniye"),
    ],
)
def test_a_wrong_age_is_told_with_the_servers_clock(mock: Mock, away: int, said: str) -> None:
    at = NOW + away
    signature = sign(SECRETS[DEMO_KEY], "abc123", "ahmet@example.com", at)
    told = mock.tell({"timestamp": at, "signature": signature})
    assert (told.value["kod"], told.hint["neden"]) == ("imza_suresi_doldu", "imza_suresi")
    assert told.hint["saat"] == {
        "sunucu_saati": "2026-04-12T14:30:00+03:00",
        "sunucu_timestamp": NOW,
        "timestamp": at,
        "fark_saniye": -away,
        "tolerans_saniye": 300,
    }
    assert said in told.hint["mesaj"]
    assert told.hint["komut"].endswith(f"--timestamp {NOW}")


def test_half_an_hour_is_no_time_zone(mock: Mock) -> None:
    signature = sign(SECRETS[DEMO_KEY], "abc123", "ahmet@example.com", NOW - 1800)
    told = mock.tell({"timestamp": NOW - 1800, "signature": signature})
    assert "saat:" not in told.hint["mesaj"]


# The origin


@pytest.mark.parametrize(
    ("headers", "origin", "said"),
    [
        ({}, {}, "Ne `Origin` ne `Referer`"),
        ({"Origin": "null"}, {"baslik": "Origin", "gorulen": "null"}, "bir köken değil"),
        (
            {"Origin": "https://www.pratikesnaf.com"},
            {"baslik": "Origin", "gorulen": "https://www.pratikesnaf.com", "normal": "https://www.pratikesnaf.com"},
            "Host farklı: `www.pratikesnaf.com`, listede `pratikesnaf.com`",
        ),
        (
            {"Origin": "http://pratikesnaf.com"},
            {"baslik": "Origin", "gorulen": "http://pratikesnaf.com", "normal": "http://pratikesnaf.com"},
            "Şema farklı: `http`, listede `https`",
        ),
        (
            {"Referer": "https://pratikesnaf.com:8443/a"},
            {
                "baslik": "Referer",
                "gorulen": "https://pratikesnaf.com:8443/a",
                "normal": "https://pratikesnaf.com:8443",
            },
            "Port farklı: `8443`, listede `varsayılan`",
        ),
    ],
    ids=["none", "null", "host", "scheme", "port"],
)
def test_a_refused_origin_is_told_with_the_list(
    mock: Mock, headers: dict[str, str], origin: dict[str, str], said: str
) -> None:
    told = mock.ask("POST", INIT, {"ziyaretci_id": "abc123"}, headers=_with_key(ESNAF_KEY, **headers))
    assert (told.status, told.hint["neden"]) == (403, "origin")
    near = {"en_yakin": ESNAF_ORIGIN} if "normal" in origin else {}
    assert told.hint["origin"] == origin | near | {"izinli_originler": [ESNAF_ORIGIN]}
    assert said in told.hint["mesaj"]


def test_a_portal_request_that_may_come_from_elsewhere_is_told_where_from(mock: Mock) -> None:
    told = mock.ask(
        "POST",
        "/portal/giris",
        {"email": "operator@example.com", "sifre": "sifre123"},
        headers={"Sec-Fetch-Site": "cross-site", "Host": "localhost:8080", "Accept": "application/json"},
    )
    assert (told.status, told.hint["neden"]) == (403, "kaynak")
    assert told.hint["origin"] == {"baslik": "Sec-Fetch-Site", "gorulen": "cross-site", "host": "localhost:8080"}


# Who may


def test_a_role_that_does_not_suffice_is_told(mock: Mock) -> None:
    headers = {"Authorization": f"Bearer {mock.login()}"}
    told = mock.ask("DELETE", "/api/v1/operator/context/abc123?musteri_id=1", headers=headers)
    assert (told.status, told.hint["neden"]) == (403, "rol")
    assert told.hint["rol"] == {"gereken": ["sahip", "yonetici"], "roller": {"1": "senior", "2": "senior"}}


@pytest.mark.parametrize(("cookie", "said"), [("", "çerezi yok"), ("cozum_portal=eski-oturum", "oturum yok")])
def test_a_missing_and_a_dead_portal_session_are_told_apart(mock: Mock, cookie: str, said: str) -> None:
    headers = {"Accept": "application/json"} | ({"Cookie": cookie} if cookie else {})
    told = mock.ask("GET", "/portal/projelerim", headers=headers)
    assert (told.status, told.hint["neden"]) == (401, "portal_oturumu")
    assert said in told.hint["mesaj"]
    assert "eski-oturum" not in json.dumps(told.value)


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({}, "`X-Ziyaretci-Token` başlığı yok."),
        ({"X-Visitor-Token": "gizli-deger"}, "onun yerine `x-visitor-token` görüldü"),
        ({"X-Ziyaretci-Token": "gizli-deger"}, "bu ziyaretçinin değil"),
    ],
)
def test_a_missing_visitor_token_is_told(mock: Mock, headers: dict[str, str], said: str) -> None:
    tenant = Tenant(1, "Demo", DEMO_KEY, SECRETS[DEMO_KEY], None, "#000000", secure_mode=True)
    mock.run(mock.store.transact(lambda tx: tx.put_tenant(tenant)))
    told = mock.ask("POST", INIT, {"ziyaretci_id": "abc123"}, headers=_with_key(**headers))
    assert (told.status, told.hint["neden"]) == (401, "ziyaretci_token")
    assert said in told.hint["mesaj"]
    assert "gizli-deger" not in json.dumps(told.value)


# Fields


@pytest.mark.parametrize(
    "name", ["ziyaretciId", "ziyaretçi_id", "visitor_id", "visitorId", "ZIYARETCI-ID", "ziyareti_id", "userId"]
)
def test_a_misspelt_field_is_told_with_the_nearest_one(mock: Mock, name: str) -> None:
    told = mock.ask("POST", INIT, {name: "abc123"}, headers=_with_key())
    assert (told.status, told.hint["neden"]) == (422, "alan")
    assert told.hint["taninmayanlar"] == [
        {"yer": "govde", "ad": name, "en_yakin": "ziyaretci_id", "en_yakin_yer": "govde"}
    ]
    assert f"`{name}` → `ziyaretci_id`" in told.hint["mesaj"]
    assert told.hint["bilinen_alanlar"] == ["ziyaretci_id"]


def test_a_parameter_in_the_body_of_get_and_one_misspelt_are_told(mock: Mock) -> None:
    told = mock.ask("GET", "/api/v1/widget/chat/messages?ziyaretci=abc123&oturumId=42", headers=_with_key())
    assert told.status == 422
    assert [(one["ad"], one["en_yakin"]) for one in told.hint["taninmayanlar"]] == [
        ("ziyaretci", "ziyaretci_id"),
        ("oturumId", "oturum_id"),
    ]


def test_the_nearest_of_listed_values_is_told(mock: Mock) -> None:
    body = {"ziyaretci_id": "a", "ad": "A", "email": "a@b.co", "konu": "K", "mesaj": "M", "oncelik": "Yüksek"}
    told = mock.ask("POST", "/api/v1/widget/ticket/create", body, headers=_with_key())
    assert told.hint["degerler"] == [{"alan": "/oncelik", "gonderilen": "Yüksek", "en_yakin": "yuksek"}]


def test_names_that_are_known_are_said_to_be(mock: Mock) -> None:
    told = mock.ask("POST", INIT, {"ziyaretci_id": "a|b"}, headers=_with_key())
    assert "Adların hepsi tanındı" in told.hint["mesaj"]
    assert "taninmayanlar" not in told.hint


def _form(name: str, before: bytes = b"") -> bytes:
    return (
        before
        + b'--xx\r\nContent-Disposition: form-data; name="ziyaretci_id"\r\n\r\nabc123\r\n--xx\r\n'
        + f'Content-Disposition: form-data; name="{name}"; filename="a.txt"\r\n\r\nmetin\r\n--xx--\r\n'.encode()
    )


@pytest.mark.parametrize("size", [7, 60, 10_000])
def test_a_file_under_another_name_is_told_however_the_body_comes(mock: Mock, size: int) -> None:
    body = _form("file")
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    headers = _with_key(**{"Content-Type": "multipart/form-data; boundary=xx"})
    told = mock.ask("POST", "/api/v1/widget/upload", headers=headers, raw=pieces)
    assert told.status == 422
    assert [(one["ad"], one["en_yakin"]) for one in told.hint["taninmayanlar"]] == [("file", "dosya")]


def test_a_reused_idempotency_key_and_a_wrong_type_of_file_are_explained(mock: Mock) -> None:
    start = "/api/v1/widget/chat/start"
    headers = _with_key(**{"Idempotency-Key": "k1"})
    assert mock.ask("POST", start, {"ziyaretci_id": "abc123"}, headers=headers).status == 201
    told = mock.ask("POST", start, {"ziyaretci_id": "abc123", "mesaj": "x"}, headers=headers)
    assert (told.status, told.hint["neden"]) == (422, "idempotency_key")
    upload = _form("dosya").replace(b"metin", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    told = mock.ask(
        "POST",
        "/api/v1/widget/upload",
        headers=_with_key(**{"Content-Type": "multipart/form-data; boundary=xx"}),
        raw=[upload],
    )
    assert (told.status, told.hint["neden"]) == (422, "dosya_turu")


# What is served


def test_unknown_fields_of_a_served_request_are_noted_and_its_answer_has_no_hint(mock: Mock) -> None:
    told = mock.ask(
        "POST", f"{INIT}?sayfa=1", {"ziyaretci_id": "abc123", "ziyaretciAdi": "A", "xyz": 1}, headers=_with_key()
    )
    assert told.status == 200
    assert "ipucu" not in told.value
    assert told.strays == [
        "unknown body field 'ziyaretciAdi'; did you mean ziyaretci_id?",
        "unknown body field 'xyz'",
        "unknown query parameter 'sayfa'",
    ]


def test_a_request_that_keeps_the_contract_is_not_noted(mock: Mock) -> None:
    told = mock.tell({"ekstra": {"serbest": 1}}, Cookie="a=b", Accept="*/*")
    assert (told.status, told.strays) == (200, [])


def test_a_name_inside_free_fields_is_noted_when_it_is_nearly_one_that_means_something(mock: Mock) -> None:
    extra = {"depolama_kulanilan_gb": 3, "depolama_toplam_gb": 5, "son_yedek": "dün", "depolama": 1}
    told = mock.tell({"ekstra": extra})
    assert told.status == 200
    assert told.strays == [
        "unknown body field 'ekstra/depolama_kulanilan_gb'; did you mean ekstra/depolama_kullanilan_gb?"
    ]


def test_other_refusals_stay_as_they_are(mock: Mock) -> None:
    told = mock.ask("GET", INIT)
    assert told.status == 405
    assert "ipucu" not in told.value


def test_hints_are_english_for_whom_the_answer_is(mock: Mock) -> None:
    told = mock.ask("POST", INIT, {}, headers={"Accept-Language": "en"})
    assert told.hint["mesaj"] == "There is no header `X-API-Key`."


def test_more_than_a_few_strays_are_not_told(mock: Mock) -> None:
    told = mock.ask("POST", INIT, {"ziyaretci_id": "a"} | {f"k{n}": n for n in range(500)}, headers=_with_key())
    assert (told.status, len(told.strays)) == (200, 20)


# The table


def test_every_refusal_of_these_statuses_has_a_reason() -> None:
    kinds = [kind for kind in vars(problems).values() if isinstance(kind, type) and issubclass(kind, problems.Problem)]
    codes = {kind.code for kind in kinds if getattr(kind, "status", 0) in hints.EXPLAINED and hasattr(kind, "code")}
    assert codes == set(REASONS)


def test_a_hint_that_fails_costs_no_answer(
    mock: Mock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(asked: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(hints, "REASONS", {"anahtar_gecersiz": broken})
    told = mock.ask("POST", INIT, {})
    assert told.status == 401
    assert "ipucu" not in told.value
    assert "no hint for" in caplog.text
