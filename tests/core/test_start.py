"""What `import lightsail_copy` costs: nothing that only some programs need, and every public name all the same."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from typing import Any

import pytest

import lightsail_copy

# What loads these is imported when it is used. attrs and botocore's errors load some of them for their own use.
NEEDED_BY_SOME = {
    "asyncio",
    "boto3",
    "botocore.client",
    "botocore.session",
    "click",
    "concurrent.futures",
    "email",
    "gzip",
    "importlib.metadata",
    "inspect",
    "lightsail_copy.aio",
    "lightsail_copy.fleet",
    "lightsail_copy.retention",
    "lightsail_copy.testing",
    "pathlib",
    "rich",
    "ssl",
    "zlib",
    *(["typing_extensions"] if sys.version_info >= (3, 12) else []),
}
LAZY = {name for names in lightsail_copy._ON_FIRST_USE.values() for name in names}


def run(script: str) -> dict[str, Any]:
    """Run a script in a separate process, and return the facts that it prints as JSON."""
    command = [sys.executable, "-W", "error", "-c", f"import json, sys\n{script}"]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    facts: dict[str, Any] = json.loads(printed)
    return facts


@pytest.fixture(scope="module")
def start() -> dict[str, Any]:
    """Return what is true of a program that imports the package, makes a client, and uses each public name."""
    script = """
import os, pickle
import attrs, botocore.exceptions
before = set(sys.modules)
import lightsail_copy
facts = {"loaded": sorted(set(sys.modules) - before), "listed": dir(lightsail_copy)}

os.environ.update(AWS_ACCESS_KEY_ID="any", AWS_SECRET_ACCESS_KEY="any", AWS_EC2_METADATA_DISABLED="true")
facts["agent"] = lightsail_copy.make_client("us-west-2").meta.config.user_agent
facts["client loads boto3"] = "boto3" in sys.modules

on_first_use = [name for names in lightsail_copy._ON_FIRST_USE.values() for name in names]
facts["loaded before use"] = [name for name in on_first_use if name in vars(lightsail_copy)]
names = {}
exec("from lightsail_copy import *", names)
facts["imported"] = sorted(names)
facts["like any other"] = [
    name
    for name in on_first_use
    if names[name] is vars(lightsail_copy).get(name) is pickle.loads(pickle.dumps(names[name]))
]
print(json.dumps(facts))
"""
    return run(script)


def test_an_import_loads_nothing_that_only_some_programs_need(start: dict[str, Any]) -> None:
    assert not NEEDED_BY_SOME & set(start["loaded"])


def test_a_client_is_made_without_boto3(start: dict[str, Any]) -> None:
    assert start["agent"].startswith("Boto3/")
    assert not start["client loads boto3"]


def test_without_the_metadata_of_boto3_its_version_comes_from_boto3() -> None:
    script = """
import importlib.metadata, os
os.environ.update(AWS_ACCESS_KEY_ID="any", AWS_SECRET_ACCESS_KEY="any", AWS_EC2_METADATA_DISABLED="true")
def version(name):
    raise importlib.metadata.PackageNotFoundError(name)
importlib.metadata.version = version
from lightsail_copy import make_client
agent = make_client("us-west-2").meta.config.user_agent
import boto3
print(json.dumps({"agent": agent, "boto3": boto3.__version__}))
"""
    facts = run(script)
    assert facts["agent"].startswith(f"Boto3/{facts['boto3']} ")


def test_a_name_that_is_loaded_on_first_use_is_like_any_other(start: dict[str, Any]) -> None:
    assert set(start["listed"]) >= LAZY
    assert not start["loaded before use"]
    assert set(start["like any other"]) == LAZY


def test_every_public_name_is_there(start: dict[str, Any]) -> None:
    assert set(lightsail_copy.__all__) >= LAZY
    assert set(lightsail_copy.__all__) <= set(start["listed"])
    assert set(lightsail_copy.__all__) <= set(start["imported"])


def test_a_name_that_is_missing_is_missing() -> None:
    assert not hasattr(lightsail_copy, "copy_snapshotz")
    with pytest.raises(AttributeError, match="module 'lightsail_copy' has no attribute 'copy_snapshotz'"):
        _ = vars(lightsail_copy)["__getattr__"]("copy_snapshotz")
    assert pickle.loads(pickle.dumps(lightsail_copy.CopyJob)) is lightsail_copy.CopyJob  # noqa: S301 - our own
