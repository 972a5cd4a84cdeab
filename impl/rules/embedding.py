"""The HTML that a tenant puts into their site."""

from __future__ import annotations

from html import escape

from impl.rules.origins import sent_origin


def embed_code(base_url: str, api_key: str) -> str:
    """The widget's script tag. A `base_url` that is no origin (a made-up `Host`) is left out of the address."""
    address = f"{sent_origin(base_url) or ''}/widget.js"
    return f'<script async src="{escape(address)}" data-api-key="{escape(api_key)}"></script>'
