"""
What is known of the attempts of a copy: nothing was sent, nothing started, or it may have.

The attempts are observed through botocore's events, whatever makes the client, wherever its calls run.
"""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from attrs import define, field
from both_worlds import AsyncClock
from botocore import exceptions as botocore_exceptions
from botocore.config import Config
from botocore.stub import Stubber
from samples import ONE_ATTEMPT, copy_once, new_session, response_fault, sample
from test_copies import DISK, MANUAL, Double

from lightsail_copy import (
    CopyJob,
    LightsailCopyError,
    NameInUseError,
    NotFoundError,
    ServiceError,
    ServiceFaultError,
    ServiceUnreachableError,
    ThrottledError,
    UnexpectedResponseError,
    UnknownOutcomeError,
    aio,
    copy_snapshot,
    copy_snapshots,
    wait_for_operations,
)
from lightsail_copy.testing import FakeClock, FakeLightsail, faults

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

TARGET = "us-west-2"
OBSERVED = ("provide-client-params", "before-send", "before-parse", "response-received")
TWICE = Config(retries={"mode": "standard", "total_max_attempts": 2})


def real_client(**options: Any) -> Any:
    """Return a boto3 client that calls this machine, where nothing listens unless a test does."""
    key_id, token = options.pop("key_id", "MADE-UP"), options.pop("token", None)
    session = new_session(aws_access_key_id=key_id, aws_secret_access_key="made-up", aws_session_token=token)
    config = Config(retries={"total_max_attempts": 1}, proxies={}, connect_timeout=5, read_timeout=5)
    return session.client(
        "lightsail", region_name=TARGET, config=config.merge(options.pop("config", Config())), **options
    )


