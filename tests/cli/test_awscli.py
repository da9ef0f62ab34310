"""
The AWS CLI, as AWS ships it, against the server: the examples of its own pages, its errors, and our reading of both.

The examples are read from the installed CLI, so that a new release brings its own; the seed beside holds what they are
about.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from attrs import frozen
from samples import DATA
from server_support import bare_environment

from lightsail_copy import AutoSnapshot, CopySnapshotResult, Operation, Snapshot
from lightsail_copy.testing import FakeLightsail, seed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SPEC = importlib.util.find_spec("awscli")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(SPEC is None, reason="there is no AWS CLI: the group `tests` of pyproject.toml has it"),
]

# Each page, and what reads its output into values of ours.
PAGES: Mapping[str, Callable[[Any], list[object]]] = {
    "copy-snapshot": lambda output: list(CopySnapshotResult.from_dict(output).operations),
    "get-auto-snapshots": lambda output: [AutoSnapshot.from_dict(each) for each in output["autoSnapshots"]],
    "get-disk-snapshot": lambda output: [Snapshot.from_dict(output["diskSnapshot"])],
    "get-disk-snapshots": lambda output: [Snapshot.from_dict(each) for each in output["diskSnapshots"]],
    "get-instance-snapshot": lambda output: [Snapshot.from_dict(output["instanceSnapshot"])],
    "get-instance-snapshots": lambda output: [Snapshot.from_dict(each) for each in output["instanceSnapshots"]],
    "get-operation": lambda output: [Operation.from_dict(output["operation"])],
    "get-operations-for-resource": lambda output: [Operation.from_dict(each) for each in output["operations"]],
}
EXAMPLE = re.compile(r"^    aws (lightsail (?:.*\\\n)*.*)$", re.MULTILINE)

REFUSED = {
    "NotFoundException": "lightsail get-operation --operation-id none",
    "InvalidInputException": "lightsail copy-snapshot --source-region us-west-2 --target-snapshot-name x1",
    "UnknownOperationException": "lightsail download-default-key-pair",
}
ISO_PROFILE = "[profile iso]\ncli_timestamp_format = iso8601\naws_access_key_id = any\naws_secret_access_key = any\n"
IN_ISO = "lightsail get-operations-for-resource --resource-name LoadBalancer-1"


def examples() -> list[str]:
    """Return the words of every example command of the pages, in one line each."""
    pages = Path(SPEC.origin).parent / "examples" / "lightsail" if SPEC and SPEC.origin else DATA / "none"
    texts = [(pages / f"{page}.rst") for page in PAGES]
    found = [EXAMPLE.findall(text.read_text(encoding="utf-8")) for text in texts if text.exists()]
    return [" ".join(shlex.split(command.replace("\\\n", " "))) for commands in found for command in commands]


# Runs the commands that it reads in one process, because an import of the CLI takes ten times as long as a command, and
# with the data of the first, because to parse them takes longer than the rest of a command.
RUN_ALL = """
import contextlib, io, json, sys
from awscli.clidriver import create_clidriver

data = create_clidriver().session.get_component("data_loader")
for words in json.load(sys.stdin):
    driver = create_clidriver()
    driver.session.register_component("data_loader", data)
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        status = driver.main(words)
    print(json.dumps([status, out.getvalue(), err.getvalue()]))
"""


@frozen
class Ran:
    """What came of a command."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Ran]:
    """Run all commands, and return what came of them."""
    config = tmp_path_factory.mktemp("aws") / "config"
    config.write_text(ISO_PROFILE, encoding="utf-8")
    env = bare_environment(
        AWS_ACCESS_KEY_ID="any",
        AWS_CONFIG_FILE=str(config),
        AWS_DEFAULT_REGION="us-west-2",
        AWS_EC2_METADATA_DISABLED="true",
        AWS_MAX_ATTEMPTS="1",
        AWS_SECRET_ACCESS_KEY="any",
        AWS_SHARED_CREDENTIALS_FILE=str(config),
        HOME=str(config.parent),
        NO_PROXY="*",
    )
    fake = FakeLightsail(clock=time)
    seed.load(fake, seed.parse_file(DATA / "awscli_examples.json"))
    commands = [*examples(), *REFUSED.values(), f"{IN_ISO} --profile iso"]
    with fake.serve() as url:
        words = [[*command.split(), "--endpoint-url", url, "--output", "json"] for command in commands]
        done = subprocess.run(
            [sys.executable, "-c", RUN_ALL],
            input=json.dumps(words),
            env=env,
            capture_output=True,
            check=True,
            text=True,
            timeout=120,
        )
    return {command: Ran(*json.loads(line)) for command, line in zip(commands, done.stdout.splitlines(), strict=True)}


def values(ran: Mapping[str, Ran], command: str) -> list[Any]:
    """Return what we read from the output of a command, which must have gone well."""
    done = ran[command]
    assert (done.returncode, done.stderr) == (0, "")
    return PAGES[command.split()[1]](json.loads(done.stdout))


def test_every_page_has_an_example() -> None:
    assert {command.split()[1] for command in examples()} == set(PAGES)


@pytest.mark.parametrize("command", examples())
def test_every_example_works_and_its_output_is_read(ran: Mapping[str, Ran], command: str) -> None:
    assert values(ran, command)


def test_the_copies_are_where_the_examples_say(ran: Mapping[str, Ran]) -> None:
    copies = {command: values(ran, command) for command in examples() if "copy-snapshot" in command}
    assert len(copies) >= 4
    for command, (operation,) in copies.items():
        words = command.split()
        target = words[words.index("--region") + 1] if "--region" in words else "us-west-2"
        assert operation.location.region_name == target
        assert operation.resource_name == words[words.index("--target-snapshot-name") + 1]
        assert operation.operation_details.startswith("us-west-2:")


@pytest.mark.parametrize("code", REFUSED)
def test_an_error_arrives_as_one_of_the_service(ran: Mapping[str, Ran], code: str) -> None:
    done = ran[REFUSED[code]]
    operation = "".join(word.title() for word in REFUSED[code].split()[1].split("-"))
    assert f"An error occurred ({code}) when calling the {operation} operation: " in done.stderr
    assert done.returncode > 0
    assert done.stdout == ""


def test_times_in_iso_form_are_the_same_times(ran: Mapping[str, Ran]) -> None:
    iso = ran[f"{IN_ISO} --profile iso"].stdout
    assert re.search(r'"createdAt": "\d{4}-\d\d-\d\dT', iso)
    assert values(ran, f"{IN_ISO} --profile iso") == values(ran, IN_ISO)
