"""Every page runs as it is written, against the fake that ``python -m lightsail_copy.testing --sample`` serves."""

from __future__ import annotations

import asyncio
import inspect
import os
import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import boto3
import pytest
from documented import DOCUMENTS, blocks, name_of
from samples import new_session

from lightsail_copy.testing import FakeClock, FakeLightsail
from lightsail_copy.testing.seed import sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WITH_EXAMPLES = [pytest.param(page, id=name_of(page)) for page in DOCUMENTS if any(blocks(page, "python"))]
RAISES = "Traceback (most recent call last)"


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeLightsail]:
    """Give the sample account over HTTP, to which the environment directs all clients; a sleep moves its clock."""
    # Not the day of the outputs on the pages. By default, the server's copies take ten seconds.
    clock = FakeClock(datetime(2027, 3, 10, 6, 30, tzinfo=timezone.utc))
    fake = FakeLightsail(clock=clock, copy_duration=10, seed=sample)
    switch = asyncio.sleep

    async def sleep(seconds: float) -> None:
        fake.clock.advance(seconds)
        await switch(0)

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    with fake.serve() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LIGHTSAIL", url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
        monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        monkeypatch.setenv("NO_PROXY", "*")
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", new_session())
        monkeypatch.setattr("asyncio.sleep", sleep)
        monkeypatch.setattr("time.sleep", fake.clock.advance)
        monkeypatch.setattr("time.monotonic", fake.clock.monotonic)
        yield fake


def run(document: Path) -> dict[str, object]:
    """Run the examples of a page, and return the names that they define; a page may show that one of them raises."""
    names: dict[str, object] = {"__name__": "example"}
    shown = list(blocks(document, "python", "output"))
    for block, following in zip(shown, [*shown[1:], None], strict=True):
        if block.language == "python":
            code = compile("\n" * block.line + block.code, str(document), "exec")
            if following is not None and following.code.startswith(RAISES):
                with pytest.raises(Exception, match=r".") as caught:
                    exec(code, names)  # noqa: S102 - it is what the documents tell the reader to run
                assert type(caught.value).__name__ in following.code
            else:
                exec(code, names)  # noqa: S102 - as above
    return names


@pytest.mark.parametrize("document", WITH_EXAMPLES)
def test_a_page_runs_without_an_account(document: Path, served: FakeLightsail, request: pytest.FixtureRequest) -> None:
    code = re.sub(r"#.*", "", "".join(block.code for block in blocks(document, "python")))
    for package in re.findall(r"^(?:import|from) (\w+)", code, re.MULTILINE):
        pytest.importorskip(package)
    for name, value in run(document).items():
        if name.startswith("test_") and callable(value):
            value(**{name: request.getfixturevalue(name) for name in inspect.signature(value).parameters})
    # A page that makes its own clients has made its calls here.
    assert bool(served.calls) == bool(re.search(r"boto3\.client\(|make_clients?\(", code))
