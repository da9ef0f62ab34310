"""What the tests of the fake share: a small small_fake, raw calls, and responses held against botocore's own model."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any, Literal, cast

from botocore.config import Config
from botocore.model import ListShape, StringShape, StructureShape

from lightsail_copy import RegionName
from lightsail_copy.testing import FakeLightsail

if TYPE_CHECKING:
    from botocore.model import ServiceModel, Shape

SOURCE = "us-west-2"
TARGET = "us-east-1"
MANUAL = {"sourceSnapshotName": "web-friday", "sourceRegion": SOURCE, "targetSnapshotName": "web-copy"}
LATEST = {
    "sourceResourceName": "web",
    "useLatestRestorableAutoSnapshot": True,
    "sourceRegion": SOURCE,
    "targetSnapshotName": "web-copy",
}
Mode = Literal["legacy", "standard", "adaptive"]

ONE_CALL = Config(retries={"total_max_attempts": 1})

# Words that no published list has. AWS recorded all but the last, which is made up as the others are.
# The Regions are those of the newest botocore, which the oldest that we allow does not know yet.
UNPUBLISHED = {
    "OperationType": {"CopySnapshot", "DeleteAutoSnapshot", "TagResource"},
    "PortAccessType": {"public"},
    "RegionName": set(map(str, RegionName)),
}
# What Lightsail's own errors carry beside the code and the message that all errors of AWS have.
OWN = {"code", "docs", "tip"}


def small_fake(**options: Any) -> FakeLightsail:  # noqa: ANN401 - the options of the fake
    """Return a fake with an instance, a disk, and a manual and an automatic snapshot of each in the source Region."""
    fake = FakeLightsail(**options)
    fake.add_disk("data", SOURCE, size_in_gb=64)
    fake.add_disk("logs", SOURCE)
    fake.add_instance("web", SOURCE, attached_disks=["logs"])
    fake.add_manual_snapshot("web-friday", SOURCE, source="web")
    fake.add_manual_snapshot("data-friday", SOURCE, source="data")
    fake.add_auto_snapshot("web", SOURCE, "2025-12-31")
    fake.add_auto_snapshot("data", SOURCE, "2025-12-31")
    return fake


def call(fake: FakeLightsail[Any], region: str, operation: str, **parameters: object) -> dict[str, Any]:
    """Return the JSON of a response to a call that needs no client, which must be good."""
    response = fake.respond(region, operation, json.dumps(parameters).encode())
    assert response.status == 200, response
    content: dict[str, Any] = json.loads(response.body)
    check_shape(model().operation_model(operation).output_shape, content, operation)
    return content


def rejection(fake: FakeLightsail, region: str, operation: str, **parameters: object) -> tuple[int, str, str]:
    """Return the HTTP status, code and message of the response to a rejected call, and check that it was recorded."""
    response = fake.respond(region, operation, json.dumps(parameters).encode())
    content = json.loads(response.body)
    common = {"SerializationException", "UnknownOperationException"}
    assert content.keys() == {"__type", "message"} | (OWN if content["__type"] not in common else set[str]())
    assert all(isinstance(value, str) and value for value in content.values()), content
    assert fake.calls[-1].status == response.status
    return response.status, content["__type"], content["message"]


@functools.cache
def model() -> ServiceModel:
    """Return botocore's model of Lightsail."""
    loaded: ServiceModel = small_fake().client(SOURCE).meta.service_model
    return loaded


def check_shape(shape: Shape | None, value: object, path: str) -> None:
    """Assert that a value of a response is what the model says it is, all the way down."""
    if isinstance(shape, StructureShape):
        assert type(value) is dict, path
        for name, member in cast("dict[str, object]", value).items():
            assert name in shape.members, f"{path}.{name} is no member of {shape.name}"
            check_shape(shape.members[name], member, f"{path}.{name}")
    elif isinstance(shape, ListShape):
        assert type(value) is list, path
        for index, member in enumerate(cast("list[object]", value)):
            check_shape(shape.member, member, f"{path}[{index}]")
    else:
        assert shape is not None
        check_scalar(shape, value, path)


def check_scalar(shape: Shape, value: object, path: str) -> None:
    """Assert that a text, number or flag is of its type, and a word of the published list."""
    types = {"string": str, "boolean": bool, "integer": int, "float": float, "timestamp": float}
    assert type(value) is types[shape.type_name], path
    if isinstance(shape, StringShape) and shape.enum:
        assert value in {*shape.enum, *UNPUBLISHED.get(shape.name, ())}, path
