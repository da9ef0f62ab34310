"""The files of `fleet` and `prune`: TOML or JSON lines in UTF-8, as copies whose every problem has its line."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timezone
from difflib import get_close_matches
from itertools import product
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

from attrs import Factory, define, evolve

from lightsail_copy import (
    AutoSnapshotCopy,
    AutoSnapshotStatus,
    CopyJob,
    InvalidRequestError,
    LightsailCopyError,
    get_auto_snapshots,
)
from lightsail_copy.cli import demo
from lightsail_copy.cli.failures import FIELDS, Status, Stop, problem_sentence, term

if TYPE_CHECKING:
    from lightsail_copy.cli.invocation import Invocation

DATE = "{date}"
_KEYS = tuple(term(name, in_file=True) for name in FIELDS)
_NAMES = ("sourceSnapshotName", "sourceResourceName", "targetSnapshotName")
_OF_AUTOMATIC_SNAPSHOTS = ("sourceResourceName", "restoreDate", "useLatestRestorableAutoSnapshot")
# A key of a copy stands in for these keys of the defaults too.
_REPLACED = {
    "sourceSnapshotName": _OF_AUTOMATIC_SNAPSHOTS,
    "sourceResourceName": ("sourceSnapshotName",),
    "restoreDate": ("useLatestRestorableAutoSnapshot",),
    "useLatestRestorableAutoSnapshot": ("restoreDate",),
}
_SIMILAR, _LONGEST = 0.8, 100
_FORMS = "give TOML with a [[copy]] table for each copy, or a JSON object on each line"
_TOML = re.compile(r"\[\[?\s*[\"'A-Za-z_]|[\"'\w-]+\s*(\.|=)")
_COPY_TABLE = re.compile(r"\s*\[\[\s*copy\s*\]\]")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Copy(NamedTuple):
    """A copy of a file; the target name with `{date}`; and what that stands for, or None if the file gives the date."""

    job: CopyJob
    template: str
    name_date: str | None

    @property
    def source(self) -> tuple[str, str]:
        """The source Region and the name of the source."""
        return str(self.job.request.source_region), self.job.request.source_name

    @property
    def takes_newest(self) -> bool:
        """Whether it is of the latest automatic snapshot, and named after its date, which must be looked up."""
        request = self.job.request
        return isinstance(request, AutoSnapshotCopy) and request.restore_date is None and DATE in self.template

    def of(self, day: date) -> Copy:
        """Return the copy of the automatic snapshot of a day."""
        dated = {"restore_date": day, "target_snapshot_name": self.template.replace(DATE, day.isoformat())}
        request = evolve(cast("Any", self.job.request), use_latest_restorable_auto_snapshot=False, **dated)
        return self._replace(job=evolve(self.job, request=request), name_date=day.isoformat())


class _Entry(NamedTuple):
    """One copy, or several, of a file; its place, such as `line 3`; and why it cannot be parsed, if it cannot."""

    place: str
    wire: dict[str, Any]
    faults: tuple[str, ...] = ()


def today(call: Invocation) -> str:
    """Return the date of today in UTC."""
    return datetime.fromtimestamp(call.tools.clock.time(), timezone.utc).date().isoformat()


def newest_date(client: Any, resource_name: str) -> date:
    """Return the date of the newest automatic snapshot that succeeded, from the source Region."""
    for snapshot in get_auto_snapshots(client, resource_name):
        if snapshot.status is AutoSnapshotStatus.SUCCESS:
            return snapshot.date
    remedy = "Turn automatic snapshots on, or wait for the first."
    raise LightsailCopyError(f"{resource_name} has no automatic snapshot yet.", remedy)


def parse_file(call: Invocation, file: IO[bytes] | None, day: str | None) -> tuple[list[Copy], dict[str, Any]]:
    """Return the copies of a file, or of the demo, and its table on retention; raise every problem with its line."""
    if file is None and not call.demo:
        raise Stop(Status.BAD_REQUEST, "FILE is missing: give a file of TOML or JSON lines, or - for standard input.")
    text = _decode(demo.FLEET.encode() if file is None else file.read())
    significant = (line.strip() for line in text.split("\n") if line.strip() and not line.strip().startswith("#"))
    first = next(significant, "")
    entries, retention = cast("Iterable[_Entry]", ()), dict[str, Any]()
    if _TOML.match(first):
        entries, retention = _toml_entries(text)
    elif first.startswith(("{", "[")):
        entries = _json_entries(text)
    elif first:
        raise Stop(Status.BAD_REQUEST, f"FILE is neither TOML nor JSON lines: {_FORMS}.")
    parser = _Parser(day, today(call), allow_unknown=call.allow_unknown_region)
    copies = [copy for entry in entries for copy in parser.copies(entry)]
    if parser.sentences or not copies:
        sentences = dict.fromkeys(parser.sentences) or (f"FILE lists no copies: {_FORMS}.",)
        raise Stop(Status.BAD_REQUEST, *sentences)
    return copies, retention


def _decode(content: bytes) -> str:
    """Return the text of a file, without the byte order mark that PowerShell and editors of Windows write."""
    if content.startswith(_UTF_16) or b"\0" in content:
        raise Stop(Status.BAD_REQUEST, "FILE is not UTF-8 text, but looks like UTF-16: save it as UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        sentence = f"FILE is not UTF-8 text: line {number} has the byte 0x{content[error.start]:02X}. Save it as UTF-8."
        raise Stop(Status.BAD_REQUEST, sentence) from error


def _json_entries(text: str) -> Iterator[_Entry]:
    document = _parse_json(text, [])
    if isinstance(document, list) or (isinstance(document, dict) and "\n" in text.strip()):
        remedy = "give an object on a line of its own for each copy, as `jq -c '.[]'` does"
        raise Stop(Status.BAD_REQUEST, f"FILE is one JSON document: {remedy}.")
    # Not splitlines(): a JSON string may have other separators of lines.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            repeated: list[str] = []
            entry = _entry(f"line {number}", _parse_json(line, repeated), "a JSON object")
            faults = (f"{_quoted(key)} is given twice. Leave one of the two out." for key in repeated)
            yield entry._replace(faults=(*entry.faults, *faults))


def _parse_json(text: str, repeated: list[str]) -> Any:
    """Return the value of a JSON text, or why it cannot be parsed; note which keys are given twice."""

    def pairs(members: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in members]
        repeated.extend(dict.fromkeys(key for key in keys if keys.count(key) > 1))
        return dict(members)

    try:
        return json.loads(text, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        return ValueError(f"{error.msg} at column {error.colno}")
    except (ValueError, RecursionError) as error:
        return error


def _toml_entries(text: str) -> tuple[list[_Entry], dict[str, Any]]:
    """Return the copies of a TOML file, and its table on retention."""
    if TYPE_CHECKING:
        tomllib = cast("Any", None)  # type checkers have only one of the two
    elif sys.version_info >= (3, 11):
        import tomllib
    else:  # pragma: no cover - the backport
        import tomli as tomllib
    try:
        content: dict[str, Any] = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise Stop(Status.BAD_REQUEST, f"FILE is not valid TOML: {error}") from error
    copies, defaults, retention = content.pop("copy", []), content.pop("defaults", {}), content.pop("retention", {})
    if content or not (isinstance(copies, list) and isinstance(defaults, dict) and isinstance(retention, dict)):
        names = ", ".join(content) or "copy, defaults or retention in another form"
        remedy = "give a [[copy]] table for each copy, [defaults] and [retention], and nothing else"
        raise Stop(Status.BAD_REQUEST, f"FILE has {names}: {remedy}.")
    values = cast("list[object]", copies)
    lines = [f"line {number}" for number, line in enumerate(text.split("\n"), 1) if _COPY_TABLE.match(line)]
    # An array of tables may be in another form, whose lines are not known.
    places = lines if len(lines) == len(values) else [f"copy {number}" for number in range(1, len(values) + 1)]
    entries = [_entry(place, value, "a table") for place, value in zip(places, values, strict=True)]
    for number, (place, wire, faults) in enumerate(entries):
        replaced = {name for key in wire for name in _REPLACED.get(key, ())}
        others = {key: value for key, value in cast("Any", defaults).items() if key not in replaced}
        entries[number] = _Entry(place, {**others, **wire}, faults)
    return entries, cast("Any", retention)


def _entry(place: str, value: Any, kind: str) -> _Entry:
    if isinstance(value, dict):
        return _Entry(place, cast("dict[str, Any]", value))
    problem = f"but cannot be parsed: {value}" if isinstance(value, Exception) else f"not {_quoted(value)}"
    return _Entry(place, {}, (f"must be {kind}, {problem}.",))


def _quoted(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


@define(eq=False)
class _Parser:
    """Parses entries, and notes the place of the first with each target, and the problems."""

    day: str | None
    today: str
    allow_unknown: bool
    places: dict[tuple[str, str], str] = Factory(dict[tuple[str, str], str])
    sentences: list[str] = Factory(list[str])

    def copies(self, entry: _Entry) -> list[Copy]:
        """Return the copies of an entry, one for each combination of its lists, and note its problems."""
        wire, misnamed = _known_keys(entry.wire)
        lists: dict[str, list[Any]] = {
            key: value if isinstance(value, list) else [value] for key, value in wire.items()
        }
        empty = [f"{key}: the list is empty." for key, values in lists.items() if not values]
        combinations: Iterable[tuple[Any, ...]] = () if entry.faults and not wire else product(*lists.values())
        made = [self._copy(dict(zip(lists, values, strict=True)), entry.place) for values in combinations]
        sentences = (sentence for _, some in made for sentence in some)
        self.sentences += [f"{entry.place}: {sentence}" for sentence in (*entry.faults, *misnamed, *empty, *sentences)]
        return [copy for copy, _ in made if copy]

    def _copy(self, wire: dict[str, Any], place: str) -> tuple[Copy | None, list[str]]:
        """Return a copy whose names are filled in, or None, and its problems."""
        given = wire.get("restoreDate")
        given = given.isoformat() if isinstance(given, date) else given
        day = str(given or self.day or self.today)
        source, template = (
            wire.get("sourceSnapshotName", wire.get("sourceResourceName")),
            wire.get("targetSnapshotName"),
        )
        if isinstance(template, str) and isinstance(source, str):
            template = template.replace("{source}", source)
        wire |= {key: value for key, value in (("restoreDate", given), ("targetSnapshotName", template)) if value}
        wire |= {key: wire[key].replace(DATE, day) for key in _NAMES if isinstance(wire.get(key), str)}
        problems = {key: problem for key in _NAMES if (problem := _placeholder_problem(key, wire.get(key)))}
        shared = self._shared_target(wire, place)
        try:
            job = CopyJob.from_dict(wire, allow_unknown_region=self.allow_unknown)
        except InvalidRequestError as error:
            others = [each for each in error.problems if term(each.field, in_file=True) not in problems]
            return None, [*problems.values(), *(problem_sentence(each, in_file=True) for each in others), *shared]
        copy = Copy(job, str(template), day if DATE in str(template) and not given else None)
        return copy.of(date.fromisoformat(day)) if copy.takes_newest and self.day else copy, shared

    def _shared_target(self, wire: dict[str, Any], place: str) -> list[str]:
        region, name = wire.get("targetRegion"), wire.get("targetSnapshotName")
        if not isinstance(region, str) or not isinstance(name, str):
            return []
        if (region, name) not in self.places:
            self.places[region, name] = place
            return []
        rule = f"is the target of {self.places[region, name]} too, in {region}. Choose another name."
        return [f"targetSnapshotName: {_quoted(name)} {rule}"]


def _placeholder_problem(key: str, value: object) -> str | None:
    """Return the sentence of a placeholder that does not exist, or None."""
    if not isinstance(value, str) or "{" not in value:
        return None
    placeholders = "{source} or {date}" if key == "targetSnapshotName" else DATE
    return f"{key}: {_quoted(value)} has an unknown placeholder. Use {placeholders}."


def _known_keys(wire: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the keys of a copy, without those that are null, and the sentences of what is not a key of it."""
    given = {key: value for key, value in wire.items() if value is not None}
    known = {key: value for key, value in given.items() if key in _KEYS}
    sentences: list[str] = []
    for key in [key for key in given if key not in known]:
        similar = get_close_matches(key, _KEYS, 1, _SIMILAR)
        remedy = f"Did you mean {similar[0]}?" if similar else f"Use one of {', '.join(_KEYS)}."
        sentences.append(f"{_quoted(key)} is not a field of a copy. {remedy}")
        # What was meant is validated too, so that it is not reported as missing.
        known = {**dict.fromkeys(similar, given[key]), **known}
    if "sourceSnapshotName" in known:
        for key in [key for key in _OF_AUTOMATIC_SNAPSHOTS if key in known]:
            del known[key]
            sentences.append(f"{key} must be left out if sourceSnapshotName is given. Leave one of the two out.")
    return known, sentences
