"""What holds a Region, logged once when it starts and once when it ends."""

from __future__ import annotations

from collections.abc import Callable
from logging import WARNING

from attrs import define, field

from lightsail_copy.flows import log

_ENDED = {"quota": "held by a quota", "throttled": "throttled", "unreachable": "without a response"}
# A try that comes sooner is not mentioned.
_SOON = 0.1


@define(order=False, eq=False)
class Conditions:
    """The conditions of one Region: `quota`, `throttled`, `unreachable`, `stopped`."""

    region_name: str
    time: Callable[[], float]
    running: Callable[[], int]  # how many copies run
    _since: dict[str, float] = field(init=False, factory=dict[str, float])

    def start(self, condition: str, sentence: str, next_try: float | None = None, *, of: str = "") -> None:
        """
        Record a condition, and log it if it is new.

        Args:
            condition: the condition.
            sentence: its description.
            next_try: the seconds until the next call is tried; None if that is not known.
            of: what has the condition, if it is not the whole Region; each is logged.
        """
        key = condition + of
        if key in self._since:
            return
        self._since[key] = self.time()
        running = self.running()
        text = f"{sentence}; {running} {'copy runs' if running == 1 else 'copies run'}"
        if next_try is not None and next_try >= _SOON:
            text += f", next try in {next_try:.{0 if next_try >= 1 else 1}f} s"
        self._log(text, condition=condition, running=running, next_try=next_try)

    def end(self, condition: str) -> None:
        """Record that a condition, if there was one, has ended, and log it."""
        since = self._since.pop(condition, None)
        if since is not None:
            lasted = self.time() - since
            text = f"goes on, no longer {_ENDED[condition]} after {lasted:.0f} s"
            self._log(text, condition=condition, running=self.running(), lasted=lasted)

    def _log(self, text: str, **fields: object) -> None:
        log(WARNING, f"{self.region_name}: {text}", region_name=self.region_name, **fields)
