"""The files of `fleet` and `prune`: JSON lines or TOML in UTF-8, as copies whose every problem has its line."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timezone
from difflib import get_close_matches
from itertools import product
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

from attrs import Factory, define

from lightsail_copy import AutoSnapshotCopy, AutoSnapshotStatus, CopyJob, InvalidRequestError, get_auto_snapshots
from lightsail_copy.cli import demo
from lightsail_copy.cli.failures import Status, Stop, problem_sentence

if TYPE_CHECKING:
    from lightsail_copy import SnapshotCopyRequest
    from lightsail_copy.cli.invocation import Invocation

DATE = "{date}"
_SOURCE = "{source}"
_FIELDS = (
    "targetRegion",
    "sourceRegion",
    "sourceSnapshotName",
    "sourceResourceName",
    "targetSnapshotName",
    "restoreDate",
    "useLatestRestorableAutoSnapshot",
)
_NAMES = ("sourceSnapshotName", "sourceResourceName", "targetSnapshotName")
_OF_AUTOMATIC_SNAPSHOTS = ("sourceResourceName", "restoreDate", "useLatestRestorableAutoSnapshot")
# A key of a copy stands in for these keys of the defaults too.
_REPLACED = {
    "sourceSnapshotName": _OF_AUTOMATIC_SNAPSHOTS,
    "sourceResourceName": ("sourceSnapshotName",),
    "restoreDate": ("useLatestRestorableAutoSnapshot",),
    "useLatestRestorableAutoSnapshot": ("restoreDate",),
}
_SIMILAR = 0.8
_FORMS = "give TOML with a [[copy]] table for each copy, or a JSON object on each line"
_TOML = re.compile(r"\[\[?\s*[\"'A-Za-z_]|[\"'\w-]+\s*(\.|=)")
_COPY_TABLE = re.compile(r"\s*\[\[\s*copy\s*\]\]")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Copy(NamedTuple):
    """
    A copy of a file.

    Attributes:
        job: the copy; the date in its names is that of the file, of --date, or of today.
        template: the target name, in which `{date}` stands for the date.
        name_date: what `{date}` stands for, or None if the name has no date.
        is_given: whether the file gives that date.
        takes_newest: whether the date of the newest automatic snapshot must be looked up.
    """

    job: CopyJob
    template: str
    name_date: str | None
    is_given: bool
    takes_newest: bool

    @property
    def source(self) -> tuple[str, str]:
        """The source Region and the name of the source."""
        return str(self.job.request.source_region), self.job.request.source_name

    def of(self, day: date) -> Copy:
        """Return the copy of the automatic snapshot of a day."""
        request = copy_of(day, cast("AutoSnapshotCopy", self.job.request), self.template)
        job = CopyJob(target_region=self.job.target_region, request=request)
        return self._replace(job=job, name_date=day.isoformat(), takes_newest=False)


class File(NamedTuple):
    """What a file says: the copies, and the table on retention."""

    copies: list[Copy]
    retention: dict[str, object]


class _Entry(NamedTuple):
    """One copy, or several, of a file; its place, such as `line 3`; and why it cannot be parsed, if it cannot."""

    place: str
    wire: dict[str, object]
    faults: tuple[str, ...] = ()


def today(call: Invocation) -> str:
    """Return the date of today in UTC."""
    return datetime.fromtimestamp(call.tools.clock.time(), timezone.utc).date().isoformat()


def copy_of(day: date, request: AutoSnapshotCopy, template: str) -> AutoSnapshotCopy:
    """Return the copy of the automatic snapshot of a day, under the name with that date."""
    return AutoSnapshotCopy(
        source_region=request.source_region,
        source_resource_name=request.source_resource_name,
        target_snapshot_name=template.replace(DATE, day.isoformat()),
        restore_date=day,
    )


def takes_newest(request: SnapshotCopyRequest, template: str) -> bool:
    """Return whether a copy is of the latest automatic snapshot, and named after its date."""
    return isinstance(request, AutoSnapshotCopy) and request.restore_date is None and DATE in template


def newest_date(client: Any, resource_name: str) -> date:
    """
    Return the date of the newest automatic snapshot that succeeded, from the source Region.

    Raises:
        Stop: there is none.
        LightsailCopyError: it cannot be looked up.
    """
    for snapshot in get_auto_snapshots(client, resource_name):
        if snapshot.status is AutoSnapshotStatus.SUCCESS:
            return snapshot.date
    sentence = f"{resource_name} has no automatic snapshot yet. Turn automatic snapshots on, or wait for the first."
    raise Stop(Status.FAILED, sentence)


def parse_file(call: Invocation, file: IO[bytes] | None, day: str | None) -> File:
    """
    Return what a file says, or that of the demo, with a date for its names.

    Raises:
        Stop: a copy is not valid, or there are none; every problem is listed with its line.
    """
    if file is None and not call.demo:
        raise Stop(Status.BAD_REQUEST, "FILE is missing: give a file of TOML or JSON lines, or - for standard input.")
    content = demo.FLEET.encode() if file is None else file.read()
    text, retention = _decode(content), dict[str, object]()
    entries: Iterable[_Entry] = ()
    significant = (line.strip() for line in text.split("\n") if line.strip() and not line.strip().startswith("#"))
    first = next(significant, "")
    if _TOML.match(first):
        entries, retention = _toml_entries(text)
    elif first.startswith(("{", "[")):
        entries = _json_entries(text)
    elif first:
        raise Stop(Status.BAD_REQUEST, f"FILE is neither TOML nor JSON lines: {_FORMS}.")
    parser = _Parser(day, today(call), allow_unknown=call.allow_unknown_region)
    return File(parser.parse(entries), retention)


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
    if _is_one_document(text):
        sentence = (
            "FILE is one JSON document: give an object on a line of its own for each copy, as `jq -c '.[]'` does."
        )
        raise Stop(Status.BAD_REQUEST, sentence)
    # Not splitlines(): a JSON string may have other separators of lines.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield _json_entry(f"line {number}", line)


def _json_entry(place: str, line: str) -> _Entry:
    repeated: list[str] = []

    def pairs(members: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in members]
        repeated.extend(dict.fromkeys(key for key in keys if keys.count(key) > 1))
        return dict(members)

    try:
        entry = _entry(place, json.loads(line, object_pairs_hook=pairs), "a JSON object")
    except json.JSONDecodeError as error:
        fault = f"must be a JSON object, but cannot be parsed: {error.msg} at column {error.colno}."
    except (ValueError, RecursionError) as error:
        fault = f"must be a JSON object, but cannot be parsed: {error}."
    else:
        faults = (f"{_quoted(key)} is given twice. Leave one of the two out." for key in repeated)
        return entry._replace(faults=(*entry.faults, *faults))
    return _Entry(place, {}, (fault,))


def _is_one_document(text: str) -> bool:
    """Return whether a text is an array, or an object on several lines."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, list) or "\n" in text.strip()


