"""
Types to annotate clients and clocks with. The shapes of dicts are in `lightsail_copy.dicts`.

A sync client is boto3's or botocore's, with or without stubs, or any object with the methods that are called. An async
client is aiobotocore's, with or without stubs, or a `ThreadedClient`. Each kind needs two protocols: without stubs, a
type checker sees only a base class of the client, because boto3 and aiobotocore make the methods at run time.
"""

from collections.abc import Awaitable, Mapping
from typing import Any, Protocol, TypeAlias, TypeVar, runtime_checkable

from lightsail_copy.dicts import CopySnapshotParameters as CopySnapshotParameters  # noqa: PLC0414 - exported

Response: TypeAlias = Mapping[str, Any]  # boto3's dict, or a TypedDict of the stubs
ResponseT_co = TypeVar("ResponseT_co", covariant=True)  # a Response, or one that is awaited


@runtime_checkable
class CanCopySnapshots(Protocol[ResponseT_co]):
    """A client that supports CopySnapshot."""

    def copy_snapshot(
        self,
        *,
        targetSnapshotName: str,
        sourceRegion: Any,  # see CopySnapshotParameters
        sourceSnapshotName: str = ...,
        sourceResourceName: str = ...,
        restoreDate: str = ...,
        useLatestRestorableAutoSnapshot: bool = ...,
    ) -> ResponseT_co: ...


@runtime_checkable
class CanGetOperations(Protocol[ResponseT_co]):
    """A client that supports GetOperation."""

    def get_operation(self, *, operationId: str) -> ResponseT_co: ...


@runtime_checkable
class CanGetAutoSnapshots(Protocol[ResponseT_co]):
    """A client that supports GetAutoSnapshots."""

    def get_auto_snapshots(self, *, resourceName: str) -> ResponseT_co: ...


@runtime_checkable
class CanGetSnapshots(Protocol[ResponseT_co]):
    """A client that supports GetInstanceSnapshot and GetDiskSnapshot."""

    def get_instance_snapshot(self, *, instanceSnapshotName: str) -> ResponseT_co: ...
    def get_disk_snapshot(self, *, diskSnapshotName: str) -> ResponseT_co: ...


@runtime_checkable
class CanListSnapshots(Protocol[ResponseT_co]):
    """A client that supports GetInstanceSnapshots and GetDiskSnapshots."""

    def get_instance_snapshots(self, *, pageToken: str = ...) -> ResponseT_co: ...
    def get_disk_snapshots(self, *, pageToken: str = ...) -> ResponseT_co: ...


@runtime_checkable
class CanDeleteSnapshots(Protocol[ResponseT_co]):
    """A client that supports DeleteInstanceSnapshot and DeleteDiskSnapshot."""

    def delete_instance_snapshot(self, *, instanceSnapshotName: str) -> ResponseT_co: ...
    def delete_disk_snapshot(self, *, diskSnapshotName: str) -> ResponseT_co: ...


@runtime_checkable
class CanGetResources(CanGetSnapshots[ResponseT_co], CanGetAutoSnapshots[ResponseT_co], Protocol[ResponseT_co]):
    """A client that gets snapshots, automatic snapshots, instances, and disks by name."""

    def get_instance(self, *, instanceName: str) -> ResponseT_co: ...
    def get_disk(self, *, diskName: str) -> ResponseT_co: ...


@runtime_checkable
class UntypedClient(Protocol):
    """The shape of `botocore.client.BaseClient`: all that is known of a client without stubs."""

    def can_paginate(self, operation_name: str, /) -> bool: ...
    def get_paginator(self, operation_name: str, /) -> Any: ...  # botocore's Paginator
    def get_waiter(self, waiter_name: str, /) -> Any: ...  # botocore's Waiter
    def close(self) -> None: ...


@runtime_checkable
class UntypedAsyncClient(Protocol):
    """The shape of aiobotocore's `AioBaseClient`: all that is known of a client without stubs."""

    def can_paginate(self, operation_name: str, /) -> bool: ...
    def close(self) -> Awaitable[None]: ...


@runtime_checkable
class Clock(Protocol):
    """An object with `monotonic()` and `sleep()`, such as the `time` module."""

    def monotonic(self) -> float:
        """Return the time in seconds, from any start; it never goes back."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Sleep for so many seconds."""
        ...


@runtime_checkable
class AsyncClock(Protocol):
    """An object with `monotonic()`, and a `sleep()` that is awaited, as in `asyncio`."""

    def monotonic(self) -> float:
        """Return the time in seconds, from any start; it never goes back."""
        ...

    def sleep(self, seconds: float, /) -> Awaitable[object]:
        """Sleep for so many seconds."""
        ...


@runtime_checkable
class BotoSession(Protocol):
    """The shape of `boto3.Session`."""

    @property
    def region_name(self) -> Any:  # a string, or None
        """The default Region."""
        ...

    def client(self, *args: Any, **kwargs: Any) -> Any:  # the stubs have an overload for each service
        """Return a client."""
        ...


@runtime_checkable
class BotoConfig(Protocol):
    """The shape of `botocore.config.Config`."""

    def merge(self, other_config: Any, /) -> Any:  # a Config
        """Return a config with the settings of both; those of the other take precedence."""
        ...


CopyClient: TypeAlias = CanCopySnapshots[Response] | UntypedClient
OperationClient: TypeAlias = CanGetOperations[Response] | UntypedClient
AutoSnapshotClient: TypeAlias = CanGetAutoSnapshots[Response] | UntypedClient
SnapshotClient: TypeAlias = CanGetSnapshots[Response] | UntypedClient
SnapshotListClient: TypeAlias = CanListSnapshots[Response] | UntypedClient
SnapshotDeletionClient: TypeAlias = CanDeleteSnapshots[Response] | UntypedClient
ResourceClient: TypeAlias = CanGetResources[Response] | UntypedClient

AsyncCopyClient: TypeAlias = CanCopySnapshots[Awaitable[Response]] | UntypedAsyncClient
AsyncOperationClient: TypeAlias = CanGetOperations[Awaitable[Response]] | UntypedAsyncClient
AsyncAutoSnapshotClient: TypeAlias = CanGetAutoSnapshots[Awaitable[Response]] | UntypedAsyncClient
AsyncSnapshotClient: TypeAlias = CanGetSnapshots[Awaitable[Response]] | UntypedAsyncClient
AsyncSnapshotListClient: TypeAlias = CanListSnapshots[Awaitable[Response]] | UntypedAsyncClient
AsyncSnapshotDeletionClient: TypeAlias = CanDeleteSnapshots[Awaitable[Response]] | UntypedAsyncClient
AsyncResourceClient: TypeAlias = CanGetResources[Awaitable[Response]] | UntypedAsyncClient
