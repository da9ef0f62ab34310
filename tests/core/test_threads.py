"""The daemon threads that carry out the calls of a fleet."""

from __future__ import annotations

from threading import Event

from lightsail_copy.drivers.threads import Threads


def test_what_is_canceled_before_its_turn_is_not_called() -> None:
    threads, started, ended = Threads(1), Event(), Event()
    called: list[int] = []

    def wait() -> None:
        started.set()
        ended.wait(60)

    first = threads.submit(wait)
    assert started.wait(60)
    second, third = threads.submit(lambda: called.append(2)), threads.submit(lambda: called.append(3))
    assert second.cancel()
    ended.set()
    third.result(60)
    first.result(60)
    threads.close()
    assert called == [3]
