"""The files of `fleet` and `prune`: TOML or JSON lines in UTF-8, parsed into copies or problems with their lines."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from difflib import get_close_matches
from itertools import product
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

from attrs import Factory, define, evolve

from lightsail_copy import AutoSnapshotCopy, CopyJob, InvalidRequestError
from lightsail_copy.cli import demo
from lightsail_copy.cli.failures import FIELDS, Status, Stop, problem_sentence, term
from lightsail_copy.cli.invocation import Invocation

DATE = "{date}"
_KEYS = tuple(term(name, in_file=True) for name in FIELDS)
_NAMES = ("sourceSnapshotName", "sourceResourceName", "targetSnapshotName")
# A key of a copy replaces these keys of the defaults too.
_REPLACED = {
    "sourceSnapshotName": ("sourceResourceName", "restoreDate", "useLatestRestorableAutoSnapshot"),
    "sourceResourceName": ("sourceSnapshotName",),
    "restoreDate": ("useLatestRestorableAutoSnapshot",),
    "useLatestRestorableAutoSnapshot": ("restoreDate",),
}
_LONGEST = 100
_FORMS = "give TOML with a [[copy]] table for each copy, or a JSON object on each line"
_TOML = re.compile(r"\[\[?\s*[\"'A-Za-z_]|[\"'\w-]+\s*(\.|=)")
_COPY_TABLE = re.compile(r"\s*\[\[\s*copy\s*\]\]")


class Copy(NamedTuple):
    """A copy in a file; its target name with `{date}`; and that date, or None if the file gives it as `restoreDate`."""

    job: CopyJob
    template: str
    name_date: str | None = None

    @property
    def source(self) -> tuple[str, str]:
        """The source Region and the name of the source."""
        return str(self.job.request.source_region), self.job.request.source_name

    @property
    def takes_newest(self) -> bool:
        """Whether it copies the latest automatic snapshot, and is named after its date, which must be looked up."""
        request = self.job.request
        return isinstance(request, AutoSnapshotCopy) and request.restore_date is None and DATE in self.template

    def of(self, day: date) -> Copy:
        """Return the copy of the automatic snapshot of a day."""
        dated = {"restore_date": day, "target_snapshot_name": self.template.replace(DATE, day.isoformat())}
        request = evolve(cast("Any", self.job.request), use_latest_restorable_auto_snapshot=False, **dated)
        return self._replace(job=evolve(self.job, request=request), name_date=day.isoformat())


class _Entry(NamedTuple):
    """One or several copies in a file; the place, such as `line 3`; and what is wrong with them, if anything."""

    place: str
    wire: dict[str, Any]
    faults: list[str]


def parse_file(call: Invocation, file: IO[bytes] | None, day: str | None) -> tuple[list[Copy], dict[str, Any]]:
    """Return the copies and the retention table of a file, or of the demo; raise every problem with its line."""
    if file is None and not call.demo:
        raise Stop(Status.BAD_REQUEST, "FILE is missing: give a file of TOML or JSON lines, or - for standard input.")
    text = _decode(demo.FLEET.encode() if file is None else file.read())
    significant = (line.strip() for line in text.split("\n") if line.strip() and not line.strip().startswith("#"))
    first = next(significant, "")
    is_toml = not first or _TOML.match(first)
    if not is_toml and not first.startswith(("{", "[")):
        raise Stop(Status.BAD_REQUEST, f"FILE is neither TOML nor JSON lines: {_FORMS}.")
    entries, retention = _toml_entries(text) if is_toml else (_json_entries(text), dict[str, Any]())
    parser = _Parser(day, str(call.now.date()), allow_unknown=call.allow_unknown_region)
    copies = [copy for entry in entries for copy in parser.copies(entry)]
    if parser.sentences or not copies:
        raise Stop(Status.BAD_REQUEST, *dict.fromkeys(parser.sentences or [f"FILE lists no copies: {_FORMS}."]))
    targets = dict.fromkeys(str(copy.job.target_region) for copy in copies)
    if call.region is not None and [*targets] != [call.region]:
        sentence = f"--region: the copies have their own target Regions ({', '.join(targets)}): leave out --region"
        raise Stop(Status.BAD_REQUEST, sentence)
    return copies, retention


def _decode(content: bytes) -> str:
    """Return the text of a file, without the byte order mark that PowerShell and editors of Windows write."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
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
        remedy = "give each copy as an object on a separate line, as `jq -c '.[]'` does"
        raise Stop(Status.BAD_REQUEST, f"FILE is one JSON document: {remedy}.")
    # Not splitlines(): a JSON string may contain other line separators.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            repeated: list[str] = []
            entry = _entry(f"line {number}", _parse_json(line, repeated), "a JSON object")
            entry.faults.extend(f"{_quoted(key)} is given twice. Leave one of the two out." for key in repeated)
            yield entry


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
    """Return the copies and the retention table of a TOML file."""
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
    values, shared = cast("list[object]", copies), cast("dict[str, Any]", defaults)
    lines = [f"line {number}" for number, line in enumerate(text.split("\n"), 1) if _COPY_TABLE.match(line)]
    # An array of tables may be in another form, whose lines are not known.
    places = lines if len(lines) == len(values) else [f"copy {number}" for number in range(1, len(values) + 1)]
    entries: list[_Entry] = []
    for place, value in zip(places, values, strict=True):
        entry = _entry(place, value, "a table")
        replaced = {*entry.wire, *(name for key in entry.wire for name in _REPLACED.get(key, ()))}
        others = {key: value for key, value in shared.items() if key not in replaced}
        entries.append(entry._replace(wire={**others, **entry.wire}))
    return entries, cast("Any", retention)


