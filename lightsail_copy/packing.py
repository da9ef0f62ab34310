"""
Packed results: a fleet keeps the result of each running copy in a hundred bytes, until it returns the outcome.

Packed is the JSON of the result, compressed by zlib with the words that every result has.
"""

from __future__ import annotations

import json
import zlib

from lightsail_copy.results import CopySnapshotResult

# What a result of Lightsail looks like. Another one is packed too, in more bytes.
_TYPICAL = (
    b'{"operations": [{"id": "0-4-", "resourceName": "instance-disk-snapshot-copy-20", "resourceType": "DiskSnapshot",'
    b' "resourceType": "InstanceSnapshot", "createdAt": "2026-01-01T00:00:00.000000+00:00", "location":'
    b' {"availabilityZone": "all", "regionName": "eu-central-1"}, "isTerminal": false, "operationDetails": "us-east-1:'
    b'", "operationType": "CopySnapshot", "status": "Started", "statusChangedAt": "2026-01-01T00:00:00.000000+00:00"}],'
    b' "adopted": false, "ResponseMetadata": {"RequestId": "'
)
# A result has about 500 bytes, so a small window and little memory do. Negative: without a header.
_WINDOW_BITS = -10
_MEMORY_LEVEL = 1
_COMPRESSION = 9


def pack(result: CopySnapshotResult) -> bytes:
    """Return a result in a compact form."""
    packer = zlib.compressobj(
        _COMPRESSION, zlib.DEFLATED, _WINDOW_BITS, _MEMORY_LEVEL, zlib.Z_DEFAULT_STRATEGY, _TYPICAL
    )
    return packer.compress(json.dumps(result.to_dict()).encode("ascii")) + packer.flush()


def unpack(packed: bytes) -> CopySnapshotResult:
    """Return a result that is equal to the one that was packed."""
    unpacker = zlib.decompressobj(_WINDOW_BITS, _TYPICAL)
    return CopySnapshotResult.from_dict(json.loads(unpacker.decompress(packed) + unpacker.flush()))
