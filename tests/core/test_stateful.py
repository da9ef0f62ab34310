"""Copies, faults, restarts, waits and time in any order: no accepted copy is lost, and none is made twice."""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule
from samples import copy_once

from lightsail_copy import (
    AutoSnapshotCopy,
    CopyFailedError,
    CopySnapshotResult,
    LightsailCopyError,
    ManualSnapshotCopy,
    NameInUseError,
    NotFoundError,
    Operation,
    ServiceError,
    ServiceFaultError,
    ServiceUnreachableError,
    ThrottledError,
    UnauthenticatedError,
    UnexpectedResponseError,
    UnknownOutcomeError,
    wait_for_operations,
)
from lightsail_copy.testing import FakeLightsail, faults

if TYPE_CHECKING:
    from lightsail_copy import SnapshotCopyRequest

REGIONS = ("us-west-2", "eu-west-1")
NAMES = ("copy-1", "copy-2")
COPY: Final = "CopySnapshot"
LOOKUP: Final = "GetOperationsForResource"
POLL: Final = "GetOperation"
MADE_FROM_IT = "CreateInstancesFromSnapshot"

REQUESTS: list[SnapshotCopyRequest] = [
    *(
        ManualSnapshotCopy(source_region="us-east-1", source_snapshot_name=source, target_snapshot_name=name)
        for source in ("monday", "tuesday")
        for name in NAMES
    ),
    *(
        AutoSnapshotCopy(
            source_region="us-east-1",
            source_resource_name="web",
            target_snapshot_name=name,
            use_latest_restorable_auto_snapshot=True,
        )
        for name in NAMES
    ),
]
FAULTS_OF_A_COPY = [
    *(
        make(performed=performed)
        for make in (faults.connection_closed, faults.read_timeout, faults.service_fault, faults.service_unavailable)
        for performed in (False, True)
    ),
    *(faults.replaced_response(body) for body in (b"", b"null", b"[]", b"{}", b"<html>", b'{"operations": []}')),
    *(
        faults.truncated_response(kept, ending=ending)
        for kept in (0, 20, 200)
        for ending in ("closed", "reset", "read_timeout")
    ),
    faults.connection_refused(),
    faults.throttled(),
    faults.not_json(performed=False),
    faults.expired_token(),
]
FAULTS_OF_A_LOOKUP = [
    faults.connection_closed(),
    faults.service_fault(),
    faults.throttled(),
    faults.access_denied(),
    faults.not_found(),
    faults.not_json(),
    faults.replaced_response(b'{"operations": []}'),
    faults.replaced_response(b'{"operations": [{}]}'),
]
FAULTS_OF_A_POLL = [faults.connection_closed(), faults.service_fault(), faults.throttled(), faults.not_found()]
EACH_REGION = st.sampled_from(REGIONS)
CONFIGS = {
    "legacy": Config(retries={"mode": "legacy"}, signature_version=UNSIGNED, user_agent="tests"),
    "one attempt": Config(retries={"total_max_attempts": 1}, signature_version=UNSIGNED, user_agent="tests"),
}
# Legacy clients keep nothing from one call for the next, so that all machines share them.
CLIENTS: dict[tuple[str, str], Any] = {}


