"""How many calls a second the served fake answers."""

from __future__ import annotations

import http.client
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from statistics import median
from urllib.parse import urlsplit

from benchmarks.tables import Row, Table

_SECONDS = 2.0
_ROUNDS = 5
_CLIENTS = (1, 8)
_BODY = b"{}"
_HEADERS = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": "Lightsail_20161128.GetInstanceSnapshots",
    "Authorization": "AWS4-HMAC-SHA256 Credential=any/20261120/us-east-1/lightsail/aws4_request, "
    "SignedHeaders=host, Signature=any",
}


@contextmanager
def served_fake() -> Generator[tuple[str, int], None, None]:
    """Serve a fake with sample data in a process of its own, and give its host and port."""
    command = [sys.executable, "-m", "lightsail_copy.testing", "--sample", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        address = urlsplit(line.split()[-1])
        yield str(address.hostname), int(address.port or 0)
    finally:
        process.terminate()
        process.communicate()


def _call(connection: http.client.HTTPConnection) -> None:
    connection.request("POST", "/", _BODY, _HEADERS)
    response = connection.getresponse()
    response.read()
    if response.status != http.client.OK:
        raise RuntimeError(f"the fake returned the status {response.status}")


def _calls_per_second(address: tuple[str, int], clients: int) -> float:
    """Return the rate at which so many clients together get responses, each over a connection of its own."""
    counts = [0] * clients
    stop_at = time.monotonic() + _SECONDS

    def client(number: int) -> Callable[[], None]:
        def run() -> None:
            connection = http.client.HTTPConnection(*address)
            while time.monotonic() < stop_at:
                _call(connection)
                counts[number] += 1
            connection.close()

        return run

    threads = [threading.Thread(target=client(number)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / _SECONDS


def measure_served() -> Table:
    """Measure the calls a second with one client and with eight."""
    rates: dict[int, list[float]] = {clients: [] for clients in _CLIENTS}
    with served_fake() as address:
        for _ in range(_ROUNDS):
            for clients in _CLIENTS:
                rates[clients].append(_calls_per_second(address, clients))
    base = median(rates[1])
    return Table(
        "The served fake",
        "`python -m lightsail_copy.testing` in a process of its own, over loopback HTTP; GetInstanceSnapshots of the"
        f" sample data from plain `http.client` connections that stay open; the median of {_ROUNDS} times"
        f" {_SECONDS:g} s of each in turn. The clients need CPU time too.",
        tuple(
            Row(
                "1 client" if clients == 1 else f"{clients} clients, in threads of one process",
                {"calls a second": median(each), "ratio": median(each) / base},
            )
            for clients, each in rates.items()
        ),
    )
