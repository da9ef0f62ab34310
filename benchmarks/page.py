"""A page of 200 operations, as GetOperations returns it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from benchmarks.responses import TARGET_REGION, operation_body, respond_with

# Any: the values of a response have no narrower type.
Wire: TypeAlias = Mapping[str, Any]

SIZE = 200
_TYPES = ("CreateInstance", "CreateInstanceSnapshot", "DeleteInstanceSnapshot", "AttachDisk", "PutInstancePublicPorts")


def page_body(number: int = SIZE) -> bytes:
    """
    Return a page of GetOperations, as of an account that mostly copies snapshots.

    Of ten operations, six are copies that succeeded and three are of other types; one copy failed. One operation in
    twenty has a type that nobody has published.
    """
    operations = [operation_body(each, status="Succeeded") for each in range(number)]
    for each, operation in enumerate(operations):
        if each % 20 == 3:  # noqa: PLR2004 - see above
            operation["operationType"] = "RebalanceInstance"
        elif each % 10 in {4, 5, 6}:
            operation["operationType"] = _TYPES[each % len(_TYPES)]
            operation["location"] = {"availabilityZone": "us-west-2a", "regionName": TARGET_REGION}
        elif each % 10 == 9:  # noqa: PLR2004 - see above
            operation |= {"status": "Failed", "errorCode": "InternalFailure", "errorDetails": "The copy failed."}
    return json.dumps({"operations": operations}).encode()


def snapshots_body() -> bytes:
    """Return a page of GetInstanceSnapshots."""
    snapshots = [
        {
            "name": f"web-{number}-monday",
            "arn": f"arn:aws:lightsail:us-west-2:123456789012:InstanceSnapshot/{number}",
            "resourceType": "InstanceSnapshot",
            "state": "available",
            "createdAt": 1_764_000_000.125 + number,
            "location": {"availabilityZone": "all", "regionName": TARGET_REGION},
            "sizeInGb": 40,
            "fromInstanceName": "web-1",
            "isFromAutoSnapshot": False,
        }
        for number in range(SIZE)
    ]
    return json.dumps({"instanceSnapshots": snapshots}).encode()


# Any: boto3 makes its client classes at run time.
def client_with_page(client: Any) -> Any:  # noqa: ANN401 - see above
    """Have a client get pages of operations and of snapshots, and return it."""
    bodies = {"GetInstanceSnapshots": snapshots_body(), "GetDiskSnapshots": b'{"diskSnapshots": []}'}
    return respond_with(client, {"GetOperations": page_body(), **bodies})
