"""Any JSON, and true responses with something wrong in them."""

# ruff: noqa: ANN401 - JSON is of any type
from __future__ import annotations

import math
from typing import Any

from hypothesis import strategies as st

# What a parser of JSON may meet, and a parser of botocore's may not have thought of.
ODD_NUMBERS = [math.nan, math.inf, -math.inf, 1e308, -1e308, 10**400, -(10**30), 253402300800, -62135596801, 0.1, -0.0]
ODD_TEXTS = ["", " ", "\ud800", "\x00", "2026-01-01", "2026-01-01T00:00:00Z", "inf", "nan", "1E999", "-1", "100%", "٣"]
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(ODD_NUMBERS),
    st.sampled_from(ODD_TEXTS),
)
WORDS = [
    *("operations", "operation", "createdAt", "location", "regionName", "isTerminal", "status", "nextPageToken"),
    *("__type", "message", "Message", "code", "docs", "tip", "autoSnapshots", "date", "sizeInGb", "progress"),
]
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=8,
)


def is_a(kind: type, value: object) -> bool:
    """Tell whether a value is of a type, in a way from which no type checker concludes what it cannot know."""
    return isinstance(value, kind)


def spoiled(value: Any, data: st.DataObject) -> Any:
    """Return a response in which something, at a random place, is changed, added or missing."""
    if is_a(list, value) and value and data.draw(st.integers(0, 4)):
        return [spoiled(value[0], data), *value[1:]]
    if is_a(dict, value) and data.draw(st.integers(0, 4)):
        key = data.draw(st.sampled_from(sorted(value) if value and data.draw(st.integers(0, 4)) else WORDS))
        others = {name: each for name, each in value.items() if name != key}
        return {**others, key: spoiled(value.get(key), data)} if data.draw(st.integers(0, 4)) else others
    return data.draw(st.sampled_from([[], {}]) | JSON)
