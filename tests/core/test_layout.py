"""The order of the modules: what each may import, what an import loads, and that every exemption has a reason."""

from __future__ import annotations

import ast
import inspect
import os
import re
import subprocess
import sys
import tokenize
import typing
from importlib.util import resolve_name
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import lightsail_copy
from lightsail_copy import aio, testing

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(lightsail_copy.__path__[0])
TESTS = Path(__file__).parent.parent

# A folder imports only from those above it, for types too. "core" is the modules of the package itself.
FOLDERS = ("core", "flows", "drivers", "fleet", "public")
PUBLIC_MODULES = {"", "sync", "aio"}
COMMAND_LINE = {"cli", "__main__"}

EXEMPTION = re.compile(
    r"""
    \#\s*(?:
        (?:ruff:\s*|flake8:\s*)?noqa (?::\s*[A-Z]+\d+ (?:[,\s]+[A-Z]+\d+)*)?
      | (?:type|pyright|mypy|ty|pyrefly):\s*ignore (?:\[[^]]*\])?
      | pragma:\s*no\s*(?:cover|branch)
    )
    """,
    re.VERBOSE,
)


def modules() -> dict[str, Path]:
    """Name every module by its path below the package: "wire", "testing", "testing.clock", and "" for the package."""
    paths = sorted(PACKAGE.rglob("*.py"))
    named = {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in paths}
    return {name.removesuffix("__init__").removesuffix("."): path for name, path in named.items()}


MODULES = modules()
EACH_MODULE = pytest.mark.parametrize("module", [pytest.param(name, id=name or "__init__") for name in MODULES])


def room(module: str) -> str:
    """Return the first part of a module's name."""
    return module.partition(".")[0]


def imports(module: str) -> set[str]:
    """Return the full dotted names that a module imports, those for types alone included."""
    path = MODULES[module]
    parts = ["lightsail_copy", *module.split(".")] if module else ["lightsail_copy"]
    package = ".".join(parts if path.name == "__init__.py" else parts[:-1])
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            source = resolve_name("." * node.level + (node.module or ""), package)
            found |= {f"{source}.{alias.name}" for alias in node.names}
    return found


def our_module(name: str) -> str | None:
    """Return the module of ours that a full dotted name comes from: the longest that exists."""
    ours, *parts = name.split(".")
    if ours != "lightsail_copy":
        return None
    while parts and ".".join(parts) not in MODULES:
        parts.pop()
    return ".".join(parts)


def folder(module: str) -> int:
    """Return the level of the folder that a module is in."""
    if module in PUBLIC_MODULES:
        return FOLDERS.index("public")
    if module == "clients":
        return FOLDERS.index("drivers")
    return FOLDERS.index(room(module)) if "." in module or room(module) in FOLDERS else FOLDERS.index("core")


def may_import(importer: str, imported: str) -> bool:
    """Return whether the order of the folders allows an import."""
    if room(importer) == "testing":
        return room(imported) in {"enums", "testing"}
    if room(importer) in COMMAND_LINE:
        return imported in {"", "messages", "testing"} or room(imported) in COMMAND_LINE
    return folder(imported) <= folder(importer) and room(imported) not in {"cli", "testing"}


def exemptions(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each comment that exempts something."""
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type == tokenize.COMMENT and EXEMPTION.search(token.string):
                yield token.start[0], token.string


@EACH_MODULE
def test_a_module_imports_only_from_the_rooms_above_it(module: str) -> None:
    ours = {name: our_module(name) for name in imports(module)}
    wrong = {name for name, source in ours.items() if source is not None and not may_import(module, source)}
    assert not wrong, f"{module or '__init__'} may not import {sorted(wrong)}"


PUBLIC = [
    getattr(module, name)
    for module in (lightsail_copy, aio, testing)
    for name in module.__all__
    if callable(getattr(module, name))
]
FAULTS = [
    function
    for _, function in inspect.getmembers(testing.faults, inspect.isfunction)
    if function.__module__ == testing.faults.__name__
]
METHODS = [
    member
    for public in PUBLIC
    if inspect.isclass(public)
    for name, member in vars(public).items()
    if inspect.isfunction(member) and (not name.startswith("_") or name == "__init__")
]


@pytest.mark.parametrize("public", [*PUBLIC, *FAULTS, *METHODS], ids=lambda public: public.__qualname__)
def test_the_type_hints_of_every_public_name_resolve(public: object) -> None:
    typing.get_type_hints(public)


@EACH_MODULE
def test_only_the_command_line_the_fake_and_make_client_import_boto3(module: str) -> None:
    assert room(module) in {"cli", "clients", "testing"} or "boto3" not in {room(name) for name in imports(module)}


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = {"asyncio", "boto3", "botocore.client", "botocore.session", "click", "rich"}
    script = f"import lightsail_copy, sys; print(*sorted({heavy} & set(sys.modules)))"
    # Coverage measures subprocesses by these variables, and loads modules of its own to do so.
    env = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    command = [sys.executable, "-W", "error", "-c", script]
    assert subprocess.run(command, env=env, capture_output=True, check=True, text=True).stdout.split() == []


def test_every_exemption_states_its_reason() -> None:
    paths = [
        *PACKAGE.rglob("*.py"),
        *TESTS.rglob("*.py"),
        *TESTS.parent.glob("*.py"),
        *TESTS.parent.glob("docs/**/*.py"),
    ]
    bare = [
        f"{path.relative_to(path.parents[1])}:{line}: {comment}"
        for path in paths
        for line, comment in exemptions(path)
        if not re.search(r"[A-Za-z]{2,}", " ".join(EXEMPTION.split(comment)[1:]))
    ]
    assert not bare, "say why, after the exemption:\n" + "\n".join(bare)
