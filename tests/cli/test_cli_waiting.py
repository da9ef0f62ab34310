"""`--wait` and `wait`: how a wait goes, what it says, and how it ends."""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

import shlex
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import UnauthorizedSSOTokenError
from cli_support import MANUAL, Session, operations, run, without_ids

from lightsail_copy import ManualSnapshotCopy, copy_snapshot
from lightsail_copy.testing import FakeClock, FakeLightsail, faults


class ClockWithCtrlC(FakeClock):
    """Time that is interrupted at the first sleep."""

    def sleep(self, seconds: float) -> None:
        raise KeyboardInterrupt


def begin(fake: FakeLightsail, name: str = "web-1-monday") -> str:
    """Begin a copy, and return its operation's id."""
    request = ManualSnapshotCopy(
        source_region="us-east-1", source_snapshot_name=name, target_snapshot_name=f"{name}-copy"
    )
    return copy_snapshot(fake.client("us-west-2"), request).operations[0].id


def test_with_wait_the_result_is_the_finished_operation(fake: FakeLightsail) -> None:
    result = run(fake, *MANUAL, "--wait")
    assert result.exit_code == 0
    assert [operation["status"] for operation in operations(result)] == ["Succeeded"]
    assert fake.clock.monotonic() >= 120


def test_without_a_terminal_a_wait_prints_a_line_only_when_a_status_changes(fake: FakeLightsail) -> None:
    assert without_ids(run(fake, *MANUAL, "--wait").stderr.splitlines()) == [
        "web-1-monday-copy (us-east-1 to us-west-2): Started, 0:00 so far (operation ID)",
        "web-1-monday-copy (us-east-1 to us-west-2): Succeeded after 2:00",
    ]
    assert len(fake.calls_of("GetOperation")) > 2
    assert not fake.calls_of("GetInstanceSnapshot")


def test_away_from_a_terminal_no_percentages_are_requested(fake: FakeLightsail) -> None:
    assert run(fake, "wait", begin(fake, "data-1-monday"), "--region", "us-west-2").exit_code == 0
    assert not fake.calls_of("GetDiskSnapshot")


def test_each_copy_has_its_own_lines(fake: FakeLightsail) -> None:
    first = begin(fake)
    fake.clock.advance(60)
    result = run(fake, "wait", first, begin(fake, "data-1-monday"), "--region", "us-west-2")
    assert [line.split()[0] for line in result.stderr.splitlines()] == [
        *("web-1-monday-copy", "data-1-monday-copy", "web-1-monday-copy", "data-1-monday-copy"),
    ]


def test_a_clock_behind_that_of_the_service_shows_no_negative_time(fake: FakeLightsail) -> None:
    clock = FakeClock(fake.clock.now() - timedelta(minutes=2))
    result = run(fake, *MANUAL, "--wait", "--timeout", "5", clock=clock)
    assert "web-1-monday-copy (us-east-1 to us-west-2): Started, 0:00 so far" in result.stderr


def test_wait_waits_for_several_copies_in_the_order_given(fake: FakeLightsail) -> None:
    ids = [begin(fake, "data-1-monday"), begin(fake)]
    result = run(fake, "wait", *ids, "--region", "us-west-2")
    assert result.exit_code == 0
    assert [operation["id"] for operation in operations(result)] == ids
    assert {operation["status"] for operation in operations(result)} == {"Succeeded"}


def test_hours_have_a_place_of_their_own(fake: FakeLightsail) -> None:
    fake = FakeLightsail(copy_duration=3661.0)
    fake.add_manual_snapshot("web-1-monday", "us-east-1")
    result = run(fake, *MANUAL, "--wait", "--timeout", "none")
    assert result.stderr.splitlines()[-1].endswith("Succeeded after 1:01:01")


def test_a_copy_that_fails_is_status_3_with_its_details(fake: FakeLightsail) -> None:
    fake.fail_next_copy("OutOfSpace", "There was no room.")
    result = run(fake, *MANUAL, "--wait")
    assert result.exit_code == 3
    assert [operation["status"] for operation in operations(result)] == ["Failed"]
    assert result.stderr.splitlines()[-1].startswith("Error: The operation failed: web-1-monday-copy (operation ")
    assert "OutOfSpace, There was no room." in result.stderr


