"""
The base of all errors, the errors about arguments and responses, and helpers for messages.

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

The service's errors are in `service_errors`, those of copies and waits in `outcome_errors`. Every error pickles and
copies as its importable class, with its message and attributes, but without its `__cause__`, as Python's own errors do.
"""

from __future__ import annotations

from reprlib import Repr
from typing import Any, ClassVar, TypeVar, cast

from attrs import frozen

Error = TypeVar("Error", bound="LightsailCopyError")


def _revive(cls: type[Error], args: tuple[object, ...], state: dict[str, object]) -> Error:
    """Rebuild an error without calling its `__init__`, whose arguments differ from `args`."""
    error = cls.__new__(cls, *args)
    # A subclass of OSError with an `__init__` does not get its args from `__new__`.
    error.args = args
    error.__dict__.update(state)
    return error


class LightsailCopyError(Exception):
    """
    The base class of this package's errors.

    Attributes:
        parts: the sentences of the message: what happened, what was found, what to do.
        operations: the operations as last seen, if the error ended a wait or deletions; otherwise empty.
    """

    args: tuple[Any, ...]  # as Exception declares it: without this, type checkers infer different types
    parts: tuple[str, ...]
    # Each is an Operation, a class that needs this module and cannot be imported here. Most errors narrow this.
    operations: tuple[Any, ...] = ()
    _importable: ClassVar[type[LightsailCopyError] | None] = None

    def __init__(self, *parts: str) -> None:
        """Construct an error from the sentences of its message; empty ones are left out."""
        self.parts = tuple(filter(None, parts))
        # Not `super()`, which may be botocore's class. Only one argument: an OSError takes two as errno and text.
        Exception.__init__(self, " ".join(self.parts))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as the importable class: the class raised may also be one that boto3 made for a single client."""
        return _revive, (self._importable or type(self), self.args, self.__dict__)


def evolve(error: Error, *parts: str, **attributes: object) -> Error:
    """Return a copy of an error, with the same cause, other sentences (not the empty ones), and other attributes."""
    sentences = tuple(filter(None, parts))
    state = {**error.__dict__, "parts": sentences, **attributes}
    evolved = _revive(type(error), (" ".join(sentences),), state)
    evolved.__cause__ = error.__cause__
    return evolved


def combined_class(ours: type[Error], theirs: type[Exception]) -> type[Error]:
    """
    Return a class that both ``except ours`` and ``except theirs`` catch, and that pickles as ours.

    boto3 creates new error classes for each client, so `theirs` may not be importable. The new class is not cached,
    because it would keep the client alive.
    """
    if issubclass(ours, theirs):
        return ours
    namespace = {"__doc__": ours.__doc__, "__module__": ours.__module__, "_importable": ours}
    return cast("type[Error]", type(ours.__name__, (ours, theirs), namespace))


# The remedy for a rule that says everything.
FOLLOW_THE_RULE = "Change it to follow the rule."


@frozen(order=False)
class Problem:
    """
    One rule that an argument breaks.

    Attributes:
        field: the name of the argument.
        given: the text of the value, shortened if it is long.
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
        """Construct the error from the broken rules, at least one, and what breaks them: a request, a schedule, ..."""
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        lines = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(f"{count} with this {subject}; nothing was sent:{lines}")
        self.problems = problems


class UnexpectedResponseError(LightsailCopyError):
    """
    A response that cannot be parsed.

    Attributes:
        path: the dotted path of the fault, such as `operations.0.createdAt`; empty for the response itself.
        response: what botocore returned; or, if botocore's own parser failed, a dict of the response's `status_code`,
            `headers`, and `body`; or None if botocore dropped it.
        operation_ids: the ids of operations that the response contains in spite of the fault: these have started.
    """

    def __init__(self, fault: str, *, path: str, response: object, operation_ids: tuple[str, ...] = ()) -> None:
        place = f" at {path}" if path else ""
        super().__init__(f"A response from the service cannot be parsed{place}: {fault}.")
        self.path = path
        self.response = response
        self.operation_ids = operation_ids

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the response only if it can be pickled; otherwise it becomes None."""
        import pickle  # noqa: PLC0415 - only for an error on its way to another process

        reviver, (cls, args, state) = super().__reduce__()
        try:
            pickle.dumps(self.response)
        # A response that cannot be pickled must not stop the error from being pickled.
        except Exception:  # noqa: BLE001 - see above
            state = {**state, "response": None}
        return reviver, (cls, args, state)


_short = Repr()
_short.maxstring = _short.maxother = _short.maxlong = 300


def format_value(value: object) -> str:
    """
    Return the text of a value for a message: its `repr`, shortened if it is long.

    It never raises: an integer of 5,000 digits, a deep structure, or a value whose `repr` fails is described by its
    type.
    """
    # A subclass such as Unrecognized is still the caller's text.
    plain = str.__str__(value) if isinstance(value, str) else value
    try:
        return _short.repr(plain)
    # A `repr` is the caller's code.
    except Exception:  # noqa: BLE001 - see above
        return f"<{type(value).__name__}>"


def shorten(text: str, width: int = 300) -> str:
    """Return a text on one line, cut to a width if it is longer: between two words, unless a word is very long."""
    line = " ".join(text.split())
    if len(line) <= width:
        return line
    space = line.rfind(" ", 0, width - 3)
    return line[: space if space > width // 2 else width - 3] + "..."


def message_of(error: BaseException) -> str:
    """Return the message of an error; it never raises: `__str__` may be the caller's code."""
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - see above
        return "<exception str() failed>"  # as in a traceback


def describe_error(error: BaseException) -> str:
    """Return an error's class and message, if it has one, as the last line of a traceback shows them."""
    name, said = type(error).__name__, message_of(error)
    return f"{name}: {said}" if said.strip() else name


def chain_of(error: BaseException) -> list[BaseException]:
    """Return an error and its causes, each once, even if they form a cycle."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and not any(link is each for each in chain):
        chain.append(link)
        link = link.__cause__ or link.__context__
    return chain


def as_sentence(text: str) -> str:
    """Return a text with a period, unless it already ends like a sentence."""
    return text if text.endswith((".", "?", "!")) else f"{text}."
