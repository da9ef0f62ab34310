"""
Make `_static/command.svg`, the picture of the command at work in the README.

    python docs/make_picture.py

It runs the command with `--demo`, as the README tells the reader to, and exports what a terminal shows.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

PICTURE = Path(__file__).parent / "_static" / "command.svg"
COMMAND = (
    "lightsail-copy manual --demo --wait --source-region us-east-1 --source-snapshot-name web-1-monday"
    " --target-snapshot-name web-1-monday-copy --region us-west-2"
)
WIDTH = 100


def run(command: str) -> str:
    """Return what the command prints: first what is for a person, then the result."""
    words = shlex.split(command)
    ended = subprocess.run(  # noqa: S603 - the command above
        [sys.executable, "-m", "lightsail_copy", *words[1:]], capture_output=True, check=True, text=True
    )
    return ended.stderr + ended.stdout


def make() -> str:
    """Return the picture."""
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True)
    console.print(Text.assemble(("$ ", "green"), (COMMAND, "bold")))
    console.print(Text(run(COMMAND)))
    svg = console.export_svg(title="lightsail-copy", unique_id="command")
    # No picture may load anything from another host.
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


if __name__ == "__main__":
    PICTURE.write_text(make(), "utf-8")
