"""
Controlling a served fake over HTTP, for tests in other languages.

Each path takes and returns JSON, and a POST needs the ``Content-Type`` ``application/json``. An error has a status of
400 or more and a ``message``. No web page can use these paths: the server checks ``Host`` and ``Origin``.

- ``POST /_control/faults`` queues a fault: ``{"operation": "CopySnapshot", "fault": "throttled"}``, with optional
  ``times`` and ``arguments``, those of the function of that name in `lightsail_copy.testing.faults`.
- ``POST /_control/copy-failures`` makes the next accepted copy fail: ``{"error_code": "...", "error_details": "..."}``.
- ``POST /_control/clock`` moves a fake clock: ``{"advance": 60}``, in seconds.
- ``POST /_control/seed`` adds what a seed contains; see `lightsail_copy.testing.seed`.
- ``POST /_control/reset`` returns to what the server started with: its seed or sample, or nothing.
- ``GET /_control/calls`` lists the recorded calls.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from attrs import asdict

from lightsail_copy.testing import faults, protocol, seed
from lightsail_copy.testing.clock import FakeClock
from lightsail_copy.testing.protocol import Response

if TYPE_CHECKING:
    from lightsail_copy.testing.fake import Call, FakeLightsail
    from lightsail_copy.testing.faults import Fault

PREFIX = "/_control/"
_JSON = "application/json"
# An edited response needs a function, which JSON cannot express.
FAULTS: Mapping[str, Callable[..., Fault]] = {
    name: make
    for name, make in inspect.getmembers(faults, inspect.isfunction)
    if make.__module__ == faults.__name__ and make is not faults.edited_response
}


def respond(fake: FakeLightsail[Any], method: str, path: str, content_type: str | None, body: bytes) -> Response:
    """Carry out a GET or a POST of a control path."""
    name = path.removeprefix(PREFIX)
    if method == "GET" and name == "calls":
        return _response(200, {"calls": [_call(each) for each in fake.calls]})
    if method == "GET" or name not in _POSTS:
        known = ", ".join(f"POST {PREFIX}{each}" for each in _POSTS)
        return _response(404, {"message": f"{method} {path} does not exist: use GET {PREFIX}calls, {known}"})
    if (content_type or "").partition(";")[0].strip().lower() != _JSON:
        return _response(415, {"message": f"The Content-Type must be {_JSON}"})
    subject, known_members, carry_out = _POSTS[name]
    try:
        carry_out(fake, seed.members(protocol.parse_json(body or b"{}"), subject, known_members))
    except (TypeError, ValueError) as error:
        return _response(400, {"message": str(error)})
    return _response(200, {})


def _queue_fault(fake: FakeLightsail[Any], members: Any) -> None:
    name = members.get("fault")
    if not isinstance(name, str) or name not in FAULTS:
        raise seed.problem("fault", name, f"one of {', '.join(FAULTS)}")
    arguments: dict[str, Any] = seed.members(members.get("arguments", {}), "arguments")
    if isinstance(arguments.get("body"), str):
        arguments["body"] = arguments["body"].encode()
    operation: Any = str(members.get("operation"))
    fake.fail_next(operation, FAULTS[name](**arguments), times=members.get("times", 1))


def _fail_copy(fake: FakeLightsail[Any], members: Any) -> None:
    fake.fail_next_copy(members.get("error_code"), members.get("error_details"))


def _advance(fake: FakeLightsail[Any], members: Any) -> None:
    seconds = members.get("advance")
    if type(seconds) not in (int, float):
        raise seed.problem("advance", seconds, "a number of seconds")
    if not isinstance(fake.clock, FakeClock):
        raise seed.problem("clock", "real", "the server --clock fake when you start it, to move its clock")
    fake.clock.advance(seconds)


# What each POST is about, the members that it may have, and the function that carries it out.
_POSTS: Mapping[str, tuple[str, tuple[str, ...], Callable[[FakeLightsail[Any], Any], None]]] = {
    "faults": ("fault", ("operation", "fault", "arguments", "times"), _queue_fault),
    "copy-failures": ("copy failure", ("error_code", "error_details"), _fail_copy),
    "clock": ("clock", ("advance",), _advance),
    "seed": ("seed", ("regions",), seed.load),
    "reset": ("reset", (), lambda fake, _: fake.reset()),
}


def _response(status: int, content: object) -> Response:
    headers = {"Content-Type": _JSON}
    return Response(status, headers, b"").with_body(protocol.to_json(content))


def _call(call: Call) -> Mapping[str, object]:
    fault = None if call.fault is None else call.fault.name
    return {**asdict(call, recurse=False), "time": call.time.timestamp(), "fault": fault}
