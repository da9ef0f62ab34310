"""
How a command ends: the exit statuses, and each error as a status and a sentence that helps.

The errors of botocore are distinguished by the names of their classes: some are newer than the oldest botocore that is
supported. No credential is printed, only where it was searched for.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, TypeVar

import click
from botocore.exceptions import BotoCoreError, ClientError

from lightsail_copy import (
    CopyFailedError,
    InvalidRequestError,
    LightsailCopyError,
    ServiceError,
    ServiceUnreachableError,
    UnknownOutcomeError,
    WaitTimeoutError,
)
from lightsail_copy.cli.terms import COMMAND_LINE, Terms, error_sentence, in_terms, problem_sentence

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made")


class Status(IntEnum):
    """The exit statuses, which the help lists too."""

    DONE = 0
    FAILED = 1
    BAD_REQUEST = 2
    COPY_FAILED = 3
    TIMED_OUT = 4
    UNKNOWN_OUTCOME = 5
    INTERRUPTED = 130


class Stop(Exception):  # noqa: N818 - not every early end is an error, such as an interrupted wait
    """
    An early end of a command.

    Attributes:
        status: the exit status.
        sentences: what is wrong, one problem each.
        heading: the first word of the output.
        notes: lines to print after it; one that begins with four spaces is a command to copy.
    """

    def __init__(self, status: Status, *sentences: str, heading: str = "Error", notes: tuple[str, ...] = ()) -> None:
        """Take the exit status and what to print."""
        super().__init__(*sentences)
        self.status = status
        self.sentences = sentences
        self.heading = heading
        self.notes = notes

    def lines(self) -> list[str]:
        """Return what to print, line by line."""
        if len(self.sentences) == 1:
            return [f"{self.heading}: {self.sentences[0]}", *self.notes]
        first = f"{self.heading}: {len(self.sentences)} problems:"
        return [first, *(f"  {sentence}" for sentence in self.sentences), *self.notes]


_CREDENTIALS = (
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with --profile, or run `aws configure`"
    " or `aws sso login`; --demo needs none"
)
_SIGN_IN = "sign in again with `aws sso login`, with the same --profile"
# Errors of the set-up: nothing was sent.
_SET_UP = {
    "NoCredentialsError": f"no AWS credentials were found: {_CREDENTIALS}",
    "PartialCredentialsError": "only a part of the AWS credentials is set: set the missing part, or remove the rest",
    "SSOError": f"the SSO session cannot be used: {_SIGN_IN}",
    "TokenRetrievalError": f"the SSO session cannot be renewed: {_SIGN_IN}",
    "LoginError": "the login session cannot be used: sign in again with `aws login`",
    "CredentialRetrievalError": "the AWS credentials cannot be retrieved: check how the profile gets them",
    "RefreshWithMFAUnsupportedError": "the credentials have expired and need an MFA code: sign in again",
    "InvalidConfigError": "the AWS configuration is not valid: correct ~/.aws/config",
    "ConfigParseError": "an AWS configuration file cannot be parsed: correct it, or point AWS_CONFIG_FILE to another",
    "ConfigNotFound": "an AWS configuration file does not exist: correct AWS_CONFIG_FILE",
    "InvalidRetryConfigurationError": "the AWS configuration is not valid: correct its retry settings",
    "NoRegionError": "no Region is given: use --region, or set AWS_DEFAULT_REGION",
}
# Errors on the way: the service was not reached.
_ON_THE_WAY = {
    "EndpointConnectionError": "check the network, and --endpoint-url or AWS_ENDPOINT_URL if one is set",
    "ConnectTimeoutError": "check the network, its proxy and firewall, and --endpoint-url if one is set",
    "ProxyConnectionError": "check HTTPS_PROXY and HTTP_PROXY",
    "SSLError": "check AWS_CA_BUNDLE, and whether --endpoint-url should begin with http://",
    "ReadTimeoutError": "the service did not respond in time: try again",
    "ConnectionClosedError": "the connection broke before a response: try again",
}
# The first that fits counts.
_STATUSES: tuple[tuple[type[LightsailCopyError], Status], ...] = (
    (CopyFailedError, Status.COPY_FAILED),
    (WaitTimeoutError, Status.TIMED_OUT),
    (UnknownOutcomeError, Status.UNKNOWN_OUTCOME),
    (LightsailCopyError, Status.FAILED),
)


def explain(error: BaseException, terms: Terms = COMMAND_LINE) -> Stop:
    """Return how a command ends after an error, in the terms of what the user wrote."""
    if isinstance(error, Stop):
        return error
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return Stop(Status.INTERRUPTED, "the command has stopped.", heading="Interrupted")
    if isinstance(error, click.ClickException):
        return Stop(Status.BAD_REQUEST, _usage_sentence(error))
    if isinstance(error, InvalidRequestError):
        return Stop(Status.BAD_REQUEST, *dict.fromkeys(problem_sentence(problem, terms) for problem in error.problems))
    if isinstance(error, BotoCoreError) and not isinstance(error, LightsailCopyError):
        return _explain_botocore(error)
    return _explain_by_class(error, terms)


def _explain_by_class(error: BaseException, terms: Terms) -> Stop:
    # A missing response has a cause with a remedy of its own.
    cause = error.__cause__ if isinstance(error, (UnknownOutcomeError, ServiceUnreachableError)) else None
    remedy = _named(_ON_THE_WAY, cause)
    if isinstance(error, ClientError):
        return Stop(Status.FAILED, _service_sentence(error, terms))
    for kind, status in _STATUSES:
        if isinstance(error, kind):
            notes = (f"For the connection: {remedy}.",) if remedy else ()
            return Stop(status, error_sentence(error, terms), notes=notes)
    said = f"{type(error).__name__}: {error}".rstrip(": .")
    return Stop(Status.FAILED, f"something unexpected happened ({said}); --debug shows where")


def _service_sentence(error: ClientError, terms: Terms) -> str:
    """Return the service's message and code, without the name of the call that botocore puts before it."""
    content = error.response.get("Error", {})
    message = content.get("Message", "").strip().rstrip(".") or "the service gave no message"
    advice = error.parts[1:] if isinstance(error, ServiceError) else ()
    return " ".join([f"{message} ({content.get('Code', 'no code')}).", *(in_terms(part, terms) for part in advice)])


