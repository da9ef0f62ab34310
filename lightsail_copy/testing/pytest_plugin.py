"""
A plugin of pytest's: a fake Lightsail for each test, and a boto3 client of it.

    def test_a_copy_starts(fake_lightsail, lightsail_client):
        fake_lightsail.add_manual_snapshot("web-1-friday", "us-west-2")
        ...

pytest finds it by itself where the package is installed; ``-p no:lightsail_copy`` leaves it out. As it is imported in
every run of pytest, boto3 and the fake come with the fixtures only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from lightsail_copy.testing import FakeLightsail


@pytest.fixture
def lightsail_region() -> str:
    """Name the Region of `lightsail_client`, us-east-1; a fixture of your own by this name chooses another."""
    return "us-east-1"


@pytest.fixture
def fake_lightsail() -> FakeLightsail:
    """Return a new fake Lightsail, which is empty, and whose time stands still until it is moved."""
    from lightsail_copy.testing import FakeLightsail  # noqa: PLC0415 - only for those who use it

    return FakeLightsail()


@pytest.fixture
def lightsail_client(fake_lightsail: FakeLightsail, lightsail_region: str) -> Any:  # noqa: ANN401 - boto3 has no type
    """Return a real boto3 client of `fake_lightsail` in the Region `lightsail_region`."""
    return fake_lightsail.client(lightsail_region)
