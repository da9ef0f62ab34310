"""
A pytest plugin: a fake Lightsail for each test, and a boto3 client of it.

pytest loads it if the package is installed; ``-p no:lightsail_copy`` disables it. It imports the package only if a test
uses one of the fixtures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from lightsail_copy.testing import FakeLightsail
    from lightsail_copy.testing.fake import AnyClient


@pytest.fixture
def lightsail_region() -> str:
    """Return the Region of `lightsail_client`, us-east-1; override this fixture to change it."""
    return "us-east-1"


@pytest.fixture
def fake_lightsail() -> FakeLightsail:
    """Return a new, empty fake Lightsail, whose clock moves only when the test moves it."""
    from lightsail_copy.testing import FakeLightsail  # noqa: PLC0415 - only for those who use it

    return FakeLightsail()


@pytest.fixture
def lightsail_client(fake_lightsail: FakeLightsail, lightsail_region: str) -> AnyClient:
    """Return a real boto3 client of `fake_lightsail` in the Region `lightsail_region`."""
    return fake_lightsail.client(lightsail_region)
