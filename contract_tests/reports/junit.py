"""JUnit's XML: a suite a topic, a case a rule, as CI servers show them."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from contract_tests.document import Document
from contract_tests.story import Chapter, Story

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(story: Story, document: Document) -> bytes:
    """The file."""
    topics: dict[str, list[Chapter]] = defaultdict(list)
    for chapter in story.chapters():
        topics[chapter.rule.id.partition(".")[0]].append(chapter)
    root = ET.Element("testsuites", name="cozum test", time=f"{story.seconds:.3f}")
    at = datetime.fromtimestamp(story.at, UTC).isoformat(timespec="seconds")
    for topic, chapters in topics.items():
        suite = ET.SubElement(root, "testsuite", name=topic, timestamp=at, hostname=story.base_url)
        suite.attrib |= _counts(chapters)
        for chapter in chapters:
            suite.append(_case(topic, chapter))
    if story.cut_off:
        suite = ET.SubElement(root, "testsuite", name="run", tests="1", errors="1", failures="0", skipped="0")
        case = ET.SubElement(suite, "testcase", classname="run", name="to the end", time="0")
        ET.SubElement(case, "error", message=_clean(story.cut_off))
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _counts(chapters: list[Chapter]) -> dict[str, str]:
    return {
        "tests": str(len(chapters)),
        "failures": str(sum(chapter.outcome == "broken" for chapter in chapters)),
        "skipped": str(sum(chapter.outcome == "skipped" for chapter in chapters)),
        "errors": "0",
        "time": f"{sum(chapter.seconds for chapter in chapters):.3f}",
    }


def _case(topic: str, chapter: Chapter) -> ET.Element:
    case = ET.Element("testcase", classname=topic, name=chapter.rule.id, time=f"{chapter.seconds:.3f}")
    if chapter.outcome == "skipped":
        ET.SubElement(case, "skipped", message=_clean("; ".join(chapter.reasons) or "never applied"))
    if chapter.findings:
        first = chapter.findings[0]
        failure = ET.SubElement(case, "failure", message=_clean(f"expected {first.expected}; seen {first.seen}"))
        lines = [chapter.rule.sentence]
        for finding in chapter.findings:
            lines += [f"{finding.operation}: expected {finding.expected}; seen {finding.seen}", finding.curl]
        failure.text = _clean("\n".join(lines))
    return case


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
