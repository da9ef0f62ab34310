"""What `import lightsail_copy` costs: nothing that only some programs need, and every public name all the same."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys

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
    "lightsail_copy.testing",
    "pathlib",
    "rich",
    "ssl",
    "zlib",
    *(["typing_extensions"] if sys.version_info >= (3, 12) else []),
}
LAZY = {name for names in lightsail_copy._ON_FIRST_USE.values() for name in names}


def run(script: str) -> object:
    """Run a script in a separate process, and return the JSON that it prints."""
    command = [sys.executable, "-W", "error", "-c", f"import json, sys\n{script}"]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    loaded: object = json.loads(printed)
    return loaded


def test_an_import_loads_nothing_that_only_some_programs_need() -> None:
    script = """
import attrs, botocore.exceptions
before = set(sys.modules)
import lightsail_copy
print(json.dumps(sorted(set(sys.modules) - before)))
"""
    loaded = run(script)
    assert isinstance(loaded, list)
    assert not NEEDED_BY_SOME & set(loaded)


def test_a_client_is_made_without_boto3() -> None:
    script = """
import os
os.environ.update(AWS_ACCESS_KEY_ID="any", AWS_SECRET_ACCESS_KEY="any", AWS_EC2_METADATA_DISABLED="true")
from lightsail_copy import make_client
agent = make_client("us-west-2").meta.config.user_agent
print(json.dumps(["boto3" in sys.modules, agent.startswith("Boto3/")]))
"""
    assert run(script) == [False, True]


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
print(json.dumps(agent.startswith(f"Boto3/{boto3.__version__} ")))
"""
    assert run(script) is True


@pytest.mark.parametrize("name", sorted(LAZY))
def test_a_name_that_is_loaded_on_first_use_is_like_any_other(name: str) -> None:
    script = f"""
import pickle
import lightsail_copy
listed = {name!r} in dir(lightsail_copy)
from lightsail_copy import {name} as imported
print(json.dumps([
    listed,
    imported is lightsail_copy.{name},
    imported is vars(lightsail_copy)[{name!r}],
    pickle.loads(pickle.dumps(imported)) is imported,
]))
"""
    assert run(script) == [True, True, True, True]


def test_every_public_name_is_there() -> None:
    assert set(lightsail_copy.__all__) <= set(dir(lightsail_copy))
    assert set(lightsail_copy.__all__) >= LAZY
    for name in lightsail_copy.__all__:
        assert getattr(lightsail_copy, name) is not None, name
    script = """
from lightsail_copy import *
import lightsail_copy
print(json.dumps(sorted(set(lightsail_copy.__all__) - set(globals()))))
"""
    assert run(script) == []


def test_a_name_that_is_missing_is_missing() -> None:
    assert not hasattr(lightsail_copy, "copy_snapshotz")
    with pytest.raises(AttributeError, match="module 'lightsail_copy' has no attribute 'copy_snapshotz'"):
        _ = vars(lightsail_copy)["__getattr__"]("copy_snapshotz")
    assert pickle.loads(pickle.dumps(lightsail_copy.CopyJob)) is lightsail_copy.CopyJob  # noqa: S301 - our own
