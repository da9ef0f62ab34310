"""`fleet` and `prune`: make the copies that a file lists, and delete those that are no longer needed."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache, partial
from itertools import chain
from typing import IO, Any, cast

import click
from attrs import Factory, define, evolve, fields_dict
from botocore.exceptions import BotoCoreError

from lightsail_copy import (
    CopyJob,
    CopyOutcome,
    CopyPlan,
    InvalidRequestError,
    LightsailCopyError,
    RetentionDecision,
    RetentionPolicy,
    delete_snapshots,
    list_snapshots,
    plan_copy,
    plan_retention,
    watch_copies,
)
from lightsail_copy.cli import demo
from lightsail_copy.cli.command import DURATION, Command, calendar_date, if_exists_option, option
from lightsail_copy.cli.copies import newest_date
from lightsail_copy.cli.failures import Status, Stop, as_one, both, explain, in_terms, problem_sentence, term
from lightsail_copy.cli.fleet_files import DATE, Copy, parse_file
from lightsail_copy.cli.invocation import Clock, Connection, Invocation
from lightsail_copy.cli.output import Form, folded, put, put_result, put_table, put_value, say, shows_bars

_DATE_HELP = "The date for {date} and of automatic snapshots.  [default: the newest, or else today in UTC]"
_LOOKUP_HELP = (
    "How long to tolerate throttling, faults, and connection errors. An unknown outcome is looked up for the same time,"
    " but for at least 30 s."
)
_DELAY = 5.0  # between two lookups of a date, in seconds
_HEADINGS = ("TARGET", "REGION", "OUTCOME")
_PLAN_HEADINGS = ("SOURCE", "DATE", "GB", "TARGET", "REGION", "PLAN")
_SENTENCES = {
    Status.COPY_FAILED: "{} copies failed.",
    Status.UNKNOWN_OUTCOME: "the outcome of {} copies is unknown.",
    Status.TIMED_OUT: "{} copies timed out; those that were started go on at AWS.",
    Status.MAY_PASS: "{} copies failed for a reason that may pass.",
}
_CAN_RESUME = {Status.UNKNOWN_OUTCOME, Status.TIMED_OUT, Status.MAY_PASS}
_PLANS, _UNITS = ("delete", "keep"), {"daily": "days", "weekly": "weeks", "monthly": "months", "yearly": "years"}
_KEEPS = {each: f"Keep the newest copy of each of the latest N {unit}." for each, unit in _UNITS.items()}


class _File(click.File):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Open a file; fail for standard input that was closed from the start, and so is None."""
        if value == "-" and sys.stdin is None:
            self.fail("standard input is closed", param, ctx)
        return super().convert(value, param, ctx)


