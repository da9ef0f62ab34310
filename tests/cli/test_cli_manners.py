"""The command among other programs: signals, closed streams, terminals, secrets, and the settings of the AWS CLI."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import signal
import subprocess
import sys
from modulefinder import ModuleFinder
from pathlib import Path

import pytest
from cli_support import MANUAL, Session, line, run
from click.testing import CliRunner

import lightsail_copy
from lightsail_copy.__main__ import main
from lightsail_copy.cli import app
from lightsail_copy.testing import FakeLightsail, faults

COMMAND = (sys.executable, "-m", "lightsail_copy")
WITHOUT_REGION = MANUAL[:-2]
SNAPSHOTS = ("snapshots", "--region", "us-east-1")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the path of a configuration file, the only source of AWS settings there is."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    path = tmp_path / "config"
    path.write_text("")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither SIGHUP nor nohup")
@pytest.mark.parametrize("name", ["SIGHUP", "SIGTERM"])
def test_a_signal_is_an_interrupt_and_one_that_was_ignored_from_the_start_stays_ignored(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["lightsail-copy", *MANUAL, "--demo"])
    number = getattr(signal, name)
    before = signal.getsignal(number)
    found: list[object] = []
    for handler in (signal.SIG_DFL, signal.SIG_IGN):
        signal.signal(number, handler)
        try:
            with pytest.raises(SystemExit) as ended:
                main()
            assert ended.value.code == 0
            found.append(signal.getsignal(number))
        finally:
            signal.signal(number, before)
    assert found == [signal.default_int_handler, signal.SIG_IGN]


@pytest.mark.skipif(os.name != "posix", reason="a way of POSIX shells to close a stream")
def test_with_standard_error_closed_only_the_result_is_on_standard_output() -> None:
    command = " ".join([*COMMAND, *MANUAL, "--demo"])
    ended = subprocess.run(["/bin/sh", "-c", f"{command} 2>&-"], stdout=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 0
    assert list(json.loads(ended.stdout)) == ["operations", "adopted"]


@pytest.mark.parametrize("words", [["manual", "--demo"], ["nonsense"], []], ids=["problems", "usage", "help"])
def test_with_standard_error_closed_nothing_that_belongs_there_is_on_standard_output(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stderr", None)  # as Python has it where the stream is closed
    with pytest.raises(SystemExit) as ended:
        app.main(words)
    assert ended.value.code == 2
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(os.name != "posix", reason="as above")
def test_an_interrupt_with_standard_error_closed_writes_nothing() -> None:
    script = "import os, signal, sys; os.close(2); os.execv(sys.executable, sys.argv[1:])"
    command = [sys.executable, "-c", script, *COMMAND, *MANUAL, "--demo", "--wait", "--output", "text"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        # The process is interrupted while it loads its modules, or while it waits: neither writes anything.
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate()
    assert (process.returncode != 0, out) == (True, "")


@pytest.mark.parametrize("command", ["fleet", "prune"])
def test_with_standard_input_closed_a_file_that_is_read_from_it_is_a_bad_request(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)  # as Python has it where the stream is closed
    with pytest.raises(SystemExit) as ended:
        app.main([command, "-"])
    assert ended.value.code == 2
    assert "standard input is closed" in capsys.readouterr().err


def test_json_has_letters_as_the_aws_cli_prints_them_and_control_characters_escaped(fake: FakeLightsail) -> None:
    words = ("snapshots", "--region", "us-east-1", "--query", "'caf\u00e9 \u9b3c\x7f\x9b2J\u202e\u2028'")
    assert run(fake, *words).stdout == '"caf\u00e9 \u9b3c\\u007f\\u009b2J\\u202e\\u2028"\n'


def test_a_result_that_the_encoding_of_standard_output_lacks_ends_in_a_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("snapshots", "--region", "us-east-1", "--demo", "--query", "'\u00e9'", "--output")
    stream = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(stream, "ascii"))
    with pytest.raises(SystemExit) as ended:
        app.main([*words, "text"])
    assert ended.value.code == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.endswith("standard output (its encoding, ascii, lacks a character: use --output json)")
    with pytest.raises(SystemExit) as ended:
        app.main([*words, "json"])
    assert ended.value.code == 0
    assert stream.getvalue() == b'"\\u00e9"\n'


@pytest.mark.parametrize("words", [MANUAL, (*MANUAL, "--debug")], ids=["sentence", "traceback"])
def test_escape_codes_of_the_service_are_written_as_text(fake: FakeLightsail, words: tuple[str, ...]) -> None:
    fake.fail_next("CopySnapshot", faults.error("InvalidInputException", "No \x1b[31mway\x07\x9b2J."))
    result = run(fake, *words)
    assert r"No \x1b[31mway\x07\x9b2J" in result.stderr
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", result.stderr)


@pytest.mark.parametrize("output", ["json", "table", "text"])
def test_escape_codes_in_a_result_are_written_as_text(fake: FakeLightsail, output: str) -> None:
    def edited(response: dict[str, list[dict[str, object]]]) -> object:
        response["instanceSnapshots"][0]["state"] = "\x1b[2Javailable"
        return response

    fake.fail_next("GetInstanceSnapshots", faults.edited_response(edited))
    result = run(fake, *SNAPSHOTS, "--output", output)
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout
    assert "[2Javailable" in result.stdout


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("secret", ["s3cret", "a/b@c"])
@pytest.mark.parametrize("words", [("--debug", "--wait"), ("--wait",), ("-v",)])
def test_a_password_in_the_endpoint_is_in_no_output(
    words: tuple[str, ...], secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    result = CliRunner().invoke(app, [*MANUAL, *words, "--endpoint-url", f"http://user:{secret}@127.0.0.1:9"])
    assert result.exit_code != 0
    assert result.stderr
    for text in (result.stdout, result.stderr):
        assert secret not in text
        assert secret.partition("@")[0] not in text


def test_a_password_is_not_in_the_command_that_resumes(fake: FakeLightsail) -> None:
    result = run(fake, *MANUAL, "--wait", "--timeout", "1", "--endpoint-url", "http://user:s3cret@127.0.0.1:9")
    assert result.exit_code == 4
    assert "--endpoint-url 'http://***@127.0.0.1:9'" in result.stderr.replace(
        "http://***@127.0.0.1:9", "'http://***@127.0.0.1:9'"
    )
    assert "s3cret" not in result.stderr


def test_the_region_is_found_as_the_aws_cli_finds_it_and_is_said(
    aws: Path, fake: FakeLightsail, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.write_text("[default]\nregion = eu-west-1\n[profile work]\nregion = eu-west-2\n")

    def said(*words: str) -> list[str]:
        return (
            CliRunner()
            .invoke(app, ["snapshots", *words, "--endpoint-url", "http://127.0.0.1:9"])
            .stderr.splitlines()[:1]
        )

    assert said() == ["Region: eu-west-1, from the profile default."]
    assert said("--profile", "work") == ["Region: eu-west-2, from the profile work."]
    monkeypatch.setenv("AWS_PROFILE", "work")
    assert said() == ["Region: eu-west-2, from the profile work."]
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-2")
    assert said() == ["Region: us-east-2, from AWS_DEFAULT_REGION."]
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    assert said() == ["Region: us-west-2, from AWS_REGION."]
    assert not any(text.startswith("Region: ") for text in said("--region", "us-east-1"))


@pytest.mark.usefixtures("aws")
def test_a_copy_goes_to_the_region_that_was_said(fake: FakeLightsail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "ap-south-1")
    result = run(fake, *WITHOUT_REGION, session=Session(fake, region_name="eu-west-1"))
    assert (result.exit_code, result.stderr) == (0, "Region: ap-south-1, from AWS_REGION.\n")
    assert [call.region for call in fake.calls] == ["ap-south-1"]


@pytest.mark.usefixtures("aws")
def test_a_wrong_region_of_the_environment_is_named(fake: FakeLightsail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-wset-2")
    result = run(fake, *WITHOUT_REGION)
    assert (result.exit_code, fake.calls) == (2, ())
    assert result.stderr.startswith("Error: AWS_REGION: 'us-wset-2' is not a Lightsail Region.")


@pytest.mark.usefixtures("aws")
def test_the_form_of_the_result_is_found_as_the_aws_cli_finds_it(
    fake: FakeLightsail, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(fake, output="text")
    assert run(fake, *SNAPSHOTS, session=session).stdout.startswith("web-1-monday\t")
    monkeypatch.setenv("AWS_DEFAULT_OUTPUT", "table")
    assert run(fake, *SNAPSHOTS, session=session).stdout.startswith("NAME ")
    assert run(fake, *SNAPSHOTS, "--output", "json", session=session).stdout.startswith("{")
    monkeypatch.setenv("AWS_DEFAULT_OUTPUT", "yaml")
    result = run(fake, *SNAPSHOTS, session=session)
    assert (result.exit_code, result.stdout[0]) == (0, "{")
    assert result.stderr == "Output: json; the AWS configuration asks for yaml, which is not supported.\n"


def test_the_output_of_a_profile_counts(aws: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aws.write_text("[profile work]\noutput = yaml-stream\n")
    words = [*SNAPSHOTS, "--profile", "work", "--endpoint-url", "http://127.0.0.1:9"]
    assert "the AWS configuration asks for yaml-stream" in CliRunner().invoke(app, words).stderr


@pytest.mark.measured
@pytest.mark.parametrize(
    ("config", "env", "sentence"),
    [
        ("credential_process = echo nonsense", {}, "the output of credential_process is not JSON"),
        (
            "credential_process = /no/such/helper",
            {},
            "/no/such/helper, which the AWS configuration names, cannot be used",
        ),
        ("", {"AWS_MAX_ATTEMPTS": "abc"}, "a setting must be an integer"),
        ("max_attempts = abc", {}, "correct the number in ~/.aws/config, such as max_attempts"),
        (
            "web_identity_token_file = /no/such/token\nrole_arn = arn:aws:iam::123456789012:role/any",
            {},
            "/no/such/token, which the AWS configuration names, cannot be used",
        ),
    ],
    ids=["process", "helper", "environment", "integer", "token"],
)
def test_an_error_of_the_set_up_has_a_remedy_of_its_own(
    aws: Path, config: str, env: dict[str, str], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.write_text(f"[default]\n{config}\n")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(app, [*SNAPSHOTS, "--endpoint-url", "http://127.0.0.1:9"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr
    assert "endpoint" not in result.stderr.lower()
    assert result.stderr.count("\n") == 1


def test_a_setting_of_the_environment_that_is_not_an_integer_is_named(
    aws: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "abc")
    result = CliRunner().invoke(app, [*SNAPSHOTS])
    assert (result.exit_code, result.stderr.endswith("correct AWS_MAX_ATTEMPTS\n")) == (2, True)


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("variable", "remedy"),
    [("AWS_USE_FIPS_ENDPOINT", "AWS_USE_FIPS_ENDPOINT"), ("AWS_USE_DUALSTACK_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT")],
)
def test_the_setting_of_a_variant_is_named_where_its_host_is_not_found(
    fake: FakeLightsail, variable: str, remedy: str
) -> None:
    hosts = {
        "AWS_USE_FIPS_ENDPOINT": "https://lightsail-fips.us-west-2.amazonaws.com/",
        "AWS_USE_DUALSTACK_ENDPOINT": "https://lightsail.us-west-2.api.aws/",
    }
    fake.fail_next("CopySnapshot", faults.connection_refused())
    from botocore.exceptions import EndpointConnectionError  # noqa: PLC0415 - beside its only use

    from lightsail_copy.cli.failures import explain  # noqa: PLC0415 - as above

    error = lightsail_copy.ServiceUnreachableError(
        str(EndpointConnectionError(endpoint_url=hosts[variable])), may_have_arrived=False
    )
    stop = explain(error)
    assert stop.status == 75
    assert [remedy in note for note in stop.notes] == [True]


def test_a_tool_that_makes_one_file_of_a_program_sees_every_module() -> None:
    package = Path(lightsail_copy.__file__).parent
    finder = ModuleFinder(path=[str(package.parent)])
    finder.run_script(str(package / "__main__.py"))
    modules = {f"lightsail_copy.cli.{path.stem}" for path in (package / "cli").glob("*.py") if path.stem != "__init__"}
    assert len(modules) > 8
    assert modules <= finder.modules.keys()
    missing = set(finder.badmodules)
    assert {"click", "rich.console", "jmespath"} <= missing | finder.modules.keys()
    assert not any(name.startswith("lightsail_copy.") and "." not in name for name in missing)


def test_verbose_shows_what_is_called_where_and_how_long_it_took(fake: FakeLightsail) -> None:
    result = run(fake, *MANUAL, "-v")
    assert result.exit_code == 0
    assert re.search(r"^us-west-2: copy_snapshot returned in \d+\.\d{3} s", result.stderr, re.MULTILINE)
    assert logging.getLogger("lightsail_copy").handlers == []
    assert run(fake, "-v", *SNAPSHOTS).stderr.count("us-east-1: ") >= 2


def test_the_events_of_a_copy_are_lines_on_standard_error(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))
    fake.fail_next("GetOperationsForResource", faults.throttled(), times=5)
    result = run(fake, *MANUAL)
    assert result.exit_code == 0
    assert [text.split(":")[0] for text in result.stderr.splitlines()] == ["us-west-2", "us-west-2"]
    assert "looking up what became of the copy" in result.stderr


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("1.5", 1.5), ("90s", 90), ("2m", 120), ("1h", 3600), ("0.05d", 4320)]
)
def test_a_timeout_is_seconds_or_has_a_unit(text: str, seconds: float) -> None:
    fake = FakeLightsail(copy_duration=90000)
    fake.add_manual_snapshot("web-1-monday", "us-east-1")
    result = run(fake, *MANUAL, "--wait", "--timeout", text)
    assert result.exit_code == 4
    assert f"the wait timed out after {seconds:.0f} s" in result.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["manul"], "No such command 'manul'. Did you mean 'manual'? -- see "),
        (["copy-snapshot"], "Use manual for --source-snapshot-name, or auto for --source-resource-name -- see "),
        (["get-operation"], "No such command 'get-operation'. Use wait -- see "),
        (["zzz"], "No such command 'zzz' -- see "),
        (["help", "zzz"], "No such command 'zzz' -- see "),
        (["manual", "--sorce-region", "x"], "--source-region"),
    ],
)
def test_a_slip_gets_a_suggestion(words: list[str], sentence: str) -> None:
    result = CliRunner().invoke(app, words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


@pytest.mark.parametrize("words", [["help"], ["help", "manual"], ["help", "fleet"]])
def test_help_is_a_command_too(words: list[str]) -> None:
    result = CliRunner().invoke(app, words)
    assert (result.exit_code, result.stdout) == (0, CliRunner().invoke(app, [*words[1:], "--help"]).stdout)


@pytest.mark.parametrize("command", ["manual", "auto", "fleet", "prune", "wait", "auto-snapshots", "snapshots"])
def test_the_help_has_the_shared_options_apart(command: str) -> None:
    text = CliRunner().invoke(app, [command, "--help"]).stdout
    own, shared = text.split("Options of every command:")
    assert "--profile" not in own
    assert {"--region", "--profile", "--endpoint-url", "--query", "-v, --verbose"} <= set(
        re.findall(r"^  (-[-\w, ]*--?\w[-\w]*|--[-\w]+)", shared, re.MULTILINE)
    )


def test_the_help_marks_the_required_options() -> None:
    text = " ".join(CliRunner().invoke(app, ["manual", "--help"]).stdout.split())
    for name in ("--source-region", "--source-snapshot-name", "--target-snapshot-name"):
        part = text[text.index(f"{name} ", text.index("Options:")) :]
        assert part.index("[required]") < part.index(" --", 3)


def test_the_error_of_an_expression_keeps_its_caret(fake: FakeLightsail) -> None:
    result = run(fake, *SNAPSHOTS, "--query", "operations[?a==")
    assert result.exit_code == 2
    first, *drawing = result.stderr.splitlines()
    assert first.startswith("Error: --query is not a JMESPath expression: ")
    assert [text.strip() for text in drawing][-1] == "^"
    assert "operations[?a==" in result.stderr


def test_text_has_iso_timestamps(fake: FakeLightsail) -> None:
    cells = run(fake, *SNAPSHOTS, "--output", "text").stdout.splitlines()[0].split("\t")
    assert "2026-01-01T00:00:00+00:00" in cells


def test_options_of_a_fleet_reach_the_library(fake: FakeLightsail, tmp_path: Path) -> None:
    path = tmp_path / "fleet.jsonl"
    path.write_text(json.dumps(line()))
    fake.add_manual_snapshot("web-1-monday-2026-01-01", "us-west-2")
    assert run(fake, "fleet", str(path), "--if-exists", "raise").exit_code == 3
    slow = [json.dumps(line(targetSnapshotName=f"web-{number}")) for number in range(3)]
    path.write_text("\n".join(slow))
    clock = fake.clock
    started = clock.monotonic()
    assert run(fake, "fleet", str(path), "--no-wait", "--max-rate", "0.1").exit_code == 0
    assert clock.monotonic() - started >= 20


@pytest.mark.parametrize(("name", "value"), [("--max-rate", "0"), ("--lookup-timeout", "9999999999")])
def test_an_option_of_a_fleet_that_is_not_valid_is_reported_by_its_name_before_any_call(
    fake: FakeLightsail, tmp_path: Path, name: str, value: str
) -> None:
    path = tmp_path / "fleet.jsonl"
    latest = {"sourceResourceName": "web-1", "useLatestRestorableAutoSnapshot": True}
    path.write_text(json.dumps({**line(), **latest, "sourceSnapshotName": None}))
    result = run(fake, "fleet", str(path), name, value)
    assert (result.exit_code, fake.calls) == (2, ())
    assert result.stderr.startswith(f"Error: {name}: ")


def test_the_lookups_of_a_fleet_last_as_long_as_the_option_says(fake: FakeLightsail, tmp_path: Path) -> None:
    path = tmp_path / "fleet.jsonl"
    path.write_text(json.dumps(line()))
    waited: list[float] = []
    for timeout in ("60", "20m"):
        fake.fail_next("CopySnapshot", faults.connection_closed(), times=1)
        fake.fail_next("GetOperationsForResource", faults.service_fault(), times=999)
        started = fake.clock.monotonic()
        assert run(fake, "fleet", str(path), "--lookup-timeout", timeout).exit_code in {3, 75}
        waited.append(fake.clock.monotonic() - started)
        fake.reset()
        fake.add_manual_snapshot("web-1-monday", "us-east-1")
    assert 55 <= waited[0] <= 200
    assert 1100 <= waited[1] <= 1500


@pytest.mark.skipif(sys.platform == "win32", reason="the helper of the profile is a shell's command")
@pytest.mark.parametrize("section", ["profile nightly", "default"])
def test_a_profile_signs_in_once_for_all_regions(
    fake: FakeLightsail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, section: str
) -> None:
    signed_in, config, path = (tmp_path / name for name in ("signed-in", "config", "fleet.jsonl"))
    keys = json.dumps({"Version": 1, "AccessKeyId": "any", "SecretAccessKey": "any"}).replace('"', '\\"')
    config.write_text(f"[{section}]\ncredential_process = sh -c 'echo once >> {signed_in}; echo \"{keys}\"'\n")
    path.write_text("\n".join(json.dumps(line(target=region)) for region in ("us-west-2", "eu-west-1", "eu-west-2")))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    if section != "default":
        monkeypatch.setenv("AWS_PROFILE", "nightly")
    with fake.serve() as url:
        result = CliRunner().invoke(app, ["fleet", str(path), "--no-wait", "--endpoint-url", url])
    assert result.exit_code == 0, result.stderr
    assert signed_in.read_text() == "once\n"
