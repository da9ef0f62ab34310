"""How a command ends: the exit statuses, and the one exception that carries them up with what to say."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """The exit statuses, which the help lists too."""

    DONE = 0
    REFUSED = 1
    BAD_REQUEST = 2
    COPY_FAILED = 3
    TIMED_OUT = 4
    UNKNOWN_OUTCOME = 5
    INTERRUPTED = 130


class Stop(Exception):  # noqa: N818 - not every early end is an error: a wait that is interrupted is none
    """
    An end before the usual one.

    Attributes:
        status: the exit status.
        sentences: what is wrong, one thing each.
        heading: the word that opens it.
        notes: lines to say after it; one that begins with a space is a command to be copied.
    """

    def __init__(self, status: Status, *sentences: str, heading: str = "Error", notes: tuple[str, ...] = ()) -> None:
        """Take the exit status and what to say."""
        super().__init__(*sentences)
        self.status = status
        self.sentences = sentences
        self.heading = heading
        self.notes = notes

    def lines(self) -> list[str]:
        """Return what to say, line by line."""
        if len(self.sentences) == 1:
            return [f"{self.heading}: {self.sentences[0]}", *self.notes]
        first = f"{self.heading}: {len(self.sentences)} things are wrong:"
        return [first, *(f"- {sentence}" for sentence in self.sentences), *self.notes]
