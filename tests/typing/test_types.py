"""
The types as a user's checkers see them: they reject what they have to reject, and accept everything else.

mypy, pyright, zuban and pyrefly, all strict, judge each file of `cases`. A line that ends in `# reject` (a reason may
follow a colon) must have an error of each, and no other line may have one. What a checker cannot do has a mark with its
name: `# reject by zuban`, or `# reject except by pyrefly`. ty judges the same files, and a test prints its report.

The files in `everywhere` are judged with and without the stubs of boto3, those in `stubs` only with all of them, those
in `lightsail` only with `types-boto3[lightsail]`, and those in `bare` only without. A rejected call is on one line,
because the checkers name different lines of a longer one.

With all stubs, mypy and pyright also judge the examples of the documentation: each page is a module, read from top to
bottom. Each checker judges all files in one run, because most of its time goes into reading the stubs.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from documented import DOCUMENTS, blocks, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable

Error: TypeAlias = tuple[Path, int, str]

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CASES = sorted(HERE.glob("cases/*/*.py"))
MARK = re.compile(r"# reject(?:(?P<limit> by| except by) (?P<names>\w+(?:, \w+)*))?(?:: .+)?$")
MISPLACED_MARKS = """\
from lightsail_copy import RegionName
RegionName.parse("us-east-1")  # reject
RegionName.parse(1)
RegionName.parse(1)  # reject: so it is
"""
# What an example need not be. A page may use a name again for something else, have functions without annotations, be
# about a package that is not installed, and show what one writes with boto3 alone, whose stubs require no key.
LENIENCE = """\
# mypy: allow-redefinition, allow-untyped-calls, allow-untyped-defs, ignore-missing-imports
# pyright: standard, reportMissingImports=false, reportTypedDictNotRequiredAccess=false
"""
SPOILED_EXAMPLE = f"""\
{LENIENCE}from lightsail_copy import ManualSnapshotCopy
ManualSnapshotCopy(source_region=1)  # reject
"""

# The oldest Python that we support. What pyright says about the form of a case file does not count as a rejection.
PYTHON = "3.10"
PYRIGHT_SETTINGS = {
    "typeCheckingMode": "strict",
    "pythonVersion": PYTHON,
    "enableTypeIgnoreComments": False,
    "extraPaths": [str(ROOT)],
    "reportUnusedExpression": False,
    "reportUnusedVariable": False,
}
PYRIGHT = (sys.executable, "-m", "pyright")


def is_installed(package: str) -> bool:
    try:
        distribution(package)
    except PackageNotFoundError:
        return False
    return True


ENVIRONMENT = "stubs" if is_installed("types-boto3-ec2") else "lightsail" if is_installed("types-boto3") else "bare"
JUDGED = [case for case in CASES if case.parent.name in {"everywhere", ENVIRONMENT}]
PAGES = [document for document in DOCUMENTS if any(blocks(document, "python"))]
JUDGES_OF_PAGES = ("mypy", "pyright")


def run(*words: str) -> str:
    """Run a checker of this environment in sight of this tree; each ends with 1 if it finds errors."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])  # verifytypes asks the path
    done = subprocess.run(
        words,
        capture_output=True,
        check=False,
        cwd=ROOT,
        env=os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    assert done.returncode in {0, 1}, f"{words} ended with {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout


def errors_of_mypy(files: Iterable[Path], scratch: Path) -> list[Error]:
    # With the settings of this project, so that with all stubs it finds them in the cache of the session's first check.
    cache = ROOT / ".mypy_cache" if ENVIRONMENT == "stubs" else scratch
    printed = run(sys.executable, "-m", "mypy", "--cache-dir", str(cache), "--output", "json", *map(str, files))
    found = [json.loads(line) for line in printed.splitlines()]
    return [(ROOT / each["file"], each["line"], each["message"]) for each in found if each["severity"] == "error"]


def errors_of_pyright(files: Iterable[Path], scratch: Path) -> list[Error]:
    settings = scratch / "pyrightconfig.json"
    settings.write_text(json.dumps(PYRIGHT_SETTINGS), encoding="utf-8")
    printed = run(*PYRIGHT, "--outputjson", "--pythonpath", sys.executable, "-p", str(settings), *map(str, files))
    found = [each for each in json.loads(printed)["generalDiagnostics"] if each["severity"] == "error"]
    return [(Path(each["file"]), each["range"]["start"]["line"] + 1, each["message"]) for each in found]


def errors_of_zuban(files: Iterable[Path], scratch: Path) -> list[Error]:
    settings = scratch / "mypy.ini"  # zuban cannot read the regular expressions of this project's own settings
    settings.write_text("[mypy]\n", encoding="utf-8")
    words = [
        "check",
        "--mode",
        "mypy",
        "--strict",
        "--config-file",
        str(settings),
        "--python-executable",
        sys.executable,
    ]
    # For 3.10, it takes `assert_never` of typing_extensions for a function that returns.
    printed = run(command("zuban"), *words, "--python-version", "3.11", *map(str, files))
    found = re.findall(r"^(.+?):(\d+): error: (.*)$", printed, re.MULTILINE)
    return [(ROOT / file, int(line), message) for file, line, message in found]


def errors_of_pyrefly(files: Iterable[Path], scratch: Path) -> list[Error]:
    settings = scratch / "pyrefly.toml"
    settings.write_text(
        f'preset = "strict"\npython-version = "{PYTHON}"\nsearch-path = [{json.dumps(str(ROOT))}]\n', encoding="utf-8"
    )
    words = ["check", "--config", str(settings), "--python-interpreter-path", sys.executable]
    printed = run(command("pyrefly"), *words, "--output-format", "json", *map(str, files))
    found = [each for each in json.loads(printed)["errors"] if each["severity"] == "error"]
    return [(ROOT / each["path"], each["line"], each["description"]) for each in found]


def command(name: str) -> str:
    """Return the path of a checker that is a program, beside the interpreter of this environment."""
    found = shutil.which(name, path=Path(sys.executable).parent)
    assert found, f"{name} is not installed"
    return found


def errors_of_ty(files: Iterable[Path], _: Path) -> list[Error]:
    words = ["check", "--output-format", "gitlab", "--python", sys.executable, "--python-version", PYTHON]
    found = [
        (each["location"], each["description"]) for each in json.loads(run(command("ty"), *words, *map(str, files)))
    ]
    return [(ROOT / place["path"], place["positions"]["begin"]["line"], message) for place, message in found]


CHECKERS = {
    "mypy": errors_of_mypy,
    "pyright": errors_of_pyright,
    "zuban": errors_of_zuban,
    "pyrefly": errors_of_pyrefly,
}


class Verdict:
    """What one checker said of all files, in one run."""

    def __init__(self, checker: str, errors: list[Error]) -> None:
        self.checker, self.errors = checker, errors

    def is_marked(self, line: str) -> bool:
        """Return whether this checker must reject a line."""
        mark = MARK.search(line)
        if mark is None or mark["limit"] is None:
            return mark is not None
        return (self.checker in mark["names"].split(", ")) == (mark["limit"] == " by")

    def faults(self, file: Path) -> list[str]:
        """Return what is wrong with a file: each line whose mark and whose errors are at odds, by name and text."""
        messages = {line: message for path, line, message in self.errors if path == file}
        faults: list[str] = []
        for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            marked = self.is_marked(text)
            if marked and number not in messages:
                faults.append(f"{file.name}:{number}: is accepted, but marked: {text.strip()}")
            if number in messages and not marked:
                faults.append(f"{file.name}:{number}: is rejected ({messages[number]}), but not marked: {text.strip()}")
        return faults


@pytest.fixture(scope="session")
def scratch() -> Path:
    """Return a directory that outlasts the run: what mypy finds there and need not read again makes a run faster."""
    directory = ROOT / ".mypy_cache" / f"cases-{ENVIRONMENT}"
    directory.mkdir(parents=True, exist_ok=True)
    return directory


@pytest.fixture(scope="session")
def misplaced(scratch: Path) -> Path:
    file = scratch / "misplaced_marks.py"
    file.write_text(MISPLACED_MARKS, encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def examples(scratch: Path) -> dict[str, Path]:
    """Return the modules of the pages by name, each with its examples at the lines of the page; and a spoiled one."""
    texts = {name_of(page): module_of(page) for page in PAGES} | {"spoiled": SPOILED_EXAMPLE}
    modules = {name: scratch / f"example_{re.sub(r'[^a-z]', '_', name.lower())}.py" for name in texts}
    for name, module in modules.items():
        module.write_text(texts[name], encoding="utf-8")
    return modules


def module_of(page: Path) -> str:
    lines = LENIENCE.splitlines()  # in place of the heading
    for block in blocks(page, "python"):
        lines += [""] * (block.line - len(lines))
        lines += block.code.splitlines()
    return "\n".join([*lines, ""])


@pytest.fixture(scope="session", params=CHECKERS)
def verdict(request: pytest.FixtureRequest, scratch: Path, misplaced: Path, examples: dict[str, Path]) -> Verdict:
    judged = [*JUDGED, misplaced]
    if ENVIRONMENT == "stubs" and request.param in JUDGES_OF_PAGES:
        judged += examples.values()
    return Verdict(request.param, CHECKERS[request.param](judged, scratch))


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.parent.name}-{case.stem}") for case in CASES])
def test_exactly_the_marked_lines_are_rejected(verdict: Verdict, case: Path) -> None:
    if case not in JUDGED:
        pytest.skip(f"{case.parent.name}/{case.name} is not for this environment, which is of the kind {ENVIRONMENT}")
    if faults := verdict.faults(case):
        pytest.fail("\n".join(faults), pytrace=False)


@pytest.mark.skipif(ENVIRONMENT != "stubs", reason="without all stubs, there is little to check")
@pytest.mark.parametrize("verdict", JUDGES_OF_PAGES, indirect=True)
@pytest.mark.parametrize("page", [*map(name_of, PAGES), "spoiled"])
def test_every_example_of_a_page_is_accepted(verdict: Verdict, examples: dict[str, Path], page: str) -> None:
    if faults := verdict.faults(examples[page]):
        pytest.fail("\n".join(faults), pytrace=False)


def test_a_mark_in_the_wrong_place_is_reported_by_file_line_and_text(verdict: Verdict, misplaced: Path) -> None:
    accepted, rejected = verdict.faults(misplaced)
    assert accepted == 'misplaced_marks.py:2: is accepted, but marked: RegionName.parse("us-east-1")  # reject'
    assert re.fullmatch(
        r"misplaced_marks\.py:3: is rejected \(.*\), but not marked: RegionName\.parse\(1\)", rejected, re.DOTALL
    )


def test_every_case_file_lies_where_it_is_judged() -> None:
    assert {case.parent.name for case in HERE.glob("cases/**/*.py")} == {"everywhere", "stubs", "lightsail", "bare"}
    assert len(list(HERE.glob("cases/**/*.py"))) == len(CASES)


def test_ty_reports_what_it_judges_differently(scratch: Path) -> None:
    """A report, which fails only if ty finds nothing at all: its releases are not stable yet."""
    verdict = Verdict("ty", errors_of_ty(JUDGED, scratch))
    differing = [fault for case in JUDGED for fault in verdict.faults(case)]
    assert verdict.errors
    print(f"\nty judges {len(differing)} lines differently", *differing, sep="\n")  # noqa: T201 - the report


def test_the_page_on_type_checking_says_how_far_each_checker_goes() -> None:
    page = (ROOT / "docs" / "howto" / "type-checking.md").read_text(encoding="utf-8")
    judged = [case for case in CASES if case.parent.name in {"everywhere", "stubs"}]
    lines = [line for case in judged for line in case.read_text(encoding="utf-8").splitlines()]
    marks = [found for line in lines if (found := MARK.search(line))]
    assert f"on {sum(mark['limit'] != ' by' for mark in marks)} lines that it must reject" in page
    for checker in CHECKERS:
        differing = sum(checker in (mark["names"] or "").split(", ") for mark in marks)
        assert re.search(rf"^\| {checker} \| the tests fail.* \| {differing} \|$", page, re.MULTILINE), checker


def is_of_the_extra(symbol: dict[str, Any]) -> bool:
    """Tell whether it is the command line's, which is written in the types of packages that may not be installed."""
    return str(symbol["name"]).startswith("lightsail_copy.cli.")


def reasons(symbol: dict[str, Any]) -> str:
    return (
        "; ".join(each["message"].splitlines()[0] for each in symbol["diagnostics"])
        or "what it is made of is not known"
    )


@pytest.mark.skipif(
    ENVIRONMENT != "lightsail",
    reason="without stubs the base class of ServiceError is not known; with those of Lightsail all that we name is",
)
def test_every_public_name_has_a_type_that_is_known() -> None:
    found = json.loads(run(*PYRIGHT, "--verifytypes", "lightsail_copy", "--ignoreexternal", "--outputjson"))
    public = [each for each in found["typeCompleteness"]["symbols"] if each["isExported"] and not is_of_the_extra(each)]
    vague = [each for each in public if each["isTypeAmbiguous"] or not each["isTypeKnown"]]
    assert "lightsail_copy.sync.copy_snapshot" in {each["name"] for each in public}
    if vague:
        pytest.fail("\n".join(f"{each['name']}: {reasons(each)}" for each in vague), pytrace=False)
