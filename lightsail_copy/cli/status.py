"""How a command ends: the exit statuses, and the exception that has one with what to print."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """The exit statuses, which the help lists too."""

    DONE = 0
    FAILED = 1
    BAD_REQUEST = 2
    COPY_FAILED = 3
    TIMED_OUT = 4
    UNKNOWN_OUTCOME = 5
    INTERRUPTED = 130


class Stop(Exception):  # noqa: N818 - not every early end is an error: a wait that is interrupted is none
    """
    An early end of a command.

    Attributes:
        status: the exit status.
        sentences: what is wrong, one problem each.
        heading: the first word of the output.
        notes: lines to print after it; one that begins with four spaces is a command to copy.
    """

    def __init__(self, status: Status, *sentences: str, heading: str = "Error", notes: tuple[str, ...] = ()) -> None:
        """Take the exit status and what to print."""
        super().__init__(*sentences)
        self.status = status
        self.sentences = sentences
        self.heading = heading
        self.notes = notes

    def lines(self) -> list[str]:
        """Return what to print, line by line."""
        if len(self.sentences) == 1:
            return [f"{self.heading}: {self.sentences[0]}", *self.notes]
        first = f"{self.heading}: {len(self.sentences)} problems:"
        return [first, *(f"  {sentence}" for sentence in self.sentences), *self.notes]
