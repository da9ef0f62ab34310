"""Real aiobotocore clients of the fake; aiobotocore is optional, so it is imported late."""

from __future__ import annotations

import functools
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config

from lightsail_copy.testing import boto_clients
from lightsail_copy.testing.boto_clients import DELAYED, AnyClient, Respond
from lightsail_copy.testing.protocol import Response


class _AsyncBody:
    """The body of a response, with the one method that aiobotocore awaits."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def read(self) -> bytes:
        """Return the whole body."""
        return self._body


@asynccontextmanager
async def make_client(
    region: str, config: Config | None, respond: Respond, delayed: Callable[[float], None]
) -> AsyncGenerator[Any, None]:
    """Make a client as boto3's is made (see `boto_clients`), and close it at the end of the context."""
    credentials = boto_clients.CREDENTIALS
    async with _session().create_client("lightsail", region_name=region, config=config, **credentials) as client:
        boto_clients.record_delays(client, delayed)
        boto_clients.attach(client, respond, _aws_response)
        yield client


def _aws_response(request: AWSPreparedRequest, response: Response) -> AnyClient:
    made = import_module("aiobotocore.awsrequest").AioAWSResponse
    return made(str(request.url), response.status, dict(response.headers), _AsyncBody(response.body))


@functools.cache
def _session() -> AnyClient:
    """Return the session of all fakes. It has only AWS's data, which is slow to load."""
    hooks = import_module("aiobotocore.hooks").AioHierarchicalEmitter

    async def emit(self: AnyClient, event_name: str, **kwargs: object) -> list[tuple[Any, Any]]:
        """Emit an event, except for the two that would lead to a sleep (see `boto_clients`)."""
        if event_name.startswith("before-send."):
            return [await self.emit_until_response(event_name, **kwargs)]
        responses: list[tuple[Any, Any]] = await hooks.emit(self, event_name, **kwargs)
        delay = boto_clients.delay_of(event_name, responses)
        if delay is None:
            return responses
        await hooks.emit(self, DELAYED, delay=delay)
        return [(None, 0)]

    emitter = type("NoSleepEmitter", (hooks,), {"emit": emit})
    variables = boto_clients.hermetic_variables()
    return import_module("aiobotocore.session").AioSession(session_vars=variables, event_hooks=emitter())
