"""A client that sends any bytes, and reads while it still sends: a server may answer before it has heard all."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from hostile.answers import Answer, BadAnswerError, take_answer

PIECE: Final = 65_536
PAUSE: Final = 0.003
"""Seconds between the parts of a request that is sent slowly."""


class NoAnswerError(Exception):
    """The answer did not come; the message says what came instead. `ended`: the connection was closed properly."""

    def __init__(self, message: str, *, ended: bool = False) -> None:
        super().__init__(message)
        self.ended = ended


class Connection:
    """One connection to the server."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._socket = socket.create_connection(address, timeout=5)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)
        self.port: int = self._socket.getsockname()[1]
        """Our end: the server knows the connection by it."""
        self._buffer = bytearray()
        self._ended = False
        self._half_closed = False
        self.reusable = True
        """Whether the next request may be sent here."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        self._socket.close()

    def left_over(self) -> bytes:
        """What has come that nobody asked for."""
        with suppress(OSError):
            self._buffer += self._socket.recv(PIECE)
        taken = bytes(self._buffer)
        self._buffer.clear()
        return taken

    def exchange(
        self,
        parts: Sequence[bytes],
        methods: Sequence[bytes],
        seconds: float,
        *,
        half_close: bool = False,
        deaf: bool = False,
    ) -> list[Answer]:
        """Send the parts, slowly if they are several, and read an answer for each of the methods.

        `half_close` ends our side after the last byte; `deaf` reads only then. Raises NoAnswerError, BadAnswerError.
        """
        self.reusable = False
        deadline = time.monotonic() + seconds
        sending = _Sending(parts)
        answers: list[Answer] = []
        while len(answers) < len(methods):
            answer = take_answer(self._buffer, of_head=methods[len(answers)] == b"HEAD", ended=self._ended)
            if answer is not None:
                answers.append(answer)
                continue
            what = f"answer {len(answers) + 1} of {len(methods)}"
            if self._ended:
                self._nothing_left(what)
                raise NoAnswerError(f"closed before {what}", ended=True)
            self._step(sending, deadline, what, half_close=half_close, deaf=deaf)
        if more := self.left_over():
            raise BadAnswerError(f"bytes after the answer: {more[:80]!r}")
        self.reusable = sending.done and not half_close and not (self._ended or answers[-1].closes)
        return answers

    def exhaust(
        self, parts: Sequence[bytes], seconds: float, *, half_close: bool, of_head: bool, enough: int = 1
    ) -> list[Answer]:
        """Send the parts, and read every answer until the server ends the connection.

        Our side is ended once enough answers have come, or with `half_close` behind the last byte. `of_head`: they
        may answer a HEAD. Raises NoAnswerError, BadAnswerError.
        """
        self.reusable = False
        deadline = time.monotonic() + seconds
        sending = _Sending(parts)
        answers: list[Answer] = []
        while True:
            answer = take_answer(self._buffer, of_head=of_head, ended=self._ended)
            if answer is not None:
                answers.append(answer)
                if len(answers) >= enough:
                    self._half_close()
                    sending.give_up()
            elif self._ended:
                self._nothing_left("the end")
                return answers
            else:
                self._step(sending, deadline, "an answer, or the end of the connection", half_close=half_close)

    def _nothing_left(self, before: str) -> None:
        if self._buffer:
            raise BadAnswerError(f"closed before {before}, and this came: {bytes(self._buffer[:80])!r}")

    def _half_close(self) -> None:
        if not self._half_closed:
            self._half_closed = True
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_WR)

    def _step(self, sending: _Sending, deadline: float, missing: str, *, half_close: bool, deaf: bool = False) -> None:
        """Wait until something can be done, and do it. Raises NoAnswerError."""
        now = time.monotonic()
        if now >= deadline:
            raise NoAnswerError(f"{missing} did not come in time")
        wants_to_send = not sending.done and now >= sending.not_before
        wait = deadline - now if wants_to_send or sending.done else sending.not_before - now
        reads = [] if deaf and not sending.done else [self._socket]
        readable, writable, _ = select.select(reads, [self._socket] if wants_to_send else [], [], wait)
        if readable:
            self._receive()
        if writable and not self._ended:
            try:
                sending.advance(self._socket.send(sending.piece))
            except (BrokenPipeError, ConnectionResetError):
                sending.give_up()  # what the server had to say before it closed can still be read
            if sending.done and half_close:
                self._half_close()

    def _receive(self) -> None:
        try:
            received = self._socket.recv(PIECE)
        except BlockingIOError:
            return
        except ConnectionResetError:
            raise NoAnswerError("the connection was reset") from None
        self._buffer += received
        self._ended = not received


class _Sending:
    """What is still to be sent."""

    def __init__(self, parts: Sequence[bytes]) -> None:
        self._parts = [memoryview(part) for part in parts if part]
        self._at = 0
        self.not_before = 0.0
        """When the next part may go (`time.monotonic`)."""

    @property
    def done(self) -> bool:
        return not self._parts

    @property
    def piece(self) -> memoryview:
        return self._parts[0][self._at : self._at + 4 * PIECE]

    def advance(self, sent: int) -> None:
        self._at += sent
        if self._at == len(self._parts[0]):
            self._parts.pop(0)
            self._at = 0
            self.not_before = time.monotonic() + PAUSE

    def give_up(self) -> None:
        self._parts = []
