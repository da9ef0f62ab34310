"""
How a command ends: the exit statuses, and each error as a status and sentences in the terms of the command line.

The errors of botocore are distinguished by the names of their classes: some are newer than the oldest botocore that is
supported. No credential is printed, only where it was searched for.
"""

from __future__ import annotations

import os
import re
from enum import IntEnum
from json import JSONDecodeError
from typing import TYPE_CHECKING, TypeVar

import click
from botocore.exceptions import BotoCoreError, ClientError

from lightsail_copy import (
    CopyFailedError,
    InvalidRequestError,
    LightsailCopyError,
    Problem,
    QuotaExceededError,
    ServiceFaultError,
    ServiceUnreachableError,
    ThrottledError,
    UnknownOutcomeError,
    WaitTimeoutError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made")

_FIELDS = (
    "target_region",
    "source_region",
    "source_snapshot_name",
    "source_resource_name",
    "target_snapshot_name",
    "restore_date",
    "use_latest_restorable_auto_snapshot",
)
_OPTIONS = ("allow_unknown_region", "if_exists", "lookup_timeout", "max_rate", "max_running")
_TERM = re.compile(rf"\b({'|'.join(_FIELDS + _OPTIONS)})\b(?:=(?:'([^']*)'|True))?")
# The target Region is the Region that the client calls.
_RENAMED = {"target_region": "--region", "operations": "OPERATION_ID", "resource_name": "RESOURCE"}
_EXAMPLES = {
    "target_region": "the target Region, such as us-west-2",
    "source_region": "the Region of the source, such as us-east-1",
    "source_snapshot_name": "the manual snapshot to copy",
    "source_resource_name": "the instance or disk whose automatic snapshot to copy",
    "target_snapshot_name": "the name of the new snapshot",
}


class Status(IntEnum):
    """The exit statuses, which the help lists too."""

    DONE = 0
    FAILED = 1
    BAD_REQUEST = 2
    COPY_FAILED = 3
    TIMED_OUT = 4
    UNKNOWN_OUTCOME = 5
    MAY_PASS = 75
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


def term(name: str, *, in_file: bool = False) -> str:
    """Return the name of an argument of the library as an option, or as a key of a file."""
    if in_file and (name in _FIELDS or name.startswith("keep_")):
        first, *rest = name.split("_")
        return first + "".join(map(str.capitalize, rest))
    if name in _RENAMED:
        return _RENAMED[name]
    return f"--{name.replace('_', '-')}" if name.isidentifier() else name


def in_terms(text: str, *, in_file: bool = False) -> str:
    """Return a sentence of the library with the names of options, or of the keys of a file."""

    def replace(match: re.Match[str]) -> str:
        return " ".join(filter(None, (term(match[1], in_file=in_file), match[2])))

    return _TERM.sub(replace, text)


def problem_sentence(problem: Problem, *, in_file: bool = False) -> str:
    """Return the sentence of one broken rule."""
    name = term(problem.field, in_file=in_file)
    if problem.given == "None" and problem.field in _EXAMPLES:
        return f"{name} is missing: give {_EXAMPLES[problem.field]}."
    rest = str(problem).removeprefix(f"{problem.field}:").removeprefix(" None")
    return f"{name}:{in_terms(rest, in_file=in_file)}"


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
    "NoRegionError": "no Region is given: use --region, or set AWS_REGION",
}
# Connection errors, from the special to the general.
_CONNECTION = {
    "ConnectTimeoutError": "check the network, its proxy and firewall, and --endpoint-url if one is set",
    "ProxyConnectionError": "check HTTPS_PROXY and HTTP_PROXY",
    "SSLError": "check AWS_CA_BUNDLE, and whether --endpoint-url should begin with http://",
    "EndpointConnectionError": "check the network, and --endpoint-url or AWS_ENDPOINT_URL if one is set",
    "ReadTimeoutError": "the service did not respond in time: try again",
    "ConnectionClosedError": "the connection broke before a response: try again",
}
_VARIANTS = {
    "lightsail-fips.": "no FIPS endpoint may exist there: turn off AWS_USE_FIPS_ENDPOINT (use_fips_endpoint)",
    ".api.aws": "no dual-stack endpoint may exist there: turn off AWS_USE_DUALSTACK_ENDPOINT (use_dualstack_endpoint)",
}
_MAY_PASS = (QuotaExceededError, ServiceFaultError, ServiceUnreachableError, ThrottledError)
# The first that fits counts.
_STATUSES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Status], ...] = (
    (CopyFailedError, Status.COPY_FAILED),
    (WaitTimeoutError, Status.TIMED_OUT),
    (UnknownOutcomeError, Status.UNKNOWN_OUTCOME),
    (_MAY_PASS, Status.MAY_PASS),
    (Exception, Status.FAILED),
)
_BOTOCORE_PREFIX = re.compile(r"An error occurred \(.*?\) when calling the \w+ operation(?: \(.*?\))?: ")