def nothing_sent(client: Any, request: Any = MANUAL) -> ServiceUnreachableError:
    """Copy, and return the error, which came at once and without lookups."""
    clock = FakeClock()
    started_at = clock.monotonic()
    with pytest.raises(ServiceUnreachableError, match="Nothing was sent") as caught:
        copy_snapshot(client, request, clock=clock)
    assert not caught.value.may_have_arrived
    assert clock.monotonic() == started_at
    return caught.value


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Generator[int, None, None]:
    """Serve each connection to a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    serve(connection)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


# Over real connections


@pytest.mark.parametrize(
    "credentials",
    [
        {"key_id": "SEC\r\nRET"},
        {"key_id": "SECRET\r"},
        {"token": "\nSECRET"},
    ],
    ids=repr,
)
def test_a_header_that_cannot_be_written_was_not_sent_and_is_a_secret(
    caplog: pytest.LogCaptureFixture, credentials: dict[str, str]
) -> None:
    received: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        connection.settimeout(1)
        try:
            received.append(connection.recv(1000))
        except OSError:
            received.append(b"")

    caplog.set_level(logging.DEBUG, logger="lightsail_copy")
    with listening(serve) as port:
        error = nothing_sent(real_client(endpoint_url=f"http://127.0.0.1:{port}", **credentials))
    assert isinstance(error, botocore_exceptions.HTTPClientError)
    assert str(error).endswith("Remove the line break from the access key, the session token, or the User-Agent.")
    assert not error.may_pass
    assert b"".join(received) == b""
    assert "SEC" not in printed(error)
    assert not [record for record in caplog.records if record.name == "lightsail_copy" and "SEC" in str(vars(record))]


def printed(error: BaseException) -> str:
    """Return the traceback of an error as Python prints it."""
    return "".join(traceback.format_exception(error))


@pytest.mark.parametrize(
    ("bundle", "by_environment"),
    [("none.pem", True), (".", False), ("none/bundle.pem", False), ("empty.pem", True), ("half.pem", False)],
)
def test_a_ca_bundle_that_cannot_be_read_sends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bundle: str, *, by_environment: bool
) -> None:
    (tmp_path / "empty.pem").touch()
    (tmp_path / "half.pem").write_text("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")
    verify = {} if by_environment else {"verify": str(tmp_path / bundle)}
    if by_environment:
        monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / bundle))
    with listening(lambda connection: None) as port:
        error = nothing_sent(real_client(endpoint_url=f"https://127.0.0.1:{port}", **verify))
    assert isinstance(error, botocore_exceptions.SSLError)
    assert "Check AWS_CA_BUNDLE" in str(error)
    assert not error.may_pass


def test_a_certificate_of_the_client_that_cannot_be_read_sends_nothing(tmp_path: Path) -> None:
    (tmp_path / "text.pem").write_text("no certificate")
    with listening(lambda connection: None) as port:
        for name in ("text.pem", "none.pem"):
            config = Config(client_cert=str(tmp_path / name))
            error = nothing_sent(real_client(endpoint_url=f"https://127.0.0.1:{port}", config=config))
            assert "client_cert" in str(error)


PROXIES = [
    "http://user:hunter2@[",
    "http://user:hunter2@proxy:port",
    "http://user:hunter2@127.0.0.1:99999",
    "http://user:hunter2@a b:80",
    f"http://user:hunter2@{'a' * 70}:80",
]


@pytest.mark.parametrize("proxy", PROXIES)
def test_a_proxy_url_that_cannot_be_parsed_sends_nothing(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    error = nothing_sent(real_client(config=Config(proxies=None)))
    assert str(error).endswith("Check the URLs of the proxy (HTTPS_PROXY) and of the endpoint.")
    assert not error.may_pass
    assert "hunter2" not in printed(error)


@pytest.mark.parametrize("scheme", ["", "http://", "socks5://"])
def test_the_password_of_a_proxy_that_does_not_respond_is_hidden(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"{scheme}user:hunt@er2@127.0.0.1:{closed_port()}")
    error = nothing_sent(real_client(config=Config(proxies=None)))
    assert isinstance(error, botocore_exceptions.ProxyConnectionError)
    assert error.may_pass
    assert "er2" not in printed(error)


def test_the_password_of_an_endpoint_is_hidden() -> None:
    client = real_client(endpoint_url=f"http://user:hunter2@127.0.0.1:{closed_port()}")
    error: Any = nothing_sent(client)
    assert "hunter2" not in printed(error) + str(error.kwargs)


def closed_port() -> int:
    """Return the number of a port of this machine where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@contextmanager
