"""One run of a command: what its options say, and the connection that they lead to."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, TypeAlias, cast

from botocore.exceptions import ProfileNotFound

from lightsail_copy import PollSchedule, Unrecognized, make_clients
from lightsail_copy.cli.failures import Status, Stop
from lightsail_copy.cli.terms import region_of, region_problem

# Where the sample of the demo is, and where its copies go.
DEMO_SOURCE = "us-east-1"
DEMO_TARGET = "us-west-2"


class Clock(Protocol):
    """Has the time and sleeps, as the module `time` does."""

    def time(self) -> float:
        """Return the seconds since 1970-01-01 00:00 UTC."""
        ...

    def monotonic(self) -> float:
        """Return the seconds since any start."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Sleep."""
        ...


class Session(Protocol):
    """Makes clients, as `boto3.Session` does."""

    @property
    def region_name(self) -> str | None:
        """The Region that the environment or a profile sets."""
        ...

    def client(self, *args: Any, **options: Any) -> Any:
        """Make a client of a service."""
        ...


def _open_session(profile: str | None) -> Session:
    import boto3

    # With stubs, the type of a client depends on the service. Without stubs, it has no type.
    return cast("Session", boto3.Session(profile_name=profile))


class _EndpointSession(NamedTuple):
    """
    A session whose clients call one URL.

    Attributes:
        session: makes the clients.
        region_name: its Region.
        endpoint_url: the URL, or None for AWS's.
    """

    session: Session
    region_name: str | None
    endpoint_url: str | None

    def client(self, *args: Any, **options: Any) -> Any:
        """
        Make a client of a service.

        Raises:
            Stop: the URL is not valid.
        """
        try:
            return self.session.client(*args, endpoint_url=self.endpoint_url, **options)
        except ValueError as error:
            # botocore validates the URL here, no matter where it was set.
            sentence = f"{error}: give --endpoint-url, or AWS_ENDPOINT_URL, as https://HOST or http://HOST:PORT"
            raise Stop(Status.BAD_REQUEST, sentence) from error


MakeClients: TypeAlias = Callable[[Session], Callable[[str], Any]]


def new_clients(session: Session) -> Callable[[str], Any]:
    """Return what makes a client of a Region, with the settings of the environment."""

    def make(region: str) -> Any:
        return session.client("lightsail", region_name=region)

    return make


def fleet_clients(session: Session) -> Callable[[str], Any]:
    """Return what makes the client of a Region for a fleet, which has its own retries, once."""
    make = make_clients(session)
    # A Region that is newer than this release is accepted on purpose, or has been reported.
    return lambda region: make(Unrecognized(region))


class Tools(NamedTuple):
    """
    What a command takes from its environment.

    Attributes:
        open_session: makes boto3's session of a profile.
        clock: has the time and sleeps.
    """

    open_session: Callable[[str | None], Session] = _open_session
    clock: Clock = time


class Connection(NamedTuple):
    """
    The destination of a command's calls.

    Attributes:
        region: the Region; for a copy, the target Region.
        client: makes a client of a Region.
        schedule: when a wait polls.
    """

    region: str
    client: Callable[[str], Any]
    schedule: PollSchedule = PollSchedule()


class Invocation(NamedTuple):
    """
    The options that all commands share.

    Attributes:
        program: how the command was called, such as `lightsail-copy`.
        words: the words after it.
        tools: what it takes from its environment.
        region: --region, or None.
        profile: --profile, or None.
        endpoint_url: --endpoint-url, or None.
        output: `json`, `table` or `text`.
        query: --query, or None.
        allow_unknown_region: whether a Region newer than this release is accepted.
        demo: whether the embedded fake is called.
    """

    program: str
    words: tuple[str, ...]
    tools: Tools
    region: str | None
    profile: str | None
    endpoint_url: str | None
    output: str
    query: str | None
    allow_unknown_region: bool
    demo: bool

    def region_of(self, text: str | None) -> str | None:
        """Return a Region as a request takes it."""
        return None if text is None else region_of(text, allow_unknown=self.allow_unknown_region)

    def connect(self, demo_region: str, make: MakeClients = new_clients) -> Connection:
        """
        Return the connection.

        Args:
            demo_region: the Region of the demo, unless another is given.
            make: takes a session, and returns what makes a client of a Region.

        Raises:
            Stop: the profile or the Region is missing or wrong.
        """
        if self.demo:
            from lightsail_copy.cli import demo

            region = demo_region if self.region is None else self.region
            return demo.connect(self.tools.clock, self._checked(region, "--region"))
        try:
            session = self.tools.open_session(self.profile)
            configured = session.region_name
        except ProfileNotFound as error:
            what = "--profile" if self.profile else "AWS_PROFILE"
            remedy = "use one that `aws configure list-profiles` lists"
            sentence = f"{what}: the AWS configuration has no profile {error.kwargs['profile']!r}: {remedy}"
            raise Stop(Status.BAD_REQUEST, sentence) from error
        if self.region is None:
            region = self._checked(configured, "the configured Region")
        else:
            region = self._checked(self.region, "--region")
        return Connection(region, make(_EndpointSession(session, configured, self.endpoint_url)))

    def _checked(self, region: str | None, what: str) -> str:
        if region is None:
            sentence = "--region is missing: give it, or set AWS_DEFAULT_REGION or the region of a profile"
            raise Stop(Status.BAD_REQUEST, sentence)
        problem = region_problem(region, what, allow_unknown=self.allow_unknown_region)
        if problem:
            raise Stop(Status.BAD_REQUEST, problem)
        return region

    def command(self, connection: Connection, *words: str) -> str:
        """Return another command line for the same connection, to paste into a shell."""
        line = [*self.program.split(), *words, "--region", connection.region]
        line += ["--profile", self.profile] if self.profile else []
        line += ["--endpoint-url", self.endpoint_url] if self.endpoint_url else []
        line += ["--allow-unknown-region"] if self.allow_unknown_region else []
        return _command_line(line)

    def command_with(self, *options: str) -> str:
        """Return this command line with further options, to paste into a shell."""
        # What follows -- is no option.
        end = self.words.index("--") if "--" in self.words else len(self.words)
        return _command_line([*self.program.split(), *self.words[:end], *options, *self.words[end:]])


def _command_line(words: list[str]) -> str:
    import subprocess

    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
