"""`fleet`: the copies of a file, to many Regions."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import IO, TYPE_CHECKING, Any, cast

import click
from attrs import Factory, define, frozen
from botocore.exceptions import BotoCoreError, ClientError

from lightsail_copy import CopyJob, CopyOutcome, CopyPlan, LightsailCopyError, Problem, plan_copy, watch_copies
from lightsail_copy.cli import demo
from lightsail_copy.cli.command import Command, DateType, duration_option, if_exists_option, lookup_option
from lightsail_copy.cli.failures import Status, Stop, explain, in_terms, problem_sentence, term
from lightsail_copy.cli.fleet_files import Copy, newest_date, parse_file
from lightsail_copy.cli.invocation import Connection, Invocation, fleet_clients
from lightsail_copy.cli.output import is_screen, line_of, put, put_table, say, shows_bars
from lightsail_copy.cli.progress import FleetDisplay, FleetLines

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from lightsail_copy.cli.output import Form

_LOOKUPS_AT_ONCE = 8
_HEADINGS = ("TARGET", "REGION", "OUTCOME")
_PLAN_HEADINGS = ("SOURCE", "DATE", "{DATE}", "GB", "TARGET", "REGION", "PLAN")
_SENTENCES = {
    Status.COPY_FAILED: "{} copies failed.",
    Status.UNKNOWN_OUTCOME: "the outcome of {} copies is unknown.",
    Status.TIMED_OUT: "{} copies timed out; those that were started go on at AWS.",
    Status.MAY_PASS: "{} copies failed for a reason that may pass.",
}
_CAN_RESUME = {Status.UNKNOWN_OUTCOME, Status.TIMED_OUT, Status.MAY_PASS}


@click.command(
    cls=Command,
    # What was adopted is in the outcomes.
    log_level=logging.WARNING,
    help="""
    Make the copies that FILE lists. For standard input, give "-". With --demo, you can leave out FILE.

    FILE is TOML with a [[copy]] table for each copy: the parameters of CopySnapshot, and targetRegion. [defaults] has
    values for all of them, and each combination of lists is a copy. For machines, FILE can also have a JSON object on
    each line. In targetSnapshotName, {source} is the name of the source, and {date} the date of its data: the restore
    date, the date of the newest automatic snapshot, or for a manual snapshot today. A copy that exists is adopted: to
    resume, run the same command again.

    \b
    Example, which needs no AWS account:
      lightsail-copy fleet --demo --output table
    """,
    params=[
        click.Argument(["file"], type=click.File("rb"), required=False),
        click.Option(["--dry-run"], is_flag=True, help="Copy nothing; print what each copy would do, and the totals."),
        click.Option(
            ["--date"],
            type=DateType(),
            metavar="YYYY-MM-DD",
            help="The date for {date}, and of automatic snapshots.  [default: the newest, or else today in UTC]",
        ),
        if_exists_option("adopt"),
        click.Option(["--wait/--no-wait"], default=True, show_default=True, help="Wait until the copies are done."),
        duration_option("--timeout", "none", "The longest time for all copies."),
        lookup_option(),
        click.Option(
            ["--max-running"],
            type=click.IntRange(1),
            default=100,
            show_default=True,
            help="How many copies run at once in each Region.",
        ),
        click.Option(
            ["--max-rate"],
            type=float,
            default=5.0,
            show_default=True,
            help="How many calls are made in a second, in each Region.",
        ),
    ],
)
def fleet(call: Invocation, *, file: IO[bytes] | None, dry_run: bool, date: str | None, **options: Any) -> Status:
    """Make the copies of a file."""
    copies = parse_file(call, file, date).copies
    connected = call._replace(region=call.region or str(copies[0].job.target_region))
    connection = connected.connect(demo.TARGET)
    newest = _Newest(connection)
    if dry_run:
        return _put_plans(connection, newest.resolve(copies), newest.failed, options["if_exists"])
    # An endpoint that is not valid is reported here, and not as the outcome of each copy.
    client = connection.client if call.demo else connected.connect(demo.TARGET, fleet_clients).client
    client(str(copies[0].job.target_region))
    copies = newest.resolve(copies)
    outcomes = Outcomes(connection.form, copies)
    options |= {"clients": client, "clock": call.tools.clock, "schedule": connection.schedule}
    try:
        with _displayed(call, copies) as display:
            for failed in newest.failed.values():
                outcomes.add(failed, display)
            for outcome in watch_copies([copy.job for copy in copies if copy.job not in newest.failed], **options):
                outcomes.add(outcome, display)
    except KeyboardInterrupt as error:
        outcomes.put_table()
        raise Stop(
            Status.INTERRUPTED, outcomes.counted(), heading="Interrupted", notes=_resume(call, copies)
        ) from error
    outcomes.put_table()
    return outcomes.end(_resume(call, copies))


class _Newest:
    """
    The dates of the newest automatic snapshots, looked up once for each source.

    Attributes:
        failed: the outcomes of the copies whose sources have none, or for which it cannot be looked up.
    """

    def __init__(self, connection: Connection) -> None:
        self._client = cache(connection.client)
        self.failed: dict[CopyJob, CopyOutcome] = {}

    def resolve(self, copies: Sequence[Copy]) -> list[Copy]:
        """Return the copies with these dates."""
        sources = dict.fromkeys(_source(copy) for copy in copies if copy.takes_newest)
        for region in {region for region, _ in sources}:
            self._client(region)
        with ThreadPoolExecutor(_LOOKUPS_AT_ONCE) as pool:
            found = dict(zip(sources, pool.map(self._look_up, sources), strict=True))
        return [self._resolved(copy, found[_source(copy)]) if copy.takes_newest else copy for copy in copies]

    def _look_up(self, source: tuple[str, str]) -> Any:
        region, name = source
        try:
            return newest_date(self._client(region), name)
        except (Stop, LightsailCopyError, BotoCoreError, ClientError) as error:
            # Without credentials, every call would meet the same error.
            if explain(error).status is Status.BAD_REQUEST:
                raise
            return error

    def _resolved(self, copy: Copy, found: Any) -> Copy:
        if not isinstance(found, Exception):
            return copy.of(found)
        error = LightsailCopyError(*found.sentences) if isinstance(found, Stop) else found
        self.failed[copy.job] = CopyOutcome(copy.job, error=cast("Any", error), done=True)
        return copy


def _source(copy: Copy) -> tuple[str, str]:
    return str(copy.job.request.source_region), copy.job.request.source_name


@contextmanager
def _displayed(call: Invocation, copies: Sequence[Copy]) -> Generator[FleetDisplay]:
    """
    Return the display of a fleet, within its context.

    On a terminal there is a bar for each Region and one for all, and lines for what failed; otherwise a line for each
    copy that has started, and for each outcome.
    """
    if not shows_bars():
        yield FleetLines()
        return
    from lightsail_copy.cli.bars import fleet_bars

    with fleet_bars([str(copy.job.target_region) for copy in copies], call.tools.clock) as bars:
        yield bars


@define(eq=False, repr=False)
class Outcomes:
    """
    The outcomes that are known.

    Attributes:
        form: the form of the result.
        copies: the copies.
        known: the outcomes.
        running: the copies that have started, and have no outcome yet.
        misfit: why --query does not fit an outcome, or None.
    """

    form: Form
    copies: Sequence[Copy]
    known: list[CopyOutcome] = Factory(list[CopyOutcome])
    running: set[CopyJob] = Factory(set[CopyJob])
    misfit: Stop | None = None

    def add(self, outcome: CopyOutcome, display: FleetDisplay) -> None:
        """Show what is known of a copy; at its end, write it unless it is for a table."""
        name, region, state = _row(outcome)
        line = f"{name} ({region}): {state}"
        if not outcome.done:
            self.running.add(outcome.job)
            display.started(region, line)
            return
        had_started = outcome.job in self.running
        self.running.discard(outcome.job)
        self.known.append(outcome)
        display.ended(region, line, had_started=had_started, succeeded=outcome.succeeded)
        if self._is_for_people or self.form.is_table:
            return
        # The other copies go on, whatever a query meets.
        try:
            display.put(line_of(self.form, _wire(outcome), _row(outcome)))
        except Stop as stop:
            self.misfit = stop

    @property
    def _is_for_people(self) -> bool:
        return not self.form.is_chosen and is_screen(sys.stdout)

    def put_table(self) -> None:
        """Write the table, if that is the form of the result."""
        if self.form.is_table:
            put_table(_HEADINGS, [_row(each) for each in self.known])
        elif self._is_for_people:
            succeeded = [each for each in self.known if each.succeeded]
            adopted = sum(each.result is not None and each.result.adopted for each in succeeded)
            put(f"{len(succeeded)} of {len(self.copies)} copies succeeded; {adopted} of them existed already.")

    def counted(self) -> str:
        """Return how many copies are known, go on, and were not started."""
        known, running = len(self.known), len(self.running)
        rest = len(self.copies) - known - running
        parts = [f"{known} of {len(self.copies)} {'is' if known == 1 else 'are'} known"]
        parts += [f"{running} {'runs' if running == 1 else 'run'} on at AWS"] if running else []
        parts += [f"{rest} {'was' if rest == 1 else 'were'} not started"] if rest else []
        return f"{', '.join(parts)}."

    def end(self, resume: tuple[str, ...]) -> Status:
        """
        Return the status of a fleet all of whose copies succeeded.

        Args:
            resume: the lines on how to resume.

        Raises:
            Stop: one or more did not.
        """
        failed = [each for each in self.known if not each.succeeded]
        counts = Counter(map(_status, failed))
        if failed and counts[Status.BAD_REQUEST] == len(self.copies):
            # Nothing was sent, for the same reason each time, such as missing credentials.
            raise explain(_cause(failed[0]), in_file=True)
        counts[Status.COPY_FAILED] += counts.pop(Status.BAD_REQUEST, 0)
        of = f"of {len(self.copies)}"
        sentences = [text.format(f"{counts[each]} {of}") for each, text in _SENTENCES.items() if counts[each]]
        if sentences:
            also = self.misfit.sentences if self.misfit else ()
            # A run again can help only if no failure is for good.
            status = Status.MAY_PASS if +counts.keys() <= {Status.MAY_PASS} else Status.COPY_FAILED
            # On a terminal, the lines of the failures may have scrolled away.
            listed = [f"  {name} ({region}): {state}" for name, region, state in map(_row, failed)]
            notes = resume if _CAN_RESUME & (+counts).keys() else ()
            raise Stop(status, *sentences, *also, notes=(*(listed if self._is_for_people else ()), *notes))
        if self.misfit:
            raise self.misfit
        return Status.DONE


def _status(outcome: CopyOutcome) -> Status:
    status = explain(_cause(outcome)).status
    return status if status in {*_CAN_RESUME, Status.BAD_REQUEST} else Status.COPY_FAILED


def _cause(outcome: CopyOutcome) -> BaseException:
    """Return the error of a copy, or the one that stopped its Region before."""
    error = cast("Exception", outcome.error)
    return error.__cause__ if type(error) is LightsailCopyError and error.__cause__ else error


def _row(outcome: CopyOutcome) -> tuple[str, str, str]:
    return outcome.job.request.target_snapshot_name, str(outcome.job.target_region), _state(outcome)


def _state(outcome: CopyOutcome) -> str:
    if outcome.error is not None:
        return _error_sentence(outcome.error)
    states = ", ".join(str(operation.status) for operation in outcome.operations)
    return f"{states}, adopted" if outcome.result is not None and outcome.result.adopted else states


def _wire(outcome: CopyOutcome) -> dict[str, object]:
    error = {} if outcome.error is None else {"error": _error_dict(outcome)}
    return {**outcome.to_dict(), **error}


def _error_sentence(error: BaseException) -> str:
    """Return the sentences of an error on one line, in the terms of files."""
    return " ".join(" ".join(explain(error, in_file=True).sentences).split())


def _error_dict(outcome: CopyOutcome) -> dict[str, object]:
    """Return the error of an outcome ready for JSON, in the terms of files."""
    return {**outcome.to_dict().get("error", {}), "message": _state(outcome)}


def _resume(call: Invocation, copies: Sequence[Copy]) -> tuple[str, ...]:
    """Return the lines on how to resume."""
    again = "To resume, run the same command again"
    if call.demo:
        again = "The demo ends here; at AWS, the same command resumes"
    dates = {copy.name_date for copy in copies if copy.name_date and not copy.is_given}
    if len(dates) != 1 or "--date" in call.words:
        return (f"{again}.",)
    return (f"{again}, with the date of its names:", f"    {call.command_with('--date', *cast('set[str]', dates))}")


@frozen
class _Check:
    """
    What was found out about a copy.

    Attributes:
        copy: the copy.
        found: what it would do, or the error of a lookup.
    """

    copy: Copy
    found: CopyPlan | Exception

    @property
    def is_possible(self) -> bool:
        """Whether no problem was found."""
        return isinstance(self.found, CopyPlan) and self.found.possible

    @property
    def is_new(self) -> bool:
        """Whether the copy would be made."""
        return isinstance(self.found, CopyPlan) and self.found.possible and self.found.adopts is None

    @property
    def size_in_gb(self) -> int:
        """The size of the copy, or 0 if it is not known."""
        return (self.found.size_in_gb or 0) if isinstance(self.found, CopyPlan) else 0

    def to_dict(self) -> dict[str, object]:
        """Return the plan under its wire names, or the request and the error."""
        job, dates = self.copy.job, {} if self.copy.name_date is None else {"nameDate": self.copy.name_date}
        if isinstance(self.found, CopyPlan):
            problems = [_problem_dict(problem) for problem in self.found.problems]
            return {"possible": self.is_possible, **self.found.to_dict(), **dates, "problems": problems}
        wire = {"request": job.request.to_dict(), "targetRegion": str(job.target_region)}
        return {**wire, **dates, "error": _error_dict(CopyOutcome(job, error=cast("Any", self.found), done=True))}

    def to_row(self) -> tuple[object, ...]:
        """Return the cells of a table."""
        job, found = self.copy.job, self.found
        date, size = (found.restore_date, found.size_in_gb) if isinstance(found, CopyPlan) else (None, None)
        source = f"{job.request.source_name} ({job.request.source_region})"
        names = job.request.target_snapshot_name, str(job.target_region)
        return source, date, self.copy.name_date, size, *names, _plan_sentence(found)


def _problem_dict(problem: Problem) -> dict[str, str]:
    rule, remedy = (in_terms(text, in_file=True) for text in (problem.rule, problem.remedy))
    return {"field": term(problem.field, in_file=True), "given": problem.given, "rule": rule, "remedy": remedy}


def _plan_sentence(found: CopyPlan | Exception) -> str:
    if not isinstance(found, CopyPlan):
        return f"not checked: {_error_sentence(found)}"
    if found.adopts:
        return "exists"
    return "; ".join(problem_sentence(problem, in_file=True) for problem in found.problems) or "would copy"


def _put_plans(
    connection: Connection, copies: Sequence[Copy], failed: dict[CopyJob, CopyOutcome], if_exists: Any
) -> Status:
    """
    Write what each copy would do, and the totals.

    Raises:
        Stop: a copy is not possible, or could not be checked, or nothing could be sent.
    """
    client, form = cache(connection.client), connection.form
    checks: list[_Check] = []
    for copy in copies:
        lookup = failed.get(copy.job)
        found = cast("Exception", lookup.error) if lookup else _find_plan(client, copy.job, if_exists)
        checks.append(_Check(copy, found))
        if not form.is_table:
            put(line_of(form, checks[-1].to_dict(), checks[-1].to_row()))
    if form.is_table:
        put_table(_PLAN_HEADINGS, [each.to_row() for each in checks])
    regions = dict.fromkeys(str(copy.job.target_region) for copy in copies)
    for region in (*regions, "all"):
        here = [each for each in checks if region in {str(each.copy.job.target_region), "all"}]
        new = [each for each in here if each.is_new]
        size = sum(each.size_in_gb for each in new)
        say(f"{region}: {len(here)} {'copy' if len(here) == 1 else 'copies'}, {len(new)} new, {size} GB.")
    unknown = sum(not isinstance(each.found, CopyPlan) for each in checks)
    impossible = sum(not each.is_possible for each in checks) - unknown
    sentences = {"are not possible": impossible, "could not be checked": unknown}
    problems = [f"{count} of {len(checks)} copies {what}." for what, count in sentences.items() if count]
    if problems:
        raise Stop(Status.FAILED, *problems)
    return Status.DONE


def _find_plan(client: Callable[[str], Any], job: CopyJob, if_exists: Any) -> CopyPlan | Exception:
    source, target = client(str(job.request.source_region)), client(str(job.target_region))
    try:
        return plan_copy(source, target, job.request, if_exists=if_exists)
    except (LightsailCopyError, BotoCoreError, ClientError) as error:
        # Without credentials, every call would meet the same error.
        if explain(error).status is Status.BAD_REQUEST:
            raise
        return error
