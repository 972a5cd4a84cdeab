"""The document, cut down to what the second server has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from contract_tests.document import METHODS


def cut(document: Path, operations: set[str], to: Path) -> Path:
    """Write it to `to`: only these operations, links only among them, no webhooks."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    node: dict[str, Any] = yaml.load(document.read_bytes(), loader)
    node.pop("webhooks", None)
    for path, item in list(node["paths"].items()):
        for method in [one for one in METHODS if one in item]:
            if item[method]["operationId"] not in operations:
                del item[method]
        if not set(METHODS) & set(item):
            del node["paths"][path]
    links = node["components"]["links"]
    for name in [name for name, link in links.items() if link["operationId"] not in operations]:
        del links[name]
    for item in node["paths"].values():
        for method in set(METHODS) & set(item):
            for answer in item[method]["responses"].values():
                answer["links"] = {
                    name: link
                    for name, link in answer.get("links", {}).items()
                    if link.get("operationId") in operations or link.get("$ref", "").rpartition("/")[2] in links
                }
    to.write_text(yaml.safe_dump(node, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return to