def _toml_entries(text: str) -> tuple[list[_Entry], dict[str, object]]:
    """Return the copies of a TOML file, and its table on retention."""
    # The backport is another package. Only a file in TOML is worth its import.
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib  # pragma: no cover - the backport of an older Python
    try:
        content: dict[str, Any] = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise Stop(Status.BAD_REQUEST, f"FILE is not valid TOML: {error}") from error
    copies, defaults, retention = content.pop("copy", []), content.pop("defaults", {}), content.pop("retention", {})
    is_known = isinstance(copies, list) and isinstance(defaults, dict) and isinstance(retention, dict)
    if content or not is_known:
        names = ", ".join(content) or "copy, defaults or retention in another form"
        remedy = "give a [[copy]] table for each copy, [defaults] and [retention], and nothing else"
        raise Stop(Status.BAD_REQUEST, f"FILE has {names}: {remedy}.")
    values = cast("list[object]", copies)
    lines = [f"line {number}" for number, line in enumerate(text.split("\n"), 1) if _COPY_TABLE.match(line)]
    # An array of tables may be in another form, whose lines are not known.
    places = lines if len(lines) == len(values) else [f"copy {number}" for number in range(1, len(values) + 1)]
    entries = [_entry(place, value, "a table") for place, value in zip(places, values, strict=True)]
    return [each._replace(wire=_with_defaults(each.wire, defaults)) for each in entries], retention


def _with_defaults(wire: dict[str, object], defaults: dict[str, object]) -> dict[str, object]:
    replaced = {name for key in wire for name in _REPLACED.get(key, ())}
    return {**{key: value for key, value in defaults.items() if key not in replaced}, **wire}


def _entry(place: str, value: object, kind: str) -> _Entry:
    if isinstance(value, dict):
        return _Entry(place, cast("dict[str, object]", value))
    return _Entry(place, {}, (f"must be {kind}, not {_quoted(value)}.",))


def _quoted(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:97]}..."  # noqa: PLR2004 - the width of a line


