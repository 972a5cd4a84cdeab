"""What the API reference shows of answers: its examples as schemas. Of all other answers it shows nothing.

Source: `api-reference.tr.txt`, the examples of customer-info, operator/context and auth/login.
"""

from __future__ import annotations

from typing import Any, Final

Schema = dict[str, Any]


def _object(**properties: Any) -> Schema:
    """With all of these."""
    return {"type": "object", "required": [*properties], "properties": properties}


def _success(data: Schema) -> Schema:
    return _object(basarili={"const": True}, data=data)


_INTEGER: Final[Schema] = {"type": "integer"}
_TEXT: Final[Schema] = {"type": "string"}
_FLAG: Final[Schema] = {"type": "boolean"}
_MAYBE_TEXT: Final[Schema] = {"type": ["string", "null"]}

_TAB: Final = _object(
    id=_INTEGER,
    firma_adi=_TEXT,
    logo_url=_MAYBE_TEXT,
    renk_primary=_MAYBE_TEXT,
    sira=_INTEGER,
    sessize_alindi=_FLAG,
    rol=_TEXT,
    max_chat_per_tenant={"type": ["integer", "null"]},
)
_OPERATOR: Final = _object(
    id=_INTEGER, email=_TEXT, musteri_id={"type": ["integer", "null"]}, musteriler={"type": "array", "items": _TAB}
)
_ITEM: Final = {
    **_object(tip={"enum": ["paket", "kontor", "trial", "depolama"]}, icon=_TEXT, label=_TEXT, deger=_TEXT),
    "if": {"properties": {"tip": {"enum": ["trial", "depolama"]}}},
    "then": _object(kritik=_FLAG),
}

SHOWN: Final[dict[str, Schema]] = {
    "login": _success(_object(token=_TEXT, token_tipi={"const": "Bearer"}, operator=_OPERATOR)),
    "set_customer_info": _success({"type": "object"}),
    "get_visitor_context": _success(_object(musteri={"type": "object"}, banner={"type": "array", "items": _ITEM})),
}
"""By operationId what a success is like."""