def listening_with(
    certificate: Path, respond: Callable[[socket.socket, ssl.SSLSocket], None], ciphers: str = ""
) -> Generator[int, None, None]:
    """Serve TLS connections to a port of this machine; ciphers are those of TLS 1.2, and allow no other version."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    if ciphers:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(ciphers)

    def serve(connection: socket.socket) -> None:
        try:
            with context.wrap_socket(connection.dup(), server_side=True) as secure:
                respond(connection, secure)
        except OSError:
            pass

    with listening(serve) as port:
        yield port


def test_a_server_whose_certificate_is_not_trusted_is_sent_nothing(certificate: Path) -> None:
    received: list[bytes] = []

    def respond(_: socket.socket, secure: ssl.SSLSocket) -> None:
        received.append(secure.recv(1000))

    with listening_with(certificate, respond) as port:
        url = f"https://127.0.0.1:{port}"
        client = real_client(endpoint_url=url)
        error = nothing_sent(client)
        assert isinstance(error, botocore_exceptions.SSLError)
        assert "AWS_CA_BUNDLE" in str(error)
        assert not error.may_pass
        assert received in ([], [b""])
        # With `adopt`, it does not pass either.
        with pytest.raises(ServiceUnreachableError, match="AWS_CA_BUNDLE"):
            copy_snapshot(client, MANUAL, if_exists="adopt")
        # A wait for a copy of another client ends at once as well.
        with pytest.raises(ServiceUnreachableError, match="AWS_CA_BUNDLE"):
            wait_for_operations(client, "a-b")
        # If the certificate is trusted, something arrives, and its outcome is unknown.
        with pytest.raises(UnknownOutcomeError, match="may have started"):
            copy_once(real_client(endpoint_url=url, verify=str(certificate)), MANUAL, lookup_timeout=0)
    assert b"".join(received).startswith(b"POST /")


def test_a_certificate_of_another_name_is_sent_nothing(certificate: Path) -> None:
    with listening_with(certificate, lambda _, secure: None) as port:
        client = real_client(endpoint_url=f"https://localhost:{port}", verify=str(certificate))
        assert "check the endpoint's name" in str(nothing_sent(client))


def test_a_server_without_a_cipher_in_common_is_sent_nothing(certificate: Path) -> None:
    with listening_with(certificate, lambda _, secure: None, ciphers="ECDHE-RSA-AES128-GCM-SHA256") as port:
        error: Any = nothing_sent(real_client(endpoint_url=f"https://127.0.0.1:{port}", verify=str(certificate)))
    assert botocore_exceptions.SSLError in type(error).__mro__
    # A load balancer may reject a handshake while it is being updated.
    assert error.may_pass
    # What code for botocore's own class reads: a request has headers that are secret.
    assert (error.request, error.response) == (None, None)


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"], ids=["headers", "body"])
def test_an_ssl_error_while_a_response_is_read_leaves_the_outcome_unknown(certificate: Path, start: bytes) -> None:
    def respond(connection: socket.socket, secure: ssl.SSLSocket) -> None:
        request = b""
        while not request.endswith(b"}"):
            request += secure.recv(10_000)
        if start:
            secure.sendall(start)
        connection.sendall(b"\x17\x03\x03\x00\x20" + b"no record of this connection....")
        # To close the connection before the client does would reset it.
        while connection.recv(1000):
            pass

    with listening_with(certificate, respond) as port:
        client = real_client(endpoint_url=f"https://127.0.0.1:{port}", verify=str(certificate))
        with pytest.raises(UnknownOutcomeError, match="may have started") as caught:
            copy_once(client, MANUAL, lookup_timeout=0)
    assert "SSLError" in printed(caught.value)
    assert "AWS_CA_BUNDLE" not in str(caught.value)


def test_a_url_that_cannot_be_parsed_was_not_sent() -> None:
    def spoil(request: Any, **_: object) -> None:
        request.url = "http://" + 64 * "a" + ".example/"

    client = real_client()
    client.meta.events.register("before-send.lightsail.CopySnapshot", spoil)
    nothing_sent(client)


class Reasoned(Exception):  # noqa: N818 - it only has to have an attribute of OpenSSL's errors
    """An error of another library, with a reason of its own."""

    def __init__(self, reason: object) -> None:
        super().__init__(f"a reason: {reason}")
        self.reason = reason


@pytest.mark.parametrize(
    "error",
    [
        botocore_exceptions.ProxyConnectionError(proxy_url="x", error=Exception("aborted", ConnectionResetError())),
        botocore_exceptions.HTTPClientError(error=ValueError("read of closed file")),
        botocore_exceptions.SSLError(endpoint_url="x", error=ssl.SSLEOFError()),
        RuntimeError("a bug of the caller's"),
        Reasoned({"errno": 104}),
        Reasoned("NO_PROTOCOLS_AVAILABLE"),
    ],
)
def test_an_error_that_may_follow_a_sending_leaves_doubt(client: Any, error: Exception) -> None:
    def hook(**_: object) -> None:
        raise error

    client.meta.events.register("before-send.lightsail.CopySnapshot", hook)
    with pytest.raises(UnknownOutcomeError, match="may have started"):
        copy_once(client, MANUAL, lookup_timeout=0)


def test_a_proxy_that_rejects_the_connection_was_sent_nothing() -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(10_000)
        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")

    with listening(serve) as port:
        error = nothing_sent(real_client(config=Config(proxies={"https": f"http://127.0.0.1:{port}"})))
    assert isinstance(error, botocore_exceptions.ProxyConnectionError)


def test_a_connection_that_breaks_in_the_handshake_may_have_started_a_copy() -> None:
    with listening(lambda connection: None) as port:
        client = real_client(endpoint_url=f"https://127.0.0.1:{port}")
        with pytest.raises(UnknownOutcomeError, match="may have started"):
            copy_once(client, MANUAL, lookup_timeout=0)


# Attempts that started nothing, and others


@pytest.mark.parametrize("status", [400, 403, 404, 413, 429, 499, 501])
def test_a_rejection_that_cannot_be_parsed_started_nothing(fake: FakeLightsail, client: Any, status: int) -> None:
    fake.fail_next("CopySnapshot", response_fault(b"[]", status=status))
    with pytest.raises(LightsailCopyError) as caught:
        copy_once(client, MANUAL)
    assert "may have started" not in str(caught.value)
    assert [call.operation for call in fake.calls] == ["CopySnapshot"]


@pytest.mark.parametrize("status", [200, 301, 500, 502, 503, 504, 599])
def test_any_other_response_that_cannot_be_parsed_may_have_started_a_copy(
    fake: FakeLightsail, client: Any, status: int
) -> None:
    fake.fail_next("CopySnapshot", response_fault(b"[]", status=status))
    with pytest.raises(LightsailCopyError, match="may have started"):
        copy_once(client, MANUAL, lookup_timeout=0)
    assert len(fake.calls) == 2


def test_an_operation_that_is_not_implemented_started_nothing(fake: FakeLightsail, client: Any) -> None:
    fake.fail_next("CopySnapshot", response_fault({"__type": "NotImplemented"}, status=501), times=9)
    endpoint = client.meta.endpoint_url
    with pytest.raises(ServiceFaultError) as caught:
        copy_once(client, MANUAL)
    assert str(caught.value).endswith(
        f"The endpoint {endpoint} has no such operation: check the endpoint (AWS_ENDPOINT_URL)."
    )
    assert "may have started" not in str(caught.value)
    with pytest.raises(ServiceFaultError):
        copy_snapshot(client, MANUAL, if_exists="adopt", clock=fake.clock)
    assert [call.operation for call in fake.calls] == ["CopySnapshot"] * 2
    assert not fake.clock.sleeps


@pytest.mark.parametrize(
    ("first", "second", "error"),
    [
        (faults.throttled(), faults.connection_refused(), ServiceUnreachableError),
        (faults.connection_refused(), faults.throttled(), ThrottledError),
        (faults.connect_timeout(), faults.not_found(), NotFoundError),
    ],
)
def test_a_retry_after_an_attempt_that_started_nothing_leaves_no_doubt(
    fake: FakeLightsail, first: Any, second: Any, error: Any
) -> None:
    fake.fail_next("CopySnapshot", first)
    fake.fail_next("CopySnapshot", second)
    with pytest.raises(error) as caught:
        copy_once(fake.client(TARGET, config=TWICE), MANUAL)
    assert "may have started" not in str(caught.value)
    assert [call.operation for call in fake.calls] == ["CopySnapshot"] * 2


@pytest.mark.parametrize(
    ("lost", "last"),
    [
        (faults.connection_closed, faults.connection_refused()),
        (faults.read_timeout, faults.throttled()),
        (faults.service_fault, faults.not_found()),
    ],
)
def test_a_retry_after_a_lost_response_finds_the_copy(fake: FakeLightsail, lost: Any, last: Any) -> None:
    fake.fail_next("CopySnapshot", lost(performed=True))
    fake.fail_next("CopySnapshot", last)
    assert copy_once(fake.client(TARGET, config=TWICE), MANUAL).adopted


def test_credentials_that_end_between_two_attempts_do_not_lose_the_copy(fake: FakeLightsail) -> None:
    client = fake.client(TARGET, config=TWICE)
    signed: list[object] = []

    def sign(**_: object) -> None:
        signed.append(None)
        if len(signed) == 2:
            raise botocore_exceptions.NoCredentialsError

    client.meta.events.register("before-sign.lightsail.CopySnapshot", sign)
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))
    assert copy_once(client, MANUAL).adopted


@pytest.mark.parametrize(
    "error",
    [
        botocore_exceptions.EndpointConnectionError(endpoint_url="https://sts.amazonaws.com/"),
        botocore_exceptions.ReadTimeoutError(endpoint_url="https://sts.amazonaws.com/"),
    ],
)
def test_credentials_that_cannot_be_had_sent_nothing(fake: FakeLightsail, client: Any, error: Exception) -> None:
    def sign(**_: object) -> None:
        raise error

    client.meta.events.register("before-sign.lightsail.CopySnapshot", sign)
    nothing_sent(client)
    assert fake.calls == ()


def test_a_fault_of_the_service_of_the_credentials_started_no_copy(fake: FakeLightsail, client: Any) -> None:
    response: Any = {"Error": {"Code": "InternalFailure"}, "ResponseMetadata": {"HTTPStatusCode": 500}}

    def sign(**_: object) -> None:
        raise botocore_exceptions.ClientError(response, "AssumeRole")

    client.meta.events.register("before-sign.lightsail.CopySnapshot", sign)
    with pytest.raises(ServiceFaultError) as caught:
        copy_once(client, MANUAL)
    assert "may have started" not in str(caught.value)


# The caller's own code


HOOKS = ["before-parse", "response-received", "needs-retry", "after-call"]


@pytest.mark.parametrize(
    ("level", "is_observed_before"),
    [("", False), (".lightsail", False), (".lightsail.CopySnapshot", False), (".lightsail.CopySnapshot", True)],
)
@pytest.mark.parametrize("event", HOOKS)
def test_a_hook_that_fails_after_the_response_does_not_lose_the_copy(
    fake: FakeLightsail, client: Any, event: str, level: str, *, is_observed_before: bool
) -> None:
    def hook(event_name: str, **_: object) -> None:
        if event_name.endswith("CopySnapshot"):
            raise RuntimeError

    if is_observed_before:
        copy_once(client, DISK)
    client.meta.events.register(event + level, hook)
    assert copy_once(client, MANUAL).adopted
    assert len(fake.calls_of("CopySnapshot")) == 1 + is_observed_before


@pytest.mark.parametrize("event", HOOKS)
def test_a_hook_that_fails_after_a_rejection_is_raised_at_once(fake: FakeLightsail, client: Any, event: str) -> None:
    def hook(**_: object) -> None:
        raise RuntimeError

    client.meta.events.register(f"{event}.lightsail.CopySnapshot", hook)
    fake.fail_next("CopySnapshot", faults.not_found())
    with pytest.raises((RuntimeError, UnexpectedResponseError)):
        copy_once(client, MANUAL)
    assert len(fake.calls) == 1


@pytest.mark.parametrize(
    "event", ["provide-client-params", "before-parameter-build", "before-call", "request-created", "before-sign"]
)
def test_a_hook_that_fails_before_anything_is_sent_is_raised_as_it_is(
    fake: FakeLightsail, client: Any, event: str
) -> None:
    def hook(**_: object) -> None:
        raise error

    error = RuntimeError("a bug of the caller's")
    client.meta.events.register(f"{event}.lightsail.CopySnapshot", hook)
    with pytest.raises(RuntimeError) as caught:
        copy_once(client, MANUAL)
    assert caught.value is error
    assert fake.calls == ()


@pytest.mark.parametrize("name", ["botocore.parsers", "botocore.hooks", "botocore.retryhandler", "lightsail_copy"])
def test_a_logger_that_fails_after_the_response_does_not_lose_the_copy(
    fake: FakeLightsail, client: Any, name: str
) -> None:
    class Failing(logging.Filter):
        def filter(self, record: logging.LogRecord) -> bool:
            if fake.calls_of("CopySnapshot") and not failed:
                failed.append(record)
                raise RuntimeError
            return True

    failed: list[object] = []
    logger, failing = logging.getLogger(name), Failing()
    level = logger.level
    logger.setLevel(logging.DEBUG)
    logger.addFilter(failing)
    try:
        # A record of ours that cannot be written loses nothing: the response is returned.
        assert copy_once(client, MANUAL).adopted == (bool(failed) and name != "lightsail_copy")
    finally:
        logger.removeFilter(failing)
        logger.setLevel(level)
    assert len(fake.calls_of("CopySnapshot")) == 1


@pytest.mark.parametrize("event", ["before-call", "before-send", "response-received", "after-call"])
def test_a_hook_may_copy_too(fake: FakeLightsail, client: Any, event: str) -> None:
    """The attempts of the inner copy, which may have started, are not those of the outer one, which did not."""
    inner: list[Any] = []

    def hook(**_: object) -> None:
        if not inner:
            inner.append(None)
            fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))
            inner.append(copy_once(client, DISK))
            fake.fail_next("CopySnapshot", faults.connection_refused())

    client.meta.events.register_first(f"{event}.lightsail.CopySnapshot", hook)
    if event in {"before-call", "before-send"}:
        nothing_sent(client)
    else:
        assert copy_once(client, MANUAL).operations
        assert len(inner) == 2
    assert inner[1].adopted


def test_a_plain_call_within_a_hook_leaves_doubt(fake: FakeLightsail, client: Any) -> None:
    """It cannot be told from an attempt of the copy: the error is the safe one."""
    inner: list[None] = []

    def hook(**_: object) -> None:
        if not inner:
            inner.append(None)
            client.copy_snapshot(**DISK.to_dict())
            fake.fail_next("CopySnapshot", faults.not_found())

    client.meta.events.register("before-call.lightsail.CopySnapshot", hook)
    with pytest.raises(NotFoundError, match="may have started"):
        copy_once(client, MANUAL, lookup_timeout=0)


# Clients that do not tell


class Wrapped:
    """A client that passes its calls to another one, and has its `meta`."""

    def __init__(self, client: Any, call: Callable[[Callable[[], Any]], Any] = lambda call: call()) -> None:
        self.meta = client.meta
        self._client = client
        self._call = call

    def copy_snapshot(self, **parameters: Any) -> Any:
        return self._call(partial(self._client.copy_snapshot, **parameters))

    def get_operations_for_resource(self, **parameters: Any) -> Any:
        return self._client.get_operations_for_resource(**parameters)


def in_another_thread(call: Callable[[], Any]) -> Any:
    """Make a call in a thread that has another context."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


