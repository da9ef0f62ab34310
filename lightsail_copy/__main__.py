"""The command `lightsail-copy`, also ``python -m lightsail_copy``."""

from __future__ import annotations

import importlib
import sys


def main() -> None:
    """Run the command line, and exit with its status."""
    try:
        for package in ("click", "rich"):
            importlib.import_module(package)
    except ModuleNotFoundError as error:
        sys.stderr.write(f"Error: the command needs {error.name}: run pip install 'lightsail-copy[cli]'\n")
        sys.exit(2)
    try:
        from lightsail_copy.cli import app  # noqa: PLC0415 - needs the extra

        app()
    except KeyboardInterrupt:
        # Only while all is loaded: what comes later is the command's own to end.
        sys.exit(130)


if __name__ == "__main__":
    main()
