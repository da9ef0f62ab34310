"""
The types as a user's checkers see them: they reject what they have to reject, and accept everything else.

mypy and pyright, both strict, judge each file of `cases`. A line that ends in `# reject` (a reason may follow a colon)
must have an error of each. No other line may have an error of either. The files in `everywhere` are judged with and
without the stubs of boto3, those in `stubs` only with them, and those in `bare` only without. A rejected call is on one
line, because the two checkers name different lines of a longer one.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Error: TypeAlias = tuple[Path, int, str]

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CASES = sorted(HERE.glob("cases/*/*.py"))
MARK = re.compile(r"# reject(: .+)?$")
MISPLACED_MARKS = """\
from lightsail_copy import RegionName
RegionName.parse("us-east-1")  # reject
RegionName.parse(1)
RegionName.parse(1)  # reject: so it is
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


def stubs_are_installed() -> bool:
    try:
        distribution("botocore-stubs")
    except PackageNotFoundError:
        return False
    return True


ENVIRONMENT = "stubs" if stubs_are_installed() else "bare"
JUDGED = [case for case in CASES if case.parent.name in {"everywhere", ENVIRONMENT}]


def run(*words: str) -> str:
    """Run a checker of this environment in sight of this tree; both end with 1 where they find errors."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])  # verifytypes asks the path
    done = subprocess.run(
        [sys.executable, "-m", *words],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env=os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    assert done.returncode in {0, 1}, f"{words} ended with {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout


def errors_of_mypy(files: Iterable[Path], scratch: Path) -> list[Error]:
    settings = ["--config-file=", "--strict", "--warn-unreachable", "--python-version", PYTHON]
    printed = run("mypy", *settings, "--cache-dir", str(scratch), "--output", "json", *map(str, files))
    found = [json.loads(line) for line in printed.splitlines()]
    return [(ROOT / each["file"], each["line"], each["message"]) for each in found if each["severity"] == "error"]


def errors_of_pyright(files: Iterable[Path], scratch: Path) -> list[Error]:
    settings = scratch / "pyrightconfig.json"
    settings.write_text(json.dumps(PYRIGHT_SETTINGS), encoding="utf-8")
    printed = run("pyright", "--outputjson", "--pythonpath", sys.executable, "-p", str(settings), *map(str, files))
    found = [each for each in json.loads(printed)["generalDiagnostics"] if each["severity"] == "error"]
    return [(Path(each["file"]), each["range"]["start"]["line"] + 1, each["message"]) for each in found]


class Verdict:
    """What one checker said of all files, in one run."""

    def __init__(self, errors: list[Error]) -> None:
        self.errors = errors

    def faults(self, file: Path) -> list[str]:
        """Return what is wrong with a file: each line whose mark and whose errors are at odds, by name and text."""
        messages = {line: message for path, line, message in self.errors if path == file}
        faults: list[str] = []
        for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            marked = bool(MARK.search(text))
            if marked and number not in messages:
                faults.append(f"{file.name}:{number}: is accepted, but marked: {text.strip()}")
            if number in messages and not marked:
                faults.append(f"{file.name}:{number}: is rejected ({messages[number]}), but not marked: {text.strip()}")
        return faults


@pytest.fixture(scope="session")
def scratch() -> Path:
    """Return a directory that outlasts the run, as what mypy keeps there makes the next one faster."""
    directory = ROOT / ".mypy_cache" / f"cases-{ENVIRONMENT}"
    directory.mkdir(parents=True, exist_ok=True)
    return directory


@pytest.fixture(scope="session")
def misplaced(scratch: Path) -> Path:
    file = scratch / "misplaced_marks.py"
    file.write_text(MISPLACED_MARKS, encoding="utf-8")
    return file


@pytest.fixture(scope="session", params=[errors_of_mypy, errors_of_pyright], ids=["mypy", "pyright"])
def verdict(request: pytest.FixtureRequest, scratch: Path, misplaced: Path) -> Verdict:
    checker: Callable[[Iterable[Path], Path], list[Error]] = request.param
    return Verdict(checker([*JUDGED, misplaced], scratch))


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.parent.name}-{case.stem}") for case in CASES])
def test_exactly_the_marked_lines_are_rejected(verdict: Verdict, case: Path) -> None:
    if case not in JUDGED:
        pytest.skip(f"{case.parent.name}/{case.name} is not for this environment, which is of the kind {ENVIRONMENT}")
    if faults := verdict.faults(case):
        pytest.fail("\n".join(faults), pytrace=False)


def test_a_mark_in_the_wrong_place_is_reported_by_file_line_and_text(verdict: Verdict, misplaced: Path) -> None:
    accepted, rejected = verdict.faults(misplaced)
    assert accepted == 'misplaced_marks.py:2: is accepted, but marked: RegionName.parse("us-east-1")  # reject'
    assert re.fullmatch(
        r"misplaced_marks\.py:3: is rejected \(.*\), but not marked: RegionName\.parse\(1\)", rejected, re.DOTALL
    )


def test_every_case_file_lies_where_it_is_judged() -> None:
    assert {case.parent.name for case in HERE.glob("cases/**/*.py")} == {"everywhere", "stubs", "bare"}
    assert len(list(HERE.glob("cases/**/*.py"))) == len(CASES)


def is_of_the_extra(symbol: dict[str, Any]) -> bool:
    """Tell whether it is the command line's, which is written in the types of packages that may not be installed."""
    return str(symbol["name"]).startswith("lightsail_copy.cli.")


def reasons(symbol: dict[str, Any]) -> str:
    return (
        "; ".join(each["message"].splitlines()[0] for each in symbol["diagnostics"])
        or "what it is made of is not known"
    )


@pytest.mark.skipif(ENVIRONMENT == "bare", reason="without stubs the base class of ServiceError is not known")
def test_every_public_name_has_a_type_that_is_known() -> None:
    found = json.loads(run("pyright", "--verifytypes", "lightsail_copy", "--ignoreexternal", "--outputjson"))
    public = [each for each in found["typeCompleteness"]["symbols"] if each["isExported"] and not is_of_the_extra(each)]
    vague = [each for each in public if each["isTypeAmbiguous"] or not each["isTypeKnown"]]
    assert "lightsail_copy.sync.copy_snapshot" in {each["name"] for each in public}
    if vague:
        pytest.fail("\n".join(f"{each['name']}: {reasons(each)}" for each in vague), pytrace=False)
