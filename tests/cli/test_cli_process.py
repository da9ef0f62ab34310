"""The command as a process of its own: pipes that close, packages that are missing, shells that complete."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest
from cli_support import MANUAL
from click.testing import CliRunner

from lightsail_copy import RegionName, cli
from lightsail_copy.__main__ import main
from lightsail_copy.cli import app

# Nothing of it may matter to the demo.
BAD_ENVIRONMENT = {
    "AWS_PROFILE": "none-such",
    "AWS_DEFAULT_REGION": "nowhere",
    "AWS_ENDPOINT_URL": "nothing",
    "AWS_CONFIG_FILE": "/nowhere/at/all",
}
COMMAND = (sys.executable, "-W", "error", "-m", "lightsail_copy")
SLOW = {"boto3", "botocore.session", "rich.console", "lightsail_copy.testing"}
SLOW_COMMANDS = {f"lightsail_copy.cli.{name}" for name in ("copies", "fleets", "snapshots")}
BLOCKED = """
import runpy, sys
sys.modules[{name!r}] = None
sys.argv = ["lightsail-copy", "--help"]
runpy.run_module("lightsail_copy", run_name="__main__")
"""


def test_the_demo_ignores_the_aws_settings_of_the_environment() -> None:
    ended = CliRunner().invoke(app, [*MANUAL, "--demo"], env=BAD_ENVIRONMENT)
    assert (ended.exit_code, ended.stderr.count("\n")) == (0, 1)
    assert json.loads(ended.stdout)["operations"][0]["resourceName"] == "web-1-monday-copy"


@pytest.mark.usefixtures("measured_processes")
@pytest.mark.parametrize("name", ["click", "rich"])
def test_without_the_extra_the_command_says_what_to_install(name: str) -> None:
    code = [sys.executable, "-c", BLOCKED.format(name=name)]
    ended = subprocess.run(code, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == f"Error: the command needs {name}: run pip install 'lightsail-copy[cli]'\n"


@pytest.mark.usefixtures("measured_processes")
def test_a_pipe_that_closes_early_is_not_a_error_and_changes_no_status() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run([*COMMAND, *MANUAL, "--demo"], stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert ended.returncode == 0
    assert ended.stderr.splitlines() == ["Demo: a Lightsail in memory, with sample data; no AWS account is used."]


def test_a_closed_standard_error_changes_nothing_either() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run([*COMMAND, *MANUAL, "--demo"], stdout=subprocess.PIPE, stderr=writer, text=True, check=False)
    os.close(writer)
    assert (ended.returncode, list(json.loads(ended.stdout))) == (0, ["operations", "adopted"])


@pytest.mark.usefixtures("measured_processes")
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux's")  # noqa: PTH110 - it is no file
def test_a_result_that_cannot_be_written_is_reported_without_a_traceback() -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123 - it is no file
        command = [*COMMAND, *MANUAL, "--demo"]
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 1
    error, operation = ended.stderr.splitlines()[1:]
    assert error == (
        "Error: the calls were made, but their result cannot be written to standard output (No space left on device)"
    )
    assert operation.startswith("web-1-monday-copy: Started (operation ")


def test_streams_that_are_closed_from_the_start_are_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)  # as Python has it where the stream is closed
    with pytest.raises(SystemExit) as ended:
        app.main([*MANUAL, "--demo", "--output", "table"])
    assert ended.value.code == 0


def test_the_help_lists_the_exit_statuses_and_how_to_complete_and_loads_nothing_slow() -> None:
    script = f"""
import atexit, sys
atexit.register(lambda: print(sorted({SLOW | SLOW_COMMANDS} & set(sys.modules)), file=sys.stderr))
from lightsail_copy.cli import app
app(["--help"])
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ended.stderr == "[]\n"
    assert [line.split()[0] for line in ended.stdout.partition("Exit status:\n")[2].splitlines()[:8]] == [
        *("0", "1", "2", "3", "4", "5", "75", "130"),
    ]
    assert "_LIGHTSAIL_COPY_COMPLETE=bash_source lightsail-copy" in ended.stdout


@pytest.mark.parametrize("option", ["--region", "--source-region"])
def test_a_shell_completes_regions(option: str) -> None:
    regions = [region for region in RegionName if region.startswith("eu-w")]
    assert completed(f"manual {option} eu-w", 3) == regions


def test_a_second_ctrl_c_at_the_end_of_the_process_prints_no_traceback() -> None:
    # What is registered first runs last.
    code = """
import atexit, os, signal, sys
atexit.register(os.kill, os.getpid(), signal.SIGINT)
from lightsail_copy.__main__ import main
sys.argv = ["lightsail-copy", "--version"]
main()
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (-signal.SIGINT, "")


def test_a_shell_completes_commands() -> None:
    assert completed("auto", 1) == ["auto", "auto-snapshots"]


def completed(words: str, index: int) -> list[str]:
    """Return what the shell is told for the word of an index."""
    env = {
        "_LIGHTSAIL_COPY_COMPLETE": "bash_complete",
        "COMP_WORDS": f"lightsail-copy {words}",
        "COMP_CWORD": str(index),
    }
    return [line.removeprefix("plain,") for line in CliRunner().invoke(app, env=env).stdout.splitlines()]


def test_the_console_script_is_the_same_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/lightsail-copy", "--help"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("Usage: ")


def test_ctrl_c_while_all_is_loaded_is_status_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "app", interrupted)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
