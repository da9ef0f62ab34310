"""The fake rejects an operation that it does not serve, and a status that the service does not have."""

from lightsail_copy.testing import FakeLightsail, faults


def slips(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.throttled())
    fake.fail_next("CopySnapshto", faults.throttled())  # reject
    fake.add_auto_snapshot("web-1", "us-east-1", status="Success")
    fake.add_auto_snapshot("web-1", "us-east-1", status="Sucess")  # reject
