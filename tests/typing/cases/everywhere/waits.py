"""A wait takes operations or ids, durations as seconds or `timedelta`, and anything that tells the time and sleeps."""

import time
from collections.abc import Iterator
from datetime import timedelta

from typing_extensions import assert_type

from lightsail_copy import CopySnapshotResult, Operation, PollSchedule, wait_for_operations, watch_operations
from lightsail_copy.typing import Clock, OperationClient


class Metronome:
    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        pass


class Sleeper:
    def sleep(self, seconds: float) -> None:
        pass


def accepted(client: OperationClient, result: CopySnapshotResult, operation: Operation, ids: list[str]) -> None:
    assert_type(wait_for_operations(client, result.operations), tuple[Operation, ...])
    assert_type(watch_operations(client, result.operations), Iterator[tuple[Operation, ...]])
    wait_for_operations(client, operation)
    wait_for_operations(client, operation.id)
    wait_for_operations(client, ids)
    wait_for_operations(client, [operation])
    wait_for_operations(client, {"1", "2"})
    wait_for_operations(client, [operation, "2"])
    wait_for_operations(client, (each for each in ids))
    wait_for_operations(client, ids, timeout=60)
    wait_for_operations(client, ids, timeout=0.5)
    wait_for_operations(client, ids, timeout=timedelta(minutes=5))
    wait_for_operations(client, ids, timeout=None)
    wait_for_operations(client, ids, schedule=PollSchedule(), clock=time)
    wait_for_operations(client, ids, clock=Metronome())
    for seen in watch_operations(client, ids, timeout=60, schedule=PollSchedule(min_delay=1), clock=Metronome()):
        assert_type(seen, tuple[Operation, ...])
    clock: Clock = time


def rejected_by_a_wait(client: OperationClient, result: CopySnapshotResult, ids: list[str]) -> None:
    wait_for_operations(client)  # reject
    wait_for_operations(client, None)  # reject
    wait_for_operations(client, 1)  # reject
    wait_for_operations(client, [1])  # reject
    wait_for_operations(client, result)
    wait_for_operations(client, ids, 60)  # reject: a keyword
    wait_for_operations(client, ids, timeout="60")  # reject
    wait_for_operations(client, ids, schedule=5)  # reject
    wait_for_operations(client, ids, schedule=None)  # reject
    wait_for_operations(client, ids, schedule=PollSchedule)  # reject: the class
    wait_for_operations(client, ids, clock=Sleeper())  # reject: it cannot tell the time
    wait_for_operations(client, ids, clock=time.monotonic)  # reject
    wait_for_operations(client, ids, clock=None)  # reject
    wait_for_operations(client, ids, interval=5)  # reject
    wait_for_operations(client, ids).operations  # reject: it is the tuple itself


def rejected_by_a_watch(client: OperationClient, ids: list[str]) -> None:
    watch_operations(client, None)  # reject
    watch_operations(client, [1])  # reject
    watch_operations(client, ids, 60)  # reject: a keyword
    watch_operations(client, ids, timeout="60")  # reject
    watch_operations(client, ids, clock=Sleeper())  # reject
    watch_operations(client, ids)[0]  # reject: an iterator


def schedules(schedule: PollSchedule, duration: timedelta) -> None:
    PollSchedule()
    PollSchedule(fraction=0.1, min_delay=1, max_delay=timedelta(minutes=2))
    PollSchedule(error_tolerance=duration, not_found_tolerance=duration)
    assert_type(schedule.fraction, float)
    assert_type(schedule.min_delay, float)  # reject by zuban: its input type
    assert_type(schedule.max_delay, float)  # reject by zuban
    assert_type(schedule.error_tolerance, float)  # reject by zuban
    assert_type(schedule.not_found_tolerance, float)  # reject by zuban
    assert_type(schedule.delay(60.0, 0.5), float)
    PollSchedule(0.1)  # reject: keywords only
    PollSchedule(min_delay="5")  # reject
    PollSchedule(max_delay=None)  # reject
    PollSchedule(fraction=duration)  # reject: a number
    PollSchedule(error_tolerance="600")  # reject
    PollSchedule(interval=5)  # reject
