"""
A fake Lightsail for tests: any number of Regions in memory, and real boto3 clients that talk to it.

    from lightsail_copy.testing import FakeLightsail, faults

    fake = FakeLightsail()
    fake.add_instance("web-1", "us-west-2")
    fake.add_manual_snapshot("web-1-friday", "us-west-2", source="web-1")
    client = fake.client("us-east-1")

It rejects what the service rejects, with the service's error codes, and fails on demand with `faults`. It needs no
credentials, and opens no socket unless you `serve` it to clients in other languages. Time passes only when a test moves
its `FakeClock`.
"""

from lightsail_copy.testing import faults
from lightsail_copy.testing.clock import Clock, FakeClock
from lightsail_copy.testing.fake import Call, FakeLightsail
from lightsail_copy.testing.faults import Fault
from lightsail_copy.testing.protocol import BrokenConnection, Response
from lightsail_copy.testing.seed import sample

__all__ = ["BrokenConnection", "Call", "Clock", "FakeClock", "FakeLightsail", "Fault", "Response", "faults", "sample"]


def __dir__() -> list[str]:
    return __all__
