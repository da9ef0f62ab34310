"""The options that several commands have, and the kinds of values that they take."""

from __future__ import annotations

import math

import click
from click.shell_completion import CompletionItem

from lightsail_copy.cli.words import known_regions


class RegionType(click.types.StringParamType):
    """A Region, which the shell completes; whether there is such a Region is said with all else that is wrong."""

    name = "region"

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - the signature is click's
        param: click.Parameter,  # noqa: ARG002 - the signature is click's
        incomplete: str,
    ) -> list[CompletionItem]:
        """Return the Regions that begin so."""
        return [CompletionItem(region) for region in known_regions(incomplete)]


class SecondsType(click.types.FloatParamType):
    """A number of seconds; infinity for the word `none`."""

    name = "seconds"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds, or refuse what is no duration."""
        if value == "none":
            return math.inf
        try:
            seconds = float(str(value))
        except ValueError:
            seconds = math.nan
        if not 0 <= seconds < math.inf:
            self.fail(f"{value!r} is no number of seconds: write one such as 600, or none to wait for ever", param, ctx)
        return seconds


def source_region_option() -> click.Option:
    """Return the option for the Region of the source."""
    return click.Option(["--source-region"], type=RegionType(), help="The Region of the source.")


def target_name_option() -> click.Option:
    """Return the option for the name of the new snapshot."""
    return click.Option(["--target-snapshot-name"], metavar="NAME", help="The name of the new snapshot.")


def copy_options() -> list[click.Option]:
    """Return the options on how to copy."""
    return [
        click.Option(
            ["--if-exists"],
            type=click.Choice(["raise", "adopt"]),
            default="raise",
            show_default=True,
            help="Where the target name is taken: fail, or adopt a copy of the same source, which makes a re-run safe.",
        ),
        click.Option(["--dry-run"], is_flag=True, help="Copy nothing; say what would be copied, or why it cannot be."),
        click.Option(["--wait"], is_flag=True, help="Wait until the copy is done."),
        timeout_option("With --wait, wait at most so long"),
    ]


def timeout_option(begin: str) -> click.Option:
    """Return the option for the longest wait; its help begins as given."""
    return click.Option(
        ["--timeout"],
        type=SecondsType(),
        default="3600",
        show_default=True,
        help=f"{begin}; the word none waits for ever.",
    )


def shared_options() -> list[click.Option]:
    """Return the options that each command has, and that may stand before the command's name too."""
    return [
        click.Option(["--region"], type=RegionType(), help="The Region to ask; for a copy, the one to make it in."),
        click.Option(["--profile"], metavar="NAME", help="A profile of the AWS configuration."),
        click.Option(["--endpoint-url"], metavar="URL", help="Ask this address in place of AWS's."),
        click.Option(["--allow-unknown-region"], is_flag=True, help="Take a Region that is newer than this release."),
        click.Option(
            ["--output"],
            type=click.Choice(["json", "text"]),
            default="json",
            show_default=True,
            help="Write the result as the AWS CLI's JSON, or as a table.",
        ),
        click.Option(["--demo"], is_flag=True, help="Ask a Lightsail in memory with sample data, and not AWS."),
        click.Option(["--debug"], is_flag=True, help="Show the traceback of an error."),
    ]
