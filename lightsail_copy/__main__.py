"""The command `lightsail-copy`, also ``python -m lightsail_copy``."""

from __future__ import annotations

import atexit
import importlib
import signal
import sys


def main() -> None:
    """Run the command line, and exit with its status."""
    try:
        for package in ("click", "rich"):
            importlib.import_module(package)
    except ModuleNotFoundError as error:
        if sys.stderr is not None:  # pragma: no branch - it may be closed
            sys.stderr.write(f"Error: the command needs {error.name}: run pip install 'lightsail-copy[cli]'\n")
        sys.exit(2)
    try:
        # A hang-up or a shutdown is an interrupt too: it prints how to resume. A signal that is ignored from the start,
        # as under `nohup`, stays ignored.
        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)  # Windows has no SIGHUP
            if number is not None and signal.getsignal(number) == signal.SIG_DFL:
                signal.signal(number, signal.default_int_handler)
        from lightsail_copy.cli import app  # noqa: PLC0415 - needs the extra

        app()
    except KeyboardInterrupt:
        # Only while modules are loaded: later, the command itself prints how it ended.
        sys.exit(130)
    finally:
        # A second Ctrl-C ends the process at once, without a traceback from Python's exit handlers.
        atexit.register(signal.signal, signal.SIGINT, signal.SIG_DFL)


if __name__ == "__main__":
    main()
