"""
``python -m lightsail_copy.testing``: a fake Lightsail over HTTP, until it is stopped.

Standard output gets one line, which ends with the endpoint's URL; everything else goes to standard error. The exit
status is 0 after SIGTERM, 130 after Ctrl-C, and 2 if the server cannot start.
"""

from __future__ import annotations

import logging
import signal
import sys
import time
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast

from lightsail_copy.testing import seed
from lightsail_copy.testing.clock import FakeClock
from lightsail_copy.testing.fake import FakeLightsail

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from lightsail_copy.testing.clock import Clock

_COMMAND = "python -m lightsail_copy.testing"
_EXAMPLE = f"""
example:
  {_COMMAND} --sample --port 8080
  aws lightsail get-instance-snapshots --endpoint-url http://127.0.0.1:8080 --region us-east-1

Use any credentials: they are not checked, logged, or kept. For the form of a seed file and the paths of --control:
  python -m pydoc lightsail_copy.testing.seed
  python -m pydoc lightsail_copy.testing.control
"""
_CREDENTIALS = "AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any"
_DONE, _FAILED, _INTERRUPTED = 0, 2, 130
_A_WHILE = 3600.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal arrives, and return the exit status; by default with the arguments of the process."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(format="%(message)s", level=logging.INFO if options.verbose else logging.WARNING)
    try:
        with _stopped_by_signals():
            _serve(_make_fake(options), options)
    except SystemExit as stopped:
        return cast("int", stopped.code)
    except (OSError, OverflowError, ValueError) as error:
        text = error.strerror if isinstance(error, OSError) and error.filename is None else error
        sys.stderr.write(f"{_COMMAND}: {text}\n")
        return _FAILED


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog=_COMMAND,
        description="Serve a fake Lightsail over HTTP. It is kept in memory, and Ctrl-C or SIGTERM stops it.",
        epilog=_EXAMPLE,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    host = "the address to listen on (default: %(default)s, which only this machine can reach)"
    add("--host", default="127.0.0.1", help=host)
    add("--port", type=int, default=0, help="the port (default: any free one)")
    stock = parser.add_mutually_exclusive_group()
    stock.add_argument("--seed", type=Path, metavar="FILE", help="start with the resources of a JSON file")
    stock.add_argument("--sample", action="store_true", help="start with the sample account of the documentation")
    duration = "how long a copy, or any other operation that takes time, lasts (default: %(default)s)"
    add("--copy-duration", type=float, default=10.0, metavar="SECONDS", help=duration)
    clock = "real time, or a clock that moves only through --control (default: %(default)s)"
    add("--clock", choices=("real", "fake"), default="real", help=clock)
    control = "let tests queue faults, move a fake clock, and reset the fake over HTTP"
    add("--control", action="store_true", help=control)
    add("--verbose", action="store_true", help="write a line for each request to standard error")
    return parser


def _make_fake(options: Namespace) -> FakeLightsail[Clock]:
    clock: Clock = FakeClock() if options.clock == "fake" else time
    try:
        start = seed.parse_file(options.seed) if options.seed else seed.sample if options.sample else None
        fake: FakeLightsail[Clock] = FakeLightsail(clock=clock, seed=start)
    except ValueError as error:
        raise ValueError(f"{options.seed}: {error}") from None
    fake.copy_duration = options.copy_duration
    return fake


def _serve(fake: FakeLightsail[Clock], options: Namespace) -> NoReturn:
    with fake.serve(host=options.host, port=options.port, control=options.control) as url:
        sys.stdout.write(f"Serving a fake Lightsail at {url}\n")
        sys.stdout.flush()
        if not options.seed and not options.sample:
            sys.stderr.write("It is empty: add --sample or --seed to change that. ")
        command = f"aws lightsail get-instance-snapshots --endpoint-url {url} --region us-east-1"
        sys.stderr.write(f"Ctrl-C stops it. Use any credentials, for example:\n  {_CREDENTIALS} {command}\n")
        while True:
            time.sleep(_A_WHILE)  # a signal ends it


@contextmanager
def _stopped_by_signals() -> Generator[None, None, None]:
    """Turn the first SIGTERM or Ctrl-C into a SystemExit, and ignore later ones."""

    def stop(number: int, _: object) -> NoReturn:
        for each in before:
            signal.signal(each, signal.SIG_IGN)
        sys.exit(_INTERRUPTED if number == signal.SIGINT else _DONE)

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


if __name__ == "__main__":
    sys.exit(main())
