"""The command line run inside the test, against a fake, on a clock that only the test moves."""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from attrs import Factory, define
from botocore.config import Config
from click.testing import CliRunner, Result
from samples import ONE_ATTEMPT

from lightsail_copy.cli import Tools, app
from lightsail_copy.testing import FakeClock, FakeLightsail

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = ("--source-region", "us-east-1", "--source-snapshot-name", "web-1-monday")
MANUAL = ("manual", *SOURCE, "--target-snapshot-name", "web-1-monday-copy", "--region", "us-west-2")
AUTO = (
    "auto",
    *("--source-region", "us-east-1", "--source-resource-name", "web-1"),
    *("--target-snapshot-name", "web-1-copy", "--region", "us-west-2"),
)
LATEST = "--use-latest-restorable-auto-snapshot"


@define(eq=False)
class Session:
    """What `boto3.Session` is to the command: clients of a fake, and a record of how they were asked for."""

    fake: FakeLightsail
    region_name: str | None = None
    output: str | None = None
    endpoint_url: str | None = None
    profiles: list[str | None] = Factory(list[str | None])
    endpoints: list[str | None] = Factory(list[str | None])
    configs: list[Config | None] = Factory(list[Config | None])

    def __call__(self, profile: str | None, endpoint_url: str | None) -> Session:
        self.profiles.append(profile)
        self.endpoint_url = endpoint_url
        return self

    def client(self, service: str, /, *, region_name: str, config: Config | None = None) -> Any:
        assert service == "lightsail"
        self.endpoints.append(self.endpoint_url)
        self.configs.append(config)
        return self.fake.client(region_name, config=ONE_ATTEMPT.merge(config or ONE_ATTEMPT))


def run(fake: FakeLightsail, *words: str, session: Session | None = None, clock: FakeClock | None = None) -> Result:
    """Run a command line; its `exit_code`, `stdout` and `stderr` are what a shell would see."""
    tools = Tools(open_session=session or Session(fake), clock=clock or fake.clock)
    return CliRunner().invoke(app, words, obj=tools)


def operations(result: Result) -> list[dict[str, Any]]:
    """Return the operations that a command wrote, of which nothing else may be on standard output."""
    listed: list[dict[str, Any]] = json.loads(result.stdout)["operations"]
    return listed


def without_ids(lines: list[str]) -> list[str]:
    """Return lines in which the id of an operation is ID."""
    return [re.sub(r"operation [0-9a-f-]{36}", "operation ID", line) for line in lines]


def line(source: str = "web-1-monday", target: str = "us-west-2", **changes: Any) -> dict[str, Any]:
    """Return an entry of a file of `fleet`."""
    return {
        "targetRegion": target,
        "sourceRegion": "us-east-1",
        "sourceSnapshotName": source,
        "targetSnapshotName": "{source}-{date}",
        **changes,
    }


def write_fleet(folder: Path) -> Path:
    """Write a file of three copies, to two Regions, with empty lines between them."""
    path = folder / "fleet.jsonl"
    lines = [line(), line("data-1-monday"), line(target="eu-west-1")]
    path.write_text("\n\n".join(map(json.dumps, lines)))
    return path


def outcomes(stdout: str) -> list[dict[str, Any]]:
    """Return what a fleet wrote, a JSON document on each line."""
    return [json.loads(text) for text in stdout.splitlines()]
