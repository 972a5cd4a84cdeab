"""`cozum sign`"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from cozum.commands.mock import Document
from cozum.document import find_document
from cozum.errors import UsageError

DEFAULT_KEY = "CM_DEMO_2026"


def sign(
    *,
    id: Annotated[str, Parameter(help="The visitor's `ziyaretci_id`.")],  # noqa: A002 - the option's name
    email: Annotated[str | None, Parameter(help="The visitor's email; without it the empty text is signed.")] = None,
    key: Annotated[str | None, Parameter(help="A demo tenant's API key, whose secret signs.")] = None,
    secret: Annotated[
        str | None, Parameter(help="The api_secret that signs, for a tenant that is not the demo's.")
    ] = None,
    timestamp: Annotated[int | None, Parameter(help="Unix seconds; without it, now.")] = None,
    document: Document = None,
) -> None:
    """Print a signed body."""
    from impl.rules.identity import sign as signature_of

    if key is not None and secret is not None:
        raise UsageError("--key and --secret: give one of them; --key takes the secret of a demo tenant")
    chosen = _secret_of(DEFAULT_KEY if key is None else key) if secret is None else _usable(secret)
    seconds = int(time.time()) if timestamp is None else timestamp
    body: dict[str, Any] = {"ziyaretci_id": id} | ({} if email is None else {"email": email})
    _check(body | {"timestamp": seconds, "signature": ""}, document)
    print(json.dumps(body | {"timestamp": seconds, "signature": signature_of(chosen, id, email, seconds)}))


def _usable(secret: str) -> str:
    if not secret:
        raise UsageError("--secret is empty")
    return _text("--secret", secret)


def _text(option: str, value: str) -> str:
    """What UTF-8 can hold: bytes of another encoding come from the shell as lone surrogates."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{option} {value!a}: is not UTF-8") from None
    return value


def _secret_of(key: str) -> str:
    from impl.demo import read_demo

    secrets = {tenant["api_key"]: str(tenant["api_secret"]) for tenant in read_demo()["tenants"]}
    if key not in secrets:
        raise UsageError(f"--key {key!a}: no demo tenant has it ({', '.join(secrets)}); give its --secret instead")
    return secrets[key]


OPTIONS = {"/ziyaretci_id": "--id", "/email": "--email", "/timestamp": "--timestamp"}


def _check(body: dict[str, Any], document: Path | None) -> None:
    """The body as the contract has it. Raises UsageError."""
    from impl.contract.document import DocumentError, load
    from impl.contract.schemas import Schemas, field_errors

    for name in ("ziyaretci_id", "email"):
        _text(OPTIONS[f"/{name}"], body.get(name, ""))
    if "|" in body["ziyaretci_id"]:
        raise UsageError(
            f"--id {body['ziyaretci_id']!a}: must have no |, which stands between the parts that are signed"
        )
    try:
        validator = Schemas(load(find_document(document))).validator(
            {"$ref": "#/components/schemas/CustomerInfoRequest"}
        )
    except DocumentError as error:
        raise UsageError(str(error)) from None
    for wrong in field_errors(validator.iter_errors(body)):
        option, value = OPTIONS.get(wrong.pointer, wrong.pointer), body.get(wrong.pointer.removeprefix("/"))
        said = "is no email address" if option == "--email" else wrong.message.en.rstrip(".")
        raise UsageError(f"{option} {value!a:.120}: {said[:1].lower()}{said[1:]}")
