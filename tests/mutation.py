"""
Change the core in small ways, and report which changes no test notices.

    python tests/mutation.py FOLDER [COUNT]

It copies the package and its tests into the folder, which has to be new, as the changes are made on disk. With a count,
it tries a random sample of so many changes: the same sample each time for the same code. cosmic-ray makes the changes.

One run of the tests records which of them reach each line. Each change then runs only the tests that reach it, the
quickest first, until one fails. A test that hangs fails too. Every run is a fork of this process, which imports the
packages that never change only once. The fork and its limit of memory need Linux.
"""

# ruff: noqa: T201 - the report goes to standard output

from __future__ import annotations

import ast
import difflib
import json
import multiprocessing
import os
import random
import resource
import shutil
import signal
import sys
from collections import defaultdict
from collections.abc import Collection, Generator
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import hypothesis
import pytest
from coverage import Coverage

ROOT = Path(__file__).parents[1]
# What decides: values, validation, parsing, and judgement. The drivers, the fake and the command line stay as they are.
ROOMS = (
    "attempts",
    "calls",
    "copies",
    "lookups",
    "messages",
    "operations",
    "outcome_errors",
    "ownership",
    "parsing",
    "plans",
    "polling",
    "request_fields",
    "requests",
    "results",
    "schedule",
    "service_errors",
    "snapshots",
    "validation",
)
# These start processes, run for long, or look at the form of the code. The other tests have the same facts.
LEFT_OUT = (
    "test_both_worlds.py",
    "test_fault_matrix.py",
    "test_fleet.py",
    "test_fleet_kill.py",
    "test_fleet_watch.py",
    "test_kill.py",
    "test_layout.py",
    "test_stateful.py",
)
# Annotations are not evaluated, and enum members and None are equal where they are identical.
WITHOUT_EFFECT = ("BitOr_", "_Is_Eq", "_IsNot_NotEq")
PYTEST = (
    *("-q", "--tb=no", "-p", "no:cacheprovider", "-m", "not slow"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # a fork has Hypothesis already
    *(f"--ignore=tests/core/{name}" for name in LEFT_OUT),
)
SHARED = ("boto3.session", "hypothesis.strategies")  # the slow imports of the tests
IMPORT = ""  # coverage's name for what runs before the first test
MEMORY = 4 << 30


class Mutant(NamedTuple):
    """One change: the file, the rows that it touches, and the operator of cosmic-ray that makes it."""

    path: str
    start: tuple[int, int]
    end: tuple[int, int]
    operator: str
    occurrence: int

    def code(self) -> str:
        """Return the changed source."""
        operator = import_module("cosmic_ray.plugins").get_operator(self.operator)()
        source = Path(self.path).read_text("utf-8")
        return str(import_module("cosmic_ray.mutating").mutate_code(source, operator, self.occurrence))

    def diff(self) -> str:
        """Return the change as a diff, with the name of the operator."""
        before = Path(self.path).read_text("utf-8").split("\n")
        after = self.code().split("\n")
        return "\n".join(difflib.unified_diff(before, after, self.path, self.operator, n=1, lineterm=""))

    def is_operator(self) -> bool:
        """Return whether the place has an operator: cosmic-ray takes the star before an argument for one."""
        rows = Path(self.path).read_text("utf-8").split("\n")[: self.start[0]]
        before = "\n".join([*rows[:-1], rows[-1][: self.start[1]]])
        return "Binary" not in self.operator or not before.rstrip().endswith(("(", "{", "[", ","))

    def lines(self) -> Collection[int]:
        """Return the lines of the change, and of all of its statement if that has no body."""
        rows = {*range(self.start[0], self.end[0] + 1)}
        for node in ast.walk(ast.parse(Path(self.path).read_text("utf-8"))):
            if isinstance(node, ast.stmt) and not hasattr(node, "body") and not hasattr(node, "cases"):
                span = range(node.lineno, (node.end_lineno or node.lineno) + 1)
                rows |= {*span} if self.start[0] in span else set()
        return rows


class Recorder:
    """A plugin of pytest that records how long each test takes, and which tests reach each line of the rooms."""

    def __init__(self) -> None:
        os.environ["COVERAGE_CORE"] = "ctrace"  # the other core of coverage cannot tell one test from the next
        self.coverage = Coverage(data_file=None, config_file=False, include=[f"lightsail_copy/{r}.py" for r in ROOMS])
        self.seconds: dict[str, float] = defaultdict(float)

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_parse(self) -> None:  # the first of all hooks: nothing is imported yet
        self.coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self.coverage.switch_context(item.nodeid)
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration

    def pytest_sessionfinish(self) -> None:
        self.coverage.stop()
        data = self.coverage.get_data()
        tests = {str(Path(p).relative_to(Path.cwd())): data.contexts_by_lineno(p) for p in data.measured_files()}
        Path("recorded.json").write_text(json.dumps({"seconds": self.seconds, "tests": tests}), "utf-8")


class Selector:
    """A plugin of pytest that runs some tests, the quickest first, and ends the process if one of them hangs."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self.seconds = seconds

    def pytest_configure(self) -> None:
        # A failure is enough: no smaller one is looked for.
        phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
        hypothesis.settings.register_profile("mutation", hypothesis.settings(), phases=phases, database=None)
        hypothesis.settings.load_profile("mutation")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        known = [item for item in items if item.nodeid in self.seconds]
        items[:] = sorted(known, key=lambda item: self.seconds[item.nodeid])

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        signal.alarm(10 + int(10 * self.seconds[item.nodeid]))


def run(plugin: object, *words: str) -> None:
    """Run pytest with the copied tree, in a fork, and exit with its exit code."""
    with Path("output.txt").open("w", encoding="utf-8") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    signal.alarm(600 if isinstance(plugin, Recorder) else 60)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os._exit(pytest.main([*PYTEST, *words], plugins=[plugin]))


def fork(*arguments: Any) -> int | None:  # noqa: ANN401 - those of `run`
    """Return the exit code of a run."""
    process = multiprocessing.get_context("fork").Process(target=run, args=arguments)
    process.start()
    process.join()
    return process.exitcode


def list_mutants(count: int | None) -> list[Mutant]:
    """Return the changes that change something, or a sample of them, in the order of the code."""
    plugins, syntax = import_module("cosmic_ray.plugins"), import_module("cosmic_ray.ast")
    mutants: list[Mutant] = []
    for path in (f"lightsail_copy/{room}.py" for room in ROOMS):
        nodes = [*syntax.ast_nodes(syntax.get_ast_from_path(Path(path)))]
        for name in plugins.operator_names():
            operator = plugins.get_operator(name)
            if operator.arguments() or any(part in name for part in WITHOUT_EFFECT):
                continue
            spans = (span for node in nodes for span in operator().mutation_positions(node))
            mutants += [Mutant(path, start, end, name, number) for number, (start, end) in enumerate(spans)]
    random.Random(0).shuffle(mutants := sorted(mutants))  # noqa: S311 - a sample needs no secret
    return sorted(islice(filter(Mutant.is_operator, mutants), count))


def survives(mutant: Mutant, recorded: dict[str, Any]) -> bool:
    """Return whether every test that reaches the change passes; a change that an import reaches is for all tests."""
    file = Path(mutant.path)
    source = file.read_text("utf-8")
    reached = [recorded["tests"][mutant.path].get(str(line), ()) for line in mutant.lines()]
    names = {name for tests in reached for name in tests}
    seconds: dict[str, float] = recorded["seconds"]
    if names and IMPORT not in names:
        seconds = {name: seconds[name] for name in names}
    file.write_text(mutant.code(), "utf-8")
    try:
        return fork(Selector(seconds), *sorted({name.partition("::")[0] for name in seconds}), "-x") == 0
    finally:
        file.write_text(source, "utf-8")


def main(folder: Path, count: int | None) -> None:
    """Try the changes, and print the survivors and their rate."""
    folder = folder.absolute()
    folder.mkdir(parents=True)
    for name in ("lightsail_copy", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    os.chdir(folder)
    sys.path[0] = str(folder)  # before an installed copy
    for shared in SHARED:
        import_module(shared)
    if fork(Recorder(), "tests/core") != 0:
        sys.exit(f"The tests fail without a change: see {Path('output.txt').absolute()}")
    recorded = json.loads(Path("recorded.json").read_text("utf-8"))
    sys.dont_write_bytecode = True  # or a stale cache hides a change
    alive = 0
    mutants = list_mutants(count)
    for tried, mutant in enumerate(mutants, 1):
        if survives(mutant, recorded):
            alive += 1
            print(f"\n{mutant.diff()}\n")
        print(f"{tried} of {len(mutants)} tried, {alive} alive", end="\r", flush=True)
    print(f"{len(mutants)} changes, {alive} alive: {1 - alive / len(mutants):.1%} noticed")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None)
