"""The fake over HTTP: what it responds, to whom, and how it ends."""

# ruff: noqa: ANN401 - boto3 makes its clients at run time
from __future__ import annotations

import contextlib
import errno
import logging
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import pytest
from fake_support import MANUAL, SOURCE, TARGET, small_fake
from server_support import (
    KEY_ID,
    SIGNATURE,
    authorization,
    call,
    client_of,
    connection,
    exchange,
    headers,
    open_socket,
    raw_request,
    request_once,
    rest,
)

from lightsail_copy import ManualSnapshotCopy, copy_snapshot, wait_for_operations
from lightsail_copy.testing import FakeLightsail, faults, server

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERYWHERE = "0.0.0.0"  # noqa: S104 - the test is about it
REQUEST = ManualSnapshotCopy(source_region=SOURCE, source_snapshot_name="web-friday", target_snapshot_name="web-copy")


@pytest.fixture
def fake() -> FakeLightsail:
    return small_fake()


@pytest.fixture
def url(fake: FakeLightsail) -> Iterator[str]:
    with fake.serve() as url:
        yield url


def test_the_region_is_that_of_the_credential_scope(url: str, fake: FakeLightsail) -> None:
    for region in (SOURCE, TARGET, "ap-southeast-2", "us-gov-west-1"):
        response = request_once(url, sent=headers("GetInstanceSnapshots", Authorization=authorization(region)))
        names = [each["name"] for each in response.content["instanceSnapshots"]]
        assert names == (["web-friday"] if region == SOURCE else [])
        assert fake.calls[-1].region == region


def test_one_connection_serves_one_request_after_another(url: str) -> None:
    with contextlib.closing(connection(url)) as over:
        first = call(over)
        held = over.sock
        rejected = call(over, sent=headers(Authorization=""))
        assert [first.status, rejected.status, call(over).status] == [200, 400, 200]
        assert over.sock is held


def test_a_response_has_the_headers_of_the_service(url: str) -> None:
    for response in (
        request_once(url),
        request_once(url, sent=headers(Authorization="")),
        request_once(url, method="GET"),
    ):
        assert response.headers["Content-Type"] == "application/x-amz-json-1.1"
        assert len(response.headers["x-amzn-RequestId"]) == 36


def test_the_date_header_is_the_real_time_and_not_that_of_the_fakes_clock(url: str, fake: FakeLightsail) -> None:
    """The SDK for JavaScript corrects its clock by this header, and then retries every rejected request."""
    before = int(time.time())
    sent = parsedate_to_datetime(request_once(url).headers["Date"]).timestamp()
    assert before <= sent <= time.time()
    assert sent > fake.clock.time() + 86_400


def test_a_blank_line_before_the_request_is_ignored(url: str) -> None:
    assert exchange(url, b"\r\n" + raw_request(Connection="close")).startswith(b"HTTP/1.1 200 ")


def test_two_blank_lines_before_the_request_are_not(url: str) -> None:
    assert not exchange(url, b"\r\n\r\n" + raw_request(Connection="close")).startswith(b"HTTP/1.1 200 ")


INCOMPLETE = "IncompleteSignatureException"
INVALID = "InvalidSignatureException"
SCOPE = f"{KEY_ID}/20261123/us-east-1/lightsail/aws4_request"