@click.command(
    cls=Command,
    help="""
    Make the copies that FILE lists. For standard input, give "-". With --demo, you can leave out FILE.

    FILE is TOML with a [[copy]] table for each copy: the parameters of CopySnapshot, and targetRegion. [defaults] has
    values for all of them, and each combination of lists is a copy. For machines, FILE can also have a JSON object on
    each line. In targetSnapshotName, {source} is the name of the source, and {date} the date of its data: the restore
    date, the date of the newest automatic snapshot, or, for a manual snapshot, today. An existing copy is adopted: to
    resume, run the same command again.

    \b
    Example, which needs no AWS account:
      lightsail-copy fleet --demo --output table
    """,
    params=[
        click.Argument(["file"], type=_File("rb"), required=False),
        option("--dry-run", "Copy nothing; print what each copy would do, and the totals.", is_flag=True),
        option("--date", _DATE_HELP, type=calendar_date, metavar="YYYY-MM-DD"),
        click.Option(["--wait/--no-wait"], default=True, show_default=True, help="Wait until the copies are done."),
        if_exists_option("adopt"),
        option("--timeout", "The longest time for all copies.", default="none", **DURATION),
        option("--lookup-timeout", _LOOKUP_HELP, default="600", **DURATION),
        option("--max-running", "How many copies run at once in each Region.", type=click.IntRange(1), default=100),
        option("--max-rate", "How many calls are made in a second, in each Region.", type=float, default=5.0),
    ],
)
def fleet(call: Invocation, *, file: IO[bytes] | None, dry_run: bool, date: str | None, **options: Any) -> None:
    """Make the copies of a file."""
    listed, retention = parse_file(call, file, date)
    if retention:
        _policy(retention, dict.fromkeys(fields_dict(RetentionPolicy)))
    connection = call._replace(region=str(listed[0].job.target_region)).connect(demo.TARGET)
    lookup_timeout = options.pop("lookup_timeout")
    options["schedule"] = evolve(connection.schedule, error_tolerance=lookup_timeout)
    options |= {"clients": connection.fleet_client, "clock": call.tools.clock}
    # It validates the options before the first call.
    watch_copies((), **options)
    copies, failed = _with_newest(connection, listed, call.tools.clock, min(lookup_timeout, options["timeout"]))
    if dry_run:
        _put_plans(connection, copies, failed, options["if_exists"])
        return
    # An endpoint that is not valid is reported here, and not as the outcome of each copy.
    connection.fleet_client(copies[0].job.target_region)
    outcomes, resume = _Outcomes(connection.form, len(copies)), _resume(call, copies, options["if_exists"])
    display: AbstractContextManager[Callable[[CopyOutcome, str], None]] = nullcontext(lambda _, line: say(line))
    if shows_bars(with_lines=outcomes.are_lines):
        from lightsail_copy.cli.bars import fleet_bars

        display = fleet_bars(
            [str(copy.job.target_region) for copy in copies], outcomes.latest.values(), call.tools.clock
        )
    try:
        with display as show:
            jobs = [copy.job for copy in copies if copy.job not in failed]
            for outcome in chain(failed.values(), watch_copies(jobs, **options)):
                outcomes.add(outcome, show)
    except KeyboardInterrupt as error:
        outcomes.put_summary()
        raise Stop(Status.INTERRUPTED, outcomes.counted(), notes=resume) from error
    outcomes.put_summary()
    outcomes.end(resume)


def _with_newest(
    connection: Connection, copies: Sequence[Copy], clock: Clock, timeout: float
) -> tuple[list[Copy], dict[CopyJob, CopyOutcome]]:
    """Return the copies with the dates of the newest automatic snapshots, and the outcomes of those without one."""
    give_up_at = clock.monotonic() + timeout

    @cache
    def look_up(region: str, name: str) -> Any:
        attempt = partial(_attempt, newest_date, connection.client(region), name)
        found = attempt()
        if _may_pass(found) and clock.monotonic() < give_up_at:
            say(f"{region}: the date of {name} cannot be looked up yet ({type(found).__name__}).")
        while _may_pass(found) and (left := give_up_at - clock.monotonic()) > 0:
            clock.sleep(min(_DELAY, left))
            found = attempt()
        return found

    found: dict[Copy, Any] = {copy: look_up(*copy.source) for copy in copies if copy.takes_newest}
    failed = {copy: error for copy, error in found.items() if isinstance(error, Exception)}
    dated = [copy.of(found[copy]) if copy in found and copy not in failed else copy for copy in copies]
    return dated, {copy.job: CopyOutcome(copy.job, error=cast("Any", error)) for copy, error in failed.items()}


def _may_pass(found: object) -> bool:
    return isinstance(found, Exception) and explain(found).status is Status.MAY_PASS


def _attempt(function: Callable[..., Any], *arguments: object, **options: object) -> Any:
    """Return what a call returns, or its error, unless every call would raise it."""
    try:
        return function(*arguments, **options)
    except (LightsailCopyError, BotoCoreError) as error:
        if explain(error).status is Status.BAD_REQUEST:
            raise
        return error


