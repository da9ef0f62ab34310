"""
Make `_static/command.svg`, the picture of the command at work in the README.

    python docs/make_picture.py

It runs the command of the README with `--demo`, and exports what it prints. The command has a fake clock, so each run
makes the same picture. A test compares the picture with what the command prints.
"""

from __future__ import annotations

import re
import shlex
from contextlib import redirect_stderr, redirect_stdout, suppress
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

from lightsail_copy.cli import Tools, app
from lightsail_copy.testing import FakeClock

PICTURE = Path(__file__).parent / "_static" / "command.svg"
LINES = (
    "lightsail-copy manual --demo --wait --output table \\",
    "    --source-region us-east-1 --source-snapshot-name web-1-monday \\",
    "    --target-snapshot-name web-1-monday-copy --region us-west-2",
)
WIDTH = 118


def run() -> str:
    """Return what the command prints: first what is for a person, then the result."""
    words = shlex.split("".join(line.removesuffix("\\") for line in LINES))
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err), suppress(SystemExit):
        app.main(words[1:], prog_name=words[0], obj=Tools(clock=FakeClock()))
    return err.getvalue() + out.getvalue()


def make() -> str:
    """Return the picture."""
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True)
    console.print(Text.assemble(("$ ", "green"), ("\n".join(LINES), "bold")))
    console.print(Text(run().rstrip()))
    svg = console.export_svg(title="lightsail-copy", unique_id="command")
    # No picture may load anything from another host, or name one.
    return re.sub(r"@font-face \{.*?\}\s*|<!--.*?-->\s*", "", svg, flags=re.DOTALL)


if __name__ == "__main__":
    PICTURE.write_text(make(), "utf-8")
