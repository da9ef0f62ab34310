"""
Types for the annotations of clients and clocks. The shapes of dicts are in `lightsail_copy.dicts`.

A sync client is boto3's or botocore's, with or without stubs, or any object with the methods that are called. An async
client is aiobotocore's, with or without stubs, or a `ThreadedClient`. Each kind needs two protocols: without stubs, a
type checker sees only a base class of the client, because boto3 and aiobotocore make the methods at run time.
"""

from collections.abc import Awaitable, Mapping
from typing import Any, Protocol, TypeAlias

from lightsail_copy.dicts import CopySnapshotParameters as CopySnapshotParameters  # noqa: PLC0414 - exported

Response: TypeAlias = Mapping[str, Any]  # boto3's dict, or a TypedDict of the stubs


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
    ) -> Response:
        """Copy a snapshot."""
        ...


class CanGetOperations(Protocol):
    """Has boto3's `get_operation`."""

    def get_operation(self, *, operationId: str) -> Response:
        """Return an operation."""
        ...


class CanGetAutoSnapshots(Protocol):
    """Has boto3's `get_auto_snapshots`."""

    def get_auto_snapshots(self, *, resourceName: str) -> Response:
        """Return the automatic snapshots of a resource."""
        ...


class CanGetSnapshots(Protocol):
    """Has boto3's `get_instance_snapshot` and `get_disk_snapshot`."""

    def get_instance_snapshot(self, *, instanceSnapshotName: str) -> Response:
        """Return a snapshot of an instance."""
        ...

    def get_disk_snapshot(self, *, diskSnapshotName: str) -> Response:
        """Return a snapshot of a disk."""
        ...


class CanListSnapshots(Protocol):
    """Has boto3's `get_instance_snapshots` and `get_disk_snapshots`."""

    def get_instance_snapshots(self, *, pageToken: str = ...) -> Response:
        """Return a page of the snapshots of instances."""
        ...

    def get_disk_snapshots(self, *, pageToken: str = ...) -> Response:
        """Return a page of the snapshots of disks."""
        ...


class CanGetResources(CanGetSnapshots, CanGetAutoSnapshots, Protocol):
    """Has boto3's methods that get snapshots, instances and disks by name."""

    def get_instance(self, *, instanceName: str) -> Response:
        """Return an instance."""
        ...

    def get_disk(self, *, diskName: str) -> Response:
        """Return a disk."""
        ...


class UntypedClient(Protocol):
    """Has the shape of `botocore.client.BaseClient`: all that is known of a client without stubs."""

    def can_paginate(self, operation_name: str, /) -> bool:
        """Return whether an operation has pages."""
        ...

    def get_paginator(self, operation_name: str, /) -> Any:  # botocore's Paginator
        """Return a paginator."""
        ...

    def get_waiter(self, waiter_name: str, /) -> Any:  # botocore's Waiter
        """Return a waiter."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


class AsyncCanCopySnapshots(Protocol):
    """Has aiobotocore's `copy_snapshot`."""

    def copy_snapshot(
        self,
        *,
        targetSnapshotName: str,
        sourceRegion: Any,  # see CopySnapshotParameters
        sourceSnapshotName: str = ...,
        sourceResourceName: str = ...,
        restoreDate: str = ...,
        useLatestRestorableAutoSnapshot: bool = ...,
    ) -> Awaitable[Response]:
        """Copy a snapshot."""
        ...


class AsyncCanGetOperations(Protocol):
    """Has aiobotocore's `get_operation`."""

    def get_operation(self, *, operationId: str) -> Awaitable[Response]:
        """Return an operation."""
        ...


class AsyncCanGetAutoSnapshots(Protocol):
    """Has aiobotocore's `get_auto_snapshots`."""

    def get_auto_snapshots(self, *, resourceName: str) -> Awaitable[Response]:
        """Return the automatic snapshots of a resource."""
        ...


