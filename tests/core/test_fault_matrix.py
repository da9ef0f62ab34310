"""
The outcome of a copy, whatever goes wrong at whichever point.

`expected` derives the outcome of a cell from the contract: it knows after which causes botocore retries and how often,
and which attempts reach the service, but nothing of how the package works.
"""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest
from fault_matrix import (
    ALL_CELLS,
    AUTOMATIC,
    BOTH,
    CAUSES,
    LOOKUPS,
    MANUAL,
    MODES,
    POINTS,
    STANDARD,
    TARGET,
    Cause,
    Cell,
    Outcome,
    attempt,
    run,
    small_fake,
)
from names_in_use import ALL_NAME_CELLS, RESOURCES, TROUBLES, NameCell, Resource, queue, run_name_cell

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


EACH_CAUSE = pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.name)


def known_to_start_nothing(cell: Cell, attempts: int) -> bool:
    """Return whether every attempt is known to have started nothing: it was not connected, or it was rejected."""
    steps = cell.point.steps(cell.cause)
    causes = [steps[min(number, len(steps)) - 1].cause for number in range(1, attempts + 1)]
    return all(each.name in {"connection refused", "connect timeout", "throttled"} for each in causes)


def was_returned(outcome: Outcome) -> bool:
    """Return whether the call returned the copy."""
    return outcome.ending in {"result", "adopted"}


def check(cell: Cell, outcome: Outcome) -> None:
    """Check an outcome against what the contract promises."""
    endings, may_have_started = expected(cell)
    assert outcome.ending in endings
    if may_have_started is not None and not was_returned(outcome):
        assert outcome.may_have_started == may_have_started
    _, started, _ = sent(cell)
    # There are never two snapshots, and there is one if the copy started.
    assert outcome.snapshots in ({1} if started else {0, 1})
    # No copy that started is lost: it is returned, or its error says that it may have started.
    assert was_returned(outcome) or outcome.may_have_started or not started
    # A trouble that passes ends in a copy and its result, if the copy started or is requested again.
    if cell.lookup.passes and (started or (cell.if_exists == "adopt" and not cell.point.always)):
        assert was_returned(outcome)
        assert outcome.snapshots == 1
    assert outcome.lookups or outcome.ending != "adopted"
    if outcome.ending == "UnknownOutcomeError" and cell.if_exists == "raise":
        assert ("could not be looked up" in outcome.message) == (cell.lookup.fails and not cell.lookup.passes)
        assert "look for the name in the target Region" in outcome.message
        assert "if_exists='adopt'" in outcome.message
        assert len(outcome.message) < 400


@EACH_CAUSE
def test_every_cell_ends_as_the_contract_says(cause: Cause) -> None:
    for cell in ALL_CELLS:
        if cell.cause is cause:
            check(cell, run(cell))


@EACH_CAUSE
def test_an_automatic_copy_ends_as_a_manual_one_does(cause: Cause) -> None:
    for cell in ALL_CELLS:
        # One cell for each point.
        if cell.cause is cause and cell.lookup in LOOKUPS[:3] and cell.if_exists == "raise":
            check(cell, run(cell, AUTOMATIC))


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


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_the_existing_resource_stays_unchanged_and_is_judged_by_evidence(resource: Resource) -> None:
    for cell in ALL_NAME_CELLS:
        if cell.resource is resource:
            check_where_in_use(cell, run_name_cell(cell))


def check_where_in_use(cell: NameCell, outcome: Outcome) -> None:
    """Check an outcome against what the contract promises where the name is in use."""
    assert outcome.ending in expected_where_in_use(cell)
    assert outcome.snapshots == 1
    assert outcome.lookups or outcome.ending != "adopted"


@pytest.mark.parametrize("seconds", [2, 4, 30])
def test_an_automatic_copy_of_another_process_just_before_is_not_the_calls_own(seconds: int) -> None:
    """The copy may be of another day. Responses are dated to the second, so one second is too close to tell."""
    for row, trouble in enumerate(TROUBLES):
        for lookup in LOOKUPS[row % 3 :: 3]:
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


def test_each_cause_is_at_each_point_or_it_is_said_why_not() -> None:
    assert all(cause.why_not or point.steps(cause) for cause, point in product(CAUSES, POINTS))
    assert {cell.cause for cell in ALL_CELLS} == set(CAUSES)
    assert {(cell.point, cell.if_exists) for cell in ALL_CELLS} == {*product(POINTS, BOTH)}


def test_each_cause_and_each_point_meet_each_kind_of_lookup_and_each_cause_each_retry_mode() -> None:
    assert len(set(ALL_CELLS)) == len(ALL_CELLS)
    assert {(cell.cause, cell.lookup) for cell in ALL_CELLS} == {*product(CAUSES, LOOKUPS)}
    assert {(cell.point, cell.lookup) for cell in ALL_CELLS} == {*product(POINTS, LOOKUPS)}
    assert {(cell.cause, cell.mode) for cell in ALL_CELLS} == {*product(CAUSES, MODES)}
    assert {(cell.mode, cell.if_exists, cell.lookup) for cell in ALL_CELLS} == {*product(MODES, BOTH, LOOKUPS)}


def test_each_resource_and_each_trouble_meet_each_kind_of_lookup() -> None:
    names = {(cell.resource, cell.if_exists, cell.lookup) for cell in ALL_NAME_CELLS}
    assert names == {*product(RESOURCES, BOTH, LOOKUPS)}
    assert {(cell.trouble, cell.if_exists, cell.lookup) for cell in ALL_NAME_CELLS} == {
        *product(TROUBLES, BOTH, LOOKUPS)
    }


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
    if cell.if_exists != "raise" or not is_last or follows_another:
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
