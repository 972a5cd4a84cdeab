"""Every error the API can answer: small classes with a code and a text in two languages, rendered here.

Shape: RFC 9457 `application/problem+json` with the envelope's members (`basarili`, `kod`, `istek_id`, `hatalar`).
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, NamedTuple

import msgspec

Language = Literal["tr", "en"]
Headers = list[tuple[bytes, bytes]]

MEDIA_TYPE = b"application/problem+json"
TYPE_PREFIX = "tag:cozummerkezi.net,2026:"


class Text(NamedTuple):
    """A sentence in both languages; may have `{fields}`."""

    tr: str
    en: str

    def in_language(self, language: Language) -> str:
        return self.en if language == "en" else self.tr


class FieldError(NamedTuple):
    """What is wrong with one field: a JSON Pointer and a sentence."""

    pointer: str
    message: Text


class Problem(Exception):
    """A refusal. Subclasses say which; keyword arguments fill the `{fields}` of the detail."""

    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[Text]
    detail: ClassVar[Text]

    def __init__(self, **fields: object) -> None:
        super().__init__(self.code)
        self.fields = fields

    def headers(self) -> Headers:
        """Headers beyond those of every answer, such as `WWW-Authenticate`."""
        return []

    def field_errors(self) -> list[FieldError]:
        """Which fields are wrong, if that is the problem."""
        return []


def render(problem: Problem, language: Language, request_id: str) -> bytes:
    """The body of the answer, in UTF-8 JSON."""
    body: dict[str, Any] = {
        "type": TYPE_PREFIX + problem.code,
        "title": problem.title.in_language(language),
        "status": problem.status,
        "detail": problem.detail.in_language(language).format(**problem.fields),
        "basarili": False,
        "kod": problem.code,
        "istek_id": request_id,
    }
    errors = problem.field_errors()
    if errors:
        body["hatalar"] = [{"alan": pointer, "mesaj": message.in_language(language)} for pointer, message in errors]
    return msgspec.json.encode(body)


def preferred_language(accept_language: bytes | None) -> Language:
    """`en` when `Accept-Language` weighs English over Turkish, else `tr` (RFC 9110, 12.5.4)."""
    if not accept_language:
        return "tr"
    weights: dict[str, float] = {}
    for part in accept_language[:200].decode("latin-1").lower().split(","):
        tag, _, parameter = part.strip().partition(";")
        primary = tag.strip().partition("-")[0]
        if primary in ("tr", "en", "*"):
            weights[primary] = max(weights.get(primary, 0.0), _weight(parameter))
    unnamed = weights.get("*", 0.0)
    return "en" if weights.get("en", unnamed) > weights.get("tr", unnamed) else "tr"


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 0.0


# 400


class MalformedJson(Problem):
    status = 400
    code = "gecersiz_json"
    title = Text("Gövde okunamadı", "The body cannot be read")
    detail = Text(
        "Gövde geçerli bir JSON değil (UTF-8, en çok 32 düzey derin, en çok 50.000 değer).",
        "The body is not valid JSON (UTF-8, at most 32 levels deep, at most 50,000 values).",
    )


class MalformedForm(Problem):
    status = 400
    code = "gecersiz_form"
    title = Text("Gövde okunamadı", "The body cannot be read")
    detail = Text("Gövde geçerli bir form değil.", "The body is not a valid form.")


class MalformedMultipart(Problem):
    status = 400
    code = "gecersiz_multipart"
    title = Text("Gövde okunamadı", "The body cannot be read")
    detail = Text("Gövde geçerli bir `multipart/form-data` değil.", "The body is not valid `multipart/form-data`.")


class DoubledHeader(Problem):
    status = 400
    code = "cift_baslik"
    title = Text("Başlık iki kez gönderildi", "A header was sent twice")
    detail = Text("`{header}` başlığı yalnız bir kez gönderilebilir.", "The header `{header}` may be sent only once.")


# 401


class Unauthorized(Problem):
    """Who are you? Says in `WWW-Authenticate` what is expected (RFC 9110, 11.6.1)."""

    status = 401
    challenge: ClassVar[bytes]

    def headers(self) -> Headers:
        return [(b"www-authenticate", self.challenge)]


class LoginFailed(Unauthorized):
    code = "giris_hatali"
    title = Text("Giriş yapılamadı", "Sign-in failed")
    detail = Text("E-posta ya da şifre yanlış.", "The email or the password is wrong.")
    challenge = b'Bearer realm="cozum"'


class InvalidToken(Unauthorized):
    code = "token_gecersiz"
    title = Text("Token geçersiz", "The token is not valid")
    detail = Text(
        "Geçerli bir `Authorization: Bearer` token'ı gerekiyor.",
        "A valid `Authorization: Bearer` token is needed.",
    )
    challenge = b'Bearer realm="cozum", error="invalid_token"'


class InvalidKey(Unauthorized):
    code = "anahtar_gecersiz"
    title = Text("API anahtarı geçersiz", "The API key is not valid")
    detail = Text("Geçerli bir `X-API-Key` gerekiyor.", "A valid `X-API-Key` is needed.")
    challenge = b'ApiKey realm="cozum", header="X-API-Key"'


class WrongSignature(Unauthorized):
    code = "imza_gecersiz"
    title = Text("İmza geçersiz", "The signature is not valid")
    detail = Text(
        "`signature`, gönderilen değerlerin imzası değil.",
        "`signature` is not the signature of the values sent.",
    )
    challenge = b'HMAC-SHA256 realm="cozum"'


class ExpiredSignature(Unauthorized):
    code = "imza_suresi_doldu"
    title = Text("İmzanın süresi doldu", "The signature has expired")
    detail = Text(
        "`timestamp` sunucu saatinden 300 saniyeden fazla uzak.",
        "`timestamp` is more than 300 seconds away from the server's clock.",
    )
    challenge = b'HMAC-SHA256 realm="cozum"'


class VisitorTokenNeeded(Unauthorized):
    code = "ziyaretci_token_gerekli"
    title = Text("Ziyaretçi token'ı gerekiyor", "The visitor's token is needed")
    detail = Text(
        "Bu proje, ziyaretçinin `X-Ziyaretci-Token` başlığını ister.",
        "This tenant asks for the visitor's `X-Ziyaretci-Token` header.",
    )
    challenge = b'ZiyaretciToken realm="cozum", header="X-Ziyaretci-Token"'


class NotSignedIn(Unauthorized):
    code = "portal_oturumu_gerekli"
    title = Text("Portal oturumu gerekiyor", "A portal session is needed")
    detail = Text("Önce `/portal/giris` ile girin.", "Sign in at `/portal/giris` first.")
    challenge = b'Cookie realm="cozum", form-action="/portal/giris", cookie-name="cozum_portal"'


# 402, 403


class TrialOver(Problem):
    status = 402
    code = "deneme_suresi_doldu"
    title = Text("Deneme süresi doldu", "The trial is over")
    detail = Text(
        "Bu projenin deneme süresi doldu; yeni kayıt oluşturulamaz.",
        "This tenant's trial is over; nothing new can be created.",
    )


class OriginNotAllowed(Problem):
    status = 403
    code = "origin_izinsiz"
    title = Text("Kökene izin verilmiyor", "The origin is not allowed")
    detail = Text(
        "Bu proje yalnız izin verdiği kökenlerden çağrılabilir.",
        "This tenant can be called only from the origins that it allows.",
    )


class NotPermitted(Problem):
    status = 403
    code = "yetki_yok"
    title = Text("Yetkiniz yok", "You are not permitted")
    detail = Text(
        "Bunu yalnız projenin sahibi ya da yöneticisi yapabilir.",
        "Only an owner or a manager of the tenant can do this.",
    )


class SourceNotProven(Problem):
    """An unsafe request to the portal that may come from another site."""

    status = 403
    code = "kaynak_dogrulanmadi"
    title = Text("İsteğin kaynağı doğrulanmadı", "The request's source is not proven")
    detail = Text(
        "İstek aynı siteden geldiğini kanıtlamıyor (`Sec-Fetch-Site` ya da `Origin`).",
        "The request does not prove that it comes from the same site (`Sec-Fetch-Site` or `Origin`).",
    )


# 404, 405


class NoSuchPath(Problem):
    status = 404
    code = "yol_bulunamadi"
    title = Text("Yol bulunamadı", "No such path")
    detail = Text("Böyle bir yol yok.", "There is no such path.")


class NotFound(Problem):
    """Not there, or another tenant's or visitor's: never tells which."""

    status = 404
    code = "bulunamadi"
    title = Text("Bulunamadı", "Not found")
    detail = Text("Böyle bir kayıt yok.", "There is no such record.")


class MethodNotAllowed(Problem):
    status = 405
    code = "yontem_desteklenmiyor"
    title = Text("Yöntem desteklenmiyor", "The method is not allowed")
    detail = Text("Bu yol yalnız {allow} yöntemini destekler.", "This path allows only {allow}.")

    def headers(self) -> Headers:
        return [(b"allow", str(self.fields["allow"]).encode())]


# 409


class Conflict(Problem):
    status = 409


class ChatIsClosed(Conflict):
    code = "oturum_kapali"
    title = Text("Sohbet kapalı", "The chat is closed")
    detail = Text("Bu sohbet kapandı.", "This chat was closed.")


class ChatIsOpen(Conflict):
    code = "oturum_acik"
    title = Text("Sohbet henüz açık", "The chat is still open")
    detail = Text("Sohbet kapandıktan sonra puanlanabilir.", "A chat can be rated once it is closed.")


class AlreadyRated(Conflict):
    code = "zaten_puanlandi"
    title = Text("Zaten puanlandı", "Already rated")
    detail = Text("Bu sohbet zaten puanlandı.", "This chat was rated already.")


class NotYourChat(Conflict):
    code = "oturum_sizde_degil"
    title = Text("Sohbet sizde değil", "The chat is not yours")
    detail = Text("Yalnız sohbeti üstlenen operatör yazabilir.", "Only the operator who accepted the chat can write.")


class ChatTaken(Conflict):
    code = "oturum_baskasinda"
    title = Text("Sohbet başkasında", "The chat is taken")
    detail = Text("Bu sohbeti başka bir operatör üstlendi.", "Another operator accepted this chat.")


class AtCapacity(Conflict):
    code = "kapasite_dolu"
    title = Text("Kapasite dolu", "At capacity")
    detail = Text(
        "Operatör bu projede alabileceği kadar sohbet aldı.",
        "The operator has as many chats of this tenant as allowed.",
    )


class TicketIsClosed(Conflict):
    code = "ticket_kapali"
    title = Text("Ticket kapalı", "The ticket is closed")
    detail = Text("Bu ticket kapandı; yanıt almaz.", "This ticket was closed; it takes no reply.")


class StillRunning(Conflict):
    code = "istek_suruyor"
    title = Text("İstek sürüyor", "The request is still running")
    detail = Text(
        "Aynı `Idempotency-Key` ile gelen ilk istek henüz bitmedi.",
        "The first request with the same `Idempotency-Key` is not finished yet.",
    )


class NoProjectChosen(Conflict):
    code = "proje_secilmedi"
    title = Text("Etkin proje yok", "No active tenant")
    detail = Text("Önce bir proje seçin ya da açın.", "Choose or open a tenant first.")


class TooManyOrigins(Conflict):
    code = "koken_siniri"
    title = Text("Köken listesi dolu", "The list of origins is full")
    detail = Text("Bir projenin en çok {limit} izinli kökeni olabilir.", "A tenant can allow {limit} origins at most.")


class DeliveryPending(Conflict):
    code = "teslimat_suruyor"
    title = Text("Teslimat sürüyor", "The delivery is pending")
    detail = Text("Bu teslimat hâlâ sırada.", "This delivery is still queued.")


class WebhookDisabled(Conflict):
    code = "webhook_kapali"
    title = Text("Webhook adresi kapalı", "The webhook is disabled")
    detail = Text("Önce webhook adresini etkinleştirin.", "Enable the webhook first.")


# 413, 415, 422


class BodyTooLarge(Problem):
    status = 413
    code = "govde_cok_buyuk"
    title = Text("Gövde çok büyük", "The body is too large")
    detail = Text("Gövde en çok {limit} bayt olabilir.", "The body may have {limit} bytes at most.")


class WrongMediaType(Problem):
    status = 415
    code = "medya_tipi_desteklenmiyor"
    title = Text("Medya türü desteklenmiyor", "The media type is not supported")
    detail = Text("Gövde `{expected}` olmalı.", "The body must be `{expected}`.")


class InvalidFields(Problem):
    status = 422
    code = "alan_hatasi"
    title = Text("Alanlar geçersiz", "Invalid fields")
    detail = Text("{count} alan geçersiz.", "Invalid fields: {count}.")

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__(count=len(errors))
        self._errors = errors

    def field_errors(self) -> list[FieldError]:
        return self._errors


class KeyReused(Problem):
    status = 422
    code = "anahtar_cakismasi"
    title = Text("Anahtar başka bir istekte kullanıldı", "The key was used for another request")
    detail = Text(
        "Bu `Idempotency-Key` daha önce başka bir gövdeyle kullanıldı.",
        "This `Idempotency-Key` was used with another body before.",
    )


class FileTypeNotAllowed(Problem):
    status = 422
    code = "dosya_turu_izinsiz"
    title = Text("Bu dosya türüne izin yok", "This type of file is not allowed")
    detail = Text(
        "Dosyanın baytları izin verilen bir türde değil.",
        "The file's bytes are not of a type that is allowed.",
    )

    def field_errors(self) -> list[FieldError]:
        return [FieldError("/dosya", Text("Bu dosya türüne izin verilmiyor.", "This type of file is not allowed."))]


# 429, 431


class TooManyRequests(Problem):
    """Says when to try again: `Retry-After` and the IETF RateLimit fields; `seconds`, `quota`, `window`."""

    status = 429
    code = "cok_fazla_istek"
    title = Text("Çok fazla istek", "Too many requests")
    detail = Text("{seconds} saniye sonra yeniden deneyin.", "Try again in {seconds} seconds.")

    def __init__(self, *, policy: str, quota: int, window: int, seconds: int) -> None:
        super().__init__(seconds=seconds, quota=quota)
        self._headers: Headers = [
            (b"retry-after", str(seconds).encode()),
            (b"ratelimit", f'"{policy}";r=0;t={seconds}'.encode()),
            (b"ratelimit-policy", f'"{policy}";q={quota};w={window}'.encode()),
        ]

    def headers(self) -> Headers:
        return self._headers


class ProjectLimit(TooManyRequests):
    code = "proje_siniri"
    title = Text("Proje sınırı doldu", "The limit of new tenants is reached")
    detail = Text(
        "24 saatte en çok {quota} proje açılabilir; `Retry-After` kadar bekleyin.",
        "At most {quota} tenants can be opened in 24 hours; wait for `Retry-After`.",
    )


class HeadersTooLarge(Problem):
    status = 431
    code = "basliklar_cok_buyuk"
    title = Text("Başlıklar çok büyük", "The headers are too large")
    detail = Text(
        "Başlıkların toplamı en çok {limit} bayt olabilir.",
        "The headers may have {limit} bytes at most, in all.",
    )


# 500, 501, 503


class ServerError(Problem):
    """A defect of ours: the log has the traceback under the request's id."""

    status = 500
    code = "sunucu_hatasi"
    title = Text("Sunucu hatası", "Server error")
    detail = Text(
        "Beklenmeyen bir hata oldu; `istek_id` ile bildirin.",
        "Something unexpected happened; report the `istek_id`.",
    )


class NotImplementedYet(Problem):
    """The operation stands in the contract and has no handler yet."""

    status = 501
    code = "henuz_yok"
    title = Text("Henüz yok", "Not implemented yet")
    detail = Text("`{operation}` işlemi henüz yazılmadı.", "The operation `{operation}` is not written yet.")


class Unavailable(Problem):
    """Something that is needed does not answer; nothing was done."""

    status = 503
    code = "hizmet_disi"
    title = Text("Hizmet geçici olarak yok", "The service is temporarily unavailable")
    detail = Text("Kısa süre sonra yeniden deneyin.", "Try again shortly.")

    def headers(self) -> Headers:
        return [(b"retry-after", b"5")]
