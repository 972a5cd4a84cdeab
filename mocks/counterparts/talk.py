"""What both sides do with chats: look what was said since, and answer it once."""

from __future__ import annotations

from abc import abstractmethod
from typing import Final

from impl.model import Chat, Sender
from mocks.counterparts.counterpart import Counterpart, Impossible
from mocks.counterparts.plans import Occasion, Plan, Thread
from mocks.counterparts.script import Kind

MARK: Final = "otomatik:"
"""How the `istemci_mesaj_id` of a counterpart's message begins: people's begin otherwise."""


class Talk(Counterpart):
    """One thing at a time in a chat. What the other side says meanwhile takes the place of an answer to less."""

    other: Sender

    def look_at_talk(self, chat: Chat, thread: Thread) -> None:
        """Meet what is new in a chat that the counterpart takes part in."""
        if not thread.begun and thread.plan is None:
            thread.begun = True
            key = f"accepted:{chat.operator_id}:{chat.last_sequence}"
            kinds: tuple[Kind, ...] = ("accepted",) if chat.handed_at == chat.accepted_at else ("handed", "accepted")
            self.meet(Occasion(kinds, thread, key, self.said(chat, 0)))
        if thread.plan is not None and thread.plan.occasion.kind not in ("message", "idle"):
            return
        upto = self.last_said(chat)
        if upto > thread.answered:
            self._hear(chat, thread, upto)
        elif thread.plan is None and thread.idle_since != chat.last_sequence:
            thread.idle_since = chat.last_sequence
            self.meet(Occasion(("idle",), thread, f"idle:{chat.last_sequence}", self.said(chat, 0)))

    def _hear(self, chat: Chat, thread: Thread, upto: int) -> None:
        plan = thread.plan
        if plan is not None and plan.occasion.kind == "message" and plan.occasion.upto == upto:
            return
        self.drop(thread)
        kinds: tuple[Kind, ...] = ("message",) if thread.answered else ("first", "message")
        text = self.said(chat, thread.answered)
        if not self.meet(Occasion(kinds, thread, f"message:{upto}", text, upto)):
            thread.answered = upto

    def last_said(self, chat: Chat) -> int:
        """The sequence of the other side's last message; 0: it has said nothing."""
        for message in reversed(self.tables.messages.get(chat.id, ())):
            if message.sender == self.other:
                return message.sequence
        return 0

    def said(self, chat: Chat, after: int) -> str:
        """What the other side has said since that message."""
        messages = self.tables.messages.get(chat.id, [])[after:]
        return "\n".join([message.text for message in messages if message.sender == self.other and message.text])

    def answering(self, plan: Plan) -> None:
        """What the plan answers is dealt with: whatever comes of it, it is not answered again."""
        occasion = plan.occasion
        occasion.thread.answered = max(occasion.thread.answered, occasion.upto)

    def mark(self, plan: Plan) -> str:
        """The id of a message that the plan's next act writes."""
        occasion = plan.occasion
        return f"{MARK}{occasion.key.replace(':', '-')}.{plan.step}"

    def chat_of(self, thread: Thread) -> Chat:
        """The thread's chat as it is now. Raises Impossible."""
        chat = self.tables.chats.get(thread.id)
        if chat is None:
            raise Impossible("there is no chat")
        return chat

    @abstractmethod
    def values(self, plan: Plan) -> dict[str, str]:
        """What stands in the places of texts."""
