"""The served fake: how many calls a second it serves to clients that keep their connection."""

from __future__ import annotations

import http.client
import threading
import time
from statistics import median
from urllib.parse import urlsplit

from benchmarks.measure import Row
from lightsail_copy.testing import FakeLightsail

HEADERS = {
    "Authorization": (
        "AWS4-HMAC-SHA256 Credential=any/20261124/us-west-2/lightsail/aws4_request, SignedHeaders=host, Signature=any"
    ),
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": "Lightsail_20161128.GetInstanceSnapshots",
}


def client(host: str, calls: int) -> None:
    """Make calls on one connection."""
    connection = http.client.HTTPConnection(host)
    for _ in range(calls):
        connection.request("POST", "/", b"{}", HEADERS)
        connection.getresponse().read()
    connection.close()


def rate(host: str, clients: int, calls: int) -> float:
    """Return the calls a second of so many clients at once."""
    threads = [threading.Thread(target=client, args=(host, calls // clients)) for _ in range(clients)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return calls / (time.perf_counter() - start)


def server(rounds: int) -> list[Row]:
    """Measure one client and eight; the clients are threads of this process, and take their share of its time."""
    fake = FakeLightsail()
    fake.add_manual_snapshot("web-1-monday", "us-west-2")
    rates: dict[int, list[float]] = {1: [], 8: []}
    with fake.serve() as url:
        host = urlsplit(url).netloc
        for _ in range(5):
            for clients, measured in rates.items():
                measured.append(rate(host, clients, 8 * rounds))
    return [
        Row(name=f"calls served, {clients} client{'s' * (clients > 1)}", value=median(measured), unit="calls/s")
        for clients, measured in rates.items()
    ]
