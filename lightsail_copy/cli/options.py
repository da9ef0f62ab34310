"""The options of several commands, and the types of their values."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

import click

from lightsail_copy import __version__
from lightsail_copy.cli.terms import known_regions

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class RegionType(click.types.StringParamType):
    """A Region, which the shell completes; its name is validated together with everything else."""

    name = "region"

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - the signature is click's
        param: click.Parameter,  # noqa: ARG002 - the signature is click's
        incomplete: str,
    ) -> list[CompletionItem]:
        """Return the Regions that begin with a text."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(region) for region in known_regions(incomplete)]


class ProfileType(click.types.StringParamType):
    """A profile of the AWS configuration, which the shell completes."""

    name = "profile"

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - the signature is click's
        param: click.Parameter,  # noqa: ARG002 - the signature is click's
        incomplete: str,
    ) -> list[CompletionItem]:
        """Return the profiles that begin with a text."""
        import botocore.session
        from click.shell_completion import CompletionItem

        profiles = botocore.session.get_session().available_profiles
        return [CompletionItem(name) for name in profiles if name.startswith(incomplete)]


class SecondsType(click.types.FloatParamType):
    """A number of seconds; infinity for the word `none`."""

    name = "seconds"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds, or fail for anything else."""
        if value == "none":
            return math.inf
        try:
            seconds = float(str(value))
        except ValueError:
            seconds = math.nan
        if not 0 <= seconds < math.inf:
            self.fail(f"{value!r} must be a number of seconds such as 600, or none to wait forever", param, ctx)
        return seconds


class DateType(click.types.StringParamType):
    """A date in the form YYYY-MM-DD."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the date as text, or fail for anything else."""
        if not _is_date(str(value)):
            self.fail(f"{value!r} must be a date such as 2026-11-20", param, ctx)
        return str(value)


def _is_date(text: str) -> bool:
    # Since Python 3.11, other forms are parsed too.
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def version_option() -> click.Option:
    """Return the option that prints the version."""

    def show(ctx: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - the signature is click's
        if value:
            click.echo(f"lightsail-copy {__version__}")
            ctx.exit()

    return click.Option(
        ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=show, help="Show the version."
    )


def source_region_option() -> click.Option:
    """Return the option for the Region of the source."""
    return click.Option(["--source-region"], type=RegionType(), help="The Region of the source.")


def target_name_option() -> click.Option:
    """Return the option for the name of the new snapshot."""
    return click.Option(["--target-snapshot-name"], metavar="NAME", help="The name of the new snapshot.")


def copy_options() -> list[click.Option]:
    """Return the options of a copy."""
    return [
        click.Option(
            ["--if-exists"],
            type=click.Choice(["raise", "adopt"]),
            default="raise",
            show_default=True,
            help="If the target name is in use: fail, or adopt a copy of the same source, which makes a rerun safe.",
        ),
        click.Option(["--dry-run"], is_flag=True, help="Copy nothing; print what would be copied, or why not."),
        click.Option(["--wait"], is_flag=True, help="Wait until the copy is done."),
        timeout_option("With --wait, the longest wait in seconds"),
        click.Option(
            ["--lookup-timeout"],
            type=SecondsType(),
            default="30",
            show_default=True,
            help="How long to look up an open outcome, in seconds.",
        ),
    ]


def timeout_option(beginning: str) -> click.Option:
    """Return the option for the longest wait, with the beginning of its help."""
    return click.Option(
        ["--timeout"],
        type=SecondsType(),
        default="3600",
        show_default=True,
        help=f"{beginning}; none waits forever.",
    )


def shared_options() -> list[click.Option]:
    """Return the options of every command, which are accepted before the command's name too."""
    return [
        click.Option(["--region"], type=RegionType(), help="The Region to call; for a copy, the target Region."),
        click.Option(["--profile"], type=ProfileType(), metavar="NAME", help="A profile of the AWS configuration."),
        click.Option(["--endpoint-url"], metavar="URL", help="Call this URL instead of AWS's."),
        click.Option(["--allow-unknown-region"], is_flag=True, help="Accept a Region that is newer than this release."),
        click.Option(
            ["--output"],
            type=click.Choice(["json", "table", "text"]),
            default="json",
            show_default=True,
            help="The format of the result, as with the AWS CLI: JSON, a table, or lines with tabs.",
        ),
        click.Option(["--query"], metavar="JMESPATH", help="Print only a part of the result, as with the AWS CLI."),
        click.Option(
            ["--no-cli-pager"], is_flag=True, expose_value=False, help="Accepted and ignored: there is no pager."
        ),
        click.Option(["--demo"], is_flag=True, help="Call a Lightsail in memory with sample data instead of AWS."),
        click.Option(["--debug"], is_flag=True, help="Show the traceback of an error."),
    ]