def test_a_wait_that_timed_out_is_status_4_and_says_how_to_resume(fake: FakeLightsail) -> None:
    result = run(fake, *MANUAL, "--wait", "--timeout", "60")
    assert result.exit_code == 4
    (operation,) = operations(result)
    assert operation["status"] == "Started"
    *_, sentence, hint, command = result.stderr.splitlines()
    assert sentence == "Error: the wait timed out after 60 s; the copy goes on at AWS."
    assert hint == "To resume the wait:"
    assert command.split()[1:] == ["wait", operation["id"], "--region", "us-west-2"]


def test_the_command_of_the_hint_ends_the_wait(fake: FakeLightsail) -> None:
    first = run(fake, *MANUAL, "--wait", "--timeout", "60")
    command = shlex.split(first.stderr.splitlines()[-1])
    second = run(fake, *command[1:])
    assert second.exit_code == 0
    assert [operation["status"] for operation in operations(second)] == ["Succeeded"]


def test_the_hint_leaves_out_what_is_done(fake: FakeLightsail) -> None:
    done = begin(fake, "data-1-monday")
    fake.clock.advance(100)
    running = begin(fake)
    result = run(fake, "wait", done, running, running, "--region", "us-west-2", "--timeout", "60")
    assert result.stderr.splitlines()[-1].split()[1:] == ["wait", running, "--region", "us-west-2"]


def test_ctrl_c_says_that_the_copy_goes_on_and_how_to_resume(fake: FakeLightsail) -> None:
    words = ["--profile", "my work", "--endpoint-url", "http://localhost:1", "--allow-unknown-region"]
    result = run(fake, *MANUAL, "--wait", *words, clock=ClockWithCtrlC())
    assert (result.exit_code, result.stdout) == (130, "")
    *_, sentence, _, command = result.stderr.splitlines()
    assert sentence == "Interrupted: the copy goes on at AWS."
    (operation,) = fake.calls_of("GetOperation")
    assert shlex.split(command)[1:] == [
        *("wait", str(operation.parameters["operationId"]), "--region", "us-west-2"),
        *words,
    ]
    assert "'my work'" in command


def test_ctrl_c_before_any_response_still_names_the_ids(fake: FakeLightsail) -> None:
    result = run(fake, "wait", "1234", "--region", "us-west-2", clock=ClockWithCtrlC())
    assert result.exit_code == 130
    assert "wait 1234 --region us-west-2" in result.stderr