def explain(error: BaseException, *, in_file: bool = False) -> Stop:
    """
    Return how a command ends after an error.

    Args:
        error: the error.
        in_file: whether the names of arguments are those of the keys of a file.
    """
    if isinstance(error, Stop):
        return error
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return Stop(Status.INTERRUPTED, "the command has stopped.", heading="Interrupted")
    if isinstance(error, click.ClickException):
        return Stop(Status.BAD_REQUEST, _usage_sentence(error))
    if isinstance(error, InvalidRequestError):
        sentences = (problem_sentence(problem, in_file=in_file) for problem in error.problems)
        return Stop(Status.BAD_REQUEST, *dict.fromkeys(sentences))
    if isinstance(error, BotoCoreError) and not isinstance(error, LightsailCopyError):
        return _explain_botocore(error)
    if isinstance(error, (LightsailCopyError, ClientError)):
        return _explain_service(error, in_file=in_file)
    said = f"{type(error).__name__}: {error}".rstrip(": .")
    unexpected = Stop(Status.FAILED, f"something unexpected happened ({said}); --debug shows where")
    return (explain_set_up(error) if isinstance(error, OSError) else None) or unexpected


def _explain_service(error: LightsailCopyError | ClientError, *, in_file: bool) -> Stop:
    status = next(status for kind, status in _STATUSES if isinstance(error, kind))
    # No later attempt finds another certificate.
    status = Status.FAILED if status is Status.MAY_PASS and _is_a(error, "SSLError") else status
    if isinstance(error, ClientError):
        return Stop(status, _service_sentence(error, in_file=in_file))
    remedy = _connection_remedy(error) if isinstance(error, (ServiceUnreachableError, UnknownOutcomeError)) else None
    notes = (f"For the connection: {remedy}.",) if remedy else ()
    return Stop(status, in_terms(str(error), in_file=in_file), notes=notes)


def _service_sentence(error: ClientError, *, in_file: bool) -> str:
    """Return the service's message, its code, and the library's advice."""
    content = error.response.get("Error", {})
    message = content.get("Message", "").strip().rstrip(".")
    advice = _BOTOCORE_PREFIX.sub("", str(error), count=1).strip().removeprefix(message).lstrip(". ")
    code = content.get("Code", "no code")
    return f"{message or 'the service gave no message'} ({code}). {in_terms(advice, in_file=in_file)}".rstrip()


def _is_a(error: BaseException | None, name: str) -> bool:
    """Return whether an error, or the one that it was raised from, is of a class."""
    return error is not None and any(name == each.__name__ for each in type(error).__mro__ + type(error.__cause__).__mro__)


def _named(sentences: dict[str, str], error: BaseException) -> str | None:
    """Return the sentence for the class of an error, or of the one that it was raised from."""
    return next((sentence for name, sentence in sentences.items() if _is_a(error, name)), None)


def _connection_remedy(error: BaseException) -> str | None:
    variant = next((remedy for text, remedy in _VARIANTS.items() if text in str(error)), None)
    return variant or _named(_CONNECTION, error)


def _usage_sentence(error: click.ClickException) -> str:
    sentence = " ".join(error.format_message().split())
    context = error.ctx if isinstance(error, click.UsageError) else None
    return sentence if context is None else f"{sentence.rstrip('.')} -- see {context.command_path} --help"


def _explain_botocore(error: BotoCoreError) -> Stop:
    said = str(error).rstrip(". \n")
    set_up, remedy = _named(_SET_UP, error), _connection_remedy(error)
    if set_up:
        return Stop(Status.BAD_REQUEST, f"{set_up} ({said})")
    if remedy:
        return Stop(Status.FAILED if _is_a(error, "SSLError") else Status.MAY_PASS, f"{said}: {remedy}")
    return Stop(Status.FAILED, f"the AWS client failed: {said}")


def explain_set_up(error: BaseException) -> Stop | None:
    """Return how a command ends after an error that botocore lets through while it reads its settings, or None."""
    if isinstance(error, JSONDecodeError):
        remedy = "run the command of credential_process to see what it prints"
        return Stop(Status.BAD_REQUEST, f"the output of credential_process is not JSON ({error}): {remedy}")
    if isinstance(error, OSError) and error.filename:
        where = "correct credential_process or web_identity_token_file in ~/.aws/config, or the variable that names it"
        sentence = f"{error.filename}, which the AWS configuration names, cannot be used ({error.strerror}): {where}"
        return Stop(Status.BAD_REQUEST, sentence)
    if isinstance(error, ValueError) and str(error).startswith("Invalid endpoint"):
        remedy = "give --endpoint-url, or AWS_ENDPOINT_URL, as https://HOST or http://HOST:PORT"
        return Stop(Status.BAD_REQUEST, f"{error}: {remedy}")
    if isinstance(error, ValueError) and "invalid literal for int" in str(error):
        settings = (name for name, value in os.environ.items() if name.startswith("AWS_") and repr(value) in str(error))
        where = next(settings, "the number in ~/.aws/config, such as max_attempts")
        return Stop(Status.BAD_REQUEST, f"a setting must be an integer ({error}): correct {where}")
    return None


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
