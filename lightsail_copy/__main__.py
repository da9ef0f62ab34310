"""The command `lightsail-copy`, also ``python -m lightsail_copy``."""

from __future__ import annotations

import os
import signal
import sys
import threading

_INTERRUPTED = 130


def main() -> None:
    """Run the command line, and exit with its status."""
    try:
        import click  # noqa: F401
        import rich  # noqa: F401
    except ModuleNotFoundError as error:
        if sys.stderr is not None:  # it was closed from the start
            sys.stderr.write(f"Error: the command needs {error.name}: run pip install 'lightsail-copy[cli]'\n")
        sys.exit(2)
    try:
        # The end of the session or of the machine is an interrupt too: it prints how to resume. What was ignored from
        # the start, as `nohup` does, stays ignored.
        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)  # Windows has no SIGHUP
            if number is not None and signal.getsignal(number) == signal.SIG_DFL:
                signal.signal(number, signal.default_int_handler)
        from lightsail_copy.cli import app

        app()
    except KeyboardInterrupt:
        # This happens only while modules are loaded. Later, the command itself prints how it ended.
        sys.exit(_INTERRUPTED)
    except SystemExit as ended:
        # A fleet may have calls in flight, and Python would wait for their threads. All output is flushed already.
        if ended.code == _INTERRUPTED and threading.active_count() > 1:
            os._exit(_INTERRUPTED)
        raise


if __name__ == "__main__":
    main()
