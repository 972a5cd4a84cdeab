"""Chats and tickets from beginning to end: a model against the server."""

from __future__ import annotations

from contract_tests.checks import Judge, check
from contract_tests.machine import life
from contract_tests.machine.chats import ChatLife
from contract_tests.machine.presence import PresenceLife
from contract_tests.machine.tickets import TicketLife


@check("life.chat")
def chats_live_as_the_model_says(judge: Judge) -> None:
    life.run(judge, ChatLife)


@check("life.ticket")
def tickets_live_as_the_model_says(judge: Judge) -> None:
    life.run(judge, TicketLife)


@check("life.presence")
def operators_come_and_go_as_the_model_says(judge: Judge) -> None:
    life.run(judge, PresenceLife)