FAULTS = [
    (faults.connection_refused(), UnknownOutcomeError),
    (faults.read_timeout(), UnknownOutcomeError),
    (response_fault(b"[]"), UnexpectedResponseError),
    (faults.service_fault(), ServiceFaultError),
]


@pytest.mark.parametrize(("fault", "error"), FAULTS)
def test_a_client_that_calls_elsewhere_leaves_doubt(fake: FakeLightsail, client: Any, fault: Any, error: Any) -> None:
    copy_once(client, DISK)
    fake.fail_next("CopySnapshot", fault)
    with pytest.raises(error, match="may have started"):
        copy_once(Wrapped(client, in_another_thread), MANUAL, lookup_timeout=0)


def test_a_client_that_calls_elsewhere_does_not_lose_a_copy(fake: FakeLightsail, client: Any) -> None:
    fake.fail_next("CopySnapshot", faults.replaced_response(b"[]", performed=True))
    assert copy_once(Wrapped(client, in_another_thread), MANUAL).adopted


def test_a_client_that_passes_its_calls_on_is_observed(fake: FakeLightsail, client: Any) -> None:
    fake.fail_next("CopySnapshot", faults.connection_refused())
    nothing_sent(Wrapped(client))


def test_events_that_are_not_hashable_and_equal_others_are_observed_each(fake: FakeLightsail) -> None:
    @define
    class Events:
        client: Any = field(eq=False)
        registered: list[str] = field(factory=list[str], eq=False)

        def register_first(self, name: str, handler: Any, unique_id: str) -> None:
            self.registered.append(name)
            self.client.meta.events.register_first(name, handler, unique_id=unique_id)

    clients = [fake.client("us-west-2", config=ONE_ATTEMPT) for _ in range(2)]
    events = [Events(client) for client in clients]
    for client, each in zip(clients, events, strict=True):
        fake.fail_next("CopySnapshot", faults.connection_refused())
        meta = SimpleNamespace(events=each, method_to_api_mapping=client.meta.method_to_api_mapping)
        nothing_sent(SimpleNamespace(meta=meta, copy_snapshot=client.copy_snapshot))
    assert [len(each.registered) for each in events] == [4, 4]


