"""Responses in the shape of the wire, with made-up ids, and what the tests of several files need."""

# ruff: noqa: ANN401 - JSON is of any type, and boto3 makes its client classes at run time
from __future__ import annotations

import copy
import json
import pickle
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.session import Session

from lightsail_copy import copy_snapshot
from lightsail_copy.testing import faults
from lightsail_copy.testing.protocol import LOADER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lightsail_copy.testing import Fault

T = TypeVar("T")

DATA = Path(__file__).parent / "data"
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
# A client of one attempt, so that a test of one response has to queue only one fault. Half of the time of a call goes
# into the signature and the User-Agent, which have no part in most tests.
ONE_SIGNED_ATTEMPT = Config(retries={"total_max_attempts": 1})
ONE_ATTEMPT = ONE_SIGNED_ATTEMPT.merge(Config(signature_version=UNSIGNED, user_agent="tests"))


class NoOffset(tzinfo):
    """A time zone that does not know its offset: Python takes a datetime in it for a naive one."""

    def utcoffset(self, _: datetime | None, /) -> None:
        return None

    dst = tzname = utcoffset


def sample(name: str) -> Any:  # JSON
    """Return the content of a file of responses."""
    return json.loads(sample_bytes(name))


def sample_bytes(name: str) -> bytes:
    """Return a file of responses as it travels."""
    return (DATA / f"{name}.json").read_bytes()


def operation_dict(**changes: object) -> dict[str, Any]:
    """Return the wire form of an operation that has all twelve fields, after changes."""
    return {**sample("get_operation")["operation"], **changes}


def response_fault(body: object, *, status: int = 200) -> Fault:
    """Return a response to a call that had no effect: bytes as they are, anything else as JSON."""
    return faults.replaced_response(
        body if isinstance(body, bytes) else json.dumps(body).encode(), performed=False, status=status
    )


def new_session(**credentials: str | None) -> Any:
    """Return a new boto3 session that shares AWS's data with the clients of the fake: each loader parses it again."""
    core = Session()
    core.register_component("data_loader", LOADER)
    return boto3.Session(botocore_session=core, **credentials)


def travelled(value: T) -> Iterator[T]:
    """Yield a value as it arrives by every way that Python has to send or copy it."""
    for protocol in PROTOCOLS:
        yield pickle.loads(pickle.dumps(value, protocol))  # noqa: S301 - our own
    yield copy.copy(value)
    yield copy.deepcopy(value)


def raise_(error: Exception) -> NoReturn:
    """Raise an error; another process finds this function by its name."""
    raise error


copy_once = partial(copy_snapshot, lookup_timeout=0)
