"""One run of a command: its options, its environment, and the connection that they select."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Callable
from datetime import datetime, timezone
from functools import cache
from typing import Any, NamedTuple, Protocol

from botocore.exceptions import ProfileNotFound

from lightsail_copy import InvalidRequestError, PollSchedule, Unrecognized, make_client, make_clients, request_from_dict
from lightsail_copy.cli import demo
from lightsail_copy.cli.failures import Status, Stop, problem_sentence
from lightsail_copy.cli.output import Form, say

# The variables that name a profile, in botocore's order.
_PROFILES = ("AWS_DEFAULT_PROFILE", "AWS_PROFILE")


class Clock(Protocol):
    """A clock that also sleeps, such as the `time` module."""

    def time(self) -> float:
        """Return the seconds since 1970-01-01 00:00 UTC."""
        ...

    def monotonic(self) -> float:
        """Return the seconds since any start."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Sleep."""


class Session:
    """The AWS configuration of a profile, and its clients; botocore's session starts faster than boto3's."""

    def __init__(self, profile: str | None, endpoint_url: str | None) -> None:
        import botocore.session

        self._endpoint_url = endpoint_url
        self._session: Any = botocore.session.Session(profile=profile)
        # AWS_DEFAULT_REGION, or that of the profile.
        self.region_name: str | None = self._session.get_config_variable("region")
        self.output: str | None = self._session.get_scoped_config().get("output")

    def get_config_variable(self, name: str) -> Any:
        """Return a setting, such as `defaults_mode`."""
        return self._session.get_config_variable(name)

    def client(self, _service: str, /, *, region_name: str, config: Any) -> Any:
        """Make a client of Lightsail."""
        region, url = Unrecognized(region_name), self._endpoint_url
        return make_client(region, session=self._session, config=config, endpoint_url=url)


class Tools(NamedTuple):
    """What a command takes from its environment: a function that opens the session of a profile and URL; a clock."""

    open_session: Callable[[str | None, str | None], Any] = Session
    clock: Clock = time


class Connection(NamedTuple):
    """The Region, functions that return a Region's client (also for a fleet), the result's form, and a schedule."""

    region: str
    client: Callable[[str], Any]
    fleet_client: Callable[[str], Any]
    form: Form
    schedule: PollSchedule = PollSchedule()


class Invocation(NamedTuple):
    """The name by which the program was called, the words after it, the tools, and the shared options."""

    program: str
    words: tuple[str, ...]
    tools: Tools
    region: str | None
    profile: str | None
    endpoint_url: str | None
    output: str | None
    query: str | None
    allow_unknown_region: bool
    demo: bool

    @property
    def now(self) -> datetime:
        """The current time, in UTC."""
        return datetime.fromtimestamp(self.tools.clock.time(), timezone.utc)

    def connect(self, demo_region: str) -> Connection:
        """Return the connection, of the demo or to AWS; only its clients for a fleet leave retries to the fleet."""
        if self.demo:
            region = self._checked(demo_region if self.region is None else self.region, "--region")
            of_demo = cache(demo.new_clients(self.tools.clock))
            return Connection(region, of_demo, of_demo, Form(self.output, self.query), demo.SCHEDULE)
        try:
            session = self.tools.open_session(self.profile, self.endpoint_url)
            configured, output = session.region_name, session.output
        except ProfileNotFound as error:
            what = "--profile" if self.profile else next(filter(os.environ.get, _PROFILES), "AWS_PROFILE")
            remedy = "use one that `aws configure list-profiles` lists"
            sentence = f"{what}: the AWS configuration has no profile {error.kwargs['profile']!r}: {remedy}"
            raise Stop(Status.BAD_REQUEST, sentence) from error
        region = self._find_region(configured)

        @cache
        def client(name: str) -> Any:
            # A Region that is newer than this release is accepted on purpose, or has been reported.
            return make_client(Unrecognized(name), session=session)

        return Connection(region, client, make_clients(session), self._form(output))

    def _find_region(self, configured: str | None) -> str:
        """Return the Region, and say where it comes from if no option gives it, in the order of the AWS CLI."""
        if self.region is not None:
            return self._checked(self.region, "--region")
        named = filter(None, (self.profile, *map(os.environ.get, _PROFILES), "default"))
        profile = f"the profile {next(named)}"
        found = [(os.environ.get(name), name) for name in ("AWS_REGION", "AWS_DEFAULT_REGION")]
        for region, what in (*found, (configured, profile)):
            if region:
                say(f"Region: {self._checked(region, what)}, from {what}.")
                return region
        raise Stop(Status.BAD_REQUEST, "--region is missing: give it, or set AWS_REGION or the region of a profile")

    def _form(self, configured: str | None) -> Form:
        """Return the form of the result; a form that only the AWS CLI has becomes JSON."""
        output = self.output or os.environ.get("AWS_DEFAULT_OUTPUT") or configured
        if output not in {None, "json", "table", "text"}:
            say(f"Output: json; the AWS configuration asks for {output}, which is not supported.")
            output = "json"
        return Form(output, self.query)

    def _checked(self, region: str, what: str) -> str:
        wire = {"sourceRegion": region, "sourceSnapshotName": "any", "targetSnapshotName": "any"}
        try:
            request_from_dict(wire, allow_unknown_region=self.allow_unknown_region)
        except InvalidRequestError as error:
            sentences = (problem_sentence(each).removeprefix("--source-region") for each in error.problems)
            raise Stop(Status.BAD_REQUEST, *(what + sentence for sentence in sentences)) from error
        return region

    def command(self, connection: Connection, *words: str) -> str:
        """Return a line with another command for the same connection, to paste into a shell."""
        given = {"--profile": self.profile, "--endpoint-url": self.endpoint_url}
        options = [word for name, value in given.items() if value for word in (name, value)]
        options += ["--allow-unknown-region"] if self.allow_unknown_region else []
        return self._command_line(*words, "--region", connection.region, *options)

    def command_with(self, *options: str) -> str:
        """Return a line with this command and further options, to paste into a shell."""
        # What follows -- is not an option.
        end = self.words.index("--") if "--" in self.words else len(self.words)
        return self._command_line(*self.words[:end], *options, *self.words[end:])

    def _command_line(self, *words: str) -> str:
        import subprocess

        line = [*self.program.split(), *words]
        return "    " + (subprocess.list2cmdline(line) if os.name == "nt" else shlex.join(line))
