"""
The base of all errors, and what is wrong with arguments and with responses.

    LightsailCopyError
      InvalidRequestError            also a ValueError
      ServiceError                   also a botocore ClientError
        AccessDeniedError
        AccountSetupInProgressError
        InvalidInputError
          NameInUseError
          QuotaExceededError
        NotFoundError
        OperationFailureError
        RegionSetupInProgressError
        ServiceFaultError
        UnauthenticatedError
        ThrottledError
      ServiceUnreachableError        also an instance of botocore's class
      UnexpectedResponseError
      UnknownOutcomeError
      CopyFailedError
      WaitTimeoutError               also a TimeoutError

The service's errors are in `service_errors`, the outcomes of copies and waits in `outcome_errors`. Every error pickles
and copies as its importable class, with its message and attributes. Its `__cause__` stays behind, as with Python's own
errors.
"""

from __future__ import annotations

from typing import Any, ClassVar

from attrs import frozen

from lightsail_copy.messages import Text


def _revive(cls: type[LightsailCopyError], args: tuple[object, ...], state: dict[str, object]) -> LightsailCopyError:
    """Make an error again without calling its `__init__`, which takes other arguments than `args` has."""
    error = cls.__new__(cls, *args)
    # An OSError with an `__init__` of its own does not take its args from `__new__`.
    error.args = args
    error.__dict__.update(state)
    return error


class LightsailCopyError(Exception):
    """
    Any error of this package.

    Attributes:
        parts: the sentences of the message: what happened, what was found, what to do.
        operations: the operations as last seen, where the error ended a wait; otherwise empty.
    """

    args: tuple[Any, ...]  # as Exception has it: what a class only assigns, each type checker infers on its own
    parts: tuple[str, ...]
    # Each is an Operation. The class cannot be named here, as it is built on this module: most errors narrow this.
    operations: tuple[Any, ...] = ()
    _importable: ClassVar[type[LightsailCopyError] | None] = None

    def __init__(self, *parts: str) -> None:
        """Take the sentences of the message."""
        super().__init__()
        self.set_message(*parts)

    def set_message(self, *parts: str) -> None:
        """Replace the sentences of the message; empty ones are left out."""
        self.parts = tuple(filter(None, parts))
        # Only one argument: an OSError takes two as errno and text.
        self.args = (" ".join(self.parts),)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as the importable class: the class raised may also be one that boto3 made for a single client."""
        return _revive, (self._importable or type(self), self.args, self.__dict__)


# The remedy for a rule that says everything.
FOLLOW_THE_RULE = Text("Change it to follow the rule.")


@frozen(order=False)
class Problem:
    """
    One rule that an argument breaks.

    Attributes:
        field: the name of the argument.
        given: the text of the value, shortened where it is long.
        rule: what is wrong with it, as in ``must have 2 to 255 characters`` or ``is not a Lightsail Region``.
        remedy: what to give instead.
    """

    field: str
    given: str
    rule: str
    remedy: str = FOLLOW_THE_RULE

    def __str__(self) -> str:
        return f"{self.field}: {self.given} {self.rule}." + ("" if self.is_plain else f" {self.remedy}")

    @property
    def is_plain(self) -> bool:
        """Whether the rule says everything, so the remedy is not printed."""
        return self.remedy == FOLLOW_THE_RULE


class InvalidRequestError(LightsailCopyError, ValueError):
    """
    Arguments that break a rule; nothing was sent.

    Attributes:
        problems: every broken rule, in the order of the fields.
    """

    problems: tuple[Problem, ...]

    def __init__(self, problems: tuple[Problem, ...], subject: str = "request") -> None:
        """Take the broken rules, at least one, and what has them: a request, a schedule, ..."""
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        lines = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(f"{count} with this {subject}; nothing was sent:{lines}")
        self.problems = problems


class UnexpectedResponseError(LightsailCopyError):
    """
    A response that cannot be parsed.

    Attributes:
        path: the dotted place of the fault, such as `operations.0.createdAt`; empty for the response itself.
        response: what botocore returned; or, where botocore's own parser failed, a dict of the response's
            `status_code`, `headers` and `body`; or None where botocore dropped it.
    """

    def __init__(self, fault: str, *, path: str, response: object) -> None:
        """Take what is wrong, where, and the whole response."""
        place = f" at {path}" if path else ""
        super().__init__(f"A response of the service cannot be parsed{place}: {fault}.")
        self.path = path
        self.response = response

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the response only where it can be pickled; otherwise it becomes None."""
        import pickle  # noqa: PLC0415 - only for an error on its way to another process

        reviver, (cls, args, state) = super().__reduce__()
        try:
            pickle.dumps(self.response)
        # A response that cannot be pickled must not stop the error from being pickled.
        except Exception:  # noqa: BLE001 - see above
            state = {**state, "response": None}
        return reviver, (cls, args, state)
