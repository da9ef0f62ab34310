"""What a terminal shows, read from a pseudo-terminal; time is the test's, and nothing is waited for."""

from __future__ import annotations

import io
import json
import os
import re
import struct
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from attrs import frozen
from cli_support import MANUAL, Session, without_ids

from lightsail_copy.cli import Tools, app, bars
from lightsail_copy.testing import FakeClock, FakeLightsail, faults

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Any: type checkers on a system without these modules know nothing of them.
fcntl: Any = pytest.importorskip("fcntl", reason="pseudo-terminals are POSIX's")
pty: Any = pytest.importorskip("pty", reason="pseudo-terminals are POSIX's")
termios: Any = pytest.importorskip("termios", reason="pseudo-terminals are POSIX's")

WAIT = (*MANUAL, "--wait")
DISK = (
    *("manual", "--source-region", "us-east-1", "--source-snapshot-name", "data-1-monday"),
    *("--target-snapshot-name", "data-1-monday-copy", "--region", "us-west-2", "--wait"),
)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@frozen
class Shown:
    """How a command ended, and all that it wrote to a terminal."""

    status: object
    raw: str

    @property
    def lines(self) -> list[str]:
        """What was drawn, line by line and frame by frame, without colours and movements."""
        plain = CONTROL.sub("", self.raw)
        return [line.rstrip() for line in re.split(r"[\r\n]+", plain) if line.strip()]


class InTurns:
    """The clock of a fake, on which the progress of disks is looked up once while the wait sleeps."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._go, self._looked = threading.Semaphore(0), threading.Semaphore(0)

    def time(self) -> float:
        return self._clock.time()

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def sleep(self, seconds: float) -> None:
        if threading.current_thread() is threading.main_thread():
            self._looked.acquire(timeout=60)
            self._clock.sleep(seconds)
            self._go.release()
        else:
            self._looked.release()
            self._go.acquire(timeout=60)


@pytest.fixture
def show(fake: FakeLightsail, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Shown]:
    """Return a function that runs a command line with standard error, another stream, or both, on a terminal."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")

    def run(
        *words: str,
        columns: int = 80,
        stream: str = "stderr",
        encoding: str = "utf-8",
        clock: FakeClock | InTurns = fake.clock,
    ) -> Shown:
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        pieces: list[bytes] = []
        reader = threading.Thread(target=read_all, args=(master, pieces))
        reader.start()
        with open(slave, "w", encoding=encoding) as terminal, monkeypatch.context() as patch:  # noqa: PTH123 - no path
            for name in ("stdout", "stderr") if stream == "both" else (stream,):
                patch.setattr(sys, name, terminal)
            patch.setenv("COLUMNS", str(columns))  # for rich, which asks the streams that the process started with
            with pytest.raises(SystemExit) as ended:
                app.main(list(words), prog_name=app.name, obj=Tools(open_session=Session(fake), clock=clock))
        reader.join()
        os.close(master)
        return Shown(ended.value.code, b"".join(pieces).decode(encoding))

    return run


def read_all(master: int, pieces: list[bytes]) -> None:
    """Take what is written to a terminal until it is closed, which Linux tells by an error."""
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:
            return
        if not piece:
            return
        pieces.append(piece)


def test_a_bar_is_drawn_while_a_copy_goes_on_and_stays_when_it_is_done(show: Callable[..., Shown]) -> None:
    shown = show(*WAIT)
    assert shown.status == 0
    assert re.fullmatch(r"  web-1-monday-copy us-east-1 → us-west-2 ━+\s+Started\s+0:00", shown.lines[0])
    assert re.fullmatch(r"✓ web-1-monday-copy us-east-1 → us-west-2 ━+ 100% Succeeded\s+2:00", shown.lines[-1])


def test_ctrl_c_before_the_first_bar_prints_how_to_resume(
    show: Callable[..., Shown], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bars, "operation_bars", interrupted)
    shown = show(*WAIT)
    assert shown.status == 130
    assert "Interrupted: the copy goes on at AWS." in shown.lines
    assert shown.lines[-1].startswith("    lightsail-copy wait ")


def test_the_result_stays_on_standard_output(show: Callable[..., Shown], capsys: pytest.CaptureFixture[str]) -> None:
    show(*WAIT)
    assert capsys.readouterr().out.startswith('{\n    "operations": [')


