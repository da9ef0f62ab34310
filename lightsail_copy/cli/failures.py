"""How a command ends: the exit statuses, and errors as sentences in the terms of the command line and of its files."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from enum import IntEnum
from json import JSONDecodeError
from typing import TypeVar, cast

import click
from botocore.exceptions import BotoCoreError, ClientError, SSLError

from lightsail_copy import (
    InvalidRequestError,
    LightsailCopyError,
    Problem,
    ServiceFaultError,
    ServiceUnreachableError,
)

A = TypeVar("A")
B = TypeVar("B")

# The fields of a copy, each with what to give if it is missing.
FIELDS = {
    "target_region": "the target Region, such as us-west-2",
    "source_region": "the Region of the source, such as us-east-1",
    "source_snapshot_name": "the manual snapshot to copy",
    "source_resource_name": "the instance or disk whose automatic snapshot to copy",
    "target_snapshot_name": "the name of the new snapshot",
    "restore_date": "",
    "use_latest_restorable_auto_snapshot": "",
}
_OPTIONS = ("allow_unknown_region", "if_exists", "keep_[a-z]+", "lookup_timeout", "max_rate", "max_running")
_TERM = re.compile(rf"\b({'|'.join([*FIELDS, *_OPTIONS])})\b(?:=(?:'([^']*)'|True))?")
_OTHER = {
    "error_tolerance": "--lookup-timeout",  # of a fleet
    "operations": "OPERATION_ID",
    "policy": "[retention]",
    "resource_name": "RESOURCE",
    "target_region": "--region",  # the Region that the client calls
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
    """An early end of a command: its status, what is wrong, and lines to print after that."""

    def __init__(self, status: Status, *sentences: str, notes: tuple[str, ...] = ()) -> None:
        super().__init__(*sentences)
        self.status, self.sentences, self.notes = status, sentences, notes

    def lines(self) -> list[str]:
        """Return what to print, line by line."""
        heading = "Interrupted" if self.status is Status.INTERRUPTED else "Error"
        if len(self.sentences) == 1:
            return [f"{heading}: {self.sentences[0]}", *self.notes]
        first = f"{heading}: {len(self.sentences)} problems:"
        return [first, *(f"  {sentence}" for sentence in self.sentences), *self.notes]


def _is_key(name: str) -> bool:
    """Return whether a file has a key for an argument: a field of a copy, or a rule of retention."""
    return name in FIELDS or name.startswith("keep_")


def term(name: str, *, in_file: bool = False) -> str:
    """Return the name of an argument of the library as an option, or as a key of a file."""
    if in_file and _is_key(name):
        first, *rest = name.split("_")
        return first + "".join(map(str.capitalize, rest))
    if name in _OTHER:
        return _OTHER[name]
    return f"--{name.replace('_', '-')}" if name.isidentifier() else name


def in_terms(text: str, *, in_file: bool = False) -> str:
    """Return a sentence of the library with the names of options, or of the keys of a file."""
    return _TERM.sub(lambda match: " ".join(filter(None, (term(match[1], in_file=in_file), match[2]))), text)


def problem_sentence(problem: Problem, *, in_file: bool = False) -> str:
    """Return the sentence of one broken rule."""
    # Any other key of a file keeps its name.
    name = problem.field if in_file and not _is_key(problem.field) else term(problem.field, in_file=in_file)
    if problem.given in {"None", "nothing"} and (missing := FIELDS.get(problem.field)):
        other = ", or sourceResourceName for an automatic one" if name == "sourceSnapshotName" else ""
        return f"{name} is missing: give {missing}{other}."
    rest = str(problem).removeprefix(f"{problem.field}:").removeprefix(" None")
    return f"{name}:{in_terms(rest, in_file=in_file)}"


_CREDENTIALS = (
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with --profile, or run `aws configure`"
    " or `aws sso login`; --demo needs none"
)
_SIGN_IN = "sign in again with `aws sso login`, with the same --profile"
# Setup errors, after which nothing was sent. Some are newer than the oldest supported botocore.
_SET_UP = {
    "NoCredentialsError": f"no AWS credentials were found: {_CREDENTIALS}",
    "PartialCredentialsError": "only part of the AWS credentials is set: set the missing part, or remove the rest",
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
# Connection errors, from specific to general.
_CONNECTION = {
    "ProxyConnectionError": "check HTTPS_PROXY and HTTP_PROXY",
    "SSLError": "check AWS_CA_BUNDLE, and whether --endpoint-url should begin with http://",
    "ConnectionError": "check the network, and --endpoint-url or AWS_ENDPOINT_URL if one is set",
    "HTTPClientError": "check the network, and --endpoint-url or AWS_ENDPOINT_URL if one is set",
}
_VARIANTS = {
    "lightsail-fips.": "If the Region has no FIPS endpoint, turn off AWS_USE_FIPS_ENDPOINT (use_fips_endpoint).",
    ".api.aws": "If it has no dual-stack endpoint, turn off AWS_USE_DUALSTACK_ENDPOINT (use_dualstack_endpoint).",
}
_STATUSES = {
    "CopyFailedError": Status.COPY_FAILED,
    "QuotaExceededError": Status.MAY_PASS,
    "ServiceFaultError": Status.MAY_PASS,
    "ServiceUnreachableError": Status.MAY_PASS,
    "ThrottledError": Status.MAY_PASS,
    "UnknownOutcomeError": Status.UNKNOWN_OUTCOME,
    "WaitTimeoutError": Status.TIMED_OUT,
}
_BOTOCORE_PREFIX = re.compile(r"An error occurred \(.*?\) when calling the \w+ operation(?: \(.*?\))?: ")


def explain(error: BaseException, *, in_file: bool = False) -> Stop:
    """Return how a command ends after an error, with the names of options, or of the keys of a file."""
    if isinstance(error, Stop):
        return error
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return Stop(Status.INTERRUPTED, "the command has stopped.")
    if isinstance(error, click.ClickException):
        sentence = " ".join(error.format_message().split())
        context = error.ctx if isinstance(error, click.UsageError) else None
        where = f" -- see {context.command_path} --help" if context else ""
        return Stop(Status.BAD_REQUEST, f"{sentence.rstrip('.')}{where}" if where else sentence)
    if isinstance(error, InvalidRequestError):
        sentences = (problem_sentence(problem, in_file=in_file) for problem in error.problems)
        return Stop(Status.BAD_REQUEST, *dict.fromkeys(sentences))
    if isinstance(error, (LightsailCopyError, ClientError)) and not _by_class(_SET_UP, error):
        return _explain_service(error, in_file=in_file)
    return _explain_foreign(error)


def _explain_service(error: LightsailCopyError | ClientError, *, in_file: bool) -> Stop:
    is_lasting = isinstance(error, (ServiceUnreachableError, ServiceFaultError)) and not error.may_pass
    status = Status.FAILED if is_lasting else _by_class(_STATUSES, error) or Status.FAILED
    if not isinstance(error, ClientError):
        notes = tuple(remedy for text, remedy in _VARIANTS.items() if text in str(error))
        return Stop(status, in_terms(str(error), in_file=in_file), notes=notes)
    content = error.response.get("Error", {})
    message = content.get("Message", "").strip().rstrip(".")
    # botocore puts the name of the call before the message; the library puts its advice behind it.
    advice = _BOTOCORE_PREFIX.sub("", str(error), count=1).strip().removeprefix(message).lstrip(". ")
    said = f"{message or 'the service gave no message'} ({content.get('Code', 'no code')})."
    return Stop(status, f"{said} {in_terms(advice, in_file=in_file)}".rstrip())


def _explain_foreign(error: BaseException) -> Stop:
    said = str(error).rstrip(". \n")
    if sentence := _by_class(_SET_UP, error):
        return Stop(Status.BAD_REQUEST, f"{sentence} ({said})")
    if remedy := _by_class(_CONNECTION, error):
        return Stop(Status.FAILED if isinstance(error, SSLError) else Status.MAY_PASS, f"{said}: {remedy}")
    if isinstance(error, BotoCoreError):
        return Stop(Status.FAILED, f"the AWS client failed: {said}")
    if sentence := _set_up_sentence(error):
        return Stop(Status.BAD_REQUEST, sentence)
    said = f"{type(error).__name__}: {said}".rstrip(": ")
    return Stop(Status.FAILED, f"something unexpected happened ({said}); --debug shows where")


def _by_class(table: dict[str, A], error: BaseException) -> A | None:
    """Return the entry for the class of an error, or for the nearest one that it derives from, or None."""
    return next((table[each.__name__] for each in type(error).__mro__ if each.__name__ in table), None)


def _set_up_sentence(error: BaseException) -> str | None:
    """Return the sentence for an error that escapes botocore while it reads its settings, or None."""
    said = str(error)
    if isinstance(error, JSONDecodeError):
        remedy = "run the command of credential_process to see what it prints"
        return f"the output of credential_process is not JSON ({said}): {remedy}"
    if isinstance(error, OSError) and error.filename:
        remedy = "correct credential_process or web_identity_token_file in ~/.aws/config, or the variable that names it"
        return f"{error.filename}, which the AWS configuration names, cannot be used ({error.strerror}): {remedy}"
    if isinstance(error, ValueError) and said.startswith("Invalid endpoint"):
        return f"{said}: give --endpoint-url, or AWS_ENDPOINT_URL, as https://HOST or http://HOST:PORT"
    if isinstance(error, ValueError) and "invalid literal for int" in said:
        settings = (name for name, value in os.environ.items() if name.startswith("AWS_") and repr(value) in said)
        where = next(settings, "the number in ~/.aws/config, such as max_attempts")
        return f"a setting must be an integer ({said}): correct {where}"
    return None


def both(make: Callable[[], A], make_other: Callable[[], B], *stops: Stop) -> tuple[A, B]:
    """Return two new values, or raise their problems together with those already known, so that all are printed."""
    made: list[object] = []
    found: list[Stop] = []
    for each in (make, make_other):
        try:
            made.append(each())
        except (InvalidRequestError, BotoCoreError, Stop) as error:
            found.append(explain(error))
    if found or stops:
        raise as_one([*found, *stops])
    return cast("tuple[A, B]", tuple(made))


def as_one(stops: list[Stop]) -> Stop:
    """Return one early end with all sentences."""
    return Stop(stops[0].status, *(sentence for stop in stops for sentence in stop.sentences))
