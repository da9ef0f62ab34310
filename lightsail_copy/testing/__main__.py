"""
``python -m lightsail_copy.testing``: a fake Lightsail over HTTP, in real time, until it is stopped.

Standard output gets one line, whose last word is the endpoint's URL; all else goes to standard error. The exit status
is 0 after SIGTERM, 130 after Ctrl-C, and 2 where the server could not start.
"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from lightsail_copy.testing import seed
from lightsail_copy.testing.service import FakeLightsail

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from lightsail_copy.testing.clock import Clock

_COMMAND = "python -m lightsail_copy.testing"
_EXAMPLE = f"""
example:
  {_COMMAND} --sample --port 8080
  aws lightsail get-instance-snapshots --endpoint-url http://127.0.0.1:8080 --region us-east-1

Any credentials do; none are checked, logged or kept. The form of a seed file is told by
  python -m pydoc lightsail_copy.testing.seed
"""
_CREDENTIALS = "AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any"
_DONE, _FAILED, _INTERRUPTED = 0, 2, 130
_A_WHILE = 3600.0


class _Options(argparse.Namespace):
    """The command line, read."""

    host: str
    port: int
    seed: Path | None
    sample: bool
    copy_duration: float
    verbose: bool


class _Stopped(BaseException):
    """A signal asked for the end, which nothing on the way out is to take for an error."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Serve until a signal comes, and return the exit status.

    Args:
        arguments: the words of the command line, by default those of the process.
    """
    options = _parser().parse_args(arguments, _Options())
    logging.basicConfig(format="%(message)s", level=logging.INFO if options.verbose else logging.WARNING)
    try:
        with _stopped_by_signals():
            _serve(_stocked(options), options)
    except _Stopped as stopped:
        return stopped.status
    except (OSError, OverflowError, ValueError) as error:
        sys.stderr.write(f"{_COMMAND}: {error}\n")
        return _FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=_COMMAND,
        description="Serve a fake Lightsail over HTTP. It lives in memory, and ends by Ctrl-C or SIGTERM.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: this machine alone)")
    parser.add_argument("--port", type=int, default=0, help="the port (default: any that is free)")
    stock = parser.add_mutually_exclusive_group()
    stock.add_argument("--seed", type=Path, metavar="FILE", help="what it holds from the start, as JSON")
    stock.add_argument("--sample", action="store_true", help="hold a small sample in us-east-1 from the start")
    parser.add_argument(
        "--copy-duration",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="how long a copy takes (default: %(default)s)",
    )
    parser.add_argument("--verbose", action="store_true", help="write a line for each request to standard error")
    return parser


def _stocked(options: _Options) -> FakeLightsail[Clock]:
    fake: FakeLightsail[Clock] = FakeLightsail(clock=time, copy_duration=options.copy_duration)
    if options.seed is not None:
        try:
            seed.plant(fake, seed.read(options.seed))
        except ValueError as error:
            raise ValueError(f"{options.seed}: {error}") from None
    if options.sample:
        seed.plant(fake, seed.sample(time))
    return fake


def _serve(fake: FakeLightsail[Clock], options: _Options) -> NoReturn:
    with fake.serve(host=options.host, port=options.port) as url:
        sys.stdout.write(f"Serving a fake Lightsail at {url}\n")
        sys.stdout.flush()
        sys.stderr.write(_hint(url, empty=options.seed is None and not options.sample))
        while True:
            time.sleep(_A_WHILE)  # a signal ends it


def _hint(url: str, *, empty: bool) -> str:
    command = f"aws lightsail get-instance-snapshots --endpoint-url {url} --region us-east-1"
    start = "It is empty, which --sample or --seed would change. " if empty else ""
    return f"{start}Ctrl-C stops it. Any credentials do, for instance:\n  {_CREDENTIALS} {command}\n"


@contextmanager
def _stopped_by_signals() -> Generator[None, None, None]:
    """Turn the first SIGTERM or Ctrl-C into a `_Stopped`, and ignore what follows it."""

    def stop(number: int, _: object) -> NoReturn:
        for each in before:
            signal.signal(each, signal.SIG_IGN)
        raise _Stopped(_INTERRUPTED if number == signal.SIGINT else _DONE)

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


if __name__ == "__main__":
    sys.exit(main())
