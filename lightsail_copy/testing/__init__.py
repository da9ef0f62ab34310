"""
A fake Lightsail for tests: any number of Regions in memory, and real boto3 clients that talk to it.

    from lightsail_copy.testing import FakeLightsail, faults

    fake = FakeLightsail()
    fake.add_instance("web-1", "us-west-2")
    fake.add_manual_snapshot("web-1-friday", "us-west-2", source="web-1")
    client = fake.client("us-east-1")

It refuses what the service refuses, in the service's words, and fails on demand by `faults`. It opens no socket, unless
it is asked to `serve` clients in other languages, and reads no credentials; time passes only when its `FakeClock` is
moved.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lightsail_copy.testing import faults
    from lightsail_copy.testing.clock import Clock, FakeClock
    from lightsail_copy.testing.engine import Call
    from lightsail_copy.testing.faults import Fault
    from lightsail_copy.testing.replies import Break, Reply
    from lightsail_copy.testing.service import FakeLightsail
else:
    # Loaded when asked for (PEP 562): pytest imports this package in every run, for the plugin in it.
    _HOMES = {
        "Break": "replies",
        "Call": "engine",
        "Clock": "clock",
        "FakeClock": "clock",
        "FakeLightsail": "service",
        "Fault": "faults",
        "Reply": "replies",
    }

    def __getattr__(name: str) -> object:
        """Load a public name."""
        if name == "faults":
            return importlib.import_module(f"{__name__}.faults")
        if name in _HOMES:
            return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["Break", "Call", "Clock", "FakeClock", "FakeLightsail", "Fault", "Reply", "faults"]