@define(eq=False)
class _Outcomes:
    """What is known of the copies, and why --query does not fit an outcome, if it does not."""

    form: Form
    total: int
    latest: dict[CopyJob, CopyOutcome] = Factory(dict[CopyJob, CopyOutcome])
    misfit: Stop | None = None

    def add(self, outcome: CopyOutcome, show: Callable[[CopyOutcome, str], None]) -> None:
        """Show what is known of a copy; at its end, write it unless it is for a table."""
        self.latest[outcome.job] = outcome
        name, region, state = row = _row(outcome)
        show(outcome, f"{name} ({region}): {state}")
        if outcome.done and self.are_lines:
            # A query that fails does not stop the other copies.
            try:
                put_value(self.form, _wire(outcome), [row])
            except Stop as stop:
                self.misfit = stop

    @property
    def are_lines(self) -> bool:
        return not self.form.is_for_people and not self.form.is_table

    @property
    def known(self) -> list[CopyOutcome]:
        """The final outcomes, in the order in which the copies were first seen."""
        return [outcome for outcome in self.latest.values() if outcome.done]

    def put_summary(self) -> None:
        if self.form.is_table:
            put_table(_HEADINGS, map(_row, self.known))
        elif self.form.is_for_people:
            succeeded = [each.result.adopted for each in self.known if each.succeeded and each.result]
            put(f"{len(succeeded)} of {self.total} copies succeeded; {sum(succeeded)} of them existed already.")

    def counted(self) -> str:
        """Return how many copies succeeded, failed, go on, and may not have started."""
        known, succeeded = len(self.known), sum(each.succeeded for each in self.known)
        running, rest = len(self.latest) - known, self.total - len(self.latest)
        ended = f" ({succeeded} succeeded, {known - succeeded} failed)" if known else ""
        parts = [f"{known} of {self.total} {'is' if known == 1 else 'are'} known{ended}"]
        parts += [f"{running} {'runs' if running == 1 else 'run'} on"] if running else []
        # They may just have been requested.
        parts += [f"{rest} may not have started"] if rest else []
        return f"{', '.join(parts)}."

    def end(self, resume: tuple[str, ...]) -> None:
        """Raise the early end of the command, unless all copies succeeded and a query fits each outcome."""
        failed = [each for each in self.known if not each.succeeded]
        ends = [explain(_cause(each), in_file=True) for each in failed]
        if len(ends) == self.total and all(end.status is Status.BAD_REQUEST for end in ends):
            # Nothing was sent, for the same reason each time, such as missing credentials.
            raise ends[0]
        counts = Counter(end.status if end.status in _CAN_RESUME else Status.COPY_FAILED for end in ends)
        texts = [text.format(f"{counts[each]} of {self.total}") for each, text in _SENTENCES.items() if counts[each]]
        if counts:
            # Running it again helps only if every failure may pass.
            status = Status.MAY_PASS if counts.keys() == {Status.MAY_PASS} else Status.COPY_FAILED
            # The lines above the bars may have scrolled away.
            rows = map(_row, failed) if self.form.is_for_people else ()
            listed = [f"  {name} ({region}): {state}" for name, region, state in rows]
            notes = (*listed, *(resume if _CAN_RESUME & counts.keys() else ()))
            raise Stop(status, *texts, *(self.misfit.sentences if self.misfit else ()), notes=notes)
        if self.misfit:
            raise self.misfit


def _cause(outcome: CopyOutcome) -> BaseException:
    """Return the error of a copy, or the one that stopped its Region."""
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


def _resume(call: Invocation, copies: Sequence[Copy], if_exists: str) -> tuple[str, ...]:
    again = (
        "The demo ends here; at AWS, the same command resumes" if call.demo else "To resume, run the same command again"
    )
    dates = {copy.name_date for copy in copies if copy.name_date and not copy.takes_newest}
    has_date = any(word.partition("=")[0] == "--date" for word in call.words)
    changes = {"the date in its names": ("--date", *dates)} if len(dates) == 1 and not has_date else {}
    if if_exists == "raise":
        changes["--if-exists adopt"] = ("--if-exists", "adopt")
    if not changes:
        return (f"{again}.",)
    return f"{again}, with {' and '.join(changes)}:", call.command_with(*chain(*changes.values()))


