"""
The outcome of a copy, whatever goes wrong at whichever point.

`expected` derives the outcome of a cell from the contract: it knows after which causes botocore retries and how often,
and which attempts reach the service, but nothing of how the package works.
"""

from __future__ import annotations

import json
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from fault_matrix import (
    ALL_CELLS,
    AUTOMATIC,
    CAUSES,
    LOOKUPS,
    MANUAL,
    POINTS,
    STANDARD,
    TARGET,
    Cause,
    Cell,
    Outcome,
    Point,
    attempt,
    cells,
    run,
    small_fake,
)
from names_in_use import ALL_NAME_CELLS, RESOURCES, TROUBLES, NameCell, Resource, Trouble, queue, run_name_cell

pytestmark = pytest.mark.slow
ERRORS = {
    "conflict": "NameInUseError",
    "fault": "ServiceFaultError",
    "throttle": "ThrottledError",
    "unparseable": "UnexpectedResponseError",
    "unparseable rejection": "ServiceError",
    "none": "UnknownOutcomeError",
}


def expected(cell: Cell) -> tuple[set[str], bool | None]:
    """Return the endings that the contract allows for a cell, and whether an error says "may have started", if told."""
    attempts, started, received = sent(cell)
    if received == "good":
        return {"result"}, False
    # No doubt is left where every attempt is known to have started nothing.
    in_doubt = not known_to_start_nothing(cell, attempts)
    never_sent = received == "none" and not in_doubt
    if cell.if_exists == "adopt" and cell.lookup.passes and (started or not cell.point.always):
        return {"result", "adopted"}, False
    if started and in_doubt and cell.lookup.passes:
        return {"adopted"}, False
    error = "ServiceUnreachableError" if never_sent else ERRORS[received]
    if cell.if_exists == "adopt":
        # Requested again where lookups show that nothing uses the name.
        return {error, "NameInUseError", "ServiceUnreachableError", "UnknownOutcomeError", "result"}, None
    return {error}, in_doubt


def sent(cell: Cell) -> tuple[int, bool, str]:
    """Return the number of attempts, whether the copy started, and what the last send was responded with."""
    steps = cell.point.steps(cell.cause)
    started = False
    for number in range(1, cell.mode.attempts + 1):
        step = steps[min(number, len(steps)) - 1] if number <= len(steps) or cell.point.always else None
        performed = step is None or step.fault.performed
        is_conflict = started and performed
        started = started or performed
        if step is None:
            return number, started, "conflict" if is_conflict else "good"
        received: str = step.cause.received
        if received == "unparseable" and is_conflict:
            received = "unparseable rejection"
        if not step.cause.retried or number == cell.mode.attempts:
            return number, started, received
    raise AssertionError("no client sends less than once")


EACH_POINT = pytest.mark.parametrize(
    ("cause", "point"),
    [pytest.param(cause, point, id=f"{cause.name}-{point.name}") for cause, point in product(CAUSES, POINTS)],
)


def known_to_start_nothing(cell: Cell, attempts: int) -> bool:
    """Return whether every attempt is known to have started nothing: it was not connected, or it was rejected."""
    steps = cell.point.steps(cell.cause)
    causes = [steps[min(number, len(steps)) - 1].cause for number in range(1, attempts + 1)]
    return all(each.name in {"connection refused", "connect timeout", "throttled"} for each in causes)


@EACH_POINT
def test_every_cell_ends_as_the_contract_says(cause: Cause, point: Point) -> None:
    for cell in cells(cause, point):
        if not cell.impossible:
            check(cell, run(cell))


@EACH_POINT
def test_an_automatic_copy_ends_as_a_manual_one_does(cause: Cause, point: Point) -> None:
    for cell in cells(cause, point):
        if cell.lookup is LOOKUPS[0] and cell.if_exists == "raise" and not cell.impossible:
            check(cell, run(cell, AUTOMATIC))


def check(cell: Cell, outcome: Outcome) -> None:
    """Check an outcome against what the contract promises."""
    endings, may_have_started = expected(cell)
    assert outcome.ending in endings, (cell, outcome)
    if may_have_started is not None and "Error" in outcome.ending:
        assert outcome.may_have_started == may_have_started, (cell, outcome)


def expected_where_in_use(cell: NameCell) -> set[str]:
    """Return the endings that the contract allows where the name is in use before the call."""
    received, adopt, resource = cell.trouble.received, cell.if_exists == "adopt", cell.resource
    is_named = resource.details is None or resource.details.lower() == "us-east-1:web-monday"
    standing = resource.copied is MANUAL and is_named and not (resource.has_failed or resource.by_hand)
    if not adopt:
        return {ERRORS[received]}
    if standing and cell.lookup.passes:
        return {"adopted"}
    # Requested again where the lookups list nothing: then the service rejects the name.
    return {ERRORS[received], "NameInUseError"}


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_the_existing_resource_stays_unchanged_and_is_judged_by_evidence(resource: Resource, trouble: Trouble) -> None:
    for if_exists, lookup in product(("raise", "adopt"), LOOKUPS):
        cell = NameCell(resource, trouble, "adopt" if if_exists == "adopt" else "raise", lookup)
        outcome = run_name_cell(cell)
        assert outcome.ending in expected_where_in_use(cell), (cell, outcome)
        assert outcome.snapshots == 1


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
@pytest.mark.parametrize("seconds", [2, 4, 30])
def test_an_automatic_copy_of_another_process_just_before_is_not_the_calls_own(trouble: Trouble, seconds: int) -> None:
    """The copy may be of another day. Responses are dated to the second, so one second is too close to tell."""
    for lookup in LOOKUPS:
        fake = small_fake()
        fake.respond(TARGET, "CopySnapshot", json.dumps(AUTOMATIC.to_dict()).encode())
        fake.clock.advance(seconds)
        queue(fake, trouble)
        outcome = attempt(fake, STANDARD, "raise", lookup, AUTOMATIC)
        assert outcome.ending == ERRORS[trouble.received], (trouble, lookup, outcome)
        assert outcome.snapshots == 1


