"""
What a client is, as types: for annotations, and for type checkers to refuse what is no Lightsail client.

A client may be boto3's, with or without stubs, botocore's, or anything with the one method that is called. Two
protocols are needed for that: a checker that reads boto3's own source sees a `BaseClient`, whose methods are made at
run time.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias, TypedDict

from typing_extensions import NotRequired  # noqa: TC002 - typing.get_type_hints shows it at run time


class CopySnapshotParameters(TypedDict):
    """The wire parameters of CopySnapshot, as its API page names them."""

    sourceSnapshotName: NotRequired[str]
    sourceResourceName: NotRequired[str]
    restoreDate: NotRequired[str]
    useLatestRestorableAutoSnapshot: NotRequired[bool]
    targetSnapshotName: str
    sourceRegion: Any  # the stubs' own list of literals, which every release of theirs changes


class CanCopySnapshots(Protocol):
    """Has boto3's `copy_snapshot`."""

    def copy_snapshot(
        self,
        *,
        targetSnapshotName: str,
        sourceRegion: Any,  # see CopySnapshotParameters
        sourceSnapshotName: str = ...,
        sourceResourceName: str = ...,
        restoreDate: str = ...,
        useLatestRestorableAutoSnapshot: bool = ...,
    ) -> Any:  # boto3's dict, a stub's TypedDict
        """Copy a snapshot."""
        ...


class CanGetOperations(Protocol):
    """Has boto3's `get_operation`."""

    def get_operation(self, *, operationId: str) -> Any:  # boto3's dict, a stub's TypedDict
        """Look an operation up."""
        ...


class CanGetAutoSnapshots(Protocol):
    """Has boto3's `get_auto_snapshots`."""

    def get_auto_snapshots(self, *, resourceName: str) -> Any:  # boto3's dict, a stub's TypedDict
        """List the automatic snapshots of a resource."""
        ...


class CanGetSnapshots(Protocol):
    """Has boto3's `get_instance_snapshot` and `get_disk_snapshot`."""

    def get_instance_snapshot(self, *, instanceSnapshotName: str) -> Any:  # boto3's dict, a stub's TypedDict
        """Look a snapshot of an instance up."""
        ...

    def get_disk_snapshot(self, *, diskSnapshotName: str) -> Any:  # boto3's dict, a stub's TypedDict
        """Look a snapshot of a disk up."""
        ...


class CanGetResources(CanGetSnapshots, CanGetAutoSnapshots, Protocol):
    """Has boto3's reads of snapshots, instances and disks."""

    def get_instance(self, *, instanceName: str) -> Any:  # boto3's dict, a stub's TypedDict
        """Look an instance up."""
        ...

    def get_disk(self, *, diskName: str) -> Any:  # boto3's dict, a stub's TypedDict
        """Look a disk up."""
        ...


class UntypedClient(Protocol):
    """Has the shape of `botocore.client.BaseClient`, which is all that is known of a client without stubs."""

    def can_paginate(self, operation_name: str, /) -> bool:
        """Tell whether an operation has pages."""
        ...

    def get_paginator(self, operation_name: str, /) -> Any:  # botocore's Paginator
        """Make a paginator."""
        ...

    def get_waiter(self, waiter_name: str, /) -> Any:  # botocore's Waiter
        """Make a waiter."""
        ...


class Clock(Protocol):
    """Tells the time and sleeps, as the standard library's module `time` does."""

    def monotonic(self) -> float:
        """Return the time in seconds, from any start; it never goes back."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Let a time in seconds pass."""
        ...


CopyClient: TypeAlias = CanCopySnapshots | UntypedClient
OperationClient: TypeAlias = CanGetOperations | UntypedClient
AutoSnapshotClient: TypeAlias = CanGetAutoSnapshots | UntypedClient
SnapshotClient: TypeAlias = CanGetSnapshots | UntypedClient
ResourceClient: TypeAlias = CanGetResources | UntypedClient