def _put_plans(connection: Connection, copies: Sequence[Copy], failed: dict[CopyJob, Any], if_exists: Any) -> None:
    """Write what each copy would do, and the totals."""
    client, form = connection.client, connection.form
    found: list[CopyPlan | CopyOutcome] = []
    rows: list[tuple[object, ...]] = []
    for job, _, name_date in copies:
        source, target = client(str(job.request.source_region)), client(str(job.target_region))
        plan = failed.get(job) or _attempt(plan_copy, source, target, job.request, if_exists=if_exists)
        found.append(CopyOutcome(job, error=cast("Any", plan)) if isinstance(plan, Exception) else plan)
        wire, row, line = _planned(job, name_date, found[-1])
        rows.append(row)
        if form.is_for_people:
            put(folded(line, sys.stdout))
        elif not form.is_table:
            put_value(form, wire, [row])
    if form.is_table:
        put_table(_PLAN_HEADINGS, rows)
    regions = [str(copy.job.target_region) for copy in copies]
    for region in (*dict.fromkeys(regions), "all"):
        here = [each for each, its in zip(found, regions, strict=True) if region in {its, "all"}]
        new = [each for each in here if isinstance(each, CopyPlan) and each.possible and each.adopts is None]
        size = sum(each.size_in_gb or 0 for each in new)
        say(f"{region}: {len(here)} {'copy' if len(here) == 1 else 'copies'}, {len(new)} new, {size} GB.")
    unchecked = sum(isinstance(each, CopyOutcome) for each in found)
    impossible = sum(isinstance(each, CopyPlan) and not each.possible for each in found)
    counts = {"cannot be made": impossible, "could not be checked": unchecked}
    if problems := [f"{count} of {len(found)} copies {what}." for what, count in counts.items() if count]:
        raise Stop(Status.FAILED, *problems)


def _planned(
    job: CopyJob, name_date: str | None, found: CopyPlan | CopyOutcome
) -> tuple[dict[str, Any], tuple[object, ...], str]:
    """Return what a copy would do, or why it could not be checked: under wire names, as a row, and as a sentence."""
    name, region, source = job.request.target_snapshot_name, str(job.target_region), job.request.source_name
    source, date, size = f"{source} ({job.request.source_region})", None, None
    dates = {"nameDate": name_date} if name_date else {}
    if isinstance(found, CopyPlan):
        wire: dict[str, Any] = {"possible": found.possible, **found.to_dict(), **dates}
        wire["problems"] = [
            {key: in_terms(text, in_file=True) for key, text in each.items()} for each in wire["problems"]
        ]
        date, size = found.restore_date, found.size_in_gb
        problems = "; ".join(problem_sentence(problem, in_file=True) for problem in found.problems)
        sentence = "exists" if found.adopts else problems or "would copy"
    else:
        sentence = f"not checked: {_state(found)}"
        wire = {"request": job.request.to_dict(), "targetRegion": region, **dates, "error": _wire(found)["error"]}
    row = source, date, size, name, region, sentence
    if sentence == "would copy":
        sentence += f" {source}{f' of {date}' if date else ''}{f', {size} GB' if size else ''}"
    return wire, row, f"{name} ({region}): {sentence}"


