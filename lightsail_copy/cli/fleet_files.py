"""The files of `fleet`: JSON lines or TOML, parsed to jobs, with every problem and the number of its line."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timezone
from importlib import import_module
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, cast

from attrs import frozen

from lightsail_copy import CopyJob, InvalidRequestError
from lightsail_copy.cli.failures import Status, Stop, as_one
from lightsail_copy.cli.invocation import DEMO_SOURCE, DEMO_TARGET
from lightsail_copy.cli.terms import problem_sentence, region_problem

if TYPE_CHECKING:
    from lightsail_copy.cli.invocation import Invocation

# A JSON line begins with a brace; what begins with a table, a key or a comment is TOML.
_TOML = re.compile(r"\s*(\[\[?\s*[A-Za-z_]|#|[A-Za-z_]+\s*=)")
_COPY_TABLE = re.compile(r"\s*\[\[\s*copy\s*\]\]")
_REGIONS = {"target_region": "targetRegion", "source_region": "sourceRegion"}
_DEMO = [
    {
        "targetRegion": target,
        "sourceRegion": DEMO_SOURCE,
        "sourceResourceName": name,
        "useLatestRestorableAutoSnapshot": True,
        "targetSnapshotName": "{source}-{date}",
    }
    for name in ("web-1", "web-2", "data-1")
    for target in (DEMO_TARGET, "eu-west-1")
]


@frozen
class _NotJson:
    """A line that is not JSON, and why."""

    reason: str


def parse_jobs(call: Invocation, file: Any) -> list[CopyJob]:  # noqa: ANN401 - a text stream
    """
    Return the jobs of a file.

    Raises:
        Stop: a copy is not valid, or there are none; every problem is listed with the number of its line.
    """
    if file is None and not call.demo:
        raise Stop(Status.BAD_REQUEST, "FILE is missing: give a file of JSON lines or TOML, or - for standard input.")
    today = datetime.fromtimestamp(call.tools.clock.time(), timezone.utc).date().isoformat()
    jobs: list[CopyJob] = []
    stops: list[Stop] = []
    for number, wire in enumerate(_DEMO, 1) if file is None else _entries(file.read()):
        job, problems = _job(wire, today, allow_unknown=call.allow_unknown_region)
        jobs += [] if job is None else [job]
        stops += [Stop(Status.BAD_REQUEST, f"line {number}: {problem}") for problem in problems]
    if stops:
        raise as_one(stops)
    if not jobs:
        raise Stop(Status.BAD_REQUEST, "FILE lists no copies: give a JSON object or a [[copy]] table for each.")
    return jobs


def _job(wire: object, today: str, *, allow_unknown: bool) -> tuple[CopyJob | None, list[str]]:
    """Return the job of an entry, or None, and the sentences of its problems."""
    if isinstance(wire, _NotJson):
        return None, [f"must be a JSON object: {wire.reason}"]
    if not isinstance(wire, dict):
        return None, [f"must be a JSON object: {type(wire).__name__}"]
    parameters = cast("dict[str, object]", wire)
    regions = {field: _region_problem(parameters.get(name), name, allow_unknown) for field, name in _REGIONS.items()}
    sentences = [sentence for sentence in regions.values() if sentence]
    try:
        return CopyJob.from_dict(_fill_in(parameters, today)), sentences
    except InvalidRequestError as error:
        others = [problem for problem in error.problems if not regions.get(problem.field)]
        return None, [*sentences, *map(problem_sentence, others)]


def _region_problem(value: object, name: str, allow_unknown: bool) -> str | None:  # noqa: FBT001 - private
    # A value of another type is reported with the other problems of the job.
    return region_problem(value, name, allow_unknown=allow_unknown) if isinstance(value, str) else None


def _entries(text: str) -> Iterator[tuple[int, object]]:
    """Yield each entry of a file with the number of its line."""
    return _toml_entries(text) if _TOML.match(text) else _json_entries(text)


def _json_entries(text: str) -> Iterator[tuple[int, object]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                yield number, _NotJson(str(error))


def _toml_entries(text: str) -> Iterator[tuple[int, object]]:
    # What became tomllib is another package before Python 3.11. Only a file in TOML is worth its import.
    toml: Any = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        content: dict[str, object] = toml.loads(text)
    except ValueError as error:
        raise Stop(Status.BAD_REQUEST, f"FILE is not valid TOML: {error}") from error
    copies = content.pop("copy", [])
    if content or not isinstance(copies, list):
        names = ", ".join(content) or "copy"
        raise Stop(Status.BAD_REQUEST, f"FILE has {names}: give a [[copy]] table for each copy, and nothing else.")
    numbers = [number for number, line in enumerate(text.splitlines(), 1) if _COPY_TABLE.match(line)]
    yield from zip_longest(numbers, cast("list[object]", copies), fillvalue=0)


def _fill_in(parameters: dict[str, object], today: str) -> Mapping[str, object]:
    """Return the parameters of a job with its date as text, and the placeholders of its target name filled in."""
    day = parameters.get("restoreDate")
    plain = {**parameters, "restoreDate": day.isoformat()} if isinstance(day, date) else parameters
    name = plain.get("targetSnapshotName")
    if not isinstance(name, str):
        return plain
    source = plain.get("sourceSnapshotName") or plain.get("sourceResourceName") or ""
    filled = name.replace("{source}", str(source)).replace("{date}", str(plain.get("restoreDate") or today))
    return {**plain, "targetSnapshotName": filled}
