"""The calls of the service: their parameters, and the parsing of their responses."""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

from typing import Any

import pytest
from samples import operation_dict

from lightsail_copy import UnexpectedResponseError
from lightsail_copy.flows import Call, calls


def test_a_call_returns_the_parsed_response_to_its_flow() -> None:
    call = Call("get_operation", {}, len)
    flow = iter(call)
    assert next(flow) is call
    with pytest.raises(StopIteration) as caught:
        flow.send("four")
    assert caught.value.value == 4


def test_a_page_of_operations_has_the_token_of_the_next_and_the_headers() -> None:
    headers = {"date": "Mon, 24 Nov 2025 16:00:00 GMT"}
    response = {
        "operations": [operation_dict(), operation_dict(id="a-b")],
        "nextPageToken": "more",
        "ResponseMetadata": {"RequestId": "c-d", "HTTPHeaders": headers},
    }
    page = calls.get_operations_for_resource("web-1", "token").parse(response)
    assert [operation.id for operation in page.items] == [operation_dict()["id"], "a-b"]
    assert (page.next_token, page.request_id, page.headers, page.skipped) == ("more", "c-d", headers, 0)


def test_the_last_page_of_operations_may_be_empty_and_bare() -> None:
    page = calls.get_operations(None).parse({"operations": []})
    assert (page.items, page.next_token, page.request_id, dict(page.headers)) == ((), None, None, {})


def test_a_page_of_snapshots_skips_nothing(source_client: Any) -> None:
    page = calls.get_instance_snapshots(None).parse(source_client.get_instance_snapshots())
    assert ([snapshot.name for snapshot in page.items], page.skipped) == (["web-1-monday"], 0)


def test_an_operation_that_cannot_be_parsed_does_not_hide_the_others() -> None:
    page = calls.get_operations(None).parse({"operations": [{"id": "x"}, operation_dict(), 7]})
    assert [operation.id for operation in page.items] == [operation_dict()["id"]]
    assert page.skipped == 2


@pytest.mark.parametrize("other", ["0", "zz"])
def test_a_response_of_another_operation_is_unexpected(other: str) -> None:
    with pytest.raises(UnexpectedResponseError, match="not 'a-b'") as caught:
        calls.get_operation("a-b").parse({"operation": operation_dict(id=other)})
    assert caught.value.path == "operation.id"


@pytest.mark.parametrize(("token", "parameters"), [(None, {}), ("t", {"pageToken": "t"})])
def test_the_first_page_has_no_token(token: str | None, parameters: dict[str, str]) -> None:
    for get_page in (calls.get_operations, calls.get_instance_snapshots, calls.get_disk_snapshots):
        assert get_page(token).parameters == parameters
    named = calls.get_operations_for_resource("web-1", token)
    assert named.parameters == {"resourceName": "web-1", **parameters}
