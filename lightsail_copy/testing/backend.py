"""
The part of the fake that responds: a request comes in, and a response or a broken connection goes out.

It has the account in memory, the queued faults, and the recorded calls, under one lock. Other modules carry the
requests: boto3 clients in the same process, or HTTP.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from attrs import frozen

from lightsail_copy.testing import responses
from lightsail_copy.testing.faults import Fault
from lightsail_copy.testing.handlers import handle
from lightsail_copy.testing.protocol import parse_body
from lightsail_copy.testing.responses import Rejection, Response

if TYPE_CHECKING:
    from lightsail_copy.testing.clock import Clock
    from lightsail_copy.testing.state import Account


@frozen(kw_only=True, order=False)
class Call:
    """
    One request that the fake received; each retry by botocore is a call of its own.

    Attributes:
        operation: the operation's name, such as ``CopySnapshot``.
        region: the Region that received it.
        parameters: the members of the request; empty where its body could not be parsed.
        time: when it arrived, in UTC.
        fault: the fault that it met, or None.
        status: the HTTP status of the response, or None where the connection broke.
    """

    operation: str
    region: str
    parameters: Mapping[str, object]
    time: datetime
    fault: Fault | None
    status: int | None


@frozen(order=False)
class IncomingRequest:
    """A request as it arrived, with its body not parsed yet; its headers are not kept."""

    region: str
    operation: str
    body: bytes
    now: float


class Backend:
    """
    The responding part of one fake.

    Attributes:
        account: what is in memory; hold the lock to use it.
        lock: re-entrant, because the function of an edited response may use the fake.
        faults: the queued faults of each operation.
        calls: the recorded calls.
    """

    def __init__(self, account: Account, clock: Clock) -> None:
        self.account = account
        self.lock: threading.RLock = threading.RLock()
        self.faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self.calls: deque[Call] = deque()
        self._clock = clock

    def limit_calls(self, number: int) -> None:
        """Record only this number of the latest calls."""
        with self.lock:
            self.calls = deque(self.calls, maxlen=number)

    def reset(self) -> None:
        """Forget all resources, operations, queued faults and recorded calls."""
        with self.lock:
            self.account.clear()
            self.faults.clear()
            self.calls.clear()

    def respond(self, region: str, operation: str, body: bytes) -> Response:
        """
        Respond to one request, and record it.

        Raises:
            BrokenConnection: a fault breaks the connection.
        """
        with self.lock:
            incoming = IncomingRequest(region, operation, body, self._clock.time())
            queue = self.faults.get(operation)
            fault = queue.popleft() if queue else None
            status: int | None = None
            try:
                response = self._response(incoming) if fault is None else self._faulty_response(incoming, fault)
                status = response.status
            finally:
                self.calls.append(_record(incoming, fault, status))
            return response

    def _faulty_response(self, incoming: IncomingRequest, fault: Fault) -> Response:
        return fault.apply(self._response(incoming) if fault.performed else self._build(incoming, 200, b"{}"))

    def _response(self, incoming: IncomingRequest) -> Response:
        try:
            content = handle(self.account, incoming.operation, incoming.region, incoming.body, incoming.now)
        except Rejection as rejection:
            return self._build(incoming, 400, rejection.body())
        return self._build(incoming, 200, responses.to_json(content))

    def _build(self, incoming: IncomingRequest, status: int, body: bytes) -> Response:
        request_id = next(self.account.request_ids)
        return responses.build_response(status, body, request_id=request_id, now=incoming.now)


def _record(incoming: IncomingRequest, fault: Fault | None, status: int | None) -> Call:
    try:
        parameters = parse_body(incoming.body)
    except Rejection:
        parameters = {}
    return Call(
        operation=incoming.operation,
        region=incoming.region,
        parameters=parameters,
        time=datetime.fromtimestamp(incoming.now, timezone.utc),
        fault=fault,
        status=status,
    )
