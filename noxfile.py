"""
The list of all checks: `nox` without arguments runs what CI runs.

The session `tests` measures the coverage, with the Python that runs nox. The session `pythons` repeats the tests with
the other versions of Python. If the machine does not have a version, nox skips it, and does not fail.

The sessions run on Linux, macOS, and Windows. In `bench`, the benchmarks of processes need POSIX, and that of memory
needs Linux. On another system, they print that they were skipped. `mutation` needs Linux.
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
REPEATED = (*PYTEST, "-m", "not slow")  # the session `tests` runs the slow ones too
PRIMARY = f"{sys.version_info.major}.{sys.version_info.minor}"


def runs(version: str) -> bool:
    """Return whether this Python starts: a command on the path can be a shim for a version that is not installed."""
    executable = shutil.which(f"python{version}")
    if executable is None:
        return False
    ended = subprocess.run([executable, "-c", ""], capture_output=True, check=False)  # noqa: S603 - arguments of our own
    return ended.returncode == 0


PRESENT = [version for version in SUPPORTED if version == PRIMARY or runs(version)]
OTHERS = [version for version in PRESENT if version != PRIMARY]
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
def mypy(session: nox.Session) -> None:
    """Check the types of the package, the tests, the benchmarks, and this file, with mypy."""
    session.install("-e", ".[cli]", *group("typing"), *group("bench"))
    session.run("mypy")


@nox.session
def pyright(session: nox.Session) -> None:
    """Check the same types with pyright."""
    session.install("-e", ".[cli]", *group("typing"), *group("bench"), *NODE)
    session.run("pyright")


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
    """Run the tests with the other versions of Python, without coverage: each version counts branches differently."""
    if not OTHERS:
        session.skip("this machine has no other version of Python")
    session.install("-e", ".[cli]", *group("tests"))
    session.run(*REPEATED, *session.posargs)


@nox.session(python=PRESENT[0])
def lowest(session: nox.Session) -> None:
    """Run the tests with the oldest packages that we allow, and the oldest Python that the machine has."""
    project = PYPROJECT["project"]
    bounds = [*project["dependencies"], *project["optional-dependencies"]["cli"]]
    session.install("-e", ".[cli]", *(bound.replace(">=", "==") for bound in bounds), *group("tests"))
    # The oldest botocore calls datetime.utcnow(), which is deprecated since Python 3.12.
    session.run(*REPEATED, "-W", "ignore:datetime.datetime.utcnow:DeprecationWarning", *session.posargs)


@nox.session
def aiobotocore(session: nox.Session) -> None:
    """Run the tests that need aiobotocore, which pins an older botocore."""
    session.install("-e", ".", "aiobotocore", *group("tests"))
    session.run(*PYTEST, "tests/core/test_both_worlds.py", "tests/core/test_kill.py", "-k", "aiobotocore")
    # No other session can measure the module that makes its clients.
    measure = ("--rcfile=", f"--data-file={Path(session.create_tmp()).absolute() / 'coverage'}")
    session.run("coverage", "run", *measure, "--branch", "-m", "pytest", "tests/core/test_aiobotocore.py")
    session.run("coverage", "report", *measure, "--include=*/aio_clients.py", "--fail-under=100", "-m")


@nox.session
@nox.parametrize("stubs", [nox.param(True, id="stubs"), nox.param(False, id="bare")])
def typing(session: nox.Session, *, stubs: bool) -> None:
    """Run the type cases with a user's checkers, with and without stubs for boto3."""
    session.install("-e", ".", *group("tests"), *group("checkers"), *NODE, *(group("stubs") if stubs else ()))
    session.run("pytest", "tests/typing", *session.posargs)


@nox.session(default=False)
def other_checkers(session: nox.Session) -> None:
    """Print what three other type checkers find in the type cases; the session never fails because of them."""
    session.install("-e", ".[cli]", *group("tests"), *group("stubs"), "basedpyright", "pyrefly", "ty", *NODE)
    cases = sorted(map(str, Path("tests/typing/cases").glob("[es]*/*.py")))
    session.run("basedpyright", *cases, success_codes=range(256))
    session.run("ty", "check", *cases, success_codes=range(256))
    session.run("pyrefly", "check", *cases, success_codes=range(256))


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
def wheel(session: nox.Session) -> None:
    """Build both archives, and run the tests of the sdist with the installed wheel, outside this tree."""
    session.install("build", "check-wheel-contents", "twine")
    out = Path(session.create_tmp()).absolute()
    shutil.rmtree(out)
    session.run("python", "-m", "build", "--outdir", str(out))
    (built,) = out.glob("*.whl")
    (sdist,) = out.glob("*.tar.gz")
    session.run("twine", "check", "--strict", str(built), str(sdist))
    session.run("check-wheel-contents", "--toplevel", "lightsail_copy", str(built))
    session.install(f"{built}[cli]", *group("tests"))
    shutil.unpack_archive(sdist, out, filter="data")
    session.chdir(sdist.with_name(sdist.name.removesuffix(".tar.gz")))
    shutil.rmtree("lightsail_copy")
    session.run("python", "-c", "import lightsail_copy as it; assert 'site-packages' in it.__file__, it.__file__")
    session.run(*REPEATED, *session.posargs)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Compare the cost of the library with the alternatives; arguments: names of benchmarks, and `--json`."""
    session.install("-e", ".[cli]", *group("bench"))
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session(default=False)
def mutation(session: nox.Session) -> None:
    """Change the core in small ways, and report what no test notices; a number after `--` tries only a sample."""
    session.install(".[cli]", *group("mutation"))
    session.run("pip", "uninstall", "-q", "-y", "lightsail-copy", silent=True)  # the tests import the changed copy
    folder = Path(session.create_tmp()).absolute() / "tree"
    shutil.rmtree(folder, ignore_errors=True)
    session.run("python", "tests/mutation.py", str(folder), *session.posargs)
