"""`fleet`: the copies of a file, to many Regions."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from contextlib import nullcontext
from functools import cache, partial
from typing import IO, TYPE_CHECKING, Any, cast

import click
from attrs import Factory, define, evolve
from botocore.exceptions import BotoCoreError

from lightsail_copy import CopyJob, CopyOutcome, CopyPlan, LightsailCopyError, plan_copy, watch_copies
from lightsail_copy.cli import demo
from lightsail_copy.cli.command import Command, calendar_date, duration_option, flag, if_exists_option, option
from lightsail_copy.cli.failures import Status, Stop, explain, in_terms, problem_sentence
from lightsail_copy.cli.fleet_files import Copy, newest_date, parse_file
from lightsail_copy.cli.output import Form, folded, put, put_table, say, shows_bars, text_of
from lightsail_copy.cli.progress import FleetLines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lightsail_copy.cli.bars import FleetBars
    from lightsail_copy.cli.invocation import Connection, Invocation

_DATE_HELP = "The date for {date}, and of automatic snapshots.  [default: the newest, or else today in UTC]"
_LOOKUP_HELP = "How long to look up an unknown outcome, and to tolerate throttling, faults and connection errors."
_HEADINGS = ("TARGET", "REGION", "OUTCOME")
_PLAN_HEADINGS = ("SOURCE", "DATE", "GB", "TARGET", "REGION", "PLAN")
_WOULD_COPY = "would copy"
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
        flag("--dry-run", "Copy nothing; print what each copy would do, and the totals."),
        option("--date", _DATE_HELP, type=calendar_date, metavar="YYYY-MM-DD"),
        click.Option(["--wait/--no-wait"], default=True, show_default=True, help="Wait until the copies are done."),
        if_exists_option("adopt"),
        duration_option("--timeout", "none", "The longest time for all copies."),
        duration_option("--lookup-timeout", "600", _LOOKUP_HELP),
        option("--max-running", "How many copies run at once in each Region.", type=click.IntRange(1), default=100),
        option("--max-rate", "How many calls are made in a second, in each Region.", type=float, default=5.0),
    ],
)
def fleet(call: Invocation, *, file: IO[bytes] | None, dry_run: bool, date: str | None, **options: Any) -> Status:
    """Make the copies of a file."""
    listed, _ = parse_file(call, file, date)
    call = call._replace(region=call.region or str(listed[0].job.target_region))
    connection = call.connect(demo.TARGET)
    copies, failed = _with_newest(connection, listed)
    if dry_run:
        return _put_plans(connection, copies, failed, options["if_exists"])
    client = connection.client if call.demo else call.connect(demo.TARGET, fleet=True).client
    # An endpoint that is not valid is reported here, and not as the outcome of each copy.
    client(str(copies[0].job.target_region))
    outcomes = Outcomes(connection.form, len(copies))
    schedule = evolve(connection.schedule, error_tolerance=options.pop("lookup_timeout"))
    options |= {"clients": client, "clock": call.tools.clock, "schedule": schedule}
    try:
        with _displayed(call, copies, with_lines=outcomes.are_lines) as display:
            for job, error in failed.items():
                outcomes.add(CopyOutcome(job, error=error, done=True), display)
            for outcome in watch_copies([copy.job for copy in copies if copy.job not in failed], **options):
                outcomes.add(outcome, display)
    except KeyboardInterrupt as error:
        outcomes.put_summary()
        sentence, notes = outcomes.counted(), _resume(call, copies)
        raise Stop(Status.INTERRUPTED, sentence, heading="Interrupted", notes=notes) from error
    outcomes.put_summary()
    return outcomes.end(_resume(call, copies))


def _with_newest(connection: Connection, copies: Sequence[Copy]) -> tuple[list[Copy], dict[CopyJob, Any]]:
    """Return the copies with the dates of the newest automatic snapshots, and what went wrong for others."""
    client = cache(connection.client)
    found: dict[tuple[str, str], Any] = {}
    for source in dict.fromkeys(copy.source for copy in copies if copy.takes_newest):
        found[source] = _unless_all_fail(partial(newest_date, client(source[0]), source[1]))
    failed: dict[tuple[str, str], Any] = {source: each for source, each in found.items() if isinstance(each, Exception)}
    dated = [
        copy.of(found[copy.source]) if copy.takes_newest and copy.source not in failed else copy for copy in copies
    ]
    return dated, {copy.job: failed[copy.source] for copy in dated if copy.takes_newest}


def _unless_all_fail(look_up: Callable[[], Any]) -> Any:
    """Return what a lookup finds, or its error, unless that is one which every call would meet."""
    try:
        return look_up()
    except (LightsailCopyError, BotoCoreError) as error:
        if explain(error).status is Status.BAD_REQUEST:
            raise
        return error


def _displayed(call: Invocation, copies: Sequence[Copy], *, with_lines: bool) -> Any:
    """Return the display of a fleet, as a context: bars on a terminal, and otherwise lines."""
    if not shows_bars(with_lines=with_lines):
        return nullcontext(FleetLines())
    from lightsail_copy.cli.bars import fleet_bars

    return fleet_bars([str(copy.job.target_region) for copy in copies], call.tools.clock)


@define(eq=False)
class Outcomes:
    """What is known of the copies, and why --query does not fit an outcome, if it does not."""

    form: Form
    total: int
    known: list[CopyOutcome] = Factory(list[CopyOutcome])
    running: set[CopyJob] = Factory(set[CopyJob])
    misfit: Stop | None = None

    def add(self, outcome: CopyOutcome, display: FleetBars | FleetLines) -> None:
        """Show what is known of a copy; at its end, write it unless it is for a table."""
        name, region, state = row = _row(outcome)
        line = f"{name} ({region}): {state}"
        if not outcome.done:
            self.running.add(outcome.job)
            display.started(region, line)
            return
        display.ended(region, line, had_started=outcome.job in self.running, succeeded=outcome.succeeded)
        self.running.discard(outcome.job)
        self.known.append(outcome)
        if self.are_lines:
            # The other copies go on, whatever a query meets.
            try:
                put(text_of(self.form, _wire(outcome), [row]))
            except Stop as stop:
                self.misfit = stop

    @property
    def are_lines(self) -> bool:
        """Whether the result has a line for each outcome."""
        return not self.form.is_for_people and not self.form.is_table

    def put_summary(self) -> None:
        """Write the table or the line that is the result."""
        if self.form.is_table:
            put_table(_HEADINGS, [_row(each) for each in self.known])
        elif self.form.is_for_people:
            succeeded = [each.result.adopted for each in self.known if each.succeeded and each.result]
            put(f"{len(succeeded)} of {self.total} copies succeeded; {sum(succeeded)} of them existed already.")

    def counted(self) -> str:
        """Return how many copies are known, go on, and were not started."""
        known, running = len(self.known), len(self.running)
        rest = self.total - known - running
        parts = [f"{known} of {self.total} {'is' if known == 1 else 'are'} known"]
        parts += [f"{running} {'runs' if running == 1 else 'run'} on"] if running else []
        parts += [f"{rest} {'was' if rest == 1 else 'were'} not started"] if rest else []
        return f"{', '.join(parts)}."

    def end(self, resume: tuple[str, ...]) -> Status:
        """Return the status of a fleet all of whose copies succeeded."""
        failed = [each for each in self.known if not each.succeeded]
        ends = [explain(_cause(each), in_file=True) for each in failed]
        if len(ends) == self.total and all(end.status is Status.BAD_REQUEST for end in ends):
            # Nothing was sent, for the same reason each time, such as missing credentials.
            raise ends[0]
        counts = Counter(end.status if end.status in _CAN_RESUME else Status.COPY_FAILED for end in ends)
        texts = ((text, f"{counts[each]} of {self.total}") for each, text in _SENTENCES.items() if counts[each])
        sentences = [text.format(count) for text, count in texts]
        sentences += self.misfit.sentences if self.misfit else ()
        if counts:
            # To run it again helps only if no failure is for good.
            status = Status.MAY_PASS if counts.keys() == {Status.MAY_PASS} else Status.COPY_FAILED
            # The lines above the bars may have scrolled away.
            rows = map(_row, failed) if self.form.is_for_people else ()
            listed = [f"  {name} ({region}): {state}" for name, region, state in rows]
            raise Stop(status, *sentences, notes=(*listed, *(resume if _CAN_RESUME & counts.keys() else ())))
        if self.misfit:
            raise self.misfit
        return Status.DONE


def _cause(outcome: CopyOutcome) -> BaseException:
    """Return the error of a copy, or the one that stopped its Region before."""
    error = cast("Exception", outcome.error)
    return error.__cause__ if type(error) is LightsailCopyError and error.__cause__ else error


def _row(outcome: CopyOutcome) -> tuple[str, str, str]:
    return outcome.job.request.target_snapshot_name, str(outcome.job.target_region), _state(outcome)


def _state(outcome: CopyOutcome) -> str:
    if outcome.error is not None:
        return " ".join(" ".join(explain(outcome.error, in_file=True).sentences).split())
    states = ", ".join(str(operation.status) for operation in outcome.operations)
    return f"{states}, adopted" if outcome.result is not None and outcome.result.adopted else states


def _wire(outcome: CopyOutcome) -> dict[str, Any]:
    wire = cast("dict[str, Any]", outcome.to_dict())
    return {**wire, "error": {**wire["error"], "message": _state(outcome)}} if outcome.error else wire


def _resume(call: Invocation, copies: Sequence[Copy]) -> tuple[str, ...]:
    again = (
        "The demo ends here; at AWS, the same command resumes" if call.demo else "To resume, run the same command again"
    )
    dates = {copy.name_date for copy in copies if copy.name_date and not copy.takes_newest}
    if len(dates) != 1 or "--date" in call.words:
        return (f"{again}.",)
    return (f"{again}, with the date of its names:", f"    {call.command_with('--date', *dates)}")


def _put_plans(connection: Connection, copies: Sequence[Copy], failed: dict[CopyJob, Any], if_exists: Any) -> Status:
    """Write what each copy would do, and the totals."""
    client, form = cache(connection.client), connection.form

    def check(job: CopyJob) -> Any:
        source, target = client(str(job.request.source_region)), client(str(job.target_region))
        return failed.get(job) or _unless_all_fail(partial(plan_copy, source, target, job.request, if_exists=if_exists))

    found: list[CopyPlan | Exception] = []
    for copy in copies:
        found.append(check(copy.job))
        row = _plan_row(copy, found[-1])
        if form.is_for_people:
            put(folded(_plan_line(row), sys.stdout))
        elif not form.is_table:
            put(text_of(form, _plan_wire(copy, found[-1]), [row]))
    if form.is_table:
        put_table(_PLAN_HEADINGS, map(_plan_row, copies, found))
    plans = [each for each in found if isinstance(each, CopyPlan)]
    for region in (*dict.fromkeys(str(copy.job.target_region) for copy in copies), "all"):
        listed = sum(region in {str(copy.job.target_region), "all"} for copy in copies)
        new = (each for each in plans if each.possible and each.adopts is None)
        sizes = [each.size_in_gb or 0 for each in new if region in {str(each.target_region), "all"}]
        say(f"{region}: {listed} {'copy' if listed == 1 else 'copies'}, {len(sizes)} new, {sum(sizes)} GB.")
    impossible = sum(not each.possible for each in plans)
    counts = {"cannot be made": impossible, "could not be checked": len(found) - len(plans)}
    problems = [f"{count} of {len(found)} copies {what}." for what, count in counts.items() if count]
    if problems:
        raise Stop(Status.FAILED, *problems)
    return Status.DONE


def _plan_wire(copy: Copy, found: CopyPlan | Exception) -> dict[str, object]:
    """Return a plan under its wire names, or the request and the error."""
    dates = {"nameDate": copy.name_date} if copy.name_date else {}
    if not isinstance(found, CopyPlan):
        wire = _wire(CopyOutcome(copy.job, error=cast("Any", found), done=True))
        region = {"targetRegion": str(copy.job.target_region)}
        return {"request": copy.job.request.to_dict(), **region, **dates, "error": wire["error"]}
    wire = cast("dict[str, Any]", found.to_dict())
    problems = [{key: in_terms(text, in_file=True) for key, text in each.items()} for each in wire["problems"]]
    return {"possible": found.possible, **wire, **dates, "problems": problems}


def _plan_line(row: tuple[object, ...]) -> str:
    source, date, size, target, region, sentence = row
    what = f" {source}{f' of {date}' if date else ''}{f', {size} GB' if size else ''}"
    return f"{target} ({region}): {sentence}{what if sentence == _WOULD_COPY else ''}"


def _plan_row(copy: Copy, found: CopyPlan | Exception) -> tuple[object, ...]:
    job, date, size = copy.job, None, None
    if not isinstance(found, CopyPlan):
        sentence = f"not checked: {_state(CopyOutcome(job, error=cast('Any', found), done=True))}"
    else:
        date, size = found.restore_date, found.size_in_gb
        problems = "; ".join(problem_sentence(problem, in_file=True) for problem in found.problems)
        sentence = "exists" if found.adopts else problems or _WOULD_COPY
    source = f"{job.request.source_name} ({job.request.source_region})"
    return source, date, size, job.request.target_snapshot_name, str(job.target_region), sentence
