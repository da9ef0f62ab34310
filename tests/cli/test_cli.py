"""`manual` and `auto`: what is asked, what is written, and how it ends."""

from __future__ import annotations

import re
import shlex

import pytest
from cli_support import AUTO, LATEST, MANUAL, Session, operations, run

from lightsail_copy import Operation, RegionName
from lightsail_copy.testing import FakeClock, FakeLightsail, faults


def copy_calls(fake: FakeLightsail) -> list[tuple[str, object]]:
    return [(call.region, call.parameters) for call in fake.calls_of("CopySnapshot")]


def test_manual_sends_exactly_what_its_options_say(fake: FakeLightsail) -> None:
    assert run(fake, *MANUAL).exit_code == 0
    sent = {
        "sourceRegion": "us-east-1",
        "sourceSnapshotName": "web-1-monday",
        "targetSnapshotName": "web-1-monday-copy",
    }
    assert copy_calls(fake) == [("us-west-2", sent)]


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        (["--restore-date", "2025-12-30"], {"restoreDate": "2025-12-30"}),
        ([LATEST], {"useLatestRestorableAutoSnapshot": True}),
        (
            ["--restore-date", "2025-12-30", "--no-use-latest-restorable-auto-snapshot"],
            {"restoreDate": "2025-12-30"},
        ),
    ],
)
def test_auto_sends_exactly_what_its_options_say(
    fake: FakeLightsail, options: list[str], sent: dict[str, object]
) -> None:
    assert run(fake, *AUTO, *options).exit_code == 0
    common = {"sourceRegion": "us-east-1", "sourceResourceName": "web-1", "targetSnapshotName": "web-1-copy"}
    assert copy_calls(fake) == [("us-west-2", {**common, **sent})]


def test_the_result_is_the_json_of_the_aws_cli_and_nothing_else(fake: FakeLightsail) -> None:
    result = run(fake, *MANUAL)
    assert result.stderr == ""
    assert result.stdout.startswith('{\n    "operations": [\n        {\n            "id": "')
    (operation,) = operations(result)
    assert list(operation) == [
        *("id", "resourceName", "resourceType", "createdAt", "location", "isTerminal", "operationDetails"),
        *("operationType", "status", "statusChangedAt"),
    ]
    assert Operation.from_dict(operation).location.region_name is RegionName.US_WEST_2


def test_text_output_is_a_table_without_colour_and_without_trailing_spaces(fake: FakeLightsail) -> None:
    result = run(fake, *MANUAL, "--output", "table")
    head, row = result.stdout.splitlines()
    assert head.split() == ["NAME", "SOURCE", "REGION", "STATUS", "CREATED", "ID"]
    assert row.startswith("web-1-monday-copy  us-east-1:web-1-monday  us-west-2  Started  2026-01-01 00:00 UTC  ")
    assert head.index("REGION") == row.index("us-west-2")
    assert head == head.rstrip()


def test_the_region_is_the_configured_one_where_none_is_given(fake: FakeLightsail) -> None:
    result = run(fake, *MANUAL[:-2], session=Session(fake, region_name="eu-west-1"))
    assert result.stderr == "Region: eu-west-1, from the profile default.\n"
    assert [region for region, _ in copy_calls(fake)] == ["eu-west-1"]


def test_a_region_that_is_given_empty_is_not_the_configured_one(fake: FakeLightsail) -> None:
    result = run(fake, *MANUAL[:-1], "", session=Session(fake, region_name="eu-west-1"))
    assert (result.exit_code, fake.calls) == (2, ())
    assert result.stderr.startswith("Error: --region: '' is ")


def test_the_profile_and_the_address_reach_the_client(fake: FakeLightsail) -> None:
    session = Session(fake)
    run(fake, *MANUAL, "--profile", "work", "--endpoint-url", "http://127.0.0.1:4566", session=session)
    assert (session.profiles, session.endpoints) == (["work"], ["http://127.0.0.1:4566"])


def test_shared_options_may_be_before_the_command_and_those_after_it_win(fake: FakeLightsail) -> None:
    result = run(fake, "--region", "eu-west-1", "--output", "table", "--profile", "work", *MANUAL)
    assert [region for region, _ in copy_calls(fake)] == ["us-west-2"]
    assert result.stdout.startswith("NAME ")


def test_all_problems_are_printed_at_once_under_the_names_of_their_options(fake: FakeLightsail) -> None:
    words = ["auto", "--source-region", "us-esat-1", "--target-snapshot-name", "a b", "--region", "us-wset-2"]
    result = run(fake, *words, "--restore-date", "2026-02-30", "--timeout", "5")
    assert (result.exit_code, result.stdout, fake.calls) == (2, "", ())
    head, *problems = result.stderr.splitlines()
    assert head == "Error: 6 problems:"
    assert [problem.split()[0].strip(":") for problem in problems] == [
        *("--source-region", "--source-resource-name", "--target-snapshot-name", "--restore-date", "--region"),
        "--timeout",
    ]
    assert "Did you mean 'us-east-1'?" in problems[0]
    assert "--source-resource-name is missing: give the instance or disk" in problems[1]
    assert "Did you mean 'us-west-2'?" in problems[4]


