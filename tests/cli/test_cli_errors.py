"""Every end of the command is a sentence and a status: with the real boto3, without what it needs, and with bugs."""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import botocore.exceptions
import pytest
from cli_support import MANUAL, Session, run
from click.testing import CliRunner, Result

from lightsail_copy import ServiceError, ServiceUnreachableError
from lightsail_copy.cli import app
from lightsail_copy.cli.failures import explain
from lightsail_copy.testing import FakeLightsail, faults

if TYPE_CHECKING:
    from pathlib import Path

SSO = """\
[profile work]
sso_session = here
sso_account_id = 1
sso_role_name = copier
[sso-session here]
sso_start_url = https://example.com
sso_region = us-east-1
"""


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the path of a configuration file, the only source of AWS settings there is."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "config"
    path.write_text("")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return path


def real(*words: str) -> Result:
    """Run a command line with the real boto3."""
    return CliRunner().invoke(app, words)


def said(result: Result) -> str:
    """Return the one line of an error, of a bad request that wrote no result."""
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


@pytest.mark.usefixtures("aws")
def test_a_missing_region_says_what_to_set() -> None:
    assert said(real(*MANUAL[:-2])) == (
        "Error: --region is missing: give it, or set AWS_REGION or the region of a profile\n"
    )


@pytest.mark.usefixtures("aws")
def test_a_configured_region_that_is_wrong_says_where_it_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-wset-2")
    assert said(real(*MANUAL[:-2])).startswith(
        "Error: AWS_DEFAULT_REGION: 'us-wset-2' is not a Lightsail Region. Did you mean 'us-west-2'?"
    )


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("words", [MANUAL, ("snapshots", "--region", "us-west-2")], ids=lambda words: words[0])
def test_missing_credentials_say_what_to_set(words: tuple[str, ...]) -> None:
    assert "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with --profile" in said(real(*words))


@pytest.mark.usefixtures("aws")
def test_credentials_of_which_a_part_is_missing_name_the_part_and_show_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "not-to-be-shown")
    sentence = said(real(*MANUAL))
    assert "missing: AWS_SECRET_ACCESS_KEY" in sentence
    assert "not-to-be-shown" not in sentence


@pytest.mark.usefixtures("aws")
def test_an_unknown_profile_is_named_with_what_named_it(monkeypatch: pytest.MonkeyPatch) -> None:
    remedy = "use one that `aws configure list-profiles` lists"
    no_profile = "the AWS configuration has no profile"
    assert said(real(*MANUAL, "--profile", "work")) == f"Error: --profile: {no_profile} 'work': {remedy}\n"
    monkeypatch.setenv("AWS_PROFILE", "play")
    assert said(real(*MANUAL)) == f"Error: AWS_PROFILE: {no_profile} 'play': {remedy}\n"
    monkeypatch.setenv("AWS_DEFAULT_PROFILE", "first")
    assert said(real(*MANUAL)) == f"Error: AWS_DEFAULT_PROFILE: {no_profile} 'first': {remedy}\n"


def test_a_missing_sso_session_says_how_to_sign_in(aws: Path) -> None:
    aws.write_text(SSO)
    assert "sign in again with `aws sso login`" in said(real(*MANUAL, "--profile", "work"))


def test_a_configuration_that_cannot_be_read_is_named(aws: Path) -> None:
    aws.write_text("[[")
    sentence = said(real(*MANUAL))
    assert "an AWS configuration file cannot be parsed" in sentence
    assert str(aws) in sentence


def test_a_configuration_that_cannot_be_read_is_named_with_all_else_that_is_wrong(aws: Path) -> None:
    aws.write_text("[[")
    result = real("wait")
    assert result.exit_code == 2
    assert [line.split()[0].strip(":") for line in result.stderr.splitlines()[1:]] == ["OPERATION_ID", "an"]


@pytest.mark.usefixtures("aws")
def test_an_invalid_endpoint_url_says_what_its_form_is(monkeypatch: pytest.MonkeyPatch) -> None:
    how = "give --endpoint-url, or AWS_ENDPOINT_URL, as https://HOST or http://HOST:PORT\n"
    assert said(real(*MANUAL, "--endpoint-url", "nowhere")) == f"Error: Invalid endpoint: nowhere: {how}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", "nothing")
    assert said(real(*MANUAL)) == f"Error: Invalid endpoint: nothing: {how}"


