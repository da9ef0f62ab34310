"""A packed result is small, and comes back as it was."""

from __future__ import annotations

from hypothesis import given
from samples import sample
from test_pickling import RESULTS

from lightsail_copy import CopySnapshotResult
from lightsail_copy.packing import pack, unpack


@given(RESULTS)
def test_every_result_comes_back_equal(result: CopySnapshotResult) -> None:
    assert unpack(pack(result)) == result


def test_a_result_of_the_service_takes_less_than_150_bytes() -> None:
    result = CopySnapshotResult.from_dict(sample("copy_snapshot"))
    assert len(result.operations) == 1
    assert len(pack(result)) < 150