def test_a_double_leaves_doubt_after_a_connection_error() -> None:
    error = botocore_exceptions.EndpointConnectionError(endpoint_url="https://example.com/")
    with pytest.raises(UnknownOutcomeError, match="may have started"):
        copy_once(Double(error), MANUAL, lookup_timeout=0)


@pytest.mark.parametrize(
    ("status", "retries", "is_open"), [(400, 0, False), (400, 1, True), (500, 0, True), (501, 0, False), (503, 0, True)]
)
def test_a_response_that_no_attempt_was_observed_of_is_judged_by_its_status(
    status: int, retries: int, *, is_open: bool
) -> None:
    metadata = {"HTTPStatusCode": status, "RetryAttempts": retries}
    response: Any = {"Error": {"Code": "X"}, "ResponseMetadata": metadata}
    with pytest.raises(ServiceError) as caught:
        copy_once(Double(botocore_exceptions.ClientError(response, "CopySnapshot")), MANUAL, lookup_timeout=0)
    assert ("may have started" in str(caught.value)) is is_open


def test_a_stubbed_client_is_judged_as_a_double_is() -> None:
    client = real_client()
    with Stubber(client) as stubber:
        stubber.add_client_error("copy_snapshot", "ServiceException", http_status_code=500)
        with pytest.raises(ServiceFaultError, match="may have started"):
            copy_once(client, MANUAL, lookup_timeout=0)
        stubber.add_client_error("copy_snapshot", "NotFoundException", http_status_code=404)
        with pytest.raises(NotFoundError) as caught:
            copy_once(client, MANUAL)
        assert "may have started" not in str(caught.value)
        stubber.add_response("copy_snapshot", sample("copy_snapshot"))
        assert copy_once(client, MANUAL).operations


