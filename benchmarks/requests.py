"""What it costs to construct a request, beside the validation that botocore does in each call."""

from __future__ import annotations

from typing import Any

import botocore.session
from botocore.validate import ParamValidator

from benchmarks.measure import compare
from benchmarks.tables import Row, Table
from lightsail_copy import AutoSnapshotCopy, ManualSnapshotCopy

_ROUNDS = 500
_REPEATS = 100
_MANUAL = {"source_region": "us-east-1", "source_snapshot_name": "web-1-monday", "target_snapshot_name": "web-1-copy"}


def _automatic() -> AutoSnapshotCopy:
    return AutoSnapshotCopy(
        source_region="us-east-1",
        source_resource_name="web-1",
        target_snapshot_name="web-1-copy",
        restore_date="2026-11-20",
    )


def compare_requests() -> Table:
    """Compare the construction of a request with botocore's validation of the same parameters."""
    shape = botocore.session.get_session().get_service_model("lightsail").operation_model("CopySnapshot").input_shape
    # Any: botocore has no types, and its stubs are not complete.
    validator: Any = ParamValidator()
    manual, automatic = dict(ManualSnapshotCopy(**_MANUAL).to_dict()), dict(_automatic().to_dict())
    taken = compare(
        {
            "botocore": lambda: validator.validate(manual, shape),
            "botocore, automatic": lambda: validator.validate(automatic, shape),
            "manual": lambda: ManualSnapshotCopy(**_MANUAL),
            "manual, to_dict": lambda: ManualSnapshotCopy(**_MANUAL).to_dict(),
            "automatic": _automatic,
        },
        _ROUNDS,
        repeats=_REPEATS,
    )

    def row(label: str, key: str, base: str) -> Row:
        return Row(label, {"µs": taken[key], "ratio": taken[key] / taken[base]})

    return Table(
        "Construct and validate a request",
        f"CPU time of the thread, the median of {_ROUNDS} times {_REPEATS} calls of each in turn. botocore checks the"
        " types of the parameters; a request also checks names, Regions, dates, and which fields go together.",
        (
            row("botocore's `ParamValidator`, manual snapshot", "botocore", "botocore"),
            row("`ManualSnapshotCopy`", "manual", "botocore"),
            row("`ManualSnapshotCopy` and `to_dict()`", "manual, to_dict", "botocore"),
            row("botocore's `ParamValidator`, automatic snapshot", "botocore, automatic", "botocore, automatic"),
            row("`AutoSnapshotCopy`, its date from text", "automatic", "botocore, automatic"),
        ),
    )
