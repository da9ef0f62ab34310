"""
Steering a served fake over HTTP, for tests in other languages.

Each path takes and returns JSON, and a POST needs the ``Content-Type`` ``application/json``, which a web page of
another origin cannot send. An error has a status of 400 or more and a ``message``.

- ``POST /_control/faults`` queues a fault: ``{"operation": "CopySnapshot", "fault": "throttled"}``, with optional
  ``times`` and ``arguments``, those of the function of that name in `lightsail_copy.testing.faults`.
- ``POST /_control/copy-failures`` has the next accepted copy fail: ``{"error_code": "...", "error_details": "..."}``.
- ``POST /_control/clock`` moves a fake clock: ``{"advance": 60}``, in seconds.
- ``POST /_control/seed`` adds what a seed contains; see `lightsail_copy.testing.seed`.
- ``POST /_control/reset`` forgets resources, operations, queued faults and recorded calls.
- ``GET /_control/calls`` lists the recorded calls.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, cast

from lightsail_copy.testing import faults, responses, seed
from lightsail_copy.testing.clock import FakeClock
from lightsail_copy.testing.responses import Response

if TYPE_CHECKING:
    from lightsail_copy.testing.backend import Call
    from lightsail_copy.testing.clock import Clock
    from lightsail_copy.testing.faults import Fault

PREFIX = "/_control/"
_JSON = "application/json"
# An edited response needs a function, which JSON cannot express.
FAULTS: Mapping[str, Callable[..., Fault]] = {
    name: make
    for name, make in inspect.getmembers(faults, inspect.isfunction)
    if make.__module__ == faults.__name__ and make is not faults.edited_response
}


class Steerable(Protocol):
    """What control needs of a fake; a `FakeLightsail` has it."""

    @property
    def calls(self) -> tuple[Call, ...]:
        """The recorded calls."""
        ...

    @property
    def clock(self) -> Clock:
        """The clock of the fake."""
        ...

    # Any: the name comes from JSON, and the fake rejects what is not an operation.
    def fail_next(self, operation: Any, fault: Fault, *, times: int = 1) -> None:
        """Queue a fault."""

    def fail_next_copy(self, error_code: str, error_details: str) -> None:
        """Make the next accepted copy fail."""

    def reset(self) -> None:
        """Forget everything."""


class Control:
    """The control paths of one fake."""

    def __init__(self, fake: Steerable) -> None:
        self._fake = fake
        self._posts: Mapping[str, Callable[[Any], object]] = {
            "faults": self._queue_fault,
            "copy-failures": self._fail_copy,
            "clock": self._advance,
            "seed": self._load_seed,
            "reset": self._reset,
        }

    def has(self, path: str) -> bool:
        """Return whether a path is a control path."""
        return path.startswith(PREFIX)

    def respond(self, method: str, path: str, content_type: str | None, body: bytes) -> Response:
        """
        Carry out a request of a control path.

        Args:
            method: ``GET`` or ``POST``.
            path: the path, with its prefix.
            content_type: the ``Content-Type`` of the request.
            body: its body.
        """
        name = path.removeprefix(PREFIX)
        if method == "GET" and name == "calls":
            return _response(200, {"calls": [_call(each) for each in self._fake.calls]})
        if method == "GET" or name not in self._posts:
            known = ", ".join(f"POST {PREFIX}{each}" for each in self._posts)
            return _response(404, {"message": f"{method} {path} does not exist: use GET {PREFIX}calls, {known}"})
        if (content_type or "").partition(";")[0].strip().lower() != _JSON:
            return _response(415, {"message": f"The Content-Type must be {_JSON}"})
        try:
            self._posts[name](json.loads(body or b"{}"))
        except (TypeError, ValueError, RecursionError) as error:
            return _response(400, {"message": str(error)})
        return _response(200, {})

    def _queue_fault(self, content: object) -> None:
        members = seed.members(content, "fault", ("operation", "fault", "arguments", "times"))
        name = members.get("fault")
        if not isinstance(name, str) or name not in FAULTS:
            raise ValueError(f"fault is {name!r}: give one of {', '.join(FAULTS)}")
        arguments = seed.members(members.get("arguments", {}), "arguments")
        if isinstance(arguments.get("body"), str):
            arguments["body"] = cast("str", arguments["body"]).encode()
        fault = FAULTS[name](**arguments)
        times = members.get("times", 1)
        if type(times) is not int:
            raise ValueError(f"times is {times!r}: give a whole number, one or more")
        operation = members.get("operation")
        self._fake.fail_next(operation if isinstance(operation, str) else str(operation), fault, times=times)

    def _fail_copy(self, content: object) -> None:
        members = seed.members(content, "copy failure", ("error_code", "error_details"))
        code, details = members.get("error_code"), members.get("error_details")
        if not isinstance(code, str) or not isinstance(details, str):
            raise ValueError("a copy failure needs error_code and error_details, both text")  # noqa: TRY004 - it is JSON
        self._fake.fail_next_copy(code, details)

    def _advance(self, content: object) -> None:
        seconds = seed.members(content, "clock", ("advance",)).get("advance")
        if type(seconds) not in (int, float):
            raise ValueError(f"advance is {seconds!r}: give a number of seconds")
        if not isinstance(self._fake.clock, FakeClock):
            raise ValueError("this server runs in real time: start it with --clock fake to move its clock")  # noqa: TRY004 - not the caller's type
        self._fake.clock.advance(cast("float", seconds))

    def _load_seed(self, content: object) -> None:
        seed.load(self._fake, content)

    def _reset(self, content: object) -> None:
        seed.members(content, "reset", ())
        self._fake.reset()


def _response(status: int, content: object) -> Response:
    headers = {"Content-Type": _JSON}
    return Response(status, headers, b"").with_body(responses.to_json(content))


def _call(call: Call) -> Mapping[str, object]:
    return {
        "operation": call.operation,
        "region": call.region,
        "parameters": call.parameters,
        "time": call.time.timestamp(),
        "fault": None if call.fault is None else call.fault.name,
        "status": call.status,
    }
