"""The documents, their blocks of code, and the world that the examples run in."""

from __future__ import annotations

import doctest
import re
import socket
import traceback
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import datetime, timezone
from io import StringIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from attrs import frozen

from lightsail_copy.testing import FakeClock, FakeLightsail, sample

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = sorted(path for path in (ROOT / "docs").rglob("*.md") if "_build" not in path.parts)
DOCUMENTS = [README, *PAGES]

_BLOCK = re.compile(r"^(?P<fence>```+)(?P<language>\w+)\n(?P<code>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)


@frozen
class Block:
    """
    A block of code in a document.

    Attributes:
        language: what the document calls its language.
        code: its text.
        line: the number of its first line, less one.
    """

    language: str
    code: str
    line: int


def blocks(document: Path, *languages: str) -> Iterator[Block]:
    """Yield the blocks of some languages, in the order of the document."""
    text = document.read_text("utf-8")
    for found in _BLOCK.finditer(text):
        if found["language"] in languages:
            yield Block(found["language"], found["code"], text.count("\n", 0, found.start("code")))


def name_of(document: Path) -> str:
    """Return the path of a document, for the id of a test."""
    return document.relative_to(ROOT).as_posix()


def run_examples(document: Path) -> dict[str, Any]:
    """
    Run the examples of a document from top to bottom, and return the names that they define.

    Each must print what the block `output` after it shows, or nothing if there is none. If that block is a traceback,
    the example must raise the error at its end. As in doctest, three dots stand for any text.
    """
    names: dict[str, Any] = {"__name__": "example"}
    shown = list(blocks(document, "python", "output"))
    for block, following in zip(shown, [*shown[1:], None], strict=True):
        if block.language == "python":
            expected = following.code if following and following.language == "output" else ""
            printed = _printed_by(block, document, names, raises=expected.startswith(_TRACEBACK))
            is_shown = doctest.OutputChecker().check_output(expected, printed, doctest.ELLIPSIS)
            assert is_shown, f"{name_of(document)}:{block.line}: shows\n{expected}and prints\n{printed}"
    return names


_TRACEBACK = "Traceback (most recent call last):\n  ...\n"


def _printed_by(block: Block, document: Path, names: dict[str, Any], *, raises: bool) -> str:
    # Empty lines before it, so that a traceback has the document's own line numbers.
    code = compile("\n" * block.line + block.code, str(document), "exec")
    with redirect_stdout(StringIO()) as out:
        try:
            exec(code, names)  # noqa: S102 - it is what the documents tell the reader to run
        except Exception as error:
            if not raises:
                raise
            return _TRACEBACK + "".join(traceback.format_exception_only(error))
    return out.getvalue()


def make_account() -> FakeLightsail:
    """Return the account of the examples, on the day of their outputs."""
    return FakeLightsail(clock=FakeClock(datetime(2026, 1, 1, 6, 30, tzinfo=timezone.utc)), seed=sample)


_connect = socket.socket.connect


def _connect_here(self: socket.socket, address: tuple[str, int], /) -> None:
    """Connect within this machine only: the event loop of Windows does, and a fake that serves."""
    if address[0] not in {"127.0.0.1", "::1", "localhost"}:
        raise AssertionError(f"an example connects to {address}")
    _connect(self, address)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> FakeLightsail:
    """Return the account, of which `boto3.client` and `make_client` make clients; a sleep moves its clock."""
    fake = make_account()

    def client(service_name: str, region_name: str, **options: Any) -> Any:  # noqa: ANN401 - a boto3 client
        assert service_name == "lightsail"
        return fake.client(region_name, config=options.get("config"))

    monkeypatch.setattr(boto3, "client", client)

    def make_client(region_name: str, **options: Any) -> Any:  # noqa: ANN401 - as above
        return client("lightsail", region_name, **options)

    def make_clients(**_: object) -> Any:  # noqa: ANN401 - as above
        return fake.client

    monkeypatch.setattr("lightsail_copy.make_client", make_client)
    monkeypatch.setattr("lightsail_copy.make_clients", make_clients)
    monkeypatch.setattr("socket.socket.connect", _connect_here)
    monkeypatch.setattr("time.sleep", fake.clock.advance)
    monkeypatch.setattr("time.monotonic", fake.clock.monotonic)
    return fake
