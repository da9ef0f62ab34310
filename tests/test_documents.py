"""What the documents say, runs and is whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import lightsail_copy

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DOCUMENTS = [README, *sorted((ROOT / "docs").glob("*.md"))]
EXAMPLES = [
    pytest.param(example, id=f"{document.name}-{number}")
    for document in DOCUMENTS
    for number, example in enumerate(
        re.findall(r"^```python\n(.*?)^```", document.read_text("utf-8"), re.MULTILINE | re.DOTALL), 1
    )
]
LONGEST_EXAMPLE = 12


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_runs_as_it_stands(example: str) -> None:
    exec(compile(example, "example", "exec"), {})  # noqa: S102 - it is what the documents tell the reader to run


def test_the_readmes_example_prints_what_the_readme_says(capsys: pytest.CaptureFixture[str]) -> None:
    example, told = re.findall(r"```python\n(.*?)```.*?prints `([^`]*)`", README.read_text("utf-8"), re.DOTALL)[0]
    exec(compile(example, "README.md", "exec"), {})  # noqa: S102 - as above
    assert capsys.readouterr().out.strip() == told
    assert len(example.splitlines()) <= LONGEST_EXAMPLE


def test_the_reference_names_every_public_name() -> None:
    named = set(re.findall(r"\w+", (ROOT / "docs" / "reference.md").read_text("utf-8")))
    assert set(lightsail_copy.__all__) <= named


@pytest.mark.parametrize("document", [pytest.param(document, id=document.name) for document in DOCUMENTS])
def test_every_link_leads_to_a_file(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_index_names_every_document() -> None:
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    assert [each.name for each in DOCUMENTS[1:] if each.name != "index.md" and each.name not in index] == []