def test_ctrl_c_while_a_copy_is_being_requested_says_that_it_may_have_started(
    fake: FakeLightsail, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(FakeLightsail, "respond", interrupted)
    result = run(fake, *MANUAL)
    assert (result.exit_code, result.stdout) == (130, "")
    assert result.stderr.startswith("Interrupted: there was no response yet: the copy may have started.\n")
    assert result.stderr.endswith(" snapshots --region us-west-2\n")


def test_ctrl_c_elsewhere_is_status_130_too(fake: FakeLightsail, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(Session, "client", interrupted)
    result = run(fake, "snapshots", "--region", "us-west-2")
    assert (result.exit_code, result.stderr) == (130, "Interrupted: the command has stopped.\n")


def test_an_error_during_a_wait_does_not_lose_the_copy(fake: FakeLightsail) -> None:
    fake.fail_next("GetOperation", faults.access_denied())
    result = run(fake, *MANUAL, "--wait")
    assert result.exit_code == 1
    (operation,) = operations(result)
    *_, sentence, hint, command = result.stderr.splitlines()
    assert "(AccessDeniedException). Allow the action lightsail:GetOperation" in sentence
    assert sentence.endswith(" The copy goes on at AWS.")
    assert operation["id"] in command
    assert hint == "To resume the wait:"


def test_credentials_that_expire_during_a_wait_are_no_bad_request_because_the_copy_has_started(
    fake: FakeLightsail, monkeypatch: pytest.MonkeyPatch
) -> None:
    def response_fault(fake: FakeLightsail, region: str, operation: str, body: bytes) -> Any:
        if operation == "GetOperation":
            raise UnauthorizedSSOTokenError
        return respond_of_the_fake(fake, region, operation, body)

    respond_of_the_fake = FakeLightsail.respond
    monkeypatch.setattr(FakeLightsail, "respond", response_fault)
    result = run(fake, *MANUAL, "--wait")
    assert (result.exit_code, len(operations(result))) == (1, 1)
    assert "sign in again with `aws sso login`" in result.stderr


def test_what_was_seen_of_some_is_written_where_nothing_was_heard_of_others(fake: FakeLightsail) -> None:
    seen = begin(fake)
    result = run(fake, "wait", seen, "1234", "--region", "us-west-2", "--timeout", "6")
    assert result.exit_code == 4
    assert [operation["id"] for operation in operations(result)] == [seen]
    assert f"wait {seen} 1234 --region us-west-2" in result.stderr


def test_even_an_unforeseen_error_during_a_wait_does_not_lose_the_copy(
    fake: FakeLightsail, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the clock is broken")

    monkeypatch.setattr(FakeClock, "sleep", broken)
    result = run(fake, *MANUAL, "--wait")
    assert result.exit_code == 1
    (operation,) = operations(result)
    assert "something unexpected happened (RuntimeError: the clock is broken)" in result.stderr
    assert operation["id"] in result.stderr.splitlines()[-1]


def test_an_operation_that_is_nowhere_is_a_rejection_without_a_hint(fake: FakeLightsail) -> None:
    result = run(fake, "wait", "1234", "--region", "us-west-2")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    assert "NotFoundException" in result.stderr


def test_a_wait_that_timed_out_before_a_response_says_so(fake: FakeLightsail) -> None:
    fake.fail_next("GetOperation", faults.throttled(), times=9)
    result = run(fake, "wait", begin(fake), "--region", "us-west-2", "--timeout", "8")
    assert (result.exit_code, result.stdout) == (4, "")
    assert "Error: the wait timed out after 8 s; no operation was seen." in result.stderr


def test_a_wait_that_timed_out_does_not_say_that_a_copy_which_is_done_goes_on(fake: FakeLightsail) -> None:
    done = begin(fake)
    run(fake, "wait", done, "--region", "us-west-2")
    for _ in range(9):
        fake.fail_next("GetOperation", faults.edited_response(lambda response: response))
        fake.fail_next("GetOperation", faults.throttled())
    result = run(fake, "wait", done, "1234", "--region", "us-west-2", "--timeout", "8")
    assert (result.exit_code, "goes on" in result.stderr) == (4, False)
    assert "Error: the wait timed out after 8 s; an operation was not seen." in result.stderr


def test_a_wait_without_ids_and_without_a_region_says_both(fake: FakeLightsail) -> None:
    result = run(fake, "wait")
    assert result.exit_code == 2
    assert [line.split()[0].strip(":") for line in result.stderr.splitlines()[1:]] == ["OPERATION_ID", "--region"]


def test_a_blank_id_is_a_bad_request(fake: FakeLightsail) -> None:
    result = run(fake, "wait", " ", "--region", "us-west-2")
    assert (result.exit_code, fake.calls) == (2, ())
    assert "OPERATION_ID: ' ' must be a string that is not blank" in result.stderr


@pytest.mark.parametrize("timeout", ["-1", "nan", "inf", "5w", "1h30", "", "٣"])
def test_what_is_not_a_time_out_is_rejected_before_anything_is_sent(fake: FakeLightsail, timeout: str) -> None:
    result = run(fake, *MANUAL, "--wait", "--timeout", timeout)
    assert (result.exit_code, result.stdout, fake.calls) == (2, "", ())
    assert "must be a duration such as 600 (seconds), 90m or 2h, or none for no limit" in result.stderr


def test_a_time_out_without_a_wait_is_rejected(fake: FakeLightsail) -> None:
    result = run(fake, *MANUAL, "--timeout", "60")
    assert (result.exit_code, fake.calls) == (2, ())
    assert result.stderr == "Error: --timeout needs --wait: add --wait, or leave out --timeout.\n"


def test_a_copy_adopted_as_failed_is_status_3_without_a_wait_too(fake: FakeLightsail) -> None:
    def failed(response: Any) -> Any:
        response["operations"][0] |= {"status": "Failed", "isTerminal": True}
        return response

    fake.fail_next("CopySnapshot", faults.edited_response(failed))
    result = run(fake, *MANUAL)
    assert result.exit_code == 3
    assert len(operations(result)) == 1