def _named(sentences: dict[str, str], error: BaseException | None) -> str | None:
    """Return the sentence for an error's class, or for the nearest one that it derives from."""
    return next((sentences[each.__name__] for each in type(error).__mro__ if each.__name__ in sentences), None)


def _usage_sentence(error: click.ClickException) -> str:
    sentence = " ".join(error.format_message().split())
    context = error.ctx if isinstance(error, click.UsageError) else None
    return sentence if context is None else f"{sentence.rstrip('.')} -- see {context.command_path} --help"


def _explain_botocore(error: BotoCoreError) -> Stop:
    said = str(error).rstrip(". \n")
    set_up, on_the_way = _named(_SET_UP, error), _named(_ON_THE_WAY, error)
    if set_up:
        return Stop(Status.BAD_REQUEST, f"{set_up} ({said})")
    return Stop(Status.FAILED, f"{said}: {on_the_way}" if on_the_way else f"the AWS client failed: {said}")


def gather(make: Callable[[], Made], stops: list[Stop]) -> Made | None:
    """
    Return a new value, or None and add its problems to a list, so that all problems are printed at once.

    Args:
        make: makes the value.
        stops: the list.
    """
    try:
        return make()
    except (InvalidRequestError, BotoCoreError, Stop) as error:
        stops.append(explain(error))
        return None


def as_one(stops: list[Stop]) -> Stop:
    """Return one end with all sentences."""
    return Stop(stops[0].status, *(sentence for stop in stops for sentence in stop.sentences))