def test_the_problems_of_the_region_and_of_the_request_are_printed_together(fake: FakeLightsail) -> None:
    result = run(fake, "manual")
    assert [line.split()[0].strip(":") for line in result.stderr.splitlines()[1:]] == [
        *("--source-region", "--source-snapshot-name", "--target-snapshot-name", "--region"),
    ]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            [],
            f"Error: --restore-date: must be a date, unless {LATEST} is given. Give one of the two.\n",
        ),
        (
            [LATEST, "--restore-date", "2025-12-30"],
            (f"Error: --restore-date: '2025-12-30' must be left out if {LATEST} is given. Leave one of the two out.\n"),
        ),
    ],
)
def test_both_and_neither_of_date_and_latest_are_bad_requests(
    fake: FakeLightsail, options: list[str], sentence: str
) -> None:
    result = run(fake, *AUTO, *options)
    assert (result.exit_code, result.stderr) == (2, sentence)


def test_a_region_newer_than_the_release_is_accepted_only_on_purpose(fake: FakeLightsail) -> None:
    words = ["manual", "--source-region", "xx-new-1", "--source-snapshot-name", "web"]
    words += ["--target-snapshot-name", "web", "--region", "xx-new-2"]
    fake.add_manual_snapshot("web", "xx-new-1")
    refused = run(fake, *words)
    assert refused.exit_code == 2
    assert refused.stderr.count("If the Region is newer than this release, allow it (--allow-unknown-region).") == 2
    assert run(fake, *words, "--allow-unknown-region").exit_code == 0
    assert [region for region, _ in copy_calls(fake)] == ["xx-new-2"]


def test_what_does_not_look_like_a_region_is_rejected_even_then(fake: FakeLightsail) -> None:
    result = run(fake, *MANUAL[:-1], "us east 1", "--allow-unknown-region")
    assert result.exit_code == 2
    assert "--region is Unrecognized" not in result.stderr
    assert "--region: 'us east 1'" in result.stderr


@pytest.mark.parametrize(
    "fault",
    [
        faults.access_denied(),
        faults.expired_token(),
        faults.region_not_set_up(),
        faults.error("SomethingNewException", "Something new."),
    ],
    ids=lambda fault: fault.name,
)
def test_a_rejection_is_one_line_and_status_1(fake: FakeLightsail, fault: faults.Fault) -> None:
    fake.fail_next("CopySnapshot", fault)
    result = run(fake, *MANUAL)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Error: " in result.stderr
    assert "An error occurred" not in result.stderr
    assert result.stderr.splitlines()[-1].startswith("Error: ")


@pytest.mark.parametrize(
    "fault",
    [faults.throttled(), faults.service_fault(), faults.service_unavailable(), faults.quota_exceeded()],
    ids=lambda fault: fault.name,
)
def test_what_may_pass_is_status_75(fake: FakeLightsail, fault: faults.Fault) -> None:
    fake.fail_next("CopySnapshot", fault)
    result = run(fake, *MANUAL)
    assert (result.exit_code, result.stdout) == (75, "")
    assert result.stderr.splitlines()[-1].startswith("Error: ")


def test_a_service_that_is_not_reached_may_pass_and_has_a_remedy(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.connection_refused())
    result = run(fake, *MANUAL)
    assert (result.exit_code, result.stdout) == (75, "")
    assert "Nothing was sent. Check the network" in result.stderr


def test_a_name_in_use_is_a_rejection(fake: FakeLightsail) -> None:
    fake.add_manual_snapshot("web-1-monday-copy", "us-west-2")
    result = run(fake, *MANUAL)
    assert result.exit_code == 1
    assert "Some names are already in use: web-1-monday-copy" in result.stderr
    assert "or adopt the existing copy (--if-exists adopt)." in result.stderr


def test_a_source_that_does_not_exist_is_a_rejection(fake: FakeLightsail) -> None:
    fake.remove("web-1-monday", "us-east-1")
    result = run(fake, *MANUAL)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Check the name and the Region of the source." in result.stderr


def test_a_copy_whose_response_is_lost_and_that_cannot_be_requested_has_an_unknown_outcome(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))
    fake.fail_next("GetOperationsForResource", faults.access_denied())
    result = run(fake, *MANUAL)
    assert (result.exit_code, result.stdout) == (5, "")
    assert "try again with --if-exists adopt" in result.stderr


def test_a_copy_whose_response_cannot_be_read_has_an_unknown_outcome(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.not_json(performed=False))
    result = run(fake, *MANUAL)
    assert (result.exit_code, result.stdout) == (5, "")
    assert "The copy may have started" in result.stderr


def test_a_copy_that_was_found_again_says_that_it_was_adopted(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))
    result = run(fake, *MANUAL)
    assert result.exit_code == 0
    assert len(operations(result)) == 1
    assert result.stderr.startswith("us-west-2: web-1-monday-copy: adopted operation ")


def test_a_second_run_adopts_the_copy_of_the_first_where_that_is_requested(fake: FakeLightsail) -> None:
    first = operations(run(fake, *MANUAL))
    refused = run(fake, *MANUAL)
    assert refused.exit_code == 1
    adopted = run(fake, *MANUAL, "--if-exists", "adopt")
    assert (adopted.exit_code, operations(adopted)) == (0, first)


@pytest.mark.parametrize("command", ["manual", "auto", "wait", "auto-snapshots", "snapshots"])
def test_the_help_of_each_command_has_an_example_that_runs(fake: FakeLightsail, command: str) -> None:
    text = run(fake, command, "-h").stdout
    example = re.search(r"Example, which needs no AWS account:\n((?:    .*\n)+)", text)
    assert example
    program, *words = shlex.split(example[1].replace("\\\n", ""))
    assert (program, words[0]) == ("lightsail-copy", command)
    assert run(fake, *words, clock=FakeClock()).exit_code == 0
