"""What the proxy answers in the place of the live server."""

from __future__ import annotations

from collections.abc import Sequence

from impl.problems import FieldError, Problem, Text


class Unreachable(Problem):
    """No connection to the live server."""

    status = 502
    code = "ust_sunucuya_ulasilamadi"
    title = Text("Sunucuya ulaşılamadı", "The server cannot be reached")
    detail = Text("{server} sunucusuna bağlanılamadı: {reason}", "No connection to {server}: {reason}")


class BrokenAnswer(Problem):
    """What the live server sent is no HTTP answer, or not all of one."""

    status = 502
    code = "ust_sunucu_yaniti_bozuk"
    title = Text("Sunucunun yanıtı bozuk", "The server's answer is broken")
    detail = Text("{server} okunabilir bir yanıt vermedi: {reason}", "{server} gave no readable answer: {reason}")


class TooSlow(Problem):
    """The live server took too long."""

    status = 504
    code = "ust_sunucu_gecikti"
    title = Text("Sunucu gecikti", "The server took too long")
    detail = Text("{server} {seconds} saniyede {tr}.", "{server} {en} within {seconds} seconds.")


class NotSendable(Problem):
    """The request cannot be written as HTTP/1.1."""

    status = 400
    code = "istek_iletilemez"
    title = Text("İstek iletilemez", "The request cannot be passed on")
    detail = Text("Bu istek sunucuya iletilemez: {reason}", "This request cannot be passed on: {reason}")


class WrongRequest(Problem):
    """With `--errors`: the request breaks the contract, and was not passed on."""

    status = 422
    code = "istek_sozlesmeye_uymuyor"
    title = Text("İstek sözleşmeye uymuyor", "The request breaks the contract")
    detail = Text(
        "İstek {server} sunucusuna iletilmedi; {count} kusuru var.",
        "The request was not passed on to {server}; it breaks the contract in {count} places.",
    )

    def __init__(self, server: str, errors: Sequence[FieldError]) -> None:
        super().__init__(server=server, count=len(errors))
        self._errors = list(errors)

    def field_errors(self) -> list[FieldError]:
        return self._errors


class WrongAnswer(Problem):
    """With `--errors`: the answer breaks the contract, and was not passed on."""

    status = 502
    code = "sozlesme_bozuk"
    title = Text("Yanıt sözleşmeye uymuyor", "The answer breaks the contract")
    detail = Text(
        "{server} {status} ile yanıtladı; yanıtın {count} kusuru var.",
        "{server} answered {status}; the answer breaks the contract in {count} places.",
    )

    def __init__(self, server: str, status: int, faults: Sequence[str]) -> None:
        super().__init__(server=server, status=status, count=len(faults))
        self._errors = [FieldError("", Text(fault, fault)) for fault in faults]

    def field_errors(self) -> list[FieldError]:
        return self._errors
