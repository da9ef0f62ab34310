"""The whole command line, and what its commands share: the common options, the demo, and errors without a traceback."""

from __future__ import annotations

import logging
import math
import re
import sys
import traceback
from contextlib import suppress
from datetime import date
from typing import Any, NoReturn

import click
from click.exceptions import NoArgsIsHelpError

from lightsail_copy import NotFoundError, RegionName
from lightsail_copy.cli import demo
from lightsail_copy.cli.failures import Status, Stop, explain
from lightsail_copy.cli.invocation import Invocation, Tools
from lightsail_copy.cli.output import logged, say, validate_query

_WORDS = "lightsail_copy.words"
# The top-level help needs no more than this of the commands.
_SUMMARIES = {
    "manual": "Copy a manual snapshot.",
    "auto": "Copy an automatic snapshot.",
    "fleet": "Make the copies that a file lists, to many Regions.",
    "prune": "Show or delete the copies that a fleet no longer needs.",
    "wait": "Wait for copies that were started before.",
    "auto-snapshots": "List the automatic snapshots of an instance or a disk.",
    "snapshots": "List the manual snapshots of a Region.",
}
_OF_THE_AWS_CLI = {
    "copy-snapshot": "Use manual for --source-snapshot-name, or auto for --source-resource-name.",
    "get-auto-snapshots": "Use auto-snapshots.",
    "get-disk-snapshots": "Use snapshots.",
    "get-instance-snapshots": "Use snapshots.",
    "get-operation": "Use wait.",
}


