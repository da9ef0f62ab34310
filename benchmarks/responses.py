"""
Clients whose requests end at a constant response.

All of botocore runs but the socket. The response comes from botocore's event `before-send`, in next to no time, so that
what is measured is the work of the client.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

RECORDED = Path(__file__).parents[1] / "tests" / "data"
TARGET_REGION = "us-west-2"
URL = "https://lightsail.us-west-2.amazonaws.com/"
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",  # the access key of AWS's documentation
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}

# Takes the name of an operation and the body of a request, and returns the body of the response.
Respond = Callable[[str, bytes], bytes]


class _RawBody(io.BytesIO):
    """The body of a response, with the method of urllib3's that botocore uses."""

    def stream(self) -> Iterator[bytes]:
        """Return the body in one piece."""
        return iter((self.read(),))


def isolate_settings() -> None:
    """Give this process, and those that it starts, made-up credentials and no settings of the user."""
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(_ENVIRONMENT)


def recorded(name: str) -> bytes:
    """Return the recorded body of a response, from the data of the tests."""
    return (RECORDED / f"{name}.json").read_bytes()


# Any: boto3 makes its client classes at run time, here and below.
def bare_client() -> Any:  # noqa: ANN401 - see above
    """Return boto3's own client of the target Region."""
    return cast("Any", boto3).client("lightsail", region_name=TARGET_REGION)


def respond_with(client: Any, respond: Respond | Mapping[str, bytes]) -> Any:  # noqa: ANN401 - see above
    """
    Have a client get constant responses, and return it.

    Args:
        client: a boto3 Lightsail client.
        respond: the bodies by the names of operations, or a function.
    """

    def on_sending(event_name: str, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        operation = event_name.rpartition(".")[2]
        body = respond(operation, _body_of(request)) if callable(respond) else respond[operation]
        headers: Any = {
            "Content-Type": "application/x-amz-json-1.1",
            "Content-Length": str(len(body)),
            "Date": "Mon, 24 Nov 2025 16:00:00 GMT",
            "x-amzn-RequestId": "5d6c1f86-3b1c-4f3e-9b62-2f1f0c7d0e7a",
        }
        return AWSResponse(URL, 200, headers, _RawBody(body))

    client.meta.events.register("before-send.lightsail", on_sending)
    return client


def _body_of(request: AWSPreparedRequest) -> bytes:
    body: Any = request.body
    return body.encode() if isinstance(body, str) else bytes(body)


def operation_body(number: int, *, status: str = "Started", region: str = TARGET_REGION) -> dict[str, Any]:
    """Return the wire form of the operation of a copy."""
    created = 1_764_000_000.125 + number
    return {
        "id": f"1a2b3c4d-1111-4222-8333-{number:012d}",
        "resourceName": f"web-{number}-monday-copy",
        "resourceType": "InstanceSnapshot",
        "createdAt": created,
        "location": {"availabilityZone": "all", "regionName": region},
        "isTerminal": status != "Started",
        "operationDetails": f"us-east-1:web-{number}-monday",
        "operationType": "CopySnapshot",
        "status": status,
        "statusChangedAt": created + 1.5,
    }
