"""The docstrings of the main functions have a short example, which runs."""

from __future__ import annotations

import doctest
from datetime import datetime, timezone
from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from documented import account

import lightsail_copy
from lightsail_copy import (
    ManualSnapshotCopy,
    copy_snapshot,
    copy_snapshots,
    get_auto_snapshots,
    list_snapshots,
    make_client,
    plan_copy,
    plan_retention,
    wait_for_operations,
    watch_copies,
    watch_operations,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from lightsail_copy.testing import FakeLightsail

__all__ = ["account"]  # a fixture

FUNCTIONS: list[Callable[..., object]] = [
    *(copy_snapshot, wait_for_operations, watch_operations, copy_snapshots, watch_copies, plan_copy),
    *(get_auto_snapshots, list_snapshots, plan_retention, make_client),
]
SHORTEST, LONGEST = 2, 8


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_the_example_of_a_function_prints_what_it_shows(
    function: Callable[..., object], account: FakeLightsail, capsys: pytest.CaptureFixture[str]
) -> None:
    # Public names, and what the names of arguments say.
    names = {name: getattr(lightsail_copy, name) for name in lightsail_copy.__all__}
    names |= {"client": account.client("us-west-2"), "source_client": account.client("us-east-1")}
    names |= {"datetime": datetime, "timezone": timezone}
    names["request"] = ManualSnapshotCopy(
        source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name="web-1-monday-copy"
    )
    example = doctest.DocTestParser().get_doctest(function.__doc__ or "", names, function.__name__, None, None)
    lines = sum((each.source + each.want).count("\n") for each in example.examples)
    assert SHORTEST <= lines <= LONGEST
    assert doctest.DocTestRunner().run(example).failed == 0, capsys.readouterr().out


@pytest.mark.measured
@pytest.mark.parametrize("module", ["lightsail_copy", "lightsail_copy.aio", "lightsail_copy.testing"])
def test_completion_offers_the_public_names_of_a_module_and_no_other(module: str) -> None:
    found = import_module(module)
    assert set(dir(found)) == set(found.__all__)


def test_completion_offers_no_parser_of_a_value() -> None:
    classes = [getattr(lightsail_copy, name) for name in lightsail_copy.__all__ if name[0].isupper()]
    assert {each for cls in classes for each in dir(cls) if each.startswith("parse")} == set()