def test_the_snapshot_of_a_disk_shows_the_percentages_of_the_service(
    show: Callable[..., Shown], fake: FakeLightsail
) -> None:
    lines = show(*DISK, clock=InTurns(fake.clock)).lines
    percentages = [int(found[1]) for line in lines if (found := re.search(r"(\d+)% Started", line))]
    assert percentages == sorted(percentages)
    assert len(set(percentages)) > 5
    assert 0 <= percentages[0] < 100


def test_the_bar_of_a_disk_grows_with_its_percentage(
    show: Callable[..., Shown], fake: FakeLightsail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")  # so that the part to come is blank
    lengths = [line.count("━") for line in show(*DISK, clock=InTurns(fake.clock)).lines if "% " in line]
    assert lengths == sorted(lengths)
    assert lengths[0] < 3
    assert lengths[-1] > 10


def test_a_percentage_that_is_not_there_yet_is_requested_again(fake: FakeLightsail, show: Callable[..., Shown]) -> None:
    fake.fail_next("GetDiskSnapshot", faults.not_found())
    assert re.search(r"\d+% Started", "\n".join(show(*DISK, clock=InTurns(fake.clock)).lines))


def test_the_snapshot_of_an_instance_has_no_percentage_and_is_not_requested(
    fake: FakeLightsail, show: Callable[..., Shown]
) -> None:
    show(*WAIT)
    assert {call.operation for call in fake.calls} == {"CopySnapshot", "GetOperation"}


def test_a_snapshot_without_a_percentage_has_a_bar_anyway(fake: FakeLightsail, show: Callable[..., Shown]) -> None:
    def without(response: dict[str, dict[str, object]]) -> object:
        del response["diskSnapshot"]["progress"]
        return response

    fake.fail_next("GetDiskSnapshot", faults.edited_response(without), times=99)
    shown = show(*DISK, clock=InTurns(fake.clock))
    assert len(fake.calls_of("GetDiskSnapshot")) > 5
    assert shown.status == 0
    assert not re.search(r"\d+% Started", "\n".join(shown.lines))


def test_a_wait_goes_on_without_percentages_where_they_are_rejected(
    fake: FakeLightsail, show: Callable[..., Shown]
) -> None:
    fake.fail_next("GetDiskSnapshot", faults.access_denied())
    shown = show(*DISK)
    assert shown.status == 0
    assert len(fake.calls_of("GetDiskSnapshot")) == 1
    assert not re.search(r"\d+% Started", "\n".join(shown.lines))


def test_a_copy_that_failed_has_a_mark_of_its_own(fake: FakeLightsail, show: Callable[..., Shown]) -> None:
    fake.fail_next_copy("OutOfSpace", "There was no room.")
    shown = show(*WAIT)
    assert shown.status == 3
    assert any(
        re.fullmatch(r"✗ web-1-monday-copy us-east-1 → us-west-2\s.* Failed\s+2:00", line) for line in shown.lines
    )


def test_no_line_is_as_wide_as_the_terminal(show: Callable[..., Shown], fake: FakeLightsail) -> None:
    long = [*WAIT[:6], "a-name-of-a-snapshot-that-is-much-too-long-for-a-terminal-of-eighty-columns", *WAIT[7:]]
    assert long[5] == "--target-snapshot-name"
    for columns in (40, 72, 80, 200):
        shown = show(*long, "--if-exists", "adopt", columns=columns)
        bars = [line for line in shown.lines if re.search(r"\d:\d\d$", line)]
        assert bars
        assert max(map(len, bars)) <= min(columns - 2, 110)


def test_an_open_outcome_is_said_to_be_looked_up(fake: FakeLightsail, show: Callable[..., Shown]) -> None:
    fake.fail_next("GetOperation", faults.not_found())
    shown = show("wait", "1234", "--region", "us-west-2", "--timeout", "0")
    assert shown.lines[0] == "Getting the operations ..."


def test_an_operation_that_is_not_a_copy_shows_where_it_is(fake: FakeLightsail, show: Callable[..., Shown]) -> None:
    fake.remove("web-1-monday", "us-east-1")
    (operation,) = fake.client("us-east-1").get_operations()["operations"]
    shown = show("wait", operation["id"], "--region", "us-east-1")
    assert re.fullmatch(r"✓ web-1-monday us-east-1 ━+ 100% Succeeded\s+0:00", shown.lines[-1])


def test_no_color_takes_the_colours_away_and_leaves_the_bars(
    show: Callable[..., Shown], monkeypatch: pytest.MonkeyPatch
) -> None:
    coloured = {code for code in COLOUR.findall(show(*WAIT).raw) if re.search(r"[34]\d", code)}
    assert coloured
    monkeypatch.setenv("NO_COLOR", "1")
    shown = show(*WAIT, "--if-exists", "adopt")
    assert not {code for code in COLOUR.findall(shown.raw) if re.search(r"[34]\d", code)}
    assert "━" in shown.raw


def test_a_terminal_of_ascii_is_drawn_upon_in_ascii(show: Callable[..., Shown]) -> None:
    shown = show(*WAIT, encoding="ascii")
    assert re.fullmatch(r"v web-1-monday-copy us-east-1 -> us-west-2 -+ 100% Succeeded\s+2:00", shown.lines[-1])


def test_a_failed_copy_is_marked_in_ascii_too(fake: FakeLightsail, show: Callable[..., Shown]) -> None:
    fake.fail_next_copy("OutOfSpace", "There was no room.")
    assert "\nx web-1-monday-copy" in "\n".join(show(*WAIT, encoding="ascii").lines)


def test_a_dumb_terminal_gets_plain_lines(show: Callable[..., Shown], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    shown = show(*WAIT)
    assert "\x1b" not in shown.raw
    assert without_ids(shown.lines) == [
        "web-1-monday-copy (us-east-1 to us-west-2): Started, 0:00 so far (operation ID)",
        "web-1-monday-copy (us-east-1 to us-west-2): Succeeded after 2:00",
    ]


def test_ctrl_c_leaves_the_command_to_go_on_with_below_the_bar(show: Callable[..., Shown]) -> None:
    class ClockWithCtrlC(FakeClock):
        def sleep(self, seconds: float) -> None:
            if threading.current_thread() is threading.main_thread():
                raise KeyboardInterrupt

    shown = show(*WAIT, clock=ClockWithCtrlC(), columns=60)
    assert shown.status == 130
    assert shown.lines[-3:-1] == ["Interrupted: the copy goes on at AWS.", "To resume the wait:"]
    # Not folded: it is to be copied as one line.
    assert re.fullmatch(r"    lightsail-copy wait \S{36} --region us-west-2", shown.lines[-1])


def test_a_sentence_is_folded_between_words_and_a_name_is_never_cut(show: Callable[..., Shown]) -> None:
    shown = show("manual", columns=60)
    assert shown.lines[0] == "Error: 4 problems:"
    assert "  --source-region is missing: give the Region of the source," in shown.lines
    assert "    such as us-east-1." in shown.lines
    assert not [line for line in show("manual", columns=20).lines if re.search(r"\w-$", line)]


def test_the_word_error_is_red_unless_no_color_is_set(
    show: Callable[..., Shown], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert show("wait").raw.startswith("\x1b[31m\x1b[1mError:\x1b[0m ")
    monkeypatch.setenv("NO_COLOR", "1")
    assert show("wait").raw.startswith("Error: ")


def test_a_table_has_bold_headings_where_it_fits(show: Callable[..., Shown], monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("snapshots", "--region", "us-east-1", "--output", "table")
    shown = show(*words, stream="stdout", columns=120)
    assert shown.raw.startswith("\x1b[1mNAME           TYPE ")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in show(*words, stream="stdout", columns=120).raw


def test_a_long_cell_of_a_table_is_wrapped_where_the_table_does_not_fit(show: Callable[..., Shown]) -> None:
    words = ("snapshots", "--region", "us-east-1", "--output", "table")
    lines = show(*words, stream="stdout", columns=60).lines
    assert max(map(len, lines)) <= 60
    assert lines[:3] == [
        "NAME         TYPE          STATE      GB  CREATED     FROM",
        "web-1-       InstanceSnap  available  40  2026-01-01  web-1",
        "monday       shot                         00:00 UTC",
    ]
    whole = show(*words, stream="stdout", columns=120).lines
    assert "web-1-monday   InstanceSnapshot  available  40  2026-01-01 00:00 UTC  web-1" in whole


def test_a_terminal_without_a_width_has_the_usual_one(show: Callable[..., Shown]) -> None:
    lines = show("manual", columns=0).lines
    assert max(map(len, lines)) in range(60, 81)


def test_a_terminal_that_is_not_a_file_has_the_usual_width_too(
    fake: FakeLightsail, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Window(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    window = Window()
    monkeypatch.setattr(sys, "stderr", window)
    with pytest.raises(SystemExit):
        app.main(["manual"], obj=Tools(open_session=Session(fake)))
    assert max(map(len, CONTROL.sub("", window.getvalue()).splitlines())) in range(60, 81)


def test_a_fleet_has_a_bar_for_the_whole_and_one_for_each_region(
    show: Callable[..., Shown], fake: FakeLightsail
) -> None:
    shown = show("fleet", "--demo", "--output", "text", clock=FakeClock())
    assert shown.status == 0
    head, *last = [line.split() for line in shown.lines[-4:]]
    assert head[1:] == ["started", "running", "done", "failed"]
    counts = [(cells[0], *cells[2:]) for cells in last]
    assert counts == [
        ("us-west-2", "3/3", "0", "3", "0"),
        ("eu-west-1", "3/3", "0", "3", "0"),
        ("all", "6/6", "0", "6", "0"),
    ]


def test_a_failed_copy_of_a_fleet_is_a_line_above_the_bars(
    show: Callable[..., Shown], fake: FakeLightsail, tmp_path: Path
) -> None:
    job = {
        "targetRegion": "us-west-2",
        "sourceRegion": "us-east-1",
        "sourceSnapshotName": "web-1-monday",
        "targetSnapshotName": "web-1-copy",
    }
    path = tmp_path / "fleet.jsonl"
    path.write_text(json.dumps(job) + "\n" + json.dumps({**job, "targetSnapshotName": "web-1-copy-2"}))
    fake.fail_next("CopySnapshot", faults.not_found())
    shown = show("fleet", str(path), "--output", "text")
    assert shown.status == 3
    assert [line for line in shown.lines if line.startswith("web-1-copy (us-west-2): ")]
    assert not [line for line in shown.lines if line.startswith("web-1-copy-2 (")]
    bar = next(line for line in reversed(shown.lines) if line.startswith("all"))
    assert bar.split()[-4:] == ["1/2", "0", "1", "1"]


def test_the_outcomes_of_a_fleet_go_to_a_file_while_a_terminal_shows_its_bars(
    show: Callable[..., Shown], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "out.jsonl"
    with path.open("w", encoding="utf-8") as out:
        monkeypatch.setattr(sys, "stdout", out)
        shown = show("fleet", "--demo", clock=FakeClock())
    assert [json.loads(line)["succeeded"] for line in path.read_text("utf-8").splitlines()] == [True] * 6
    assert "6/6" in shown.raw
    assert "{" not in shown.raw


def test_on_one_terminal_there_are_no_bars_between_the_lines_of_a_result(show: Callable[..., Shown]) -> None:
    shown = show("fleet", "--demo", "--no-wait", "--output", "json", stream="both", clock=FakeClock())
    lines = [line for line in shown.lines if line.startswith("{")]
    assert [json.loads(line)["succeeded"] for line in lines] == [True] * 6
    assert "\u2501" not in shown.raw


def test_on_one_terminal_a_fleet_ends_with_a_sentence_and_what_failed(
    show: Callable[..., Shown], fake: FakeLightsail, tmp_path: Path
) -> None:
    path = tmp_path / "fleet.jsonl"
    path.write_text(
        "\n".join(
            json.dumps(
                {
                    "targetRegion": "us-west-2",
                    "sourceRegion": "us-east-1",
                    "sourceSnapshotName": name,
                    "targetSnapshotName": f"{name}-copy",
                }
            )
            for name in ("web-1-monday", "no-such", "data-1-monday")
        )
    )
    shown = show("fleet", str(path), stream="both", columns=110)
    assert shown.status == 3
    assert "2 of 3 copies succeeded; 0 of them existed already." in shown.lines
    assert shown.lines[-3] == "Error: 1 of 3 copies failed."
    assert shown.lines[-2].startswith("  no-such-copy (us-west-2): The snapshot does not exist: no-such (NotFoundExc")


def test_a_dry_run_of_a_fleet_has_a_sentence_for_each_copy(
    show: Callable[..., Shown], fake: FakeLightsail, tmp_path: Path
) -> None:
    path = tmp_path / "copies.toml"
    path.write_text(
        """
        [defaults]
        sourceRegion = "us-east-1"
        targetRegion = "us-west-2"
        targetSnapshotName = "{source}-{date}"
        [[copy]]
        sourceResourceName = ["web-1", "no-such"]
        useLatestRestorableAutoSnapshot = true
        [[copy]]
        sourceSnapshotName = "web-1-monday"
        """
    )
    fake.add_manual_snapshot("web-1-monday-2026-01-01", "us-west-2")
    shown = show("fleet", str(path), "--dry-run", stream="both", columns=60)
    assert shown.lines == [
        "web-1-2025-12-31 (us-west-2): would copy web-1 (us-east-1)",
        "  of 2025-12-31, 40 GB",
        "no-such-2026-01-01 (us-west-2): not checked: The resource",
        "  does not exist: no-such (NotFoundException). Check the",
        "  name and the Region.",
        "web-1-monday-2026-01-01 (us-west-2): targetSnapshotName:",
        "  'web-1-monday-2026-01-01' is already in use: the target",
        "  Region has a snapshot of an instance with this name.",
        "  Choose another name.",
        "us-west-2: 3 copies, 1 new, 40 GB.",
        "all: 3 copies, 1 new, 40 GB.",
        "Error: 2 problems:",
        "  1 of 3 copies cannot be made.",
        "  1 of 3 copies could not be checked.",
    ]
    chosen = show("fleet", str(path), "--dry-run", "--output", "json", stream="both")
    assert json.loads(chosen.raw.splitlines()[0])["sizeInGb"] == 40


def test_a_narrow_table_cuts_sentences_before_names_and_names_at_their_hyphens(
    show: Callable[..., Shown], fake: FakeLightsail, tmp_path: Path
) -> None:
    path = tmp_path / "copies.toml"
    path.write_text(
        """
        [[copy]]
        sourceRegion = "us-east-1"
        targetRegion = "ap-southeast-2"
        sourceResourceName = "web-1"
        restoreDate = "2025-12-31"
        targetSnapshotName = "web-1-{date}"
        """
    )
    for day in ("30", "31"):
        fake.add_manual_snapshot(f"web-1-2025-12-{day}", "ap-southeast-2")
    shown = show("prune", str(path), "--keep-last", "1", stream="stdout", columns=60)
    assert shown.lines == [
        "NAME              REGION          GB  PLAN    REASONS",
        "web-1-2025-12-31  ap-southeast-2  40  keep    last 1 of 1,",
        "                                              newest usable",
        "                                              copy",
        "web-1-2025-12-30  ap-southeast-2  40  delete  superseded by",
        "                                              web-1-2025-12-",
        "                                              31",
    ]


def test_lines_take_the_place_of_bars_where_standard_output_is_a_pipe(
    show: Callable[..., Shown], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    with open(writer, "w", encoding="utf-8") as pipe, open(reader, encoding="utf-8") as end:  # noqa: PTH123 - no path
        monkeypatch.setattr(sys, "stdout", pipe)
        shown = show(*WAIT)
        pipe.close()
        assert "Succeeded" in end.read()
    assert "\u2501" not in shown.raw
    assert shown.lines[0].startswith("web-1-monday-copy (us-east-1 to us-west-2): Started, ")
    assert shown.lines[-1] == "web-1-monday-copy (us-east-1 to us-west-2): Succeeded after 2:00"


def test_a_terminal_of_another_kind_gets_the_outcomes_of_a_fleet_too(
    show: Callable[..., Shown], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Window(io.StringIO):
        def isatty(self) -> bool:
            return True

    window = Window()
    monkeypatch.setattr(sys, "stdout", window)
    show("fleet", "--demo", "--output", "json", clock=FakeClock())
    assert len([json.loads(line) for line in window.getvalue().splitlines()]) == 6


def test_a_closed_standard_output_stops_no_bar(show: Callable[..., Shown], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    shown = show("fleet", "--demo", clock=FakeClock())
    assert (shown.status, shown.lines[-1].split()[-4:]) == (0, ["6/6", "0", "6", "0"])