@pytest.mark.measured
@pytest.mark.parametrize(
    ("given", "code", "word"),
    [
        ("", "MissingAuthenticationTokenException", "Missing Authentication Token"),
        (f"Basic {SCOPE}", INCOMPLETE, "'Credential'"),
        (authorization().replace("HMAC", "ECDSA-P256"), INCOMPLETE, "after AWS4-HMAC-SHA256"),
        ("AWS4-HMAC-SHA256", INCOMPLETE, "'Credential'"),
        (f"AWS4-HMAC-SHA256 Credential={SCOPE}, Signature={SIGNATURE}", INCOMPLETE, "'SignedHeaders'"),
        (f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=host", INCOMPLETE, "'Signature'"),
        (f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=host, Signature=", INCOMPLETE, "'Signature'"),
        (authorization().replace("/lightsail", ""), INCOMPLETE, "exactly 5"),
        (authorization().replace(KEY_ID, ""), INVALID, "valid Region"),
        (authorization(region=""), INVALID, "valid Region"),
        (authorization(region="mars"), INVALID, "valid Region"),
        (authorization(region="us-east-1" * 99), INVALID, "valid Region"),
        (authorization(service="ec2"), INVALID, "correct service: 'lightsail'"),
        (authorization(end="aws5_request"), INVALID, "valid terminator: 'aws4_request'"),
    ],
)
def test_a_request_without_the_right_scope_is_rejected_as_the_service_does(
    url: str, fake: FakeLightsail, given: str, code: str, word: str
) -> None:
    response = request_once(url, sent=headers(Authorization=given))
    assert (response.status, response.code) == (400, code)
    assert word in response.content["message"]
    assert fake.calls == ()


def test_a_key_id_may_have_slashes_and_the_header_no_space(url: str) -> None:
    tight = authorization().replace(KEY_ID, "made/up").replace(", ", ",")
    assert request_once(url, sent=headers(Authorization=tight)).status == 200


def test_credentials_are_neither_logged_nor_kept_nor_sent_back(
    url: str, fake: FakeLightsail, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    responses = [
        request_once(url, sent=headers(Authorization=given)) for given in (authorization(), SCOPE, f"{SIGNATURE} ")
    ]
    responses.append(request_once(url, path=f"/{KEY_ID}"))
    seen = f"{responses} {caplog.text} {vars(fake)} {fake.calls}"
    assert KEY_ID not in seen
    assert SIGNATURE not in seen
    assert "us-east-1 GetOperations 200" in caplog.messages


@pytest.mark.parametrize(
    "target",
    ["", "GetOperations", "Lightsail_20161128.", "Lightsail_20161128.Get Operations", "DynamoDB_20120810.ListTables"],
)
def test_a_target_that_is_none_is_an_unknown_operation(url: str, fake: FakeLightsail, target: str) -> None:
    response = request_once(url, sent=headers(X_Amz_Target=target))
    assert (response.status, response.code) == (400, "UnknownOperationException")
    assert fake.calls == ()


def test_an_operation_that_is_not_served_is_an_unknown_operation(url: str) -> None:
    response = request_once(url, sent=headers("PeerVpc"))
    assert (response.status, response.code) == (400, "UnknownOperationException")
    assert "PeerVpc" in response.content["message"]


@pytest.mark.parametrize("body", [b"no JSON", b"[]", b'{"a":', b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_rejected(url: str, body: bytes) -> None:
    response = request_once(url, body)
    assert (response.status, response.code) == (400, "SerializationException")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "Post", "SPAM"])
def test_requests_are_made_by_post(url: str, method: str) -> None:
    response = request_once(url, method=method)
    assert (response.status, response.code) == (405, "UnknownOperationException")
    assert response.headers["Allow"] == "POST"


def test_the_response_to_head_has_no_body(url: str) -> None:
    response = exchange(url, b"HEAD / HTTP/1.1\r\n\r\n")
    assert response.startswith(b"HTTP/1.1 405 ")
    assert response.endswith(b"\r\n\r\n")


def test_the_path_that_newer_models_give_an_operation_is_served_as_the_root_is(url: str) -> None:
    path = "/ls/api/2016-11-28/GetInstanceSnapshots"
    sent = headers("GetInstanceSnapshots", Authorization=authorization(SOURCE))
    response = request_once(url, path=path, sent=sent)
    assert [each["name"] for each in response.content["instanceSnapshots"]] == ["web-friday"]


@pytest.mark.parametrize(
    "path",
    ["/index.html", "/2016-11-28/", "*", "http://localhost/other", "/ls/api/2016-11-28/", "/ls/api/2016-11-28/A/B"],
)
def test_other_paths_do_not_exist(url: str, path: str) -> None:
    response = request_once(url, path=path)
    assert (response.status, response.code) == (404, "UnknownOperationException")


def test_a_client_may_take_the_fake_for_a_proxy(url: str) -> None:
    assert request_once(url, path="http://lightsail.us-east-1.amazonaws.com/").status == 200


def test_a_query_changes_nothing(url: str) -> None:
    assert request_once(url, path="/?Action=GetOperations").status == 200


def test_many_clients_are_served_at_once(url: str, fake: FakeLightsail) -> None:
    arrived = threading.Barrier(8, timeout=10)

    def copy(client: Any, number: int) -> str:
        arrived.wait()
        response = client.copy_snapshot(**{**MANUAL, "targetSnapshotName": f"copy-{number}"})
        name: str = response["operations"][0]["resourceName"]
        return name

    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(copy, [client_of(url) for _ in range(8)], range(8)))
    assert names == [f"copy-{number}" for number in range(8)]
    assert sorted(fake.snapshot_names(TARGET)) == names


def test_a_copy_whose_response_is_lost_on_a_real_connection_is_adopted() -> None:
    """It takes real time: `copy_snapshot` compares the start of the operation with the `Date` header."""
    fake = small_fake(clock=time)
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))
    with fake.serve() as url:
        result = copy_snapshot(client_of(url), REQUEST)
    assert result.adopted
    assert fake.snapshot_names(TARGET) == ("web-copy",)


def test_a_wait_over_http_ends_by_the_clock_of_the_fake(url: str, fake: FakeLightsail) -> None:
    client = client_of(url)
    result = copy_snapshot(client, REQUEST)
    (operation,) = wait_for_operations(client, result.operations, clock=fake.clock)
    assert operation.succeeded
    assert fake.clock.monotonic() >= fake.copy_duration


def received(url: str, fake: FakeLightsail, fault: faults.Fault) -> bytes:
    """Return what a client gets that meets a fault, to the end of the connection."""
    fake.fail_next("GetOperations", fault)
    return exchange(url, raw_request())


def test_a_closed_connection_ends_in_order_and_without_a_word(url: str, fake: FakeLightsail) -> None:
    assert received(url, fake, faults.connection_closed()) == b""