class Copies(RuleBasedStateMachine):
    """A user with jobs that may be killed and run again, other users, and a service that breaks."""

    known = Bundle("known")

    def __init__(self) -> None:
        super().__init__()
        self.fake = FakeLightsail()
        self.fake.add_instance("web", "us-east-1")
        self.fake.add_auto_snapshot("web", "us-east-1")
        for name in ("monday", "tuesday"):
            self.fake.add_manual_snapshot(name, "us-east-1", source="web")
        self.removals: Counter[tuple[str, str]] = Counter()
        self.last: tuple[str, SnapshotCopyRequest] | None = None
        self.made = 0
        for key in ((region, mode) for region in REGIONS for mode in CONFIGS):
            if key not in CLIENTS:
                CLIENTS[key] = self.fake.client(key[0], config=CONFIGS[key[1]])
            self.fake.attach(CLIENTS[key])

    def operations(self, region: str) -> list[Operation]:
        """Return all operations of a Region, oldest first, whatever faults and however small pages are to come."""
        found: list[Operation] = []
        page: dict[str, Any] = {}
        while not found or "nextPageToken" in page:
            parameters = {"pageToken": page["nextPageToken"]} if page else {}
            page = json.loads(self.fake.respond(region, "GetOperations", json.dumps(parameters).encode()).body)
            found += map(Operation.from_dict, page["operations"])
            if not page["operations"]:
                break
        # The fake lists them newest first, as the service was recorded to.
        return found[::-1]

    def operations_of(self, region: str, name: str) -> list[Operation]:
        """Return the operations that made or deleted what has a name, oldest first."""
        operations = [each for each in self.operations(region) if each.resource_name == name]
        return [each for each in operations if each.operation_type != MADE_FROM_IT]

    @rule(
        target=known,
        region=EACH_REGION,
        request=st.sampled_from(REQUESTS),
        if_exists=st.sampled_from(["raise", "adopt"]),
        mode=st.sampled_from(list(CONFIGS)),
        broken=st.lists(st.sampled_from(FAULTS_OF_A_COPY), max_size=5),
        broken_lookups=st.lists(st.sampled_from(FAULTS_OF_A_LOOKUP), max_size=1),
    )
    def copy(
        self,
        region: str,
        request: SnapshotCopyRequest,
        if_exists: Any,
        mode: str,
        broken: list[faults.Fault],
        broken_lookups: list[faults.Fault],
    ) -> Any:
        """Copy while things break, and hold what came of it against what the service has done."""
        self.last = region, request
        for fault in broken:
            self.fake.fail_next(COPY, fault)
        for fault in broken_lookups:
            self.fake.fail_next(LOOKUP, fault)
        before = {each.id for each in self.operations(region)}
        outcome = attempt(CLIENTS[region, mode], request, if_exists)
        accepted = [each for each in self.operations(region) if each.id not in before]
        assert len(accepted) <= 1
        known: list[tuple[str, str]] = []
        if isinstance(outcome, CopySnapshotResult):
            self.check_result(outcome, region, request, accepted)
            known.append((region, outcome.operations[0].id))
            return multiple(*known)
        assert is_documented(outcome)
        hint = "may have started" in str(outcome) or "That operation failed" in str(outcome)
        assert hint or not accepted
        return multiple(*known)

    def check_result(
        self, result: CopySnapshotResult, region: str, request: SnapshotCopyRequest, accepted: list[Operation]
    ) -> None:
        """Assert that a result is the copy just accepted, or one of the same source that uses the name."""
        (operation,) = result.operations
        assert is_copy(operation, request)
        if not result.adopted:
            assert [operation.id] == [each.id for each in accepted]
            return
        assert operation.id == self.operations_of(region, request.target_snapshot_name)[-1].id
        assert [each.id for each in accepted] in ([], [operation.id])

    @rule(operation=consumes(known))
    def wait(self, operation: tuple[str, str]) -> None:
        """Wait for a copy until it is done, and compare with the truth."""
        region, identifier = operation
        seen: Operation | None = None
        try:
            (seen,) = wait_for_operations(CLIENTS[region, "legacy"], identifier, clock=self.fake.clock)
        except CopyFailedError as failure:
            (seen,) = failure.failed
        except NotFoundError:
            pass  # for longer than its grace
        (truth,) = (each for each in self.operations(region) if each.id == identifier)
        assert seen in {None, truth}
        assert seen is None or seen.done

    @rule(operation=consumes(known))
    def restart(self, operation: tuple[str, str]) -> None:
        """Forget a copy, as a process does that is killed."""

    @rule(fault=st.sampled_from(FAULTS_OF_A_POLL), times=st.sampled_from([1, 6, 40]))
    def break_polls(self, fault: faults.Fault, times: int) -> None:
        """Have polls go wrong for a while."""
        self.fake.fail_next(POLL, fault, times=times)

    @rule()
    def mend(self) -> None:
        """Have nothing more go wrong."""
        self.fake._faults.clear()

    @rule(size=st.sampled_from([1, 2, 200]))
    def change_pages(self, size: int) -> None:
        """Have lists come in pages of another size."""
        self.fake._account.page_size = size

    @rule(region=EACH_REGION, name=st.sampled_from(NAMES))
    def create_from(self, region: str, name: str) -> None:
        """Have somebody create an instance from a snapshot; the operation has the name of the snapshot."""
        self.fake.clock.advance(1)
        self.made += 1
        for number, resource_name in enumerate((name, name.upper())):
            self.fake.add_operation(
                f"made-{self.made}-{number}",
                region,
                resource_name=resource_name,
                resource_type="InstanceSnapshot",
                operation_type=MADE_FROM_IT,
            )

    @rule(seconds=st.sampled_from([0.5, 4.0, 6.0, 100.0, 3600.0]), duration=st.sampled_from([0.0, 1.0, 60.0, 600.0]))
    def pass_time(self, seconds: float, duration: float) -> None:
        """Have time pass, and copies take another time from then on."""
        self.fake.clock.advance(seconds)
        self.fake.copy_duration = duration

    @rule(region=EACH_REGION, name=st.sampled_from(NAMES), happening=st.sampled_from(["delete", "by hand", "fail"]))
    def meddle(self, region: str, name: str, happening: str) -> None:
        """Have somebody delete what has a name or take a snapshot under it, or the next accepted copy fail."""
        # What happens within one second cannot be put in order.
        self.fake.clock.advance(1)
        is_in_use = name in self.fake.snapshot_names(region)
        if happening == "fail":
            self.fake.fail_next_copy("TargetFailure", "It broke.")
        elif happening == "delete" and is_in_use:
            self.fake.remove(name, region)
            self.removals[region, name] += 1
        elif happening == "by hand" and not is_in_use:
            self.fake.add_manual_snapshot(name, region)

    @invariant()
    def nothing_was_copied_twice(self) -> None:
        """Between two deletions of a name, it was copied to at most once."""
        for region in REGIONS:
            kinds = [(each.resource_name, str(each.operation_type)) for each in self.operations(region)]
            for name in NAMES:
                copies = kinds.count((name, COPY))
                assert copies <= 1 + self.removals[region, name]
                assert self.fake.snapshot_names(region).count(name) <= 1

    @invariant()
    def what_the_last_copy_requested_is_found_by_a_second_run(self) -> None:
        """Adopt finds what uses the name if it is of the same source, and says so where it failed or is not."""
        if self.last is None or self.last[1].target_snapshot_name not in self.fake.snapshot_names(self.last[0]):
            return
        region, request = self.last
        about_name = self.operations_of(region, request.target_snapshot_name)
        stashed = {name: list(queue) for name, queue in self.fake._faults.items()}
        self.fake._faults.clear()
        outcome = attempt(CLIENTS[region, "one attempt"], request, "adopt")
        for name, queue in stashed.items():
            self.fake._faults[name].extend(queue)
        resource = about_name[-1] if about_name else None
        if resource is not None and not resource.failed and is_copy(resource, request):
            assert isinstance(outcome, CopySnapshotResult)
            assert outcome.adopted
            assert outcome.operations == (resource,)
        else:
            assert isinstance(outcome, NameInUseError)
            assert resource is None or str(resource.operation_type).startswith("Delete") or resource.id in str(outcome)


def attempt(client: Any, request: SnapshotCopyRequest, if_exists: Any) -> CopySnapshotResult | LightsailCopyError:
    """Copy, and return what came of it."""
    try:
        return copy_once(client, request, if_exists=if_exists)
    except LightsailCopyError as error:
        return error


def is_documented(error: LightsailCopyError) -> bool:
    """Tell whether an error is one that a copy may end in after the faults of this test."""
    if isinstance(error, UnknownOutcomeError):
        return isinstance(error.__cause__, BotoCoreError)
    # A rejection that was truncated has no code but its status.
    named = (
        NameInUseError,
        ServiceFaultError,
        ServiceUnreachableError,
        ThrottledError,
        UnauthenticatedError,
        UnexpectedResponseError,
    )
    return isinstance(error, named) or (isinstance(error, ServiceError) and error.code == "400")


def is_copy(operation: Operation, request: SnapshotCopyRequest) -> bool:
    """Tell whether an operation is a copy of a request's source."""
    return operation.operation_type == COPY and operation.operation_details == f"us-east-1:{request.source_name}"


pytestmark = pytest.mark.slow
TestCopies = Copies.TestCase
TestCopies.settings = settings(max_examples=30, stateful_step_count=30, deadline=None, derandomize=True)
