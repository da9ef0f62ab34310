"""The jobs of a fleet: the entries of a file, with names filled in, and every problem with its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timezone
from difflib import get_close_matches
from typing import IO, TYPE_CHECKING, NamedTuple

from attrs import Factory, define

from lightsail_copy import CopyJob, InvalidRequestError
from lightsail_copy.cli.failures import Status, Stop
from lightsail_copy.cli.fleet_files import Entry, parse_file
from lightsail_copy.cli.invocation import DEMO_SOURCE, DEMO_TARGET
from lightsail_copy.cli.terms import FILE, problem_sentence, region_problem
from lightsail_copy.messages import format_value

if TYPE_CHECKING:
    from lightsail_copy.cli.invocation import Invocation

_FIELDS = tuple(FILE.names.values())
_REGIONS = ("targetRegion", "sourceRegion")
_NAMES = ("sourceSnapshotName", "sourceResourceName", "targetSnapshotName")
_OF_AUTOMATIC_SNAPSHOTS = ("sourceResourceName", "restoreDate", "useLatestRestorableAutoSnapshot")
_SIMILAR = 0.8
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


class Fleet(NamedTuple):
    """
    What a file lists.

    Attributes:
        jobs: the copies.
        date_of_names: the date of today where a name has it, so that the same file has other names tomorrow; or None.
    """

    jobs: list[CopyJob]
    date_of_names: str | None


def parse_fleet(call: Invocation, file: IO[bytes] | None, day: str | None) -> Fleet:
    """
    Return the copies of a file.

    Args:
        call: the options.
        file: the file, or None for that of the demo.
        day: the date for names; None is today in UTC.

    Raises:
        Stop: a copy is not valid, or there are none; every problem is listed with the number of its line.
    """
    if file is None and not call.demo:
        raise Stop(Status.BAD_REQUEST, "FILE is missing: give a file of JSON lines or TOML, or - for standard input.")
    today = datetime.fromtimestamp(call.tools.clock.time(), timezone.utc).date()
    parser = _Parser(day or today.isoformat(), allow_unknown=call.allow_unknown_region)
    jobs = parser.parse(_demo_entries() if file is None else parse_file(file.read()))
    return Fleet(jobs, parser.day if parser.has_used_day and day is None else None)


def _demo_entries() -> Iterator[Entry]:
    return (Entry(f"line {number}", dict(wire)) for number, wire in enumerate(_DEMO, 1))


@define(eq=False, repr=False)
class _Parser:
    """
    Parses entries, one after another.

    Attributes:
        day: the date for names.
        allow_unknown: whether a Region newer than this release is accepted.
        has_used_day: whether a name has the date.
        places: the place of the first entry with each target.
        sentences: the problems.
    """

    day: str
    allow_unknown: bool
    has_used_day: bool = False
    places: dict[tuple[str, str], str] = Factory(dict[tuple[str, str], str])
    sentences: list[str] = Factory(list[str])

    def parse(self, entries: Iterable[Entry]) -> list[CopyJob]:
        """Return the jobs, or raise the problems of them all."""
        jobs = [job for entry in entries if (job := self._job(entry))]
        if self.sentences:
            raise Stop(Status.BAD_REQUEST, *self.sentences)
        if not jobs:
            raise Stop(Status.BAD_REQUEST, "FILE lists no copies: give a JSON object or a [[copy]] table for each.")
        return jobs

    def _job(self, entry: Entry) -> CopyJob | None:
        """Return the job of an entry, or None, after adding the sentences of its problems."""
        sentences = [entry.fault] if entry.fault else []
        job = None
        if not entry.fault:
            wire, misnamed = _known_fields(entry.wire)
            wire = self._fill_in(wire)
            job, others = self._validated(wire)
            sentences = [*misnamed, *others, *self._shared_target(wire, entry.place)]
        self.sentences += [f"{entry.place}: {sentence}" for sentence in sentences]
        return job

    def _validated(self, wire: dict[str, object]) -> tuple[CopyJob | None, list[str]]:
        problems = {name: sentence for name, value in wire.items() if (sentence := self._text_problem(name, value))}
        try:
            return CopyJob.from_dict(wire), list(problems.values())
        except InvalidRequestError as error:
            others = [problem for problem in error.problems if FILE.names.get(problem.field) not in problems]
            return None, [*problems.values(), *(problem_sentence(problem, FILE) for problem in others)]

    def _text_problem(self, name: str, value: object) -> str | None:
        """Return the sentence of what only a file can have wrong, or None."""
        if isinstance(value, str) and name in _REGIONS:
            return region_problem(value, name, allow_unknown=self.allow_unknown)
        if isinstance(value, str) and name in _NAMES and "{" in value:
            placeholders = "{source} or {date}" if name == "targetSnapshotName" else "{date}"
            return f"{name}: {format_value(value)} has an unknown placeholder. Use {placeholders}."
        return None

    def _shared_target(self, wire: dict[str, object], place: str) -> list[str]:
        region, name = wire.get("targetRegion"), wire.get("targetSnapshotName")
        if not isinstance(region, str) or not isinstance(name, str):
            return []
        first = self.places.setdefault((region, name), place)
        rule = f"is the target of {first} too, in {region}. Choose another name."
        return [] if first == place else [f"targetSnapshotName: {format_value(name)} {rule}"]

    def _fill_in(self, wire: dict[str, object]) -> dict[str, object]:
        """Return the fields with a date as text, and the placeholders of names filled in."""
        day = wire.get("restoreDate")
        filled = {**wire, "restoreDate": day.isoformat()} if isinstance(day, date) else dict(wire)
        values = {"{date}": str(filled.get("restoreDate", self.day))}
        for name in _NAMES:
            text = filled.get(name)
            if isinstance(text, str):
                self.has_used_day = self.has_used_day or ("{date}" in text and "restoreDate" not in filled)
                filled[name] = _replaced(text, values)
                values.setdefault("{source}", str(filled[name]))
        return filled


def _replaced(text: str, values: dict[str, str]) -> str:
    for placeholder, value in values.items():
        text = text.replace(placeholder, value)
    return text


def _known_fields(wire: dict[str, object]) -> tuple[dict[str, object], list[str]]:
    """Return the fields of a copy, without those that are null, and the sentences of what is not a field of it."""
    given = {name: value for name, value in wire.items() if value is not None}
    known = {name: value for name, value in given.items() if name in _FIELDS}
    sentences: list[str] = []
    for name in [name for name in given if name not in known]:
        similar = get_close_matches(name, _FIELDS, 1, _SIMILAR)
        remedy = f"Did you mean {similar[0]}?" if similar else f"Use one of {', '.join(_FIELDS)}."
        sentences.append(f"{format_value(name)} is not a field of a copy. {remedy}")
        # What was meant is validated too, so that it is not reported as missing.
        known = {**dict.fromkeys(similar, given[name]), **known}
    if "sourceSnapshotName" not in known:
        return known, sentences
    for name in [name for name in _OF_AUTOMATIC_SNAPSHOTS if name in known]:
        del known[name]
        sentences.append(f"{name} must be left out where sourceSnapshotName is given. Leave one of the two out.")
    return known, sentences
