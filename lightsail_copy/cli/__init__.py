"""The command `lightsail-copy`, which needs the extra `cli`."""

from __future__ import annotations

import click

from lightsail_copy import __version__
from lightsail_copy.cli.command import App
from lightsail_copy.cli.invocation import Tools

__all__ = ["Tools", "app"]

_HELP = """
Copy Amazon Lightsail snapshots.

The options are those of `aws lightsail copy-snapshot`. The result goes to standard output, as JSON in the form of the
AWS CLI. Everything else goes to standard error. You can put the options below before or after the command.

\b
Example, which needs no AWS account:
  lightsail-copy manual --demo --wait \\
    --source-region us-east-1 --source-snapshot-name web-1-monday \\
    --target-snapshot-name web-1-monday-copy --region us-west-2
"""
_EPILOG = """
\b
Exit status:
  0    done
  1    the service rejected the call, or an unexpected error
  2    an invalid request, or no Region, profile, or credentials: nothing was sent
  3    a copy failed; for fleet, one or more did not succeed
  4    the wait timed out; the copy goes on
  5    the outcome of a copy is unknown
  75   throttled, not reached, a fault of the service (5xx), or a quota: it may pass
  130  interrupted; a copy that was started goes on

\b
To complete commands, options, and Regions, add a line to your shell's startup file:
  bash  eval "$(_LIGHTSAIL_COPY_COMPLETE=bash_source lightsail-copy)"
  zsh   eval "$(_LIGHTSAIL_COPY_COMPLETE=zsh_source lightsail-copy)"
  fish  _LIGHTSAIL_COPY_COMPLETE=fish_source lightsail-copy | source
"""

app: App = App(
    "lightsail-copy",
    help=_HELP,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
click.version_option(__version__, prog_name="lightsail-copy", message="%(prog)s %(version)s")(app)
