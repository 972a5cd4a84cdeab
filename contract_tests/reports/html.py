"""One HTML page that a person reads: what is broken first. It needs nothing beside itself."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from contract_tests.document import Document
from contract_tests.reports.summary import OUTCOMES, summary
from contract_tests.story import Story


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("report.html.jinja")


def page(story: Story, document: Document) -> bytes:
    """The page, as UTF-8."""
    told = summary(story, document)
    when = datetime.fromtimestamp(story.at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    counts = {name: [rule for rule in told["rules"] if rule["outcome"] == name] for name in OUTCOMES}
    return _template().render(**told, when=when, by_outcome=counts).encode("utf-8", "replace")
