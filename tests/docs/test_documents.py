"""What the documents say, runs and is whole."""

from __future__ import annotations

import ast
import html
import importlib.util
import inspect
import json
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from documented import DOCUMENTS, PAGES, README, ROOT, account, blocks, name_of, run_examples

import lightsail_copy
import lightsail_copy.aio
from lightsail_copy.testing import FakeLightsail

__all__ = ["account"]  # a fixture

LONGEST_EXAMPLE = 12
INDEX = ROOT / "docs" / "index.md"
ALSO = [ROOT / name for name in ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")]
HOSTS = re.compile(
    r"""https?://(
        ([\w-]+\.)*(aws\.amazon\.com|amazonaws\.com|aws) (?=[:/]|$)  # AWS's
        | ([\w-]+\.)*(python\.org|pypi\.org) (?=[:/]|$)  # Python's
        | (www\.attrs\.org|github\.com/(aws|boto|aio-libs)) /  # the dependencies'
        | (127\.0\.0\.1|\[::1\]|localhost|\{host\}|HOST)  # this machine, or a place to fill in
    )""",
    re.VERBOSE,
)
WITH_EXAMPLES = [pytest.param(page, id=name_of(page)) for page in DOCUMENTS if any(blocks(page, "python"))]
ALL = [pytest.param(page, id=name_of(page)) for page in DOCUMENTS]
# Packages that a page is about, and that the tests of the session `docs` have.
OPTIONAL = ("cattrs", "pydantic")


def _require_packages(document: Path) -> None:
    text = document.read_text("utf-8")
    for package in OPTIONAL:
        if re.search(rf"^(import|from) {package}\b", text, re.MULTILINE):
            pytest.importorskip(package)


def _with_fixtures(test: Callable[..., object], request: pytest.FixtureRequest) -> None:
    test(**{name: request.getfixturevalue(name) for name in inspect.signature(test).parameters})


@pytest.mark.parametrize("document", WITH_EXAMPLES)
def test_the_examples_of_a_document_run_from_top_to_bottom(
    document: Path, account: FakeLightsail, request: pytest.FixtureRequest
) -> None:
    _require_packages(document)
    names = run_examples(document)
    # A test within an example is run as pytest would run it.
    for name, value in names.items():
        if name.startswith("test_") and callable(value):
            _with_fixtures(value, request)


def test_the_readmes_example_needs_nothing_but_the_package() -> None:
    run_examples(README)
    lines = next(blocks(README, "python")).code.splitlines()
    assert len([line for line in lines if line]) <= LONGEST_EXAMPLE


def test_the_index_has_the_readmes_example() -> None:
    assert [block.code for block in blocks(INDEX, "python", "output")] == [
        block.code for block in blocks(README, "python", "output")
    ]


def test_the_picture_of_the_readme_shows_what_its_command_prints() -> None:
    spec = importlib.util.spec_from_file_location("make_picture", ROOT / "docs" / "make_picture.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    # Without white space: the picture wraps a long line.
    drawn = html.unescape("".join(re.findall(r"<text[^>]*>([^<]*)</text>", script.PICTURE.read_text("utf-8"))))
    assert "".join(script.run().split()) in "".join(drawn.split()), "run python docs/make_picture.py"
    command = " ".join(line.removesuffix("\\").strip() for line in script.LINES)
    assert command in README.read_text("utf-8")


def _links(text: str) -> list[str]:
    # A sentence in backticks is no link.
    return re.findall(r"\]\((?!https?:)([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", text))


def test_every_link_leads_to_a_file_and_a_heading() -> None:
    for document in [*DOCUMENTS, *ALSO]:
        for link in _links(document.read_text("utf-8")):
            path, _, anchor = link.partition("#")
            target = document.parent / path if path else document
            assert target.exists(), (document, link)
            assert not anchor or anchor in _anchors(target), (document, link)


def _anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#{1,3} (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_no_address_is_of_a_host_but_those_of_aws_python_and_the_dependencies() -> None:
    """The project has no home yet, so any other address would be invented."""
    files = [*DOCUMENTS, *ALSO, ROOT / "pyproject.toml", *(ROOT / "docs").rglob("*.py")]
    files += [*(ROOT / "lightsail_copy").rglob("*.py"), *(ROOT / ".github").rglob("*.yml")]
    assert {
        address
        for file in files
        for address in re.findall(r"https?://[^\s\"'`)>\]]+", file.read_text("utf-8"))
        if not HOSTS.match(address)
    } == set()


def test_a_documented_try_says_what_follows_if_nothing_is_raised() -> None:
    """Otherwise an example that raises nothing would pass unnoticed."""
    for document in DOCUMENTS:
        for block in blocks(document, "python"):
            statements = [node for node in ast.walk(ast.parse(block.code)) if isinstance(node, ast.Try)]
            assert all(each.orelse for each in statements if each.handlers), f"{name_of(document)}:{block.line}"


def test_every_block_of_json_can_be_parsed() -> None:
    assert len([json.loads(block.code) for document in DOCUMENTS for block in blocks(document, "json")]) > 10


def test_every_page_is_in_a_table_of_contents() -> None:
    entries: set[Path] = set()
    for page in PAGES:
        for toctree in re.findall(r"```\{toctree\}\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL):
            lines = [line for line in toctree.splitlines() if line and not line.startswith(":")]
            entries |= {path for line in lines for path in (page.parent.glob(f"{line.removesuffix('.md')}.md"))}
    assert {page for page in PAGES if page != INDEX} - {path.resolve() for path in entries} == set()


@pytest.mark.parametrize("module", ["lightsail_copy", "lightsail_copy.aio", "lightsail_copy.testing"])
def test_the_reference_has_an_entry_for_every_public_name(module: str) -> None:
    reference = "".join(page.read_text("utf-8") for page in (ROOT / "docs" / "reference").glob("*.md"))
    entries = re.findall(rf"^\.\. auto\w+:: {re.escape(module)}\.(\w+)$", reference, re.MULTILINE)
    assert set(import_module(module).__all__) - {"__version__"} <= set(entries)


@pytest.mark.parametrize("module", ["lightsail_copy.dicts", "lightsail_copy.testing.faults", "lightsail_copy.typing"])
def test_the_reference_has_all_of_a_module(module: str) -> None:
    reference = "".join(page.read_text("utf-8") for page in (ROOT / "docs" / "reference").glob("*.md"))
    assert re.search(rf"^\.\. automodule:: {re.escape(module)}$", reference, re.MULTILINE)


def test_the_docstring_of_a_function_has_its_errors() -> None:
    errors = re.compile(r"^Raises:$|as `lightsail_copy\.\w+` does|are those of `\w+`", re.MULTILINE)
    without = {
        name
        for module in (lightsail_copy, lightsail_copy.aio)
        for name in module.__all__
        if inspect.isfunction(function := getattr(module, name)) and not errors.search(inspect.getdoc(function) or "")
    }
    assert without == set()


def test_every_error_has_its_section_in_the_page_on_troubleshooting() -> None:
    page = (ROOT / "docs" / "troubleshooting.md").read_text("utf-8")
    errors = {name for name in lightsail_copy.__all__ if name.endswith("Error")}
    sections = set(re.findall(r"^### `(\w+)`", page, re.MULTILINE))
    assert errors == sections


def test_every_example_is_python_that_the_oldest_version_parses() -> None:
    for document in DOCUMENTS:
        for block in blocks(document, "python"):
            ast.parse(block.code, feature_version=(3, 10))
