"""
The examples of the documentation, as a user's checkers see them: each page is a module, read from top to bottom.

With the stubs of boto3 only: without them, there is little to check.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from documented import DOCUMENTS, blocks, name_of
from test_types import ENVIRONMENT, PYRIGHT, PYTHON, ROOT, run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(ENVIRONMENT != "stubs", reason="the session typing(stubs) has all stubs")
SPOILED = "from lightsail_copy import ManualSnapshotCopy\n\nManualSnapshotCopy(source_region=1)\n"


def module_of(document: Path) -> str:
    """Return the examples of a document, each at its own lines."""
    lines: list[str] = []
    for block in blocks(document, "python"):
        lines += [""] * (block.line - len(lines))
        lines += block.code.splitlines()
    return "\n".join([*lines, ""])


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a module for each page that has examples, and one with an error."""
    folder = tmp_path_factory.mktemp("examples")
    for document in DOCUMENTS:
        if text := module_of(document).strip("\n"):
            name = name_of(document).removesuffix(".md").replace("/", "_").replace("-", "_")
            (folder / f"{name}.py").write_text(module_of(document) if text else "", encoding="utf-8")
    (folder / "spoiled.py").write_text(SPOILED, encoding="utf-8")
    return folder


def test_mypy_accepts_every_example(modules: Path) -> None:
    """A page may use a name again for something else, and functions without annotations."""
    settings = ["--config-file=", "--check-untyped-defs", "--allow-redefinition", "--python-version", PYTHON]
    settings.append("--ignore-missing-imports")  # a page may be about a package that is not installed
    cache = ROOT / ".mypy_cache" / "examples"
    files = sorted(map(str, modules.glob("*.py")))
    printed = run(*PYRIGHT[:2], "mypy", *settings, "--cache-dir", str(cache), "--output", "json", *files)
    errors = [json.loads(line) for line in printed.splitlines()]
    found = [f"{each['file']}:{each['line']}: {each['message']}" for each in errors if each["severity"] == "error"]
    assert [each for each in found if "spoiled.py:3:" not in each] == []
    assert len(files) > 10
    assert any("spoiled.py:3:" in each for each in found)


def test_pyright_accepts_every_example(modules: Path) -> None:
    """Apart from the keys that boto3's stubs do not require, in examples of what one writes with boto3 alone."""
    settings = {
        "pythonVersion": PYTHON,
        "extraPaths": [str(ROOT)],
        "include": ["*.py"],
        "reportTypedDictNotRequiredAccess": False,
        "reportMissingImports": False,
    }
    (modules / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    printed = run(*PYRIGHT, "--outputjson", "--pythonpath", PYRIGHT[0], "-p", str(modules))
    errors = [each for each in json.loads(printed)["generalDiagnostics"] if each["severity"] == "error"]
    found = [f"{each['file']}:{each['range']['start']['line'] + 1}: {each['message']}" for each in errors]
    assert [each for each in found if "spoiled.py:3:" not in each] == []
    assert any("spoiled.py:3:" in each for each in found)
