"""
The part of the fake that answers: one request in, one reply or one broken connection out, whatever carries them.

It holds the memory, the faults that are to come and the record of what was asked, under one lock.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from attrs import frozen

from lightsail_copy.testing import replies
from lightsail_copy.testing.faults import Fault
from lightsail_copy.testing.operations import decode, perform
from lightsail_copy.testing.replies import Refusal, Reply

if TYPE_CHECKING:
    from lightsail_copy.testing.clock import Clock
    from lightsail_copy.testing.state import World


@frozen(kw_only=True, order=False)
class Call:
    """
    One request that the fake was sent; a re-send by botocore is a call of its own.

    Attributes:
        operation: the operation's name, such as ``CopySnapshot``.
        region: the Region that was asked.
        parameters: the members of the request, empty where it could not be read.
        time: when, in UTC.
        fault: what went wrong on purpose, or None.
        status: the HTTP status that was sent, or None where the connection broke.
    """

    operation: str
    region: str
    parameters: Mapping[str, object]
    time: datetime
    fault: Fault | None
    status: int | None


@frozen(order=False)
class Question:
    """A request as it came in: nothing of it was read yet, and its headers are not kept."""

    region: str
    operation: str
    body: bytes
    moment: float


class Engine:
    """
    The answering part of one fake.

    Attributes:
        world: the memory; whoever reads or changes it holds the lock.
        lock: re-entrant, as the function of an edited reply may look at the fake.
        faults: what each operation is to meet next.
        calls: what was asked so far.
    """

    def __init__(self, world: World, clock: Clock) -> None:
        self.world = world
        self.lock: threading.RLock = threading.RLock()
        self.faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self.calls: deque[Call] = deque()
        self._clock = clock

    def bound_calls(self, number: int) -> None:
        """Keep only so many of the last calls."""
        with self.lock:
            self.calls = deque(self.calls, maxlen=number)

    def answer(self, region: str, operation: str, body: bytes) -> Reply:
        """
        Answer one request, and record it.

        Raises:
            Break: a fault breaks the connection.
        """
        with self.lock:
            question = Question(region, operation, body, self._clock.time())
            queue = self.faults.get(operation)
            fault = queue.popleft() if queue else None
            status: int | None = None
            try:
                reply = self._reply(question) if fault is None else self._strike(question, fault)
                status = reply.status
            finally:
                self.calls.append(_record(question, fault, status))
            return reply

    def _strike(self, question: Question, fault: Fault) -> Reply:
        return fault.strike(self._reply(question) if fault.performed else self._build(question, 200, b"{}"))

    def _reply(self, question: Question) -> Reply:
        try:
            content = perform(self.world, question.operation, question.region, question.body, question.moment)
        except Refusal as refusal:
            return self._build(question, 400, refusal.body())
        return self._build(question, 200, replies.encode(content))

    def _build(self, question: Question, status: int, body: bytes) -> Reply:
        return replies.build(status, body, request_id=next(self.world.request_ids), moment=question.moment)


def _record(question: Question, fault: Fault | None, status: int | None) -> Call:
    try:
        parameters = decode(question.body)
    except Refusal:
        parameters = {}
    return Call(
        operation=question.operation,
        region=question.region,
        parameters=parameters,
        time=datetime.fromtimestamp(question.moment, timezone.utc),
        fault=fault,
        status=status,
    )
