"""
The flow that deletes snapshots: the only one that deletes.

Sources: botocore's model of DeleteInstanceSnapshot and DeleteDiskSnapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from logging import INFO
from typing import NamedTuple, NoReturn

from lightsail_copy.enums import RegionName, ResourceType, Unrecognized
from lightsail_copy.errors import (
    LightsailCopyError,
    Problem,
    as_sentence,
    combined_class,
    evolve,
    format_value,
    message_of,
    shorten,
)
from lightsail_copy.flows import Call, Flow, calls, log
from lightsail_copy.flows.attempts import may_have_started
from lightsail_copy.operations import Operation
from lightsail_copy.outcome_errors import ServiceUnreachableError
from lightsail_copy.retention.plans import RetentionDecision
from lightsail_copy.service_errors import NotFoundError
from lightsail_copy.snapshots import Snapshot
from lightsail_copy.validation import raise_problems, validate_type

_CALLS: Mapping[str, Callable[[str], Call[tuple[Operation, ...]]]] = {
    ResourceType.INSTANCE_SNAPSHOT: calls.delete_instance_snapshot,
    ResourceType.DISK_SNAPSHOT: calls.delete_disk_snapshot,
}
# After this many deletions in a row without a response, the others are not tried.
_MAX_UNREACHABLE = 3


def delete_snapshots(decisions: Iterable[RetentionDecision], region_name: str | None) -> Flow[tuple[Operation, ...]]:
    """Delete the snapshots that a plan does not keep, one after another."""
    waiting = _snapshots_to_delete(tuple(decisions), region_name)
    total = len(waiting)
    operations: list[Operation] = []
    failures: list[_Failure] = []
    unreachable = 0
    while waiting and unreachable < _MAX_UNREACHABLE:
        snapshot = waiting.pop(0)
        call = _CALLS[snapshot.resource_type](snapshot.name)
        try:
            started = yield from call
        except NotFoundError:
            unreachable = 0
            _log("no longer exists", snapshot, region_name)
        # A caller's hook may raise any error, which must not hide what was deleted before.
        except Exception as error:  # noqa: BLE001 - it is raised, with what became of each snapshot
            failures.append(_Failure(snapshot.name, error, may_have_started(error, call.attempts)))
            unreachable = unreachable + 1 if isinstance(error, ServiceUnreachableError) else 0
            # A setup error, or one of the client, would fail every other call too.
            if not isinstance(error, LightsailCopyError):
                break
        else:
            unreachable = 0
            operations += started
            _log("deleted", snapshot, region_name, operation_id=started[0].id if started else None)
    if failures:
        _raise(failures, [each.name for each in waiting], total, tuple(operations))
    return tuple(operations)


class _Failure(NamedTuple):
    name: str
    error: Exception
    may_be_deleted: bool

    def __str__(self) -> str:
        error = self.error
        said = as_sentence(shorten(error.parts[0] if isinstance(error, LightsailCopyError) else message_of(error)))
        return f"{self.name}: {said}" + (" It may have been deleted." if self.may_be_deleted else "")


def _raise(failures: list[_Failure], not_tried: list[str], total: int, operations: tuple[Operation, ...]) -> NoReturn:
    """Raise the first error, with what became of each snapshot; a setup error of the first call is raised as it is."""
    error = failures[0].error
    cause: BaseException | None = error
    if isinstance(error, LightsailCopyError):
        cause = error.__cause__
    elif len(not_tried) + 1 == total:
        raise error
    else:
        error = combined_class(LightsailCopyError, type(error))()
    is_known, left = not any(each.may_be_deleted for each in failures), len(failures) + len(not_tried)
    if is_known:
        outcome = "was not deleted" if left == 1 else "were not deleted"
    else:
        outcome = f"{'is' if left == 1 else 'are'} not known to have been deleted"
    lines = [f"{left} of {total} snapshots {outcome}:", *(f"  {each}" for each in failures)]
    if not_tried:
        lines.append(f"  Not tried after that: {', '.join(not_tried)}.")
    # The last part of a message says what to do.
    ours = (each.error.parts for each in failures if isinstance(each.error, LightsailCopyError))
    lines += dict.fromkeys(parts[-1] for parts in ours if len(parts) > 1)
    raise evolve(error, "\n".join(lines), operations=operations) from cause


def _snapshots_to_delete(decisions: tuple[RetentionDecision, ...], region_name: str | None) -> list[Snapshot]:
    """Return the snapshots that no decision keeps, each once, if the plan is valid and for the client's Region."""
    raise_problems(
        *(validate_type("decisions", each, RetentionDecision, "Give a plan of plan_retention.") for each in decisions),
        subject="plan",
    )
    kept = {each.snapshot.name for each in decisions if each.keep is not False}
    # A snapshot that is in the plan twice is deleted once.
    found = {each.snapshot.name: each.snapshot for each in decisions if each.snapshot.name not in kept}
    raise_problems(
        _validate_region({each.snapshot.location.region_name for each in decisions}, region_name),
        *map(_validate_type, found.values()),
        subject="plan",
    )
    return list(found.values())


def _validate_region(planned: set[RegionName | Unrecognized], region_name: str | None) -> list[Problem]:
    """Return a problem if a plan is for another Region: other snapshots may have its names here."""
    # A client, or a response, may have no Region.
    others = ", ".join(sorted(each for each in planned if each and region_name and each != region_name))
    rule = f"must be for {region_name}, the Region of the client"
    return [Problem("decisions", f"a plan for {others}", rule, f"Use a client of {others}.")] if others else []


def _validate_type(snapshot: Snapshot) -> list[Problem]:
    if snapshot.resource_type in _CALLS:
        return []
    rule = f"must be a snapshot of an instance or a disk, not {format_value(snapshot.resource_type)}"
    return [Problem("decisions", format_value(snapshot.name), rule)]


def _log(what: str, snapshot: Snapshot, region_name: str | None, **fields: object) -> None:
    place = f"{region_name}: {snapshot.name}" if region_name else snapshot.name
    log(INFO, f"{place}: {what}", region_name=region_name, snapshot_name=snapshot.name, **fields)