def _complete_profiles(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    import botocore.session

    profiles = botocore.session.get_session().available_profiles
    return [profile for profile in profiles if profile.startswith(incomplete)]


def _complete_regions(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    return [str(region) for region in RegionName if region.startswith(incomplete)]


def duration(text: str) -> float:
    """Return the seconds of a duration such as 600, 90m or 2h; infinity for `none`."""
    match = re.fullmatch(r"([0-9]{1,12}(?:\.[0-9]+)?)([smhd]?)", text)
    if text == "none":
        return math.inf
    if match is None:
        raise click.BadParameter(f"{text!r} must be a duration such as 600 (seconds), 90m or 2h, or none for no limit")
    return float(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]]


def calendar_date(text: str) -> str:
    """Return a date in the form YYYY-MM-DD."""
    # Since Python 3.11, other forms are parsed too.
    with suppress(ValueError):
        if date.fromisoformat(text).isoformat() == text:
            return text
    raise click.BadParameter(f"{text!r} must be a date such as 2026-11-20")


def option(name: str, text: str, **settings: Any) -> click.Option:
    """Return an option whose help shows its default."""
    return click.Option(name.split(), help=text, show_default=True, **settings)


def if_exists_option(default: str) -> click.Option:
    """Return the option for a target name that is in use."""
    text = "If the target name is in use: fail, or adopt a copy of the same source, which makes a rerun safe."
    return option("--if-exists", text, type=click.Choice(["raise", "adopt"]), default=default)


DURATION: dict[str, Any] = {"type": duration, "metavar": "DURATION"}
REGION: dict[str, Any] = {"metavar": "REGION", "shell_complete": _complete_regions}
_FORM = "The form of the result, as with the AWS CLI: JSON, a table, or lines with tabs."
# Accepted before the name of a command too.
_SHARED = (
    option("--region", "The Region to call; for a copy, the target Region.", **REGION),
    option("--profile", "A profile of the AWS configuration.", metavar="NAME", shell_complete=_complete_profiles),
    option("--endpoint-url", "Call this URL instead of AWS's.", metavar="URL"),
    option("--allow-unknown-region", "Accept a Region that is newer than this release.", is_flag=True),
    option("--output", _FORM, type=click.Choice(["json", "table", "text"])),
    option("--query", "Print only a part of the result, as with the AWS CLI.", metavar="JMESPATH"),
    option("--no-cli-pager", "Accepted and ignored: there is no pager.", is_flag=True, expose_value=False),
    option("--demo", "Call a Lightsail in memory with sample data instead of AWS.", is_flag=True),
    option("-v --verbose", "Show each call: what is called, where, and how long it took.", is_flag=True),
    option("--debug", "Show the traceback of an error.", is_flag=True),
)


class _Grouped(click.Command):
    """A command with the shared options, which its help lists separately."""

    def __init__(self, *args: Any, **extra: Any) -> None:
        super().__init__(*args, **extra)
        self.params.extend(_SHARED)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options of the command, and those of all commands."""
        params = self.get_params(ctx)
        for title, are_shared in (("Options", False), ("Options of every command", True)):
            some = (param for param in params if (param in _SHARED) is are_shared)
            with formatter.section(title):
                formatter.write_dl([row for param in some if (row := param.get_help_record(ctx))])


class Command(_Grouped):
    """A command whose function takes the shared options as one `Invocation` named `call`."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        shared = {name: ctx.params.pop(name) for each in _SHARED if (name := str(each.name)) in ctx.params}
        debug, verbose = shared.pop("debug"), shared.pop("verbose")
        program, tools = ctx.find_root().info_name or "", ctx.find_object(Tools) or Tools()
        call = ctx.params["call"] = Invocation(program=program, words=ctx.meta[_WORDS], tools=tools, **shared)
        try:
            if call.query is not None:
                validate_query(call.query)
            if call.demo:
                say(demo.NOTE)
            with logged(logging.DEBUG if verbose else logging.INFO):
                return super().invoke(ctx)
        except Exception as error:  # noqa: BLE001 - it is raised again, as what it means
            # The error behind an early end.
            root = error.__cause__ if isinstance(error, Stop) and error.__cause__ else error
            if debug:
                say(*"".join(traceback.format_exception(root)).splitlines())
            stop = explain(error)
            if call.demo and isinstance(root, NotFoundError):
                stop.notes = demo.HINTS
            raise stop from root


class App(_Grouped, click.Group):
    """The whole command line, which exits with the status of its command."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        """Return the names of the commands, in the order of the help."""
        return list(_SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Return a command, whose module is imported when the command is needed, or None."""
        # Not by the name of a module, so that tools that bundle a program into one file see the imports.
        if cmd_name in {"fleet", "prune"}:
            from lightsail_copy.cli import fleets

            return fleets.fleet if cmd_name == "fleet" else fleets.prune
        if cmd_name in {"auto-snapshots", "snapshots"}:
            from lightsail_copy.cli import snapshots

            return snapshots.snapshots if cmd_name == "snapshots" else snapshots.auto_snapshots
        from lightsail_copy.cli import copies

        return getattr(copies, cmd_name.replace("-", "_")) if cmd_name in _SUMMARIES else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first word names, or fail with a suggestion."""
        name = args[0]
        if name not in _SUMMARIES and not ctx.resilient_parsing:
            from difflib import get_close_matches

            similar = get_close_matches(name, _SUMMARIES, 1, 0.7)
            remedy = _OF_THE_AWS_CLI.get(name) or (f"Did you mean {similar[0]!r}?" if similar else "")
            ctx.fail(f"No such command {name!r}. {remedy}".rstrip())
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the names and summaries of the commands."""
        super().format_options(ctx, formatter)
        with formatter.section("Commands"):
            formatter.write_dl([*_SUMMARIES.items(), ("help", "Show the help of a command.")])

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Return click's context, with the words of the command line."""
        words = tuple(args)
        args = [*args[1:], "--help"] if args[:1] == ["help"] else args
        context = super().make_context(info_name, args, parent, **extra)
        context.meta[_WORDS] = words
        return context

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, with the options before its name as its defaults."""
        ctx.default_map = dict.fromkeys(_SUMMARIES, ctx.params)
        try:
            return super().invoke(ctx)
        # Before click handles it: click writes to standard output if standard error is closed.
        except KeyboardInterrupt as error:
            raise explain(error) from error

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run the command line, and exit with its status."""
        settings = {"complete_var": "_LIGHTSAIL_COPY_COMPLETE", **extra, "standalone_mode": False}
        try:
            status = super().main(*args, **settings) or Status.DONE
        except NoArgsIsHelpError as error:
            say(*error.format_message().splitlines())
            status = Status.BAD_REQUEST
        # No error may end in a traceback.
        except Exception as error:  # noqa: BLE001 - see above
            stop = explain(error)
            say(*stop.lines())
            status = stop.status
        sys.exit(status)
