"""The package and its documents use the field's words; words that were replaced stay out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from documented import DOCUMENTS, ROOT, name_of

import lightsail_copy

PACKAGE = Path(lightsail_copy.__file__).parent
ALSO = [ROOT / name for name in ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "noxfile.py")]
RETIRED = {
    r"re-?sen[dt]s?": "retry",
    r"repl(y|ies)": "response",
    r"refus(es?|al|als)": "reject, or raise",
    r"(begun|began)": "started",
    r"(holds|bears) the name": "in use",
    r"cut short": "truncated",
    r"moments?": "timestamp, or datetime",
    r"scenes?": "scenario, or fake",
    r"plant(s|ed)?": "load",
    r"heeds?": "uses",
    r"for ever": "forever",
    r"time (for a wait )?(is|was) up": "timed out",
    r"say_more|shown\b(?=\()": "format_...",
    r"(nobody|no one) knows": "unknown",
    r"broken off|taken up": "interrupted, resume",
    r"strikes?": "fault",
    r"likewise": "too",
    r"settl(e|es|ed|ing|ement)": "look up",
    r"open outcomes?": "unknown outcome",
    r"(re)?sends? again": "retry",
    r"(whatever|what) bears": "what has",
    r"as it stands": "unchanged",
}
ANY = re.compile(rf"\b(?:{'|'.join(RETIRED)})\b", re.IGNORECASE)

# The words to use, as the glossary has them.
GLOSSARY = {
    *("adopt", "attempt", "call", "connection refused", "connection reset", "constraint", "datetime", "delay"),
    *("existing resource", "fake", "fixture", "in use", "interrupt", "outcome", "parse", "poll", "poll interval"),
    *("raise", "request", "response", "resume", "retry", "rule", "scenario", "serialize", "source", "source Region"),
    *("start", "target", "target Region", "time out", "timeout", "timestamp", "tolerate", "truncated response"),
    *("unknown outcome", "unknown value", "UTC", "validate", "validation"),
}


def retired_words(text: str) -> list[str]:
    """Return the retired words of a text, each with the word to use."""
    return [
        f"{found[0]!r}: use {instead}"
        for word, instead in (RETIRED.items() if ANY.search(text) else ())  # one search is faster than one for each
        for found in re.finditer(rf"\b(?:{word})\b", text, re.IGNORECASE)
    ]


def test_no_module_and_no_document_has_a_retired_word() -> None:
    found = {path: retired_words(path.read_text("utf-8")) for path in [*PACKAGE.rglob("*.py"), *DOCUMENTS, *ALSO]}
    assert {name_of(path): words for path, words in found.items() if words} == {}


def test_the_glossary_has_each_word_to_use() -> None:
    terms = re.findall(r"^(?=\w)(.+)\n    ", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.MULTILINE)
    assert {term for line in terms for term in line.split(", ")} >= GLOSSARY


@pytest.mark.parametrize(
    ("text", "word"), [("a re-sent call", "re-sent"), ("The Reply", "Reply"), ("until the time is up", "time is up")]
)
def test_a_retired_word_is_found(text: str, word: str) -> None:
    assert [each.partition(":")[0] for each in retired_words(text)] == [repr(word)]


def test_a_word_within_another_is_fine() -> None:
    assert retired_words("replying, presents, an explanation, a momentary pause") == []
