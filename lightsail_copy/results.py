"""
The result of a copy.

Sources: the API page of CopySnapshot (Response Structure), and responses seen on the wire.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from lightsail_copy.dicts import CopySnapshotResultDict
from lightsail_copy.errors import UnexpectedResponseError
from lightsail_copy.operations import Operation, parse_plain
from lightsail_copy.parsing import mapping_or_empty, parse_each, text_or_none


@frozen(order=False)
class CopySnapshotResult:
    """
    What the service returned for a copy.

    Attributes:
        operations: the operations that it started, in the service's order; only one has ever been seen.
        request_id: the id of the request that the service responded to, which AWS Support asks for.
        adopted: whether the operation was found by a lookup, and not in the response to the copy itself.
    """

    operations: tuple[Operation, ...]
    request_id: str | None = None
    adopted: bool = False

    @classmethod
    def from_dict(cls, mapping: Mapping[str, object]) -> CopySnapshotResult:
        """
        Parse a result from boto3's response, from the AWS CLI's JSON, or from `to_dict`.

        Raises:
            UnexpectedResponseError: a required value is missing, null, or of another type; `path` names it.
        """
        operations = parse_each(mapping, "operations", parse_plain, Operation.parse)
        if not operations:
            raise UnexpectedResponseError("the list is empty", path="operations", response=mapping)
        request_id = text_or_none(mapping_or_empty(mapping.get("ResponseMetadata")).get("RequestId"))
        return cls(operations, request_id, mapping.get("adopted") is True)

    def to_dict(self) -> CopySnapshotResultDict:
        """
        Return the form of boto3's response, ready for JSON, with `adopted` beside it.

        Its `operations` are what ``aws lightsail copy-snapshot`` prints. `from_dict` returns an equal result.
        """
        wire: CopySnapshotResultDict = {
            "operations": [operation.to_dict() for operation in self.operations],
            "adopted": self.adopted,
        }
        if self.request_id is not None:
            wire["ResponseMetadata"] = {"RequestId": self.request_id}
        return wire
