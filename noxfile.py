"""
The list of all checks: `nox` without arguments runs what CI runs.

The session `tests` runs the whole suite and measures the coverage, with the Python that runs nox. `pythons`, `lowest`,
and `wheel` run a part of it that touches every module. If the machine does not have a version of Python, nox skips it,
and does not fail.

The sessions run on Linux, macOS, and Windows. In `bench`, the benchmarks of processes need POSIX, and that of memory
needs Linux. On another system, they print that they were skipped.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import nox

nox.needs_version = ">=2025.5"
nox.options.default_venv_backend = "virtualenv"  # it uses pip's own settings; for uv, run `nox -db uv`
nox.options.error_on_missing_interpreters = False

PYPROJECT = nox.project.load_toml("pyproject.toml")
SUPPORTED = ("3.10", "3.11", "3.12", "3.13", "3.14", "3.15")
PYTEST = ("pytest", "-n", "auto", "--dist", "worksteal")  # the tests share nothing, so they run on all cores
PART = (*PYTEST, "-m", "not slow", "--first-parameters")  # each test but the slow ones, with its first parameters
TOP_LEVEL = ("lightsail_copy", "_lightsail_copy_pytestplugin.py")  # of the wheel
NEXT_SDK = "aws-sdk-lightsail"
PRIMARY = f"{sys.version_info.major}.{sys.version_info.minor}"


def runs(version: str) -> bool:
    """Return whether this Python starts: a command on the path can be a shim for a version that is not installed."""
    executable = shutil.which(f"python{version}")
    if executable is None:
        return False
    ended = subprocess.run([executable, "-c", ""], capture_output=True, check=False)  # noqa: S603 - arguments of our own
    return ended.returncode == 0


PRESENT = [version for version in SUPPORTED if version == PRIMARY or runs(version)]
OTHERS = [version for version in PRESENT[1:] if version != PRIMARY]
NODE = () if shutil.which("node") else ("pyright[nodejs]",)  # pyright needs node; without one, install its own


def group(name: str) -> tuple[str, ...]:
    """Return the packages of a dependency group."""
    return nox.project.dependency_groups(PYPROJECT, name)


@nox.session
def lint(session: nox.Session) -> None:
    """Check the style, the format, and the configuration files."""
    session.install(*group("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("validate-pyproject", "pyproject.toml")
    workflows = [str(path) for path in Path(".github/workflows").glob("*.yml")]
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)
    session.run("check-jsonschema", "--builtin-schema", "vendor.dependabot", ".github/dependabot.yml")
    session.run("zizmor", "--offline", "--quiet", ".github")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests, and check that they reach every branch."""
    session.install("-e", ".[cli]", *group("tests"))
    env = {"COVERAGE_FILE": str(Path(session.create_tmp()).absolute() / "coverage")}
    session.run("coverage", "erase", env=env)
    session.run("coverage", "run", "-m", *PYTEST, *session.posargs, env=env)
    session.run("coverage", "combine", "--quiet", env=env)
    session.run("coverage", "report", env=env)


@nox.session(python=OTHERS or False)
def pythons(session: nox.Session) -> None:
    """Run a part of the tests with the other versions of Python, except the oldest, which `lowest` runs with."""
    if not OTHERS:
        session.skip("this machine has no other version of Python")
    session.install("-e", ".[cli]", *group("pytest"))
    session.run(*PART, *session.posargs)


@nox.session(python=PRESENT[0])
def lowest(session: nox.Session) -> None:
    """Run a part of the tests with the oldest packages that we allow, and the oldest Python that the machine has."""
    project = PYPROJECT["project"]
    bounds = [*project["dependencies"], *project["optional-dependencies"]["cli"]]
    session.install("-e", ".[cli]", *(bound.replace(">=", "==") for bound in bounds), *group("pytest"))
    # The oldest botocore calls datetime.utcnow(), which is deprecated since Python 3.12.
    session.run(*PART, "-W", "ignore:datetime.datetime.utcnow:DeprecationWarning", *session.posargs)