@pytest.mark.parametrize("fault", [faults.connection_refused(), faults.truncated_response(0, ending="reset")])
def test_a_reset_connection_ends_abruptly(url: str, fake: FakeLightsail, fault: faults.Fault) -> None:
    with pytest.raises(ConnectionResetError):
        received(url, fake, fault)


def test_of_a_response_that_is_cut_short_the_length_is_that_of_the_whole(url: str, fake: FakeLightsail) -> None:
    head, _, body = received(url, fake, faults.truncated_response(5)).partition(b"\r\n\r\n")
    assert body == b'{"ope'
    assert head.endswith(b"\r\nContent-Length: 18")


@pytest.mark.parametrize(
    "fault", [faults.read_timeout(), faults.connect_timeout(), faults.truncated_response(5, ending="read_timeout")]
)
def test_a_silence_lasts_until_the_server_stops(fake: FakeLightsail, fault: faults.Fault) -> None:
    fake.fail_next("GetOperations", fault)
    with contextlib.ExitStack() as stack:
        with fake.serve() as url:
            bare = stack.enter_context(open_socket(url))
            bare.sendall(raw_request() + b"and more")
            bare.settimeout(0.05)
            with pytest.raises(TimeoutError):
                rest(bare)
            bare.sendall(b"and more")
        bare.settimeout(10)
        assert b"[]" not in rest(bare)
    assert len(fake.calls) == 1


def test_a_silence_ends_when_the_client_leaves(url: str, fake: FakeLightsail) -> None:
    fake.fail_next("GetOperations", faults.read_timeout())
    client = client_of(url)
    with pytest.raises(Exception, match="Read timeout"):
        client.get_operations()
    assert request_once(url).status == 200


def test_the_end_closes_what_is_idle_and_what_listens() -> None:
    with FakeLightsail().serve() as url:
        over = connection(url)
        assert call(over).status == 200
    held: Any = over.sock
    assert held.recv(1) == b""
    over.close()
    with pytest.raises(ConnectionRefusedError):
        request_once(url)


class Slow:
    """An edit of a response that lasts until it is let go."""

    def __init__(self) -> None:
        self.started = threading.Event()
        self.may_end = threading.Event()

    def __call__(self, response: object) -> object:
        self.started.set()
        assert self.may_end.wait(10)
        return response


def test_a_response_under_way_goes_out_before_the_end(fake: FakeLightsail) -> None:
    slow = Slow()
    fake.fail_next("GetOperations", faults.edited_response(slow))
    with ThreadPoolExecutor(1) as pool:
        with fake.serve() as url:
            response = pool.submit(request_once, url)
            assert slow.started.wait(10)
            threading.Timer(0.05, slow.may_end.set).start()
        assert response.result(10).status == 200


def test_the_end_does_not_wait_for_ever(fake: FakeLightsail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_GRACE", 0.0)
    slow = Slow()
    fake.fail_next("GetOperations", faults.edited_response(slow))
    with contextlib.ExitStack() as stack:
        with fake.serve() as url:
            bare = stack.enter_context(open_socket(url))
            bare.sendall(raw_request())
            assert slow.started.wait(10)
        bare.settimeout(5)
        assert rest(bare) == b""
        slow.may_end.set()


def test_a_failure_of_our_own_is_logged_and_is_an_http_500(
    url: str, fake: FakeLightsail, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(response: object) -> object:
        raise LookupError(f"made up, at {response}")

    response = received(url, fake, faults.edited_response(fail))
    assert response.startswith(b"HTTP/1.1 500 ")
    assert b"InternalFailure" in response
    assert "LookupError: made up" in caplog.text
    assert request_once(url).status == 200


def test_two_fakes_are_served_side_by_side() -> None:
    first, second = small_fake(), FakeLightsail()
    with first.serve() as one, second.serve() as other:
        assert one != other
        assert len(client_of(one, SOURCE).get_disks()["disks"]) == 2
        assert client_of(other, SOURCE).get_disks()["disks"] == []


def test_a_fake_is_served_only_on_this_machine_by_default(url: str) -> None:
    assert url.startswith("http://127.0.0.1:")
    with FakeLightsail().serve(host=EVERYWHERE) as everywhere:
        assert request_once(everywhere.replace(EVERYWHERE, "127.0.0.1")).status == 200


def test_no_name_is_looked_up_to_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "getfqdn")
    with FakeLightsail().serve() as url:
        assert request_once(url).status == 200


def test_the_url_of_an_ipv6_address_has_brackets() -> None:
    try:
        served = FakeLightsail().serve(host="::1")
        with served as url:
            assert url.startswith("http://[::1]:")
            assert request_once(url).status == 200
    except OSError as error:  # pragma: no cover - a machine without IPv6
        pytest.skip(f"there is no IPv6 here: {error}")


def test_a_port_that_is_taken_cannot_be_had_twice(url: str) -> None:
    taken = int(url.rpartition(":")[2])
    message = f"port {taken} of 127.0.0.1 is already in use: stop the program that uses it, or choose another port"
    with pytest.raises(OSError, match=message) as caught, FakeLightsail().serve(port=taken):
        pass
    assert caught.value.errno == errno.EADDRINUSE
