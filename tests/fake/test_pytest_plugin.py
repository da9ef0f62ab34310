"""The plugin as its users have it: in a run of pytest of their own."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys

import pytest
from server_support import bare_environment

pytest_plugins = ["pytester"]

PLUGIN = "_lightsail_copy_pytestplugin"

USE = """
from lightsail_copy import ManualSnapshotCopy, copy_snapshot

def test_a_copy_starts(fake_lightsail, lightsail_client):
    fake_lightsail.add_manual_snapshot("web-1-friday", "us-west-2")
    request = ManualSnapshotCopy(
        source_region="us-west-2", source_snapshot_name="web-1-friday", target_snapshot_name="web-1-copy"
    )
    assert copy_snapshot(lightsail_client, request).operations[0].location.region_name == "us-east-1"
    assert fake_lightsail.snapshot_names("us-east-1") == ("web-1-copy",)

def test_each_test_has_a_fake_of_its_own(fake_lightsail):
    assert fake_lightsail.snapshot_names("us-east-1") == ()
"""

OVERRIDE = """
import pytest

@pytest.fixture
def lightsail_region():
    return "eu-west-1"

def test_the_region_is_ours(lightsail_client):
    assert lightsail_client.meta.region_name == "eu-west-1"
"""

QUIET = """
import sys

def test_only_what_was_used_is_loaded():
    assert "_lightsail_copy_pytestplugin" in sys.modules
    assert not {"attrs", "boto3", "botocore", "lightsail_copy"} & set(sys.modules)
"""


@pytest.fixture(autouse=True)
def chosen_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load no plugin but ours, whether it is installed or not."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def in_process(pytester: pytest.Pytester, source: str) -> pytest.RunResult:
    """Return the result of a run in this process, whose warnings are errors."""
    pytester.makepyfile(source)
    return pytester.runpytest_inprocess("-p", PLUGIN, "-W", "error")


def test_a_test_has_a_fake_and_a_client_of_it(pytester: pytest.Pytester) -> None:
    in_process(pytester, USE).assert_outcomes(passed=2)


def test_the_region_of_the_client_can_be_chosen(pytester: pytest.Pytester) -> None:
    in_process(pytester, OVERRIDE).assert_outcomes(passed=1)


def test_the_fixtures_are_listed_with_what_they_are(pytester: pytest.Pytester) -> None:
    listed = pytester.runpytest_inprocess("-p", PLUGIN, "--fixtures").stdout.str()
    for name in ("fake_lightsail", "lightsail_client", "lightsail_region"):
        assert f"{name} -- " in listed
    assert "a new, empty fake Lightsail" in listed


def test_it_imports_nothing_until_a_fixture_is_used(pytester: pytest.Pytester) -> None:
    path = pytester.makepyfile(QUIET)
    env = bare_environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    command = [sys.executable, "-W", "error", "-m", "pytest", "-p", PLUGIN, "-p", "no:cacheprovider", str(path)]
    ran = subprocess.run(command, env=env, capture_output=True, check=False, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 passed" in ran.stdout


def test_pytest_finds_it_by_itself_where_the_package_is_installed(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        found = importlib.metadata.distribution("lightsail-copy").entry_points.select(group="pytest11")
    except importlib.metadata.PackageNotFoundError:  # pragma: no cover - the tests of a bare checkout
        pytest.skip("the package is not installed, so there is no entry point to find")
    assert [(each.name, each.value) for each in found] == [("lightsail_copy", PLUGIN)]
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    pytester.makepyfile(USE)
    pytester.runpytest_inprocess("-W", "error").assert_outcomes(passed=2)
    pytester.runpytest_inprocess("-W", "error", "-p", "no:lightsail_copy").assert_outcomes(errors=2)
