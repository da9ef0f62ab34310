"""One request to the fake, after its body was read and its members were checked for type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from attrs import frozen


@frozen
class Request:
    """
    A well-formed request.

    Attributes:
        operation: the operation's name.
        region: the Region that was asked.
        parameters: the members of its body.
        moment: when it came, in epoch seconds.
    """

    operation: str
    region: str
    parameters: Mapping[str, object]
    moment: float

    def given(self, name: str) -> str:
        """Return a text that is there, as the table of operations requires it."""
        return cast("str", self.parameters[name])

    def text(self, name: str) -> str | None:
        """Return a text, or None where it is absent."""
        return cast("str | None", self.parameters.get(name))

    def flag(self, name: str) -> bool:
        """Return a flag, which is off where it is absent."""
        return self.parameters.get(name) is True
