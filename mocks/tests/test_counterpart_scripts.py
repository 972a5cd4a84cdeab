"""Scripts are read, and what is wrong in one is told with its line and the nearest name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from impl.contract.document import load
from impl.tests.client import DOCUMENT
from mocks.counterparts.errors import WrongScript
from mocks.counterparts.parts_reader import read_words
from mocks.counterparts.reader import read_script, script_of, side_of
from mocks.counterparts.script import Pause
from mocks.counterparts.sides import SIDES, Side
from mocks.counterparts.switchboard import default_script
from mocks.counterparts.vocabulary import CAN, PROFILE, VISITOR_ID, WHENS
from mocks.counterparts.words import Words, fill, subject_of
from mocks.counterparts.yaml_lines import read_yaml

OPERATOR = """\
operators: [destek@example.com]
rules:
- when: waiting
  after: [1, 2]
  do: accept
- when: {message: kargo}
  do:
  - reply: "“{konu}” yolda"
  - wait: 1m
  - close
"""
VISITOR = """\
visitors:
- {key: CM_DEMO_2026, id: elif}
rules:
- when: {every: 10}
  do: {open: Merhaba}
"""


@pytest.mark.parametrize("side", SIDES)
def test_the_default_scripts_are_scripts_and_read_again_from_what_they_tell(side: Side) -> None:
    script = default_script(side)
    assert len(script.rules) > 10
    again = script_of(side, json.loads(json.dumps(script.source)))
    assert again == script


def test_a_question_in_braces_is_a_text() -> None:
    """PyYAML's own parser takes the `?` for a key; scenarios are read by libyaml's, and so are these."""
    content, lines = read_yaml("rules:\n- {when: start, do: {reply: Nasıl yardımcı olabilirim?}}")
    assert content == {"rules": [{"when": "start", "do": {"reply": "Nasıl yardımcı olabilirim?"}}]}
    assert lines["/rules/0/do/reply"] == 2


def test_pauses_stand_before_the_act_that_they_hold_up() -> None:
    accept, answer = read_script("operator", OPERATOR).rules
    assert [act.wait for act in accept.acts] == [Pause(1, 2)]
    assert [(act.verb, act.wait) for act in answer.acts] == [("reply", Pause(0, 0)), ("close", Pause(60, 60))]


def test_pauses_that_follow_each_other_add_up() -> None:
    text = OPERATOR.replace("  - wait: 1m\n", "  - wait: 1m\n  - wait: [1, 2]\n")
    assert read_script("operator", text).rules[1].acts[1].wait == Pause(61, 62)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "rules:",
            "rulez:",
            "line 2, /rulez: there is no `rulez`. Did you mean `rules`? There are seed, operators, rules.",
        ),
        (
            "do: accept",
            "do: acept",
            "line 5, /rules/0/do: there is no `acept`. Did you mean `accept`? There are accept",
        ),
        ("when: waiting", "when: wating", "line 3, /rules/0/when: there is no `wating`. Did you mean `waiting`?"),
        ("message: kargo", "mesage: kargo", "line 6, /rules/1/when: there is no `mesage`. Did you mean `message`?"),
        ("after: [1, 2]", "after: [2, 1]", "line 4, /rules/0/after: must be seconds such as `1.5`, a duration"),
        ("after: [1, 2]", "after: soon", "line 4, /rules/0/after: must be seconds"),
        ("after: [1, 2]", "chance: 2", "line 4, /rules/0/chance: must be a number above 0, to 1."),
        ("after: [1, 2]", "times: 0", "line 4, /rules/0/times: must be a whole number from 1 to 1000000."),
        ("{konu}", "{kanu}", "line 8, /rules/1/do/0/reply: there is no `kanu`. Did you mean `konu`? There are ad,"),
        ("wait: 1m", "wiat: 1m", "line 9, /rules/1/do/1: there is no `wiat`. Did you mean `wait`?"),
        ("- close", "- solve", "line 10, /rules/1/do/2: `solve` cannot be done `when: message`; what can: reply,"),
        ("- close", "- wait: 3", "line 7, /rules/1/do: must be 1 to 20 steps, of which the last is not `wait`."),
        ("- close", "- {reply: a, close: }", "line 10, /rules/1/do/2: steps are written one by one"),
        ("- close", "- close: now", "line 10, /rules/1/do/2/close: `close` is written by itself."),
        ("- close", "- file: fatura.exe", "line 10, /rules/1/do/2/file: `fatura.exe`: must be a name that ends with"),
        ("kargo}", "'/(/'}", "line 6, /rules/1/when/message: cannot be looked for: missing ), unterminated"),
        ("kargo}", "''}", "line 6, /rules/1/when/message: must be a text that is not blank"),
        ("kargo}", "kargo, idle: 3}", "line 6, /rules/1/when: must be a name such as `accepted`"),
        ("{message: kargo}", "{idle: 0.1}", "line 6, /rules/1/when/idle: `idle` must be at least 1 second."),
        ("- when: waiting\n", "- wehn: waiting\n", "line 3, /rules/0/wehn: there is no `wehn`. Did you mean `when`?"),
        ("  do: accept\n", "", "line 3, /rules/0: has no `do`."),
        ("[destek@example.com]", "[]", "line 1, /operators: must be 1 to 200 texts."),
        ("rules:", "seed: x\nrules:", "line 2, /seed: must be a whole number from"),
        ("rules:", "rules: []\nrules:", "line 3, /rules: `rules` is written twice, first on line 2."),
        ("do: accept", "do: {accept: , accept: }", "line 5, /rules/0/do/accept: `accept` is written twice, first on"),
        ("do: accept", "do: {1: a, '1': b}", "line 5, /rules/0/do/1: `1` is written twice, first on line 5."),
        (
            "- when: waiting",
            "- when: [",
            "line 5: is not YAML: expected ',' or ']', but got '<scalar>' (while parsing a flow sequence, line 3).",
        ),
        ("  - close\n", "  - [close\n\n", "line 10: is not YAML: expected ',' or ']', but got '<stream end>'."),
        ("  - close\n", "  - 'close\n\n", "line 10: is not YAML: found unexpected end of stream."),
    ],
)
def test_what_is_wrong_in_operators_is_told_with_its_line(old: str, new: str, message: str) -> None:
    assert old in OPERATOR
    with pytest.raises(WrongScript) as wrong:
        read_script("operator", OPERATOR.replace(old, new, 1))
    assert str(wrong.value).startswith(message)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("open: Merhaba", "oepn: Merhaba", "line 5, /rules/0/do: there is no `oepn`. Did you mean `open`?"),
        ("{open: Merhaba}", "accept", "line 5, /rules/0/do: there is no `accept`."),
        ("{open: Merhaba}", "{rate: 6}", "line 5, /rules/0/do/rate: must be a whole number from 1 to 5."),
        ("{open: Merhaba}", "{rate: [5, 1]}", "line 5, /rules/0/do/rate: the first number must not exceed the second."),
        ("{open: Merhaba}", "{page: sepet}", "line 5, /rules/0/do/page: must be an http(s) address."),
        ("{open: Merhaba}", "{ticket: {konu: a}}", "line 5, /rules/0/do/ticket: has no `mesaj`."),
        (
            "{open: Merhaba}",
            "{ticket: {konu: a, mesaj: b, oncelik: acill}}",
            "line 5, /rules/0/do/ticket/oncelik: there is no `acill`. Did you mean `acil`?",
        ),
        ("id: elif", "ad: elif", "line 2, /visitors/0/ad: there is no `ad`."),
        ("id: elif}", "id: elif, profile: 3}", "line 2, /visitors/0/profile: must be a mapping with members such as"),
        (
            "id: elif}",
            "id: elif, profile: {ad: Elif, isim: Elif}}",
            "line 2, /visitors/0/profile/isim: there is no `isim`.",
        ),
        ("id: elif", "id: a b", "line 2, /visitors/0/id: must be 1 to 128 of A-Z, a-z, digits and `. _ @ : + -`"),
        ("id: elif", "id: .elif", "line 2, /visitors/0/id: must be 1 to 128 of"),
        ("id: elif", f"id: {'a' * 129}", "line 2, /visitors/0/id: must be 1 to 128 of"),
        (
            "rules:",
            "- {key: CM_YALNIZ_2026, id: elif}\n- {key: CM_DEMO_2026, id: elif}\nrules:",
            "line 4, /visitors/2/id: `elif`, `CM_DEMO_2026`: is there twice, first as /visitors/0.",
        ),
        ("{every: 10}", "every", "line 4, /rules/0/when/every: must be seconds"),
        ("rules:", "at_once: 99\nrules:", "line 3, /at_once: must be a whole number from 1 to 50."),
        ("visitors:\n- {key: CM_DEMO_2026, id: elif}\n", "", "line 1, /visitors: must be a list of 1 to 200 items."),
    ],
)
def test_what_is_wrong_in_visitors_is_told_with_its_line(old: str, new: str, message: str) -> None:
    assert old in VISITOR
    with pytest.raises(WrongScript) as wrong:
        read_script("visitor", VISITOR.replace(old, new, 1))
    assert str(wrong.value).startswith(message)


@pytest.mark.parametrize(
    "text", ["", "- a", "7", "rules: &a [*a]", "\x00", "rules: [" + "[" * 2000, "a: &a [1,1,1,1,1,1,1,1]\n" * 3]
)
def test_what_is_no_script_at_all_is_refused_too(text: str) -> None:
    with pytest.raises(WrongScript):
        read_script("operator", text)


def test_aliases_that_multiply_are_refused() -> None:
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(WrongScript, match="too large"):
        read_script("operator", "\n".join(lines))


@pytest.mark.parametrize("side", SIDES)
def test_every_word_that_can_happen_says_what_can_be_done(side: Side) -> None:
    assert set(CAN[side]) == set(WHENS[side])


def test_a_side_is_one_of_two() -> None:
    assert side_of("visitor") == "visitor"
    with pytest.raises(WrongScript, match="Did you mean `operator`"):
        side_of("oprator")


def test_the_script_that_the_docs_show_is_one() -> None:
    text = (Path(__file__).parents[2] / "docs" / "mock.md").read_text("utf-8")
    shown = text.partition("### Scripts")[2].partition("```yaml\n")[2].partition("```")[0]
    assert len(read_script("operator", shown).rules) == 5


def test_ids_and_profiles_are_the_contracts() -> None:
    schemas = load(DOCUMENT)["components"]["schemas"]
    assert schemas["VisitorId"]["pattern"] == f"^{VISITOR_ID}$"
    assert {*PROFILE, "ziyaretci_id", "timestamp", "signature"} == set(schemas["CustomerInfoRequest"]["properties"])


def test_what_a_part_merges_in_may_be_written_over() -> None:
    text = OPERATOR.replace("- when: waiting\n", "- &first\n  when: waiting\n").replace(
        "- when: {message: kargo}\n", "- <<: *first\n  when: {message: kargo}\n"
    )
    assert read_script("operator", text).rules[1].when.kind == "message"


# Words


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        ("kargo", "Kargom nerede?", True),
        ("şifre", "SIFREMI unuttum", True),
        ("sifre", "Şifremi unuttum", True),
        ("sağ ol", "Çok  sağ\nolun", True),
        ("al", "Nasıl?", False),
        ("a.c", "abc", False),
        ("/no: ?\\d+/", "Sipariş no: 48213", True),
        ("/^teşekkür/", "TEŞEKKÜR ederim", True),
        ("/^tesekkur/", "Teşekkürler", True),
        ("/^merhaba$/", "merhaba iyi günler", False),
    ],
)
def test_words_are_found_at_the_beginning_of_words_in_folded_letters(words: str, text: str, found: bool) -> None:
    (read,) = read_words("", words)
    assert read.found_in(text) is found


def test_words_are_looked_for_in_the_beginning_of_a_long_message_only() -> None:
    assert not Words.read("son").found_in("x " * 1_000 + "son")


@pytest.mark.parametrize(
    ("template", "ad", "filled"),
    [
        ("Merhaba {ad}, buyurun", "Elif", "Merhaba Elif, buyurun"),
        ("Merhaba {ad}, buyurun", "", "Merhaba, buyurun"),
        ("{ad}", "{ad} {konu}", "{ad} {konu}"),
        ("{ şu } {}", "Elif", "{ şu } {}"),
    ],
)
def test_places_are_filled_in_once_and_leave_no_hole(template: str, ad: str, filled: str) -> None:
    assert fill(template, {"ad": ad}) == filled


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Siparişim nerede?", "Siparişim nerede"),
        ("Merhaba, iyi günler! Faturam yok. Nerede bulurum? Acil.", "Nerede bulurum"),
        ("Merhabalar kargom gelmedi", "kargom gelmedi"),
        ("Merhaba", "Merhaba"),
        ("???", ""),
        ("", ""),
        ("bir " * 40, "bir bir bir bir bir bir bir bir bir bir bir bir bir bir bir…"),
    ],
)
def test_a_subject_is_the_visitors_own_words(text: str, subject: str) -> None:
    assert subject_of(text) == subject
