"""What the document promises of webhooks: whether a message keeps it, and whether it is signed as it says."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from typing import Any, Final
from weakref import WeakKeyDictionary

import msgspec

from impl.app import Application
from impl.contract.document import inlined
from impl.contract.schemas import Schemas
from impl.rules.signing import SECRET_PREFIX
from impl.webhooks.messages import Message

JSON: Final = "application/json"
SHOWN: Final = 100
"""Characters of a header that are told."""

Faults = Callable[[Any], Iterator[str]]


class EventContract:
    """The `webhooks:` of a document; an event's schemas are compiled when it is first looked at."""

    def __init__(self, document: dict[str, Any], schemas: Schemas) -> None:
        self._document = document
        self._schemas = schemas
        self.names: tuple[str, ...] = tuple(document.get("webhooks", {}))
        self._compiled: dict[str, tuple[dict[str, tuple[bool, Faults]], Faults]] = {}

    def faults(self, event: str, message: Message) -> list[str]:
        """What is wrong with a message of that event, a sentence each."""
        if event not in self.names:
            return [f"the document has no webhook {event}"]
        if event not in self._compiled:
            self._compiled[event] = self._compile(event)
        headers, body = self._compiled[event]
        faults = []
        for name, (required, wrong) in headers.items():
            text = message.headers.get(name)
            if text is None:
                faults += [f"the header {name} is missing"] if required else []
                continue
            value = int(text) if text.isascii() and text.isdigit() and name == "webhook-timestamp" else text
            faults += [f"the header {name} is {text[:SHOWN]}: {fault}" for fault in wrong(value)]
        media_type = message.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != JSON:
            faults.append(f"media type {media_type or 'none'} is not documented ({JSON})")
        return faults + self._body_faults(body, message.body)

    @staticmethod
    def _body_faults(wrong: Faults, body: bytes) -> list[str]:
        try:
            value = msgspec.json.decode(body)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            return [f"the body is not JSON: {error}"]
        return list(wrong(value))

    def _compile(self, event: str) -> tuple[dict[str, tuple[bool, Faults]], Faults]:
        operation = inlined(self._document, self._document["webhooks"][event]["post"])
        headers = {
            parameter["name"].lower(): (bool(parameter.get("required")), self._validator(parameter.get("schema", {})))
            for parameter in operation.get("parameters", [])
            if parameter["in"] == "header"
        }
        return headers, self._validator(operation["requestBody"]["content"][JSON].get("schema", {}))

    def _validator(self, schema: dict[str, Any]) -> Faults:
        validator = self._schemas.validator(schema)

        def faults(value: Any) -> Iterator[str]:
            for finding in validator.iter_errors(value):
                place = "/".join(map(str, finding.instance_path))
                yield f"{place}: {finding.message}" if place else finding.message

        return faults


_contracts: WeakKeyDictionary[Application, EventContract] = WeakKeyDictionary()
"""As long as there is the application: `--watch` makes a new one each time."""


def event_contract(application: Application) -> EventContract:
    """That of the application's document."""
    contract = _contracts.get(application)
    if contract is None:
        contract = _contracts[application] = EventContract(application.binding.document, application.binding.schemas)
    return contract


def is_signed(message: Message, secret: str) -> bool:
    """Whether one of its signatures is over its id, its timestamp and its bytes, whenever that was.

    Written apart from the sender's own, as a receiver would: Standard Webhooks, "Verifying webhook authenticity".
    """
    try:
        key = b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except ValueError:  # no base64
        return False
    headers = message.headers
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + message.body
    right = f"v1,{b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"
    return any(hmac.compare_digest(right.encode(), one.encode()) for one in headers["webhook-signature"].split(" "))
