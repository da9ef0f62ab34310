"""
The one rule of imports, and what stands beside it.

A module imports from its own layer and from those below it: the modules of the root folder, then `flows`, `drivers`,
`retention`, `fleet`, and at the top what users import. The fake imports the service's enums alone, as it shares no code
with what it fakes. The command line imports what a user can import.
"""

from __future__ import annotations

import ast
import inspect
import re
import typing
from functools import cache
from graphlib import TopologicalSorter
from importlib.util import resolve_name
from pathlib import Path
from typing import TYPE_CHECKING

import lightsail_copy
from lightsail_copy import aio, testing

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PACKAGE = Path(lightsail_copy.__path__[0])
LAYERS = ("root", "flows", "drivers", "retention", "fleet", "users")
FOR_USERS = {"", "sync", "aio"}
MOST_MODULES_IN_THE_ROOT = 18
BOTO3 = {"clients", "testing"}  # what makes clients

EXEMPTION = re.compile(
    r"""
    \#\s*(?:
        (?:ruff:\s*|flake8:\s*)?noqa (?::\s*[A-Z]+\d+ (?:[,\s]+[A-Z]+\d+)*)?
      | (?:type|pyright|mypy|ty|pyrefly|zuban):\s*ignore (?:\[[^]]*\])?
      | pragma:\s*no\s*(?:cover|branch)
    )
    """,
    re.VERBOSE,
)


def name_of(path: Path) -> str:
    """Return the name of a module below the package: "parsing", "testing.clock", and "" for the package itself."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


MODULES = {name_of(path): path for path in PACKAGE.rglob("*.py")}


@cache
def syntax_of(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(module: str, *, late: bool = True) -> Iterator[tuple[str, str]]:
    """Yield each module that a module imports from, by its full name, and the name that it imports."""
    path = MODULES[module]
    package = f"lightsail_copy.{module}".rstrip(".")
    package = package if path.name == "__init__.py" else package.rpartition(".")[0]
    nodes: list[ast.AST] = [syntax_of(path)]
    while nodes:
        node = nodes.pop()
        if late or not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            nodes += ast.iter_child_nodes(node)
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = resolve_name("." * node.level + (node.module or ""), package)
            yield from ((source, alias.name) for alias in node.names)


def our_imports(module: str, *, late: bool = True) -> Iterator[tuple[str, str]]:
    """Yield each module of ours that a module imports from, as `MODULES` names it, and the name that it imports."""
    for source, name in imports(module, late=late):
        ours, _, below = source.partition(".")
        if ours == "lightsail_copy":
            within = f"{below}.{name}".strip(".")
            yield (within, "") if within in MODULES else (below, name)


def folder(module: str) -> str:
    """Return the first part of a module's name."""
    return module.partition(".")[0]


def layer(module: str) -> int:
    """Return the number of a module's layer, from the lowest."""
    return LAYERS.index("users" if module in FOR_USERS else folder(module) if folder(module) in LAYERS else "root")


def may_import(importer: str, imported: str, name: str) -> bool:
    """Return whether the rule allows an import."""
    if folder(importer) == "testing":
        return folder(imported) in {"enums", "testing"}
    if folder(importer) in {"cli", "__main__"}:
        public = {"": lightsail_copy.__all__, "testing": testing.__all__}
        return folder(imported) in {"cli", "__main__"} or name in public.get(imported, ())
    return layer(imported) <= layer(importer) and folder(imported) not in {"cli", "testing"}


def test_a_module_imports_from_its_own_layer_and_those_below() -> None:
    wrong = [
        f"{importer or '__init__'} imports {name or imported} of {imported or 'the package'}"
        for importer in MODULES
        for imported, name in our_imports(importer)
        if not may_import(importer, imported, name)
    ]
    assert len(MODULES) > 40
    assert not wrong, "\n".join(wrong)


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {module: {imported for imported, _ in our_imports(module, late=False)} - {module} for module in MODULES}
    assert len([*TopologicalSorter(graph).static_order()]) == len(MODULES)


def test_the_root_folder_can_be_read_at_a_glance() -> None:
    modules = [path.name for path in PACKAGE.glob("*.py")]
    assert len(modules) <= MOST_MODULES_IN_THE_ROOT, modules


def test_only_what_makes_clients_imports_boto3() -> None:
    importing = {module for module in MODULES for source, _ in imports(module) if folder(source) == "boto3"}
    assert {folder(module) for module in importing} == BOTO3


def public_callables() -> Iterator[object]:
    """Yield every public class and function, and the public methods of the classes."""
    for module in (lightsail_copy, aio, testing, testing.faults):
        names = getattr(module, "__all__", [name for name in vars(module) if not name.startswith("_")])
        for public in (getattr(module, name) for name in names):
            if inspect.isclass(public):
                yield from (
                    member
                    for name, member in vars(public).items()
                    if inspect.isfunction(member) and (not name.startswith("_") or name == "__init__")
                )
            if inspect.isclass(public) or inspect.isfunction(public):
                yield public


def test_the_type_hints_of_every_public_name_resolve() -> None:
    resolved = [typing.get_type_hints(public) for public in public_callables()]
    assert len(resolved) > 100


def test_every_exemption_states_its_reason() -> None:
    folders = ("benchmarks", "docs", "lightsail_copy", "tests")
    paths = [*ROOT.glob("*.py"), *(path for folder in folders for path in (ROOT / folder).rglob("*.py"))]
    bare = [
        f"{path.relative_to(ROOT)}:{number}: {line}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if EXEMPTION.search(line) and not re.search(r"[A-Za-z]{2,}", " ".join(EXEMPTION.split(line)[1:]))
    ]
    assert len(paths) > 100
    assert not bare, "say why, after the exemption:\n" + "\n".join(bare)