@nox.session
def wheel(session: nox.Session) -> None:
    """Build both archives, and run a part of the sdist's tests with the installed wheel, outside this tree."""
    session.install("build", "check-wheel-contents", "twine")
    out = Path(session.create_tmp()).absolute()
    shutil.rmtree(out)
    session.run("python", "-m", "build", "--outdir", str(out))
    (built,) = out.glob("*.whl")
    (sdist,) = out.glob("*.tar.gz")
    session.run("twine", "check", "--strict", str(built), str(sdist))
    session.run("check-wheel-contents", "--toplevel", ",".join(TOP_LEVEL), str(built))
    session.install(f"{built}[cli]", *group("pytest"))
    shutil.unpack_archive(sdist, out, filter="data")
    session.chdir(sdist.with_name(sdist.name.removesuffix(".tar.gz")))
    shutil.rmtree("lightsail_copy")
    session.run("python", "-c", "import lightsail_copy as it; assert 'site-packages' in it.__file__, it.__file__")
    session.run(*PART, "tests/cli", "tests/core/test_aio.py", "tests/fake", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation (a warning is an error), and test it with the packages that it has recipes for."""
    session.install("-e", ".[cli]", *group("docs"))
    out = session.posargs[0] if session.posargs else str(Path(session.create_tmp()).absolute() / "html")
    session.run("sphinx-build", "-W", "-n", "--keep-going", "-q", "-E", "-d", f"{out}.doctrees", "docs", out)
    session.run("pytest", "tests/docs")


@nox.session(default=False)
def links(session: nox.Session) -> None:
    """Check that the documentation's links to other sites lead to a page; it needs a network."""
    session.install("-e", ".[cli]", *group("docs"))
    out = str(Path(session.create_tmp()).absolute() / "links")
    session.run("sphinx-build", "-n", "--keep-going", "-q", "-b", "linkcheck", "-d", f"{out}.doctrees", "docs", out)


@nox.session
@nox.parametrize("stubs", [nox.param(stubs, id=stubs or "bare") for stubs in ("stubs", "lightsail", "")])
def typing(session: nox.Session, stubs: str) -> None:
    """Check the types of all code, and run the cases of users: with boto3's stubs, with Lightsail's alone, without."""
    if stubs == "stubs":
        session.install("-e", ".[cli]", *group("typing"), *group("bench"), *NODE)
        session.run("mypy")
        session.run("pyright")
    else:
        alone = ["types-boto3[lightsail]"] if stubs else []
        session.install("-e", ".", *alone, *group("pytest"), *group("checkers"), *NODE)
    session.run("pytest", "-s", "tests/typing", *session.posargs)  # it prints what ty reports


@nox.session
def aiobotocore(session: nox.Session) -> None:
    """Run the tests that need aiobotocore, which pins an older botocore."""
    session.install("-e", ".", "aiobotocore", "coverage", *group("pytest"))
    session.run(*PYTEST, "tests/core/test_both_worlds.py", "tests/core/test_kill.py", "-k", "aiobotocore")
    # No other session can measure the module that makes its clients.
    measure = ("--rcfile=", f"--data-file={Path(session.create_tmp()).absolute() / 'coverage'}")
    session.run("coverage", "run", *measure, "--branch", "-m", "pytest", "tests/core/test_aiobotocore.py")
    session.run("coverage", "report", *measure, "--include=*/aio_clients.py", "--fail-under=100", "-m")


@nox.session(default=False)
def fleets(session: nox.Session) -> None:
    """Simulate thousands of random fleets under each driver; arguments go to pytest."""
    session.install("-e", ".[cli]", *group("pytest"))
    session.run(*PYTEST, "tests/core/test_fleet_simulator.py", "--fleets", "3000", *session.posargs)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Compare the cost of the library with the alternatives; arguments: names of benchmarks, and `--json`."""
    session.install("-e", ".[cli]", *group("bench"))
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session(default=False)
def upstream(session: nox.Session) -> None:
    """Try the enums of the newest botocore, and ask the package index whether AWS's next SDK has Lightsail."""
    session.install("-e", ".", *group("pytest"))
    session.install("--upgrade", "--upgrade-strategy", "eager", "boto3")
    session.run("pytest", "tests/core/test_enums.py")
    session.run("pip", "index", "versions", "boto3", silent=True)  # fails if the index cannot be reached
    found = session.run("pip", "index", "versions", NEXT_SDK, success_codes=[0, 1], silent=True)
    if f"{NEXT_SDK} (" in str(found):  # the name and the newest version
        session.error(f"{NEXT_SDK} exists: support its clients, and say so in docs/explanation/comparison.md")


# The modules that decide, and the tests that have to notice each change of one.
MUTATED = {
    "flows/attempts": ("attempts", "unknown_outcomes"),
    "flows/checks": ("plan_copy",),
    "flows/copies": ("copies", "unknown_outcomes"),
    "flows/lookups": ("lookups", "snapshot_lookup"),
    "flows/ownership": ("ownership", "unknown_outcomes"),
    "flows/polling": ("polling", "waiting"),
    "operations": ("operations", "pickling"),
    "parsing": ("operations", "snapshots", "enums"),
    "requests": ("requests", "validation"),
    "retention/plans": ("retention",),
    "schedule": ("schedule",),
    "service_errors": ("service_errors", "errors"),
    "snapshots": ("snapshots",),
    "validation": ("validation", "requests"),
}


@nox.session(default=False)
def mutation(session: nox.Session) -> None:
    """Change what decides in small ways, and report what no test notices; arguments: some of the modules."""
    session.install(".[cli]", *group("mutation"))
    session.run("pip", "uninstall", "-q", "-y", "lightsail-copy", silent=True)  # the tests import the changed copy
    tree = Path(session.create_tmp()).absolute() / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    for folder in ("lightsail_copy", "tests"):
        shutil.copytree(folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy("pyproject.toml", tree)
    session.chdir(tree)
    for module in session.posargs or MUTATED:
        files = " ".join(f"tests/core/test_{name}.py" for name in MUTATED[module])
        Path("config.toml").write_text(COSMIC_RAY.format(module=module, files=files), encoding="utf-8")
        session.run("cosmic-ray", "init", "--force", "config.toml", "session.sqlite")
        session.run("cr-filter-operators", "session.sqlite", "config.toml")
        # A stale cache would hide a change.
        session.run("cosmic-ray", "exec", "config.toml", "session.sqlite", env={"PYTHONDONTWRITEBYTECODE": "1"})
        session.run("cr-report", "--surviving-only", "--show-diff", "session.sqlite")


# Annotations are not evaluated, and enum members and None are equal if they are identical.
COSMIC_RAY = """
[cosmic-ray]
module-path = "lightsail_copy/{module}.py"
timeout = 120.0
excluded-modules = []
test-command = "python -m pytest -x -q -p no:cacheprovider {files}"
distributor.name = "local"
filters.operators-filter.exclude-operators = [".*BinaryOperator_BitOr_.*", ".*_Is_Eq", ".*_IsNot_NotEq"]
"""