class AsyncCanGetSnapshots(Protocol):
    """Has aiobotocore's `get_instance_snapshot` and `get_disk_snapshot`."""

    def get_instance_snapshot(self, *, instanceSnapshotName: str) -> Awaitable[Response]:
        """Return a snapshot of an instance."""
        ...

    def get_disk_snapshot(self, *, diskSnapshotName: str) -> Awaitable[Response]:
        """Return a snapshot of a disk."""
        ...


class AsyncCanListSnapshots(Protocol):
    """Has aiobotocore's `get_instance_snapshots` and `get_disk_snapshots`."""

    def get_instance_snapshots(self, *, pageToken: str = ...) -> Awaitable[Response]:
        """Return a page of the snapshots of instances."""
        ...

    def get_disk_snapshots(self, *, pageToken: str = ...) -> Awaitable[Response]:
        """Return a page of the snapshots of disks."""
        ...


class AsyncCanGetResources(AsyncCanGetSnapshots, AsyncCanGetAutoSnapshots, Protocol):
    """Has aiobotocore's methods that get snapshots, instances and disks by name."""

    def get_instance(self, *, instanceName: str) -> Awaitable[Response]:
        """Return an instance."""
        ...

    def get_disk(self, *, diskName: str) -> Awaitable[Response]:
        """Return a disk."""
        ...


class UntypedAsyncClient(Protocol):
    """Has the shape of aiobotocore's `AioBaseClient`: all that is known of a client without stubs."""

    def can_paginate(self, operation_name: str, /) -> bool:
        """Return whether an operation has pages."""
        ...

    def close(self) -> Awaitable[None]:
        """Close the connections."""
        ...


class Clock(Protocol):
    """Has the time and sleeps, as the standard library's module `time` does."""

    def monotonic(self) -> float:
        """Return the time in seconds, from any start; it never goes back."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Sleep for a time in seconds."""
        ...


class AsyncClock(Protocol):
    """Has the time, and a `sleep` that is awaited, as in `asyncio`."""

    def monotonic(self) -> float:
        """Return the time in seconds, from any start; it never goes back."""
        ...

    def sleep(self, seconds: float, /) -> Awaitable[object]:
        """Sleep for a time in seconds."""
        ...


class BotoSession(Protocol):
    """Has the shape of `boto3.Session`."""

    @property
    def region_name(self) -> Any:  # a string, or None
        """The default Region."""
        ...

    def client(self, *args: Any, **kwargs: Any) -> Any:  # the stubs have an overload for each service
        """Return a client."""
        ...


class BotoConfig(Protocol):
    """Has the shape of `botocore.config.Config`."""

    def merge(self, other_config: Any, /) -> Any:  # a Config
        """Return a config with the settings of both; those of the other take precedence."""
        ...


CopyClient: TypeAlias = CanCopySnapshots | UntypedClient
OperationClient: TypeAlias = CanGetOperations | UntypedClient
AutoSnapshotClient: TypeAlias = CanGetAutoSnapshots | UntypedClient
SnapshotClient: TypeAlias = CanGetSnapshots | UntypedClient
SnapshotListClient: TypeAlias = CanListSnapshots | UntypedClient
ResourceClient: TypeAlias = CanGetResources | UntypedClient

AsyncCopyClient: TypeAlias = AsyncCanCopySnapshots | UntypedAsyncClient
AsyncOperationClient: TypeAlias = AsyncCanGetOperations | UntypedAsyncClient
AsyncAutoSnapshotClient: TypeAlias = AsyncCanGetAutoSnapshots | UntypedAsyncClient
AsyncSnapshotClient: TypeAlias = AsyncCanGetSnapshots | UntypedAsyncClient
AsyncSnapshotListClient: TypeAlias = AsyncCanListSnapshots | UntypedAsyncClient
AsyncResourceClient: TypeAlias = AsyncCanGetResources | UntypedAsyncClient
