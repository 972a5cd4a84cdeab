"""Calls that create something, sent again under the same Idempotency-Key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from contract_tests.checks import Judge, check
from contract_tests.client import Answer, Client
from contract_tests.document import Document


@dataclass(frozen=True)
class Creating:
    """Something of a visitor's, created under a key with a text; and how many of it there are."""

    create: Callable[[Client, str, dict[str, str], str], Answer]
    count: Callable[[Client, str], int]


def _messages(client: Client, visitor: str) -> int:
    chat = client.init(visitor).data["aktif_oturum"]["id"]
    return len(client.read(visitor, chat).data["mesajlar"])


def _say(client: Client, visitor: str, headers: dict[str, str], text: str) -> Answer:
    chat = client.start_chat(visitor).data["oturum"]["id"]
    return client.say(visitor, chat, text, headers=headers)


CREATING: Final = {
    "create_ticket": Creating(
        lambda client, visitor, headers, text: client.ticket(visitor, headers=headers, konu=text),
        lambda client, visitor: len(client.tickets(visitor)),
    ),
    "start_chat": Creating(
        lambda client, visitor, headers, text: client.start_chat(visitor, headers=headers, mesaj=text), _messages
    ),
    "send_visitor_message": Creating(_say, _messages),
}


def _parts(document: Document) -> list[str]:
    return [operation.id for operation in document.operations if operation.id in CREATING]


@check("idempotency.again", _parts)
def same_key_answers_the_first_result(judge: Judge) -> None:
    client, visitor, how = judge.client, judge.client.visitor(), CREATING[judge.part]
    key = {"Idempotency-Key": f"k-{visitor}"}
    first = judge.expect(how.create(client, visitor, key, "Deneme"), 201)
    again = how.create(client, visitor, key, "Deneme")
    judge.must(again.status == 201 and again.data == first.data, "the first result", again)
    judge.must(how.count(client, visitor) == 1, "one", again, how.count(client, visitor))
    other = client.visitor()
    judge.expect(how.create(client, other, key, "Deneme"), 201)
    judge.must(how.count(client, other) == 1, "one of another visitor under the same key", first)


@check("idempotency.other", _parts)
def same_key_with_another_body_is_refused(judge: Judge) -> None:
    client, visitor, how = judge.client, judge.client.visitor(), CREATING[judge.part]
    key = {"Idempotency-Key": f"k-{visitor}"}
    judge.expect(how.create(client, visitor, key, "Deneme"), 201)
    answer = how.create(client, visitor, key, "Başka")
    judge.expect(answer, 422, "anahtar_cakismasi")
    judge.must(how.count(client, visitor) == 1, "one", answer)
