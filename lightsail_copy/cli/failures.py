"""
What went wrong, as an exit status and a sentence that helps.

Botocore's errors are told apart by the names of their classes: some of them are younger than the oldest botocore that
is supported. Nothing here shows what a credential is, only where one was looked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click
from botocore.exceptions import BotoCoreError, ClientError

from lightsail_copy import (
    InvalidRequestError,
    LightsailCopyError,
    OperationFailedError,
    UnknownOutcomeError,
    WaitTimeoutError,
)
from lightsail_copy.cli.status import Status, Stop
from lightsail_copy.cli.words import in_option_names, problem_sentence

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made")

_CREDENTIALS = (
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with --profile, or run `aws configure`"
    " or `aws sso login`; --demo needs none"
)
_SIGN_IN = "sign in again with `aws sso login`, adding the --profile that is used here"
# Errors of the set-up: nothing was sent.
_SET_UP = {
    "NoCredentialsError": f"no AWS credentials were found: {_CREDENTIALS}",
    "PartialCredentialsError": "only a part of the AWS credentials is set: set the missing part, or remove the rest",
    "SSOError": f"the SSO session cannot be used: {_SIGN_IN}",
    "TokenRetrievalError": f"the SSO session cannot be renewed: {_SIGN_IN}",
    "LoginError": "the login session cannot be used: sign in again with `aws login`",
    "CredentialRetrievalError": "the AWS credentials cannot be retrieved: check the profile's way to get them",
    "RefreshWithMFAUnsupportedError": "the credentials have expired and want an MFA code: sign in again",
    "InvalidConfigError": "the AWS configuration is not valid: correct ~/.aws/config",
    "ConfigParseError": "an AWS configuration file cannot be read: correct it, or point AWS_CONFIG_FILE to another",
    "ConfigNotFound": "an AWS configuration file is not there: correct AWS_CONFIG_FILE",
    "InvalidRetryConfigurationError": "the AWS configuration is not valid: correct its retry settings",
    "NoRegionError": "no Region is given: use --region, or set AWS_DEFAULT_REGION",
}
# Errors on the way: the service was not reached.
_ON_THE_WAY = {
    "EndpointConnectionError": "check the network, and --endpoint-url or AWS_ENDPOINT_URL if one is set",
    "ConnectTimeoutError": "check the network, its proxy and firewall, and --endpoint-url if one is set",
    "ProxyConnectionError": "check HTTPS_PROXY and HTTP_PROXY",
    "SSLError": "check AWS_CA_BUNDLE, and whether --endpoint-url should begin with http://",
    "ReadTimeoutError": "the service did not answer in time: try again",
    "ConnectionClosedError": "the connection broke before the answer came: try again",
}
# The first that fits counts.
_STATUSES: tuple[tuple[type[Exception], Status], ...] = (
    (OperationFailedError, Status.COPY_FAILED),
    (WaitTimeoutError, Status.TIMED_OUT),
    (UnknownOutcomeError, Status.UNKNOWN_OUTCOME),
    (LightsailCopyError, Status.REFUSED),
    (ClientError, Status.REFUSED),
)


def explain(error: BaseException) -> Stop:
    """Return how a command ends that an error broke off."""
    if isinstance(error, Stop):
        return error
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return Stop(Status.INTERRUPTED, "the command has stopped.", heading="Interrupted")
    if isinstance(error, click.ClickException):
        return Stop(Status.BAD_REQUEST, _usage_sentence(error))
    if isinstance(error, InvalidRequestError):
        return Stop(Status.BAD_REQUEST, *dict.fromkeys(map(problem_sentence, error.problems)))
    if isinstance(error, BotoCoreError):
        return _explain_botocore(error)
    return _explain_by_class(error)


def _explain_by_class(error: BaseException) -> Stop:
    # Where an answer is missing, what kept it away has a remedy of its own.
    cause = error.__cause__ if isinstance(error, UnknownOutcomeError) else None
    remedy = _named(_ON_THE_WAY, cause)
    for kind, status in _STATUSES:
        if isinstance(error, kind):
            notes = (f"For the connection: {remedy}.",) if remedy else ()
            return Stop(status, in_option_names(str(error)), notes=notes)
    said = f"{type(error).__name__}: {error}".rstrip(": .")
    return Stop(Status.REFUSED, f"something unforeseen happened ({said}); --debug shows where")


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
    return Stop(Status.REFUSED, f"{said}: {on_the_way}" if on_the_way else f"the AWS client cannot go on: {said}")


def gather(make: Callable[[], Made], stops: list[Stop]) -> Made | None:
    """
    Return what is made, or None and add to a list why it cannot be, so that all that is wrong is said at once.

    Args:
        make: makes it, from what the user wrote or has set up.
        stops: the list.
    """
    try:
        return make()
    except (InvalidRequestError, BotoCoreError, Stop) as error:
        stops.append(explain(error))
        return None


def as_one(stops: list[Stop]) -> Stop:
    """Return one end that says all."""
    return Stop(stops[0].status, *(sentence for stop in stops for sentence in stop.sentences))