@pytest.mark.parametrize(
    ("index", "words"),
    [
        (2, "CopySnapshot of us-east-1:web-monday"),
        (2, "That operation failed: delete its snapshot"),
        (3, "CopySnapshot of us-east-1:web-tuesday"),
        (8, "found no operation with the name"),
        (9, "found no operation with the name"),
    ],
)
def test_the_rejection_names_what_was_found(index: int, words: str) -> None:
    for trouble in TROUBLES[:3]:
        outcome = run_name_cell(NameCell(RESOURCES[index], trouble, "adopt", LOOKUPS[0]))
        assert outcome.ending == "NameInUseError"
        assert words in outcome.message


@cache
def every_outcome() -> list[tuple[Cell, Outcome]]:
    """Return all cells that can be, with what came of them."""
    return [(cell, run(cell)) for cell in ALL_CELLS if not cell.impossible]


def test_there_are_never_two_snapshots_and_there_is_one_if_the_copy_started() -> None:
    assert {outcome.snapshots for _, outcome in every_outcome()} == {0, 1}
    assert all(outcome.snapshots or not sent(cell)[1] for cell, outcome in every_outcome())


def test_where_lookups_pass_every_copy_that_started_is_returned() -> None:
    errors = [
        (cell, outcome)
        for cell, outcome in every_outcome()
        if cell.lookup.passes and sent(cell)[1] and outcome.ending not in {"result", "adopted"}
    ]
    assert not errors


def test_with_adopt_every_trouble_that_passes_ends_in_one_copy_and_a_result() -> None:
    passing = [
        outcome
        for cell, outcome in every_outcome()
        if cell.if_exists == "adopt" and cell.lookup.passes and not cell.point.always
    ]
    assert len(passing) > 500
    assert {(outcome.ending in {"result", "adopted"}, outcome.snapshots) for outcome in passing} == {(True, 1)}


def test_a_copy_that_started_is_returned_or_its_error_says_that_it_may_have_started() -> None:
    lost = [
        cell
        for cell, outcome in every_outcome()
        if sent(cell)[1] and not (outcome.ending in {"result", "adopted"} or outcome.may_have_started)
    ]
    assert not lost


def test_nothing_is_adopted_without_a_lookup() -> None:
    outcomes = [outcome for _, outcome in every_outcome()] + [run_name_cell(cell) for cell in ALL_NAME_CELLS]
    assert all(outcome.lookups > 0 for outcome in outcomes if outcome.ending == "adopted")


def test_an_unknown_outcome_says_what_the_lookups_found_and_what_to_do() -> None:
    for cell, outcome in every_outcome():
        if outcome.ending == "UnknownOutcomeError" and cell.if_exists == "raise":
            assert ("could not be looked up" in outcome.message) == (cell.lookup.fails and not cell.lookup.passes), cell
            assert "look for the name in the target Region" in outcome.message
            assert "if_exists='adopt'" in outcome.message
            assert len(outcome.message) < 400


def test_no_cell_is_unexplained() -> None:
    assert all(cell.impossible or cell.point.steps(cell.cause) for cell in ALL_CELLS)
    assert len(ALL_CELLS) == len(set(ALL_CELLS)) == 15 * 8 * 3 * 2 * 10


ADOPTION = Path(__file__).parents[2] / "docs" / "adoption.md"
ANY_OTHER = "any other response that cannot be parsed"


def documented_faults() -> dict[str, list[str]]:
    """Return the rows of the page's table of faults: what is in the three columns."""
    _, _, table = ADOPTION.read_text(encoding="utf-8").partition("| fault |")
    lines = table.partition("\n\n")[0].splitlines()[2:]
    rows = [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in lines]
    return {fault: columns for fault, *columns in rows}


def column(cell: Cell) -> int | None:
    """Return the column of the page's table that a cell belongs to, if it does."""
    is_last = cell.point.always or not cell.cause.retried
    follows_another = cell.point.after_lost_response or cell.point.before_lost_response
    if cell.impossible or cell.if_exists != "raise" or not is_last or follows_another:
        return None
    return 0 if cell.point.stage == "before" else 1 if cell.lookup.passes else 2


def test_the_table_of_the_page_on_adoption_has_what_each_fault_ends_in() -> None:
    documented = documented_faults()
    assert len(documented) == 10
    due: dict[str, list[set[str]]] = {fault: [set(), set(), set()] for fault in documented}
    for cell in ALL_CELLS:
        number = column(cell)
        if number is not None:
            endings, may_have_started = expected(cell)
            fault = cell.cause.name if cell.cause.name in documented else ANY_OTHER
            due[fault][number] |= {f"{ending} †" if may_have_started else ending for ending in endings}
    assert documented == {fault: [" or ".join(each) for each in columns] for fault, columns in due.items()}


def test_the_page_on_adoption_has_the_number_of_cells() -> None:
    page = ADOPTION.read_text(encoding="utf-8")
    assert f"{sum(not cell.impossible for cell in ALL_CELLS):,} of them" in page
    assert f"{len(ALL_NAME_CELLS):,} more" in page