@click.command(
    cls=Command,
    help="""
    Show which copies of a fleet are no longer needed, and with --delete, delete them.

    FILE is the file that `fleet` takes. Only snapshots whose whole name fits a target name of FILE with {date} are
    considered. Each option keeps copies independently, and the newest usable copy always stays. The table [retention]
    of FILE can set them too, for example keepDaily = 7.

    \b
    Example, which needs no AWS account:
      lightsail-copy prune --demo --keep-daily 7 --keep-weekly 4
    """,
    params=[
        click.Argument(["file"], type=_File("rb"), required=False),
        option("--keep-last", "Keep the newest N copies.", type=click.IntRange(0), metavar="N"),
        *(option(f"--keep-{each}", text, type=click.IntRange(0), metavar="N") for each, text in _KEEPS.items()),
        option("--keep-within", "Keep all copies up to this age.", type=click.IntRange(1), metavar="DAYS"),
        option("--delete", "Delete what the plan does not keep, after printing the plan.", is_flag=True),
    ],
)
def prune(call: Invocation, *, file: IO[bytes] | None, delete: bool, **options: Any) -> None:
    """Show or delete the copies that a fleet no longer needs."""
    listed, retention = parse_file(call, file, None)
    templates = dict.fromkeys((str(copy.job.target_region), copy.template) for copy in listed if DATE in copy.template)
    if not templates:
        raise Stop(Status.BAD_REQUEST, f"no targetSnapshotName of FILE has {DATE}, so no copy is one of a series.")
    regions = [*dict(templates.keys())]
    call = call._replace(region=regions[0])
    policy, connection = both(lambda: _policy(retention, options), lambda: call.connect(demo.TARGET))
    # Every page of every Region is fetched before anything is deleted.
    lists = {region: list_snapshots(connection.client(region)) for region in regions}
    # A snapshot whose name fits two templates stays if one of their plans keeps it.
    found: dict[tuple[str, str], RetentionDecision] = {}
    for region, template in templates:
        for decision in plan_retention(lists[region], policy, target_snapshot_name=template, now=call.now):
            key = region, decision.snapshot.name
            if decision.keep or key not in found:
                found[key] = decision
    decisions = [(region, decision) for (region, _), decision in found.items()]
    rows = [
        (each.snapshot.name, region, each.snapshot.size_in_gb, _PLANS[each.keep], ", ".join(each.reasons))
        for region, each in decisions
    ]
    # For people, unless somebody chose another form.
    form = connection.form if connection.form.is_chosen else connection.form._replace(output="table")
    wire = {"decisions": [each.to_dict() for _, each in decisions]}
    try:
        put_result(form, wire, ("NAME", "REGION", "GB", "PLAN", "REASONS"), rows)
    except Stop as stop:
        stop.notes += ("Nothing was deleted.",)
        raise
    sizes = [decision.snapshot.size_in_gb or 0 for _, decision in decisions if not decision.keep]
    say(f"{len(decisions)} copies: {len(decisions) - len(sizes)} stay, {len(sizes)} go ({sum(sizes)} GB).")
    if sizes and delete:
        _delete(connection, decisions)
    elif sizes:
        say("Nothing was deleted. To delete what goes, add --delete.")


def _policy(table: dict[str, Any], options: dict[str, Any]) -> RetentionPolicy:
    """Return the policy of a file's table and of the options, which take precedence."""
    keys = {term(name, in_file=True): name for name in options}
    if unknown := ", ".join(key for key in table if key not in keys):
        raise Stop(Status.BAD_REQUEST, f"[retention] has {unknown}. Use one of {', '.join(keys)}.")
    given = {name: value for name, value in options.items() if value is not None}
    in_file = {keys[key]: value for key, value in table.items()}
    try:
        return RetentionPolicy(**in_file | given)
    except InvalidRequestError as error:
        named = (problem_sentence(each, in_file=each.field in in_file.keys() - given) for each in error.problems)
        raise Stop(Status.BAD_REQUEST, *named) from error


def _delete(connection: Connection, decisions: list[tuple[str, RetentionDecision]]) -> None:
    """Delete what does not stay, and say how much; a Region that fails does not stop the others."""
    stops: list[Stop] = []
    count = 0
    for region in dict(decisions):
        here = [decision for where, decision in decisions if where == region and not decision.keep]
        try:
            delete_snapshots(connection.client(region), here)
            # A copy that was already gone counts too.
            count += len(here)
        except (LightsailCopyError, BotoCoreError) as error:
            count += len(getattr(error, "operations", ()))
            stop = explain(error)
            stops.append(Stop(stop.status, *(f"{region}: {sentence}" for sentence in stop.sentences)))
    say(f"Deleted {count} of {sum(not decision.keep for _, decision in decisions)} copies.")
    if stops:
        raise as_one(stops)
