"""Sentences: values that are shortened and never fail, and sentences that end once."""

from __future__ import annotations

import pytest

from lightsail_copy.errors import as_sentence, format_value, shorten


class Broken:
    def __repr__(self) -> str:
        raise ValueError


def nested(depth: int) -> list[object]:
    value: list[object] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("value", [10**5000, nested(100_000), "x" * 100_000, {"k": Broken()}, Broken()], ids=type)
def test_any_value_has_a_short_text(value: object) -> None:
    assert 0 < len(format_value(value)) < 400


def test_a_value_whose_repr_fails_is_named_by_its_type() -> None:
    assert "Broken" in format_value(Broken())


def test_a_long_text_is_cut_between_two_words() -> None:
    text = "one two three " * 50
    assert shorten(text, 20) == "one two three..."
    assert shorten("one two three four", 17) == "one two three..."
    assert shorten("x" * 50, 20) == "x" * 17 + "..."
    assert shorten(" one\n two ") == "one two"


def test_a_sentence_ends_once() -> None:
    assert [as_sentence(text) for text in ("a", "a.", "a?", "a!")] == ["a.", "a.", "a?", "a!"]


def test_a_text_with_a_space_just_before_the_dots_is_cut_before_the_space() -> None:
    assert shorten("a" * 296 + " tail") == "a" * 296 + "..."


@pytest.mark.parametrize("letters", [297, 298])
def test_a_text_whose_first_space_comes_too_late_is_cut_within_its_word(letters: int) -> None:
    assert shorten("a" * letters + " tail") == "a" * 297 + "..."


def test_a_very_long_word_does_not_hide_itself() -> None:
    assert shorten(f"Error: {'y' * 400}", 20) == f"Error: {'y' * 10}..."


def test_a_value_of_300_characters_is_not_cut() -> None:
    text = "x" * 298
    assert format_value(text) == repr(text)
    assert "..." in format_value(text + "x")
