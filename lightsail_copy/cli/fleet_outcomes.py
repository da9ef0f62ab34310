"""The outcomes of a fleet, and the exit status that they add up to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, cast

from attrs import Factory, define

from lightsail_copy import CopyOutcome, LightsailCopyError
from lightsail_copy.cli.failures import Status, Stop, explain
from lightsail_copy.cli.formats import line_of, put_table, wants_table
from lightsail_copy.cli.invocation import Invocation
from lightsail_copy.cli.terms import FILE

if TYPE_CHECKING:
    from lightsail_copy.cli.progress import FleetDisplay

_HEADINGS = ("TARGET", "REGION", "OUTCOME")
_SENTENCES = {
    Status.COPY_FAILED: "{} copies failed.",
    Status.UNKNOWN_OUTCOME: "the outcome of {} copies is unknown.",
    Status.TIMED_OUT: "{} copies timed out; those that were started go on at AWS.",
}
_OPEN = {Status.UNKNOWN_OUTCOME, Status.TIMED_OUT}


@define(eq=False, repr=False)
class Outcomes:
    """
    The outcomes that are known.

    Attributes:
        call: the options.
        count: how many there will be.
        known: the outcomes.
        misfit: why --query does not fit an outcome, or None.
    """

    call: Invocation
    count: int
    known: list[CopyOutcome] = Factory(list[CopyOutcome])
    misfit: Stop | None = None

    def take(self, outcome: CopyOutcome, display: FleetDisplay) -> None:
        """Show an outcome, and write it unless it is for a table."""
        self.known.append(outcome)
        name, region, state = _row(outcome)
        display.show(region, f"{name} ({region}): {state}", succeeded=outcome.succeeded)
        if wants_table(self.call):
            return
        # The other copies go on, whatever a query meets.
        try:
            display.put(line_of(self.call, _wire(outcome), _row(outcome)))
        except Stop as stop:
            self.misfit = stop

    def put_table(self) -> None:
        """Write the table, if that is the form of the result."""
        if wants_table(self.call):
            put_table(_HEADINGS, [_row(each) for each in self.known])

    def end(self, resume: tuple[str, ...]) -> Status:
        """
        Return the status of a fleet none of whose copies failed.

        Args:
            resume: the lines on how to resume.

        Raises:
            Stop: one or more failed.
        """
        failed = [each for each in self.known if not each.succeeded]
        counts = Counter(map(_status, failed))
        if failed and counts[Status.BAD_REQUEST] == self.count:
            # Nothing was sent, for the same reason each time, such as missing credentials.
            raise explain(_cause(failed[0]), FILE)
        counts[Status.COPY_FAILED] += counts[Status.BAD_REQUEST]
        sentences = [
            text.format(f"{counts[each]} of {self.count}") for each, text in _SENTENCES.items() if counts[each]
        ]
        if sentences:
            also = self.misfit.sentences if self.misfit else ()
            raise Stop(Status.COPY_FAILED, *sentences, *also, notes=resume if _OPEN & counts.keys() else ())
        if self.misfit:
            raise self.misfit
        return Status.DONE


def _status(outcome: CopyOutcome) -> Status:
    status = explain(_cause(outcome)).status
    return status if status in {*_OPEN, Status.BAD_REQUEST} else Status.COPY_FAILED


def _cause(outcome: CopyOutcome) -> BaseException:
    """Return the error of a copy, or the one that stopped its Region before."""
    error = cast("Exception", outcome.error)
    return error.__cause__ if type(error) is LightsailCopyError and error.__cause__ else error


def _row(outcome: CopyOutcome) -> tuple[str, str, str]:
    return outcome.job.request.target_snapshot_name, str(outcome.job.target_region), _state(outcome)


def _state(outcome: CopyOutcome) -> str:
    if outcome.error is not None:
        return error_sentence(outcome.error)
    states = ", ".join(str(operation.status) for operation in outcome.operations)
    return f"{states}, adopted" if outcome.result is not None and outcome.result.adopted else states


def _wire(outcome: CopyOutcome) -> dict[str, object]:
    error = {} if outcome.error is None else {"error": error_dict(outcome)}
    return {**outcome.to_dict(), **error}


def error_sentence(error: BaseException) -> str:
    """Return the sentences of an error on one line, in the terms of files."""
    return " ".join(" ".join(explain(error, FILE).sentences).split())


def error_dict(outcome: CopyOutcome) -> dict[str, object]:
    """Return the error of an outcome ready for JSON, in the terms of files."""
    return {**outcome.to_dict().get("error", {}), "message": _state(outcome)}