# Threads, tasks and fleets


def odd_ones_refused(fake: FakeLightsail, count: int) -> list[Any]:
    """Have the copies to names with an odd number lose their response, and the others find no connection."""
    for number in range(count):
        fault = faults.connection_closed(performed=True) if number % 2 else faults.connection_refused()
        fake.fail_next("CopySnapshot", fault)
    return [_named(number) for number in range(count)]


def _named(number: int) -> Any:
    return type(MANUAL)(
        source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name=f"copy-{number}"
    )


def outcome_of(copy: Callable[[], Any]) -> str:
    """Return what a copy ends in."""
    try:
        return "adopted" if copy().adopted else "result"
    except ServiceUnreachableError as error:
        return "maybe" if error.may_have_arrived else "nothing sent"


def test_threads_that_share_a_client_do_not_share_their_attempts(fake: FakeLightsail, client: Any) -> None:
    requests = odd_ones_refused(fake, 40)
    with ThreadPoolExecutor(8) as pool:
        ends = list(pool.map(lambda each: outcome_of(lambda: copy_once(client, each)), requests))
    assert sorted(ends) == ["adopted"] * 20 + ["nothing sent"] * 20


def test_tasks_that_share_a_client_in_threads_do_not_share_their_attempts(fake: FakeLightsail, client: Any) -> None:
    requests = odd_ones_refused(fake, 40)
    shared, clock = aio.in_threads(client), AsyncClock(fake.clock)

    async def end(request: Any) -> str:
        try:
            result = await aio.copy_snapshot(shared, request, clock=clock)
        except ServiceUnreachableError as error:
            return "maybe" if error.may_have_arrived else "nothing sent"
        return "adopted" if result.adopted else "result"

    async def job() -> list[str]:
        return await asyncio.gather(*map(end, requests))

    assert sorted(asyncio.run(job())) == ["adopted"] * 20 + ["nothing sent"] * 20