def _entry(place: str, value: Any, kind: str) -> _Entry:
    if isinstance(value, dict):
        return _Entry(place, cast("dict[str, Any]", value), [])
    problem = f"but cannot be parsed: {value}" if isinstance(value, Exception) else f"not {_quoted(value)}"
    return _Entry(place, {}, [f"must be {kind}, {problem}."])


def _quoted(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


@define(eq=False)
class _Parser:
    """Parses entries, and notes the problems, and where each target was first used."""

    day: str | None
    today: str
    allow_unknown: bool
    places: dict[tuple[Any, Any], str] = Factory(dict[tuple[Any, Any], str])
    sentences: list[str] = Factory(list[str])

    def copies(self, entry: _Entry) -> list[Copy]:
        """Return the copies of an entry, one for each combination of its lists, and note its problems."""
        wire, sentences = {key: value for key, value in entry.wire.items() if value is not None}, [*entry.faults]
        for key in [key for key in wire if key not in _KEYS]:
            similar, value = get_close_matches(key, _KEYS, 1, 0.8), wire.pop(key)
            remedy = f"Did you mean {similar[0]}?" if similar else f"Use one of {', '.join(_KEYS)}."
            sentences.append(f"{_quoted(key)} is not a field of a copy. {remedy}")
            # What was meant is validated too, so that it is not reported as missing.
            wire = {**dict.fromkeys(similar, value), **wire}
        lists: dict[str, list[Any]] = {
            key: value if isinstance(value, list) else [value] for key, value in wire.items()
        }
        sentences += [f"{key}: the list is empty." for key, values in lists.items() if not values]
        combinations: Iterable[tuple[Any, ...]] = () if entry.faults and not wire else product(*lists.values())
        made = [self._copy(dict(zip(lists, values, strict=True)), entry.place, sentences) for values in combinations]
        self.sentences += [f"{entry.place}: {sentence}" for sentence in sentences]
        return [copy for copy in made if copy]

    def _copy(self, wire: dict[str, Any], place: str, sentences: list[str]) -> Copy | None:
        """Return a copy with its names filled in, or None after noting its problems."""
        given = wire.get("restoreDate")
        if isinstance(given, date):
            # As text, because TOML has dates, and also times, which are not dates.
            given = wire["restoreDate"] = given.isoformat()
        day = str(given or self.day or self.today)
        names = {key: wire[key] for key in _NAMES if isinstance(wire.get(key), str)}
        source = names.get("sourceSnapshotName") or names.get("sourceResourceName") or "{source}"
        template = names.get("targetSnapshotName", "").replace("{source}", source)
        names |= {"targetSnapshotName": template} if template else {}
        wire |= {key: name.replace(DATE, day) for key, name in names.items()}
        unfilled = [key for key in names if "{" in wire[key]]
        for key in unfilled:
            placeholders = "{source} or {date}" if key == "targetSnapshotName" else DATE
            sentences.append(f"{key}: {_quoted(wire[key])} has an unknown placeholder. Use {placeholders}.")
        copy = None
        try:
            job = CopyJob.from_dict(wire, allow_unknown_region=self.allow_unknown)
        except InvalidRequestError as error:
            others = [each for each in error.problems if term(each.field, in_file=True) not in unfilled]
            sentences += [problem_sentence(each, in_file=True) for each in others]
        else:
            copy = Copy(job, template, day if DATE in template and not given else None)
            copy = copy.of(date.fromisoformat(day)) if copy.takes_newest and self.day else copy
        region, name = target = wire.get("targetRegion"), wire.get("targetSnapshotName")
        if isinstance(region, str) and isinstance(name, str):
            if target in self.places:
                rule = f"is the target of {self.places[target]} too, in {region}. Choose another name."
                sentences.append(f"targetSnapshotName: {_quoted(name)} {rule}")
            self.places.setdefault(target, place)
        return copy
