"""Names that `typing` has from Python 3.12 on: an import of typing_extensions takes several milliseconds."""

import sys

if sys.version_info >= (3, 12):
    from typing import NotRequired, Self, TypedDict
else:
    # pydantic rejects typing.TypedDict on these Pythons, as it does not keep there which keys are required.
    from typing_extensions import NotRequired, Self, TypedDict

__all__ = ["NotRequired", "Self", "TypedDict"]