@pytest.mark.measured
@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (
            botocore.exceptions.EndpointConnectionError(endpoint_url="http://x"),
            75,
            'Could not connect to the endpoint URL: "http://x": check the network, and --endpoint-url or',
        ),
        (botocore.exceptions.UnauthorizedSSOTokenError(), 2, "the SSO session cannot be used: sign in again with"),
        (botocore.exceptions.NoRegionError(), 2, "no Region is given: use --region, or set AWS_REGION"),
        (
            botocore.exceptions.InvalidRetryModeError(provided_retry_mode="x", valid_modes=()),
            2,
            "the AWS configuration",
        ),
        (botocore.exceptions.MD5UnavailableError(), 1, "the AWS client failed: This system does not support"),
        (
            botocore.exceptions.ClientError({"Error": {"Code": "X"}}, "GetThing"),
            1,
            "the service gave no message (X).",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_an_error_of_botocore_says_what_to_do(error: Exception, status: int, sentence: str) -> None:
    stop = explain(error)
    assert stop.status == status
    assert stop.sentences[0].startswith(sentence)


def test_a_service_that_is_not_reached_for_a_lasting_reason_is_status_1() -> None:
    error = ServiceUnreachableError("SSLError: no", may_have_arrived=False, may_pass=False, remedy="Trust it.")
    stop = explain(error)
    assert (stop.status, stop.sentences) == (1, (str(error),))
    ssl = botocore.exceptions.SSLError(endpoint_url="https://x", error=OSError("no"))
    assert (explain(ssl).status, "AWS_CA_BUNDLE" in explain(ssl).sentences[0]) == (1, True)


def test_an_error_of_value_that_is_no_setting_is_not_explained_as_one() -> None:
    for error in (ValueError("nobody thought of this"), OSError("no file")):
        assert "something unexpected happened" in explain(error).sentences[0]


def errors_of(cls: type[ServiceError]) -> list[type[ServiceError]]:
    return [cls, *(each for child in cls.__subclasses__() for each in errors_of(child))]


@pytest.mark.parametrize("cls", errors_of(ServiceError), ids=lambda cls: cls.__name__)
def test_the_advice_of_every_error_is_in_the_terms_of_the_command_line(cls: type[ServiceError]) -> None:
    (sentence,) = explain(cls({"Error": {"Code": "X", "Message": "No."}}, "CopySnapshot")).sentences
    assert sentence.startswith("No (X). ")
    assert not re.search(r"(?<!-)\b[a-z]+_[a-z_]+|Config\(|call again", sentence)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["manual", "--sorce-region", "x"], "No such option"),
        (["wiat"], "No such command 'wiat'"),
        (["manual", "--output", "yaml"], "Invalid value for '--output'"),
        (["auto-snapshots"], "Missing argument 'RESOURCE'"),
        (["--demo"], "Missing command"),
    ],
)
def test_a_slip_in_the_command_line_is_one_line_that_points_to_the_help(words: list[str], sentence: str) -> None:
    result = real(*words)
    assert said(result).startswith(f"Error: {sentence}")
    assert result.stderr.endswith(" --help\n")


def test_an_option_without_its_value_is_one_line_too() -> None:
    assert said(real("manual", "--region")) == "Error: Option '--region' requires an argument.\n"


def test_no_words_at_all_are_responded_to_by_the_help_on_standard_error() -> None:
    result = real()
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Usage: ")


@pytest.fixture
def with_a_bug(fake: FakeLightsail, monkeypatch: pytest.MonkeyPatch) -> FakeLightsail:
    """Return a fake to which no client can be made, for a reason that nobody has thought of."""

    def client(*_: Any, **__: Any) -> Any:
        raise KeyError("nobody thought of this")

    monkeypatch.setattr(Session, "client", client)
    return fake


def test_an_unforeseen_error_is_a_sentence_that_names_debug(with_a_bug: FakeLightsail) -> None:
    result = run(with_a_bug, *MANUAL)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "Error: something unexpected happened (KeyError: 'nobody thought of this'); --debug shows where\n"
    )


@pytest.mark.parametrize("words", [("--debug", *MANUAL), (*MANUAL, "--debug")], ids=["before", "behind"])
def test_debug_shows_the_traceback_before_the_sentence(with_a_bug: FakeLightsail, words: tuple[str, ...]) -> None:
    result = run(with_a_bug, *words)
    assert result.exit_code == 1
    assert result.stderr.startswith("Traceback (most recent call last):\n")
    assert result.stderr.splitlines()[-1].startswith("Error: something unexpected happened")


def test_debug_shows_the_error_behind_a_sentence_of_the_command(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.not_json(performed=False))
    result = run(fake, *MANUAL, "--debug")
    assert result.exit_code == 5
    assert "lightsail_copy.errors.UnexpectedResponseError: " in result.stderr
    assert "cli.status.Stop" not in result.stderr


def test_debug_shows_the_traceback_of_an_end_that_nothing_is_behind(fake: FakeLightsail) -> None:
    result = run(fake, "wait", "--debug")
    assert result.exit_code == 2
    assert "lightsail_copy.cli.failures.Stop: " in result.stderr


def test_advice_stays_in_the_terms_of_the_command_line_after_lookups(fake: FakeLightsail) -> None:
    fake.add_manual_snapshot("web-1-monday-copy", "us-west-2")
    result = run(fake, *MANUAL, "--if-exists", "adopt")
    assert result.exit_code == 1
    assert "found no operation with the name. Choose another target snapshot name" in result.stderr
