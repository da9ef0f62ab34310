"""The public names of the fake."""

from __future__ import annotations

import importlib

import pytest

from lightsail_copy import testing


@pytest.mark.parametrize("name", testing.__all__)
def test_a_public_name_is_what_its_own_module_has(name: str) -> None:
    value = getattr(testing, name)
    if name == "faults":
        assert value is importlib.import_module("lightsail_copy.testing.faults")
    else:
        assert value is getattr(importlib.import_module(value.__module__), name)


def test_an_unknown_name_is_an_attribute_error_as_in_python() -> None:
    with pytest.raises(AttributeError, match=r"module 'lightsail_copy\.testing' has no attribute 'FakeLightsial'"):
        getattr(testing, "FakeLight" + "sial")