@define(eq=False)
class _Parser:
    """Parses entries, and notes the place of the first with each target, and the problems."""

    day: str | None
    today: str
    allow_unknown: bool
    places: dict[tuple[str, str], str] = Factory(dict[tuple[str, str], str])
    sentences: list[str] = Factory(list[str])

    def parse(self, entries: Iterable[_Entry]) -> list[Copy]:
        """Return the copies, or raise the problems of them all."""
        copies = [copy for entry in entries for copy in self._copies(entry)]
        if self.sentences:
            raise Stop(Status.BAD_REQUEST, *dict.fromkeys(self.sentences))
        if not copies:
            raise Stop(Status.BAD_REQUEST, f"FILE lists no copies: {_FORMS}.")
        return copies

    def _copies(self, entry: _Entry) -> Iterator[Copy]:
        """Yield the copies of an entry, one for each combination of its lists, and note its problems."""
        found = list(entry.faults)
        if entry.wire or not found:
            wire, misnamed = _known_keys(entry.wire)
            found += misnamed
            lists = [cast("list[object]", value) if isinstance(value, list) else [value] for value in wire.values()]
            found += [f"{key}: the list is empty." for key, values in zip(wire, lists, strict=True) if not values]
            for values in product(*lists):
                copy, sentences = self._copy(dict(zip(wire, values, strict=True)), entry.place)
                found += sentences
                if copy:
                    yield copy
        self.sentences += [f"{entry.place}: {sentence}" for sentence in found]

    def _copy(self, wire: dict[str, object], place: str) -> tuple[Copy | None, list[str]]:
        filled, template, day = self._fill_in(wire)
        sentences = [sentence for name in _NAMES if (sentence := _placeholder_problem(name, filled.get(name)))]
        shared = self._shared_target(filled, place)
        try:
            job = CopyJob.from_dict(filled, allow_unknown_region=self.allow_unknown)
        except InvalidRequestError as error:
            named = {sentence.partition(":")[0] for sentence in sentences}
            others = [problem_sentence(each, in_file=True) for each in error.problems]
            return None, sentences + [each for each in others if each.partition(":")[0] not in named] + shared
        newest = takes_newest(job.request, template)
        copy = Copy(job, template, day if DATE in template else None, "restoreDate" in wire, newest and not self.day)
        return copy.of(date.fromisoformat(self.day)) if newest and self.day else copy, sentences + shared

    def _fill_in(self, wire: dict[str, object]) -> tuple[dict[str, object], str, str]:
        """Return the keys with dates as text and filled-in names, the template of the target name, and its date."""
        day = wire.get("restoreDate")
        filled = {**wire, "restoreDate": day.isoformat()} if isinstance(day, date) else dict(wire)
        value = str(filled.get("restoreDate") or self.day or self.today)
        source = wire.get("sourceSnapshotName", wire.get("sourceResourceName"))
        template = wire.get("targetSnapshotName")
        if isinstance(template, str) and isinstance(source, str):
            template = template.replace(_SOURCE, source)
        filled |= {"targetSnapshotName": template} if "targetSnapshotName" in wire else {}
        for name in _NAMES:
            text = filled.get(name)
            filled |= {name: text.replace(DATE, value)} if isinstance(text, str) else {}
        return filled, str(template), value

    def _shared_target(self, wire: dict[str, object], place: str) -> list[str]:
        region, name = wire.get("targetRegion"), wire.get("targetSnapshotName")
        if not isinstance(region, str) or not isinstance(name, str):
            return []
        if (region, name) not in self.places:
            self.places[region, name] = place
            return []
        rule = f"is the target of {self.places[region, name]} too, in {region}. Choose another name."
        return [f"targetSnapshotName: {_quoted(name)} {rule}"]


def _placeholder_problem(name: str, value: object) -> str | None:
    """Return the sentence of a placeholder that does not exist, or None."""
    if not isinstance(value, str) or "{" not in value:
        return None
    placeholders = "{source} or {date}" if name == "targetSnapshotName" else DATE
    return f"{name}: {_quoted(value)} has an unknown placeholder. Use {placeholders}."


def _known_keys(wire: dict[str, object]) -> tuple[dict[str, object], list[str]]:
    """Return the keys of a copy, without those that are null, and the sentences of what is not a key of it."""
    given = {name: value for name, value in wire.items() if value is not None}
    known = {name: value for name, value in given.items() if name in _FIELDS}
    sentences: list[str] = []
    for name in [name for name in given if name not in known]:
        similar = get_close_matches(name, _FIELDS, 1, _SIMILAR)
        remedy = f"Did you mean {similar[0]}?" if similar else f"Use one of {', '.join(_FIELDS)}."
        sentences.append(f"{_quoted(name)} is not a field of a copy. {remedy}")
        # What was meant is validated too, so that it is not reported as missing.
        known = {**dict.fromkeys(similar, given[name]), **known}
    if "sourceSnapshotName" not in known:
        return known, sentences
    for name in [name for name in _OF_AUTOMATIC_SNAPSHOTS if name in known]:
        del known[name]
        sentences.append(f"{name} must be left out if sourceSnapshotName is given. Leave one of the two out.")
    return known, sentences
