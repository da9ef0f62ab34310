"""What all commands share: the common options, the demo, and errors without a traceback."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click
from click.exceptions import NoArgsIsHelpError

from lightsail_copy import NotFoundError
from lightsail_copy.cli.failures import Status, Stop, explain
from lightsail_copy.cli.invocation import Invocation, Tools
from lightsail_copy.cli.options import shared_options
from lightsail_copy.cli.printing import say

_COMPLETE = "_LIGHTSAIL_COPY_COMPLETE"
_WORDS = "lightsail_copy.words"


class Command(click.Command):
    """A command with the shared options, which its function takes as one `Invocation` named `call`."""

    def __init__(self, *args: Any, **extra: Any) -> None:
        """Take what click's command takes, and add the shared options."""
        super().__init__(*args, **extra)
        self.params.extend(shared_options())

    def invoke(self, ctx: click.Context) -> Any:
        """
        Run the command.

        Raises:
            Stop: it ended early.
        """
        debug = ctx.params.pop("debug")
        try:
            return self._run(ctx)
        except Exception as error:
            if debug:
                say(*"".join(traceback.format_exception(_root(error))).splitlines())
            raise explain(error) from error

    def _run(self, ctx: click.Context) -> Any:
        call = ctx.params["call"] = _invocation(ctx)
        if call.query is not None:
            from lightsail_copy.cli.formats import validate_query

            validate_query(call.query)
        if not call.demo:
            return super().invoke(ctx)
        from lightsail_copy.cli import demo

        say(demo.NOTE)
        try:
            return super().invoke(ctx)
        except Exception as error:
            if not isinstance(_root(error), NotFoundError):
                raise
            stop = explain(error)
            raise Stop(stop.status, *stop.sentences, notes=demo.HINTS) from _root(error)


def _root(error: Exception) -> BaseException:
    """Return the error behind an early end."""
    return error.__cause__ if isinstance(error, Stop) and error.__cause__ else error


def _invocation(ctx: click.Context) -> Invocation:
    """Take the shared options out of a command's own."""
    names = [str(option.name) for option in shared_options()]
    shared: dict[str, Any] = {name: ctx.params.pop(name) for name in names if name in ctx.params}
    return Invocation(
        program=ctx.find_root().info_name or "",
        words=ctx.meta[_WORDS],
        tools=ctx.find_object(Tools) or Tools(),
        **shared,
    )


class App(click.Group):
    """
    The whole command line: it takes the shared options too, and exits with the status of its command.

    A command's module is imported when the command is needed.
    """

    def __init__(self, *args: Any, modules: Mapping[str, tuple[str, str]], **extra: Any) -> None:
        """Take the module and the summary of each command, and what click's group takes, and add the shared options."""
        super().__init__(*args, **extra)
        self.params.extend(shared_options())
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        """Return the names of the commands, in the order of the help."""
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Return a command, or None for a name that none has."""
        if cmd_name not in self._modules:
            return None
        module = import_module(f"lightsail_copy.cli.{self._modules[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """Write the names and summaries of the commands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in self._modules.items()])

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Return click's context, which keeps the words of the command line."""
        words = tuple(args)
        context = super().make_context(info_name, args, parent, **extra)
        context.meta[_WORDS] = words
        return context

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, with the options before its name as its defaults."""
        ctx.default_map = dict.fromkeys(self._modules, ctx.params)
        return super().invoke(ctx)

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command line, and exit with its status."""
        try:
            status = super().main(*args, **{"complete_var": _COMPLETE, **extra, "standalone_mode": False})
        except NoArgsIsHelpError as error:
            error.show()
            status = Status.BAD_REQUEST
        # No error may end in a traceback.
        except Exception as error:  # noqa: BLE001 - see above
            stop = explain(error)
            say(*stop.lines())
            status = stop.status
        sys.exit(status)