def test_a_fleet_knows_which_copies_were_not_sent(fake: FakeLightsail, client: Any) -> None:
    jobs = [CopyJob(target_region=TARGET, request=each) for each in odd_ones_refused(fake, 2)]
    outcomes = copy_snapshots(
        jobs, clients={TARGET: client}, if_exists="raise", wait=False, max_calls=1, clock=fake.clock
    )
    # What was not sent is launched again, and what may have started is looked up.
    assert sorted(each.result is not None and each.result.adopted for each in outcomes) == [False, True]
    assert len(fake.calls_of("CopySnapshot")) == 3


def test_a_fleet_does_not_lose_a_copy_whose_hook_fails(fake: FakeLightsail, client: Any) -> None:
    def hook(**_: object) -> None:
        raise TypeError

    client.meta.events.register("after-call.lightsail.CopySnapshot", hook)
    (outcome,) = copy_snapshots(
        [CopyJob(target_region=TARGET, request=MANUAL)],
        clients={TARGET: client},
        if_exists="raise",
        wait=False,
        clock=fake.clock,
    )
    assert outcome.result is not None
    assert outcome.result.adopted


def test_a_fleet_looks_up_a_throttled_copy_that_may_have_started(fake: FakeLightsail, client: Any) -> None:
    """An HTTP 503 with the code of a throttled request may follow the start of the copy."""
    body = b'{"__type": "SlowDown", "message": "Slow down."}'
    fake.fail_next("CopySnapshot", faults.replaced_response(body, status=503, performed=True))
    (outcome,) = copy_snapshots(
        [CopyJob(target_region=TARGET, request=MANUAL)],
        clients={TARGET: client},
        if_exists="raise",
        wait=False,
        clock=fake.clock,
    )
    assert outcome.result is not None
    assert outcome.result.adopted


def test_a_name_in_use_after_an_attempt_without_connection_is_not_looked_up(fake: FakeLightsail) -> None:
    fake.add_disk(MANUAL.target_snapshot_name, TARGET)
    fake.fail_next("CopySnapshot", faults.connection_refused())
    with pytest.raises(NameInUseError):
        copy_once(fake.client(TARGET, config=TWICE), MANUAL)
    assert [call.operation for call in fake.calls] == ["CopySnapshot"] * 2


def test_the_handlers_are_registered_once_by_many_threads(fake: FakeLightsail) -> None:
    clients = [fake.client("us-west-2", config=ONE_ATTEMPT) for _ in range(5)]
    registered: list[str] = []
    for each in clients:
        inner = each.meta.events.register_first

        def register(event: str, *args: object, inner: Any = inner, **options: object) -> None:
            registered.append(event)
            inner(event, *args, **options)

        each.meta.events.register_first = register
    with ThreadPoolExecutor(10) as pool:
        results = list(pool.map(lambda number: copy_once(clients[number % 5], _named(number)), range(50)))
    assert len(results) == 50
    assert sorted(registered) == sorted(5 * [f"{event}.lightsail.CopySnapshot" for event in OBSERVED])
