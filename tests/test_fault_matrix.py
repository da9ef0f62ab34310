"""
What comes of a copy whatever goes wrong, at whichever point.

What is expected of a cell is derived here from the contract, by `expected`: the rule knows which causes botocore sends
again after and how often, which of the sends reach the service, and nothing of how the package goes about it.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from attrs import evolve
from fault_matrix import (
    ALL_CELLS,
    ASKINGS,
    AUTOMATIC,
    CAUSES,
    MANUAL,
    POINTS,
    STANDARD,
    Asking,
    Cause,
    Cell,
    Mode,
    Outcome,
    Point,
    cells,
    run,
)
from held_names import ALL_HELD_CELLS, HOLDERS, TROUBLES, HeldCell, Holder, Trouble, run_held

ERRORS = {
    "conflict": "NameInUseError",
    "fault": "ServiceFaultError",
    "throttle": "ThrottledError",
    "unreadable": "UnexpectedResponseError",
    "unreadable refusal": "ServiceError",
    "none": "UnknownOutcomeError",
}


def expected(cell: Cell) -> Outcome:
    """Return what the contract promises for a cell."""
    sends, started, answer = sent(cell)
    if answer == "good":
        return Outcome(1, "result", may_have_started=False, copies=sends, questions=0)
    # A service error leaves no doubt where nothing was sent before it; of a 5xx one never knows.
    in_doubt = sends > 1 or answer in {"fault", "none", "unreadable"}
    questions = asked(cell.asking, cell.mode) if in_doubt else 0
    if started and in_doubt and cell.asking.is_answered:
        return Outcome(1, "adopted", may_have_started=False, copies=sends, questions=questions)
    return Outcome(int(started), ERRORS[answer], may_have_started=in_doubt, copies=sends, questions=questions)


def sent(cell: Cell) -> tuple[int, bool, str]:
    """Return the number of sends, whether the copy started, and what the last send was answered with."""
    steps = cell.point.steps(cell.cause)
    started = False
    for number in range(1, cell.mode.sends + 1):
        step = steps[min(number, len(steps)) - 1] if number <= len(steps) or cell.point.always else None
        performed = step is None or step.fault.performed
        is_conflict = started and performed
        started = started or performed
        if step is None:
            return number, started, "conflict" if is_conflict else "good"
        answer: str = step.cause.answer
        if answer == "unreadable" and is_conflict:
            answer = "unreadable refusal"
        if not step.cause.resent or number == cell.mode.sends:
            return number, started, answer
    raise AssertionError("no client sends less than once")


def asked(asking: Asking, mode: Mode) -> int:
    """Return how often the question is sent."""
    if not asking.has_method:
        return 0
    return mode.sends if asking.resent else 1


EACH_POINT = pytest.mark.parametrize(
    ("cause", "point"),
    [pytest.param(cause, point, id=f"{cause.name}-{point.name}") for cause, point in product(CAUSES, POINTS)],
)


@EACH_POINT
def test_every_cell_ends_as_the_contract_says(cause: Cause, point: Point) -> None:
    for cell in cells(cause, point):
        if not cell.impossible:
            outcome = run(cell)
            assert evolve(outcome, message="") == expected(cell), (cell, outcome)


@EACH_POINT
def test_an_automatic_copy_ends_as_a_manual_one_does(cause: Cause, point: Point) -> None:
    for cell in cells(cause, point):
        if cell.asking is ASKINGS[0] and cell.if_exists == "raise" and not cell.impossible:
            assert evolve(run(cell, AUTOMATIC), message="") == expected(cell), cell


def expected_where_held(cell: HeldCell) -> Outcome:
    """Return what the contract promises where the name is held before the call."""
    answer, sends, adopt = cell.trouble.answer, cell.trouble.sends, cell.if_exists == "adopt"
    in_doubt = sends > 1 or answer in {"fault", "none", "unreadable"}
    is_asked = in_doubt or (adopt and answer == "conflict")
    questions = asked(cell.asking, STANDARD) if is_asked else 0
    is_told = is_asked and cell.asking.is_answered
    holder = cell.holder
    if adopt and is_told and holder.copied is MANUAL and not (holder.has_failed or holder.by_hand):
        return Outcome(1, "adopted", may_have_started=False, copies=sends, questions=questions)
    # What holds the name since before the call keeps every copy from starting, once the service tells of it.
    may_have_started = in_doubt and (answer == "unreadable" or not is_told or holder.by_hand)
    return Outcome(1, ERRORS[answer], may_have_started=may_have_started, copies=sends, questions=questions)


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: holder.name)
def test_what_holds_the_name_is_left_alone_and_judged_by_evidence(holder: Holder, trouble: Trouble) -> None:
    for if_exists, asking in product(("raise", "adopt"), ASKINGS):
        cell = HeldCell(holder, trouble, "adopt" if if_exists == "adopt" else "raise", asking)
        outcome = run_held(cell)
        assert evolve(outcome, message="") == expected_where_held(cell), (cell, outcome)


@pytest.mark.parametrize(
    ("index", "words"),
    [
        (2, "CopySnapshot of us-east-1:web-monday"),
        (2, "A failed snapshot holds the name: delete it first."),
        (3, "CopySnapshot of us-east-1:web-tuesday"),
        (4, "can tell of no operation that made it"),
        (5, "DeleteInstanceSnapshot of no stated source"),
    ],
)
def test_the_refusal_names_what_was_found(index: int, words: str) -> None:
    for trouble in TROUBLES[:3]:
        outcome = run_held(HeldCell(HOLDERS[index], trouble, "adopt", ASKINGS[0]))
        assert outcome.ending == "NameInUseError"
        assert words in outcome.message


@cache
def every_outcome() -> list[tuple[Cell, Outcome]]:
    """Return all cells that can be, with what came of them."""
    return [(cell, run(cell)) for cell in ALL_CELLS if not cell.impossible]


def test_there_are_never_two_snapshots_and_one_wherever_the_copy_started() -> None:
    assert {outcome.snapshots for _, outcome in every_outcome()} == {0, 1}
    assert all(outcome.snapshots == sent(cell)[1] for cell, outcome in every_outcome())


def test_a_copy_that_started_is_returned_or_its_error_says_that_it_may_have_started() -> None:
    lost = [
        cell
        for cell, outcome in every_outcome()
        if outcome.snapshots and not (outcome.ending in {"result", "adopted"} or outcome.may_have_started)
    ]
    assert not lost


def test_the_outcome_is_unknown_only_where_no_answer_came() -> None:
    unknown = [sent(cell)[2] for cell, outcome in every_outcome() if outcome.ending == "UnknownOutcomeError"]
    assert set(unknown) == {"none"}


def test_nothing_is_adopted_that_was_not_asked_for() -> None:
    outcomes = [outcome for _, outcome in every_outcome()] + [run_held(cell) for cell in ALL_HELD_CELLS]
    assert all(outcome.questions > 0 for outcome in outcomes if outcome.ending == "adopted")


def test_an_unknown_outcome_says_whether_the_service_could_be_asked_and_what_to_do() -> None:
    for cell, outcome in every_outcome():
        if outcome.ending == "UnknownOutcomeError":
            could_not = cell.asking.name in {"access denied", "connection broken", "no such method"}
            assert ("could not be asked" in outcome.message) == could_not, cell
            assert ("can tell of no operation" in outcome.message) != could_not, cell
            assert "look for the target name in the target Region" in outcome.message
            assert "if_exists='adopt'" in outcome.message


def test_no_cell_is_unexplained() -> None:
    assert all(cell.impossible or cell.point.steps(cell.cause) for cell in ALL_CELLS)
    assert len(ALL_CELLS) == len(set(ALL_CELLS)) == 15 * 8 * 4 * 2 * 6


def test_the_document_is_what_its_script_makes_now() -> None:
    path = Path(__file__).parents[1] / "docs" / "make_fault_matrix.py"
    spec = importlib.util.spec_from_file_location("make_fault_matrix", path)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.DOCUMENT.read_text(encoding="utf-8") == script.document(), "run python docs/make_fault_matrix.py"
