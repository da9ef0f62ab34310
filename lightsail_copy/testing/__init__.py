"""
A fake Lightsail for tests: any number of Regions in memory, and real boto3 clients that talk to it.

    from lightsail_copy.testing import FakeLightsail, faults

    fake = FakeLightsail()
    fake.add_instance("web-1", "us-west-2")
    fake.add_manual_snapshot("web-1-friday", "us-west-2", source="web-1")
    client = fake.client("us-east-1")

It rejects what the service rejects, with the service's messages, and fails on demand with `faults`. It needs no
credentials. It opens no socket unless you `serve` it to clients in other languages. Time passes only when a test moves
its `FakeClock`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lightsail_copy.testing import faults
    from lightsail_copy.testing.clock import Clock, FakeClock
    from lightsail_copy.testing.fake import Call, FakeLightsail
    from lightsail_copy.testing.faults import Fault
    from lightsail_copy.testing.protocol import BrokenConnection, Response
    from lightsail_copy.testing.seed import sample
else:
    # Loaded at first use (PEP 562): the command that serves the fake needs neither boto3 nor what imports it.
    _MODULES = {
        "BrokenConnection": "protocol",
        "Call": "fake",
        "Clock": "clock",
        "FakeClock": "clock",
        "FakeLightsail": "fake",
        "Fault": "faults",
        "Response": "protocol",
        "sample": "seed",
    }

    def __getattr__(name: str) -> object:
        """Load a public name."""
        if name == "faults":
            return importlib.import_module(f"{__name__}.faults")
        if name in _MODULES:
            return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        """Return the public names."""
        return __all__


__all__ = ["BrokenConnection", "Call", "Clock", "FakeClock", "FakeLightsail", "Fault", "Response", "faults", "sample"]
