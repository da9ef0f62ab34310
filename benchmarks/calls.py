"""What a call costs through the library, beside the bare call of boto3."""

from __future__ import annotations

import json

from benchmarks.measure import compare
from benchmarks.responses import TARGET_REGION, bare_client, operation_body, recorded, respond_with
from benchmarks.tables import Row, Table
from lightsail_copy import ManualSnapshotCopy, copy_snapshot, get_operation, make_client, wait_for_operations
from lightsail_copy.testing import FakeClock

_ROUNDS = 3000
_POLLS = 50
_METHOD = (
    "CPU time of the thread for one call, the median of {rounds:,} calls of each in turn. All of botocore runs but the"
    " socket: a constant, recorded response comes from the event `before-send`, so that the fake's own work does not"
    " hide that of the client."
)


def compare_copies() -> Table:
    """Compare `copy_snapshot` with the bare call: with the caller's own client, and with that of `make_client`."""
    responses = {"CopySnapshot": recorded("copy_snapshot")}
    own, made = respond_with(bare_client(), responses), respond_with(make_client(TARGET_REGION), responses)
    request = ManualSnapshotCopy(
        source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name="web-1-monday-copy"
    )
    parameters = dict(request.to_dict())
    taken = compare(
        {
            "bare": lambda: own.copy_snapshot(**parameters),
            "own": lambda: copy_snapshot(own, request),
            "made": lambda: copy_snapshot(made, request),
        },
        _ROUNDS,
    )
    bare = taken["bare"]
    return Table(
        "A copy",
        _METHOD.format(rounds=_ROUNDS),
        (
            Row("`client.copy_snapshot` of boto3, which returns a dict", {"µs": bare, "ratio": 1.0}),
            Row("`copy_snapshot` with the same client", {"µs": taken["own"], "ratio": taken["own"] / bare}),
            Row("`copy_snapshot` with a client of `make_client`", {"µs": taken["made"], "ratio": taken["made"] / bare}),
        ),
    )


class _Statuses:
    """
    The responses to the polls of one wait: the copy runs until the last of them.

    It is a class because it counts the polls.
    """

    def __init__(self, polls: int) -> None:
        """Take the number of polls."""
        self._running, self._done = (
            json.dumps({"operation": operation_body(1, status=status)}).encode() for status in ("Started", "Succeeded")
        )
        self._polls = polls
        self._count = 0

    def __call__(self, _operation: str, _body: bytes) -> bytes:
        """Return the body of the next response."""
        self._count += 1
        return self._running if self._count % self._polls else self._done


def compare_polls() -> Table:
    """Compare a poll of a wait, and `get_operation`, with the bare call."""
    operation_id = operation_body(1)["id"]
    bare, own, made = bare_client(), bare_client(), make_client(TARGET_REGION)
    done = {"GetOperation": json.dumps({"operation": operation_body(1, status="Succeeded")}).encode()}
    respond_with(bare, done)
    for client in (own, made):
        respond_with(client, _Statuses(_POLLS))

    single = respond_with(bare_client(), done)

    def get_each() -> None:
        for _ in range(_POLLS):
            get_operation(single, operation_id)

    def poll_bare() -> None:
        for _ in range(_POLLS):
            bare.get_operation(operationId=operation_id)

    taken = compare(
        {
            "bare": poll_bare,
            "single": get_each,
            "own": lambda: wait_for_operations(own, operation_id, clock=FakeClock()),
            "made": lambda: wait_for_operations(made, operation_id, clock=FakeClock()),
        },
        _ROUNDS // _POLLS,
    )
    base = taken["bare"]
    return Table(
        "A poll of a wait",
        f"As for a copy, with whole waits of {_POLLS} polls, on a clock whose sleep takes no time.",
        (
            Row("`client.get_operation` of boto3, which returns a dict", {"µs": base / _POLLS, "ratio": 1.0}),
            Row(
                "`get_operation`, the same settings", {"µs": taken["single"] / _POLLS, "ratio": taken["single"] / base}
            ),
            Row(
                "a poll of `wait_for_operations`, the same settings",
                {"µs": taken["own"] / _POLLS, "ratio": taken["own"] / base},
            ),
            Row(
                "a poll of `wait_for_operations`, `make_client`",
                {"µs": taken["made"] / _POLLS, "ratio": taken["made"] / base},
            ),
        ),
    )
