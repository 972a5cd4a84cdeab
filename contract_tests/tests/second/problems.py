"""Refusals: `application/problem+json` in Turkish or English."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

TEXTS: Final[Mapping[str, tuple[int, tuple[str, str], tuple[str, str]]]] = {
    "gecersiz_json": (
        400,
        ("Gövde okunamadı", "Body not readable"),
        ("Gövde geçerli bir JSON değil.", "It is no JSON."),
    ),
    "cift_baslik": (
        400,
        ("Başlık iki kez gönderildi", "Header sent twice"),
        ("Kimlik başlıkları yalnız bir kez gönderilebilir.", "Send credentials once."),
    ),
    "anahtar_gecersiz": (
        401,
        ("API anahtarı geçersiz", "Unknown API key"),
        ("Geçerli bir `X-API-Key` gerekiyor.", "A valid `X-API-Key` is needed."),
    ),
    "token_gecersiz": (401, ("Token geçersiz", "Invalid token"), ("Yeniden giriş yapın.", "Sign in again.")),
    "giris_hatali": (
        401,
        ("Giriş yapılamadı", "Sign-in failed"),
        ("E-posta ya da şifre yanlış.", "Wrong email or password."),
    ),
    "imza_gecersiz": (401, ("İmza geçersiz", "Invalid signature"), ("Bu bir imza değil.", "That is no signature.")),
    "imza_suresi_doldu": (
        401,
        ("İmzanın süresi doldu", "Signature expired"),
        ("`timestamp` 300 saniyeden fazla uzak.", "`timestamp` is over 300 seconds away."),
    ),
    "ziyaretci_token_gerekli": (
        401,
        ("Ziyaretçi token'ı gerekiyor", "Visitor token needed"),
        ("Bu proje `X-Ziyaretci-Token` ister.", "This project wants an `X-Ziyaretci-Token`."),
    ),
    "origin_izinsiz": (
        403,
        ("Kökene izin verilmiyor", "Origin not allowed"),
        ("Bu kökenden çağrılamaz.", "Not to be called from there."),
    ),
    "yol_bulunamadi": (404, ("Yol yok", "No such path"), ("Böyle bir yol yok.", "There is no such path.")),
    "bulunamadi": (404, ("Bulunamadı", "Not found"), ("Böyle bir kayıt yok.", "There is no such record.")),
    "yontem_desteklenmiyor": (
        405,
        ("Yöntem desteklenmiyor", "Method not allowed"),
        ("`Allow` başlığına bakın.", "See the header `Allow`."),
    ),
    "oturum_kapali": (409, ("Sohbet kapalı", "Chat closed"), ("Bu sohbet kapandı.", "This chat is over.")),
    "oturum_acik": (409, ("Sohbet henüz açık", "Chat still open"), ("Önce kapanmalı.", "It must be closed first.")),
    "zaten_puanlandi": (
        409,
        ("Zaten puanlandı", "Rated already"),
        ("Bu sohbet zaten puanlandı.", "This chat is rated already."),
    ),
    "istek_suruyor": (409, ("İstek sürüyor", "Still running"), ("İlk istek bitmedi.", "The first is not done.")),
    "govde_cok_buyuk": (413, ("Gövde çok büyük", "Body too large"), ("En çok 262144 bayt.", "At most 262144 bytes.")),
    "medya_tipi_desteklenmiyor": (
        415,
        ("Medya türü desteklenmiyor", "Unsupported media type"),
        ("Gövde `application/json` olmalı.", "The body must be `application/json`."),
    ),
    "alan_hatasi": (422, ("Alanlar geçersiz", "Invalid fields"), ("`hatalar`a bakın.", "See `hatalar`.")),
    "anahtar_cakismasi": (
        422,
        ("Anahtar başka bir istekte kullanıldı", "Key used before"),
        ("Bu anahtarla başka bir gövde gelmişti.", "Another body came with this key."),
    ),
    "cok_fazla_istek": (
        429,
        ("Çok fazla istek", "Too many requests"),
        ("Biraz bekleyin.", "Wait a while."),
    ),
    "basliklar_cok_buyuk": (431, ("Başlıklar çok büyük", "Headers too large"), ("En çok 32 KiB.", "At most 32 KiB.")),
}
FIELD_TEXTS: Final = {
    "missing": ("Bu alan zorunludur.", "This field is required."),
    "wrong": ("Bu değer kabul edilmiyor.", "This value is not accepted."),
}
CHALLENGES: Final = {"anahtar_gecersiz": 'ApiKey realm="widget"', "token_gecersiz": 'Bearer realm="panel"'}


class Problem(Exception):
    """A refusal; for field errors with the pointers and what is wrong there (a name of FIELD_TEXTS)."""

    def __init__(
        self, code: str, fields: Sequence[tuple[str, str]] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields
        self.headers = dict(headers or {})
        if TEXTS[code][0] == 401:
            self.headers["WWW-Authenticate"] = CHALLENGES.get(code, 'Cozum realm="panel"')


async def render(request: Request, error: Exception) -> Response:
    """The answer."""
    assert isinstance(error, Problem)
    language = 1 if prefers_english(request.headers.get("accept-language", "")) else 0
    status, title, detail = TEXTS[error.code]
    body: dict[str, Any] = {
        "type": f"urn:cozum:{error.code}",
        "title": title[language],
        "status": status,
        "detail": detail[language],
        "basarili": False,
        "kod": error.code,
        "istek_id": request.scope["request_id"],
    }
    if error.fields:
        body["hatalar"] = [{"alan": alan, "mesaj": FIELD_TEXTS[what][language]} for alan, what in error.fields[:100]]
    content = json.dumps(body, ensure_ascii=False).encode()
    return Response(content, status, error.headers, "application/problem+json")


def prefers_english(accepted: str) -> bool:
    """Whether `Accept-Language` prefers English to Turkish, which is the default."""
    weights = {"tr": 0.0, "en": 0.0}
    for item in accepted.split(","):
        name, _, parameter = item.partition(";")
        language = name.strip().lower().partition("-")[0]
        try:
            weight = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            weight = 0.0
        if language in weights:
            weights[language] = max(weights[language], weight)
    return weights["en"] > weights["tr"]
