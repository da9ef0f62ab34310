"""The words of the service: all published ones are members, and all others survive."""

from __future__ import annotations

import json
import pickle
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import PROTOCOLS, sample, travelled

from lightsail_copy import (
    AutoSnapshotStatus,
    OperationStatus,
    OperationType,
    RegionName,
    ResourceType,
    Unrecognized,
)
from lightsail_copy.testing.protocol import LOADER

if TYPE_CHECKING:
    from collections.abc import Iterable

ENUMS = (AutoSnapshotStatus, OperationStatus, OperationType, RegionName, ResourceType)
EACH_ENUM = pytest.mark.parametrize("enum", ENUMS)
API_PAGE: dict[str, list[str]] = sample("api_page_words")
UNKNOWN_WORDS = ("", "CreateDomainEntry", "global", "started", "xx-new-1", "Überwacht", "a b\n")

AnyWord = type[AutoSnapshotStatus] | type[OperationStatus] | type[OperationType] | type[RegionName] | type[ResourceType]


def refuse_gaps(enum: AnyWord, published: Iterable[str]) -> None:
    """Fail where a published word is no member, and name it."""
    missing = [word for word in published if word not in [member.value for member in enum]]
    assert not missing, f"{enum.__name__} lacks {missing}: give each a member"


def words_of_botocore(enum: AnyWord) -> list[str]:
    """Return the words that the installed botocore's model has for an enum."""
    model: Any = LOADER.load_service_model("lightsail", "service-2")
    words: list[str] = model["shapes"][enum.__name__]["enum"]
    return words


@EACH_ENUM
def test_every_word_of_the_installed_botocore_is_a_member(enum: AnyWord) -> None:
    refuse_gaps(enum, words_of_botocore(enum))


def test_a_newer_botocore_fails_the_comparison_by_the_name_of_its_new_word() -> None:
    with pytest.raises(AssertionError, match=r"RegionName lacks \['Brand-New'\]"):
        refuse_gaps(RegionName, [*words_of_botocore(RegionName), "Brand-New"])


@pytest.mark.parametrize("enum", [OperationStatus, OperationType, RegionName, ResourceType])
def test_every_word_of_the_api_page_is_a_member(enum: AnyWord) -> None:
    words = API_PAGE[enum.__name__]
    assert words
    refuse_gaps(enum, words)


def test_the_unpublished_word_of_every_copy_is_a_member() -> None:
    assert OperationType.parse("CopySnapshot") is OperationType.COPY_SNAPSHOT


def test_no_other_unpublished_word_is_a_member_of_the_operation_types() -> None:
    published = {*API_PAGE["OperationType"], *words_of_botocore(OperationType)}
    newest = {"StartGUISession", "GetProfile", "CreateSubdomain", "UpdateSubdomainAssociation", "DeleteSubdomain"}
    assert {str(member) for member in OperationType} - published - newest == {"CopySnapshot"}


@EACH_ENUM
def test_no_two_members_share_a_word(enum: AnyWord) -> None:
    assert len(set(enum)) == len(enum.__members__)


@EACH_ENUM
def test_the_name_of_a_member_is_the_upper_snake_case_of_its_value(enum: AnyWord) -> None:
    words = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[0-9]+|[A-Z]+")
    assert [each.name for each in enum] == ["_".join(words.findall(each.value)).upper() for each in enum]


@EACH_ENUM
def test_a_member_reads_prints_and_travels_as_its_plain_word(enum: AnyWord) -> None:
    member = [*enum][-1]
    word: str = member.value
    assert type(word) is str
    assert member == word
    assert hash(member) == hash(word)
    assert str(member) == f"{member}" == f"{member!s:}" == "%s" % member == word  # noqa: UP031 - one way of four
    assert type(str(member)) is str
    assert f"{member:>60}" == word.rjust(60)
    assert json.loads(json.dumps({member: member})) == {word: word}
    assert [enum.parse(each.value) for each in enum] == [*enum]
    assert all(sent is member for sent in travelled(member))


@EACH_ENUM
def test_an_unknown_word_is_kept_as_itself(enum: AnyWord) -> None:
    read = [enum.parse(word) for word in UNKNOWN_WORDS]
    assert {type(each) for each in read} == {Unrecognized}
    assert read == [*UNKNOWN_WORDS]


@given(st.sampled_from(ENUMS), st.text())
def test_parsing_returns_the_word_itself_and_a_member_only_if_there_is_one(enum: AnyWord, word: str) -> None:
    read = enum.parse(word)
    assert read == word
    assert isinstance(read, Unrecognized) == (word not in [member.value for member in enum])


@pytest.mark.parametrize("word", ["", "Überwacht", "a b\n"])
def test_an_unrecognized_word_is_the_plain_text_in_every_respect_but_its_type(word: str) -> None:
    unrecognized = Unrecognized(word)
    assert unrecognized == word
    assert hash(unrecognized) == hash(word)
    assert str(unrecognized) == f"{unrecognized}" == word
    assert type(str(unrecognized)) is str
    assert json.dumps([unrecognized]) == json.dumps([word])
    assert repr(unrecognized) == f"Unrecognized({word!r})"
    for sent in travelled(unrecognized):
        assert type(sent) is Unrecognized
        assert sent == unrecognized


def test_an_unrecognized_word_takes_no_attributes() -> None:
    with pytest.raises(AttributeError):
        Unrecognized("xx-new-1").note = "a"  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue] - it is the fact


def test_a_pickled_member_is_looked_up_by_its_word() -> None:
    """A name that a later release gives to a word would leave old pickles unreadable otherwise."""
    assert all(b"us-east-1" in pickle.dumps(RegionName.US_EAST_1, protocol) for protocol in PROTOCOLS)
