"""The strip above an operator's chat: which data makes which item."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from contract_tests.checks import Judge, banner_item, check
from contract_tests.client import Answer
from contract_tests.rules.banner import ISTANBUL

STORAGE = {"depolama_kullanilan_gb": 3.0, "depolama_toplam_gb": 5.0}


def _told(judge: Judge, **info: Any) -> Answer:
    """The panel, once the site told that of a new visitor."""
    visitor = judge.client.visitor()
    judge.client.customer_info(visitor, **info).succeeded()
    return judge.client.context(visitor)


def _value(answer: Answer, kind: str) -> Any:
    item = banner_item(answer.data, kind)
    return item and item["deger"]


@check("banner.known")
def items_appear_with_their_data(judge: Judge) -> None:
    known: dict[str, dict[str, Any]] = {
        "paket": {"paket": "Pro"},
        "kontor": {"kontor": judge.random.choice((0, 7))},
        "trial": {"trial_kalan_gun": 2},
        "depolama": {"ekstra": STORAGE},
    }
    for chosen in ([], list(known), *([name] for name in known), judge.random.sample(sorted(known), 2)):
        info: dict[str, Any] = {"ad": "Ayşe"}
        for name in chosen:
            info |= known[name]
        answer = _told(judge, **info)
        seen = {item["tip"] for item in answer.data["banner"]}
        judge.must(seen == set(chosen), f"items {sorted(chosen)}", answer, sorted(seen))


@check("banner.storage.ready")
def ready_text_is_shown(judge: Judge) -> None:
    percent = judge.random.randint(1, 89)
    ready: dict[str, Any] = {"depolama_kullanim": "3 GB / 5 GB", "depolama_dolu_yuzde": percent}
    cases: list[tuple[dict[str, Any], str, bool]] = [
        (ready, f"3 GB / 5 GB (%{percent})", False),
        (ready | {"depolama_kullanim": "%61 dolu"}, "%61 dolu", False),
        (ready | {"depolama_dolu_yuzde": 90}, "3 GB / 5 GB (%90)", True),
        (ready | {"depolama_dolu_yuzde": 89}, "3 GB / 5 GB (%89)", False),
        (ready | {"depolama_kritik": True}, f"3 GB / 5 GB (%{percent})", True),
        (ready | STORAGE, "3,0 / 5,0 GB (%60)", False),
        (ready | STORAGE | {"depolama_dolu_yuzde": 95}, "3,0 / 5,0 GB (%60)", False),
    ]
    for extra, text, critical in cases:
        answer = _told(judge, ekstra=extra)
        item = banner_item(answer.data, "depolama")
        seen = item and (item["deger"], item["kritik"])
        judge.must(seen == (text, critical), f"{text}, kritik {critical}", answer, seen)


@check("banner.storage.unusable")
def unusable_numbers_leave_the_item_out(judge: Judge) -> None:
    wrong: list[tuple[Any, Any]] = [(1, 0), (-1, 5), (1, -5), ("3", 5), (3, "5"), (True, 5), ([], 5), ({}, {}), (1, "")]
    for used, total in wrong:
        extra = {"depolama_kullanilan_gb": used, "depolama_toplam_gb": total, "depolama_kritik": True}
        answer = _told(judge, paket="Pro", ekstra=extra)
        judge.expect(answer, 200)
        seen = [item["tip"] for item in answer.data["banner"]]
        judge.must(seen == ["paket"], f"no storage for {used!r} of {total!r}", answer, seen)


def _date(judge: Judge, days: int) -> str:
    return str(datetime.fromtimestamp(judge.client.now(), ISTANBUL).date() + timedelta(days=days))


@check("banner.trial.source")
def trial_comes_from_the_first_that_is_told(judge: Judge) -> None:
    """Far from midnight's doubt: 40 days are 41 or, when midnight comes between, 40."""
    end = {"trial_bitis": _date(judge, 40)}
    cases: list[tuple[dict[str, Any], tuple[str, ...]]] = [
        (end, ("41 gün", "40 gün")),
        ({"trial_kalan_gun": 9}, ("9 gün",)),
        (end | {"trial_kalan_gun": 9}, ("41 gün", "40 gün")),
        ({"ekstra": {"trial_kalan_gun": 8}}, ("8 gün",)),
        ({"ekstra": end}, ("41 gün", "40 gün")),
        ({"trial_kalan_gun": 9, "ekstra": {"trial_kalan_gun": 8}}, ("9 gün",)),
        ({"trial_kalan_gun": 9, "ekstra": end}, ("9 gün",)),
        ({"ekstra": end | {"trial_kalan_gun": 8}}, ("41 gün", "40 gün")),
    ]
    for info, expected in cases:
        answer = _told(judge, **info)
        seen = _value(answer, "trial")
        judge.must(seen in expected, f"{expected[0]} for {info}", answer, seen)


@check("banner.trial.offset")
def time_without_offset_is_istanbuls(judge: Judge) -> None:
    """10 days and an hour from now are 11 days wherever it is; taken for UTC an hour less 3 are 10 days."""
    for days in (2, 10):
        end = datetime.fromtimestamp(judge.client.now(), UTC) + timedelta(days=days, hours=-1)
        local, own = end.astimezone(ISTANBUL), end.astimezone(UTC)
        for text in (f"{local:%Y-%m-%dT%H:%M:%S}", f"{local:%Y-%m-%dT%H:%M:%S}+03:00", f"{own:%Y-%m-%dT%H:%M:%S}Z"):
            answer = _told(judge, trial_bitis=text)
            seen = _value(answer, "trial")
            judge.must(seen == f"{days} gün", f"{days} gün for {text}", answer, seen)
