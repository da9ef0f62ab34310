"""What it costs to parse operations, beside other libraries that do the same, and from the wire on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks.measure import compare
from benchmarks.page import SIZE, Wire, client_with_page
from benchmarks.parsers import PARSERS, ParsePage
from benchmarks.responses import TARGET_REGION, bare_client
from benchmarks.tables import Row, Table
from lightsail_copy import Operation, list_snapshots, make_client

_ROUNDS = 300
_OURS = next(iter(PARSERS))
_PLAIN, _UTC = "boto3's dicts", "make_client's dicts"


def _compare_on(page: Sequence[Wire]) -> dict[str, float]:
    def bind(parse: ParsePage) -> Callable[[], object]:
        return lambda: parse(page)

    return compare({name: bind(parse) for name, parse in PARSERS.items()}, _ROUNDS)


def compare_parsers() -> Table:
    """Compare `Operation.from_dict` with other parsers of the same dicts."""
    pages = {
        _PLAIN: client_with_page(bare_client()).get_operations(),
        _UTC: client_with_page(make_client(TARGET_REGION)).get_operations(),
    }
    taken = {source: _compare_on(page["operations"]) for source, page in pages.items()}
    rows: list[Row] = []
    for name in PARSERS:
        figures: dict[str, float] = {}
        for source, of_parser in taken.items():
            figures[f"µs each, {source}"] = of_parser[name] / SIZE
            figures[f"times as slow, {source}"] = of_parser[name] / of_parser[_OURS]
        rows.append(Row(name, figures))
    return Table(
        "Parse 200 operations",
        f"CPU time of the thread, the median of {_ROUNDS} pages of each in turn. Each gives frozen values with the"
        " location nested, timestamps in UTC, known words as enum members, and unknown words kept. boto3 gives"
        " timestamps in the zone of the machine, `make_client` in UTC.",
        tuple(rows),
    )


def compare_pages() -> Table:
    """Compare a page from the wire to objects with boto3's dicts."""
    bare = client_with_page(bare_client())
    made = client_with_page(make_client(TARGET_REGION))

    def parse_page() -> tuple[Operation, ...]:
        return tuple(map(Operation.from_dict, made.get_operations()["operations"]))

    def parse_with_own_client() -> tuple[Operation, ...]:
        return tuple(map(Operation.from_dict, bare.get_operations()["operations"]))

    def list_bare() -> None:
        bare.get_instance_snapshots()
        bare.get_disk_snapshots()

    taken = compare(
        {"bare": bare.get_operations, "dicts": made.get_operations, "own": parse_with_own_client, "made": parse_page},
        _ROUNDS,
    )
    listed = compare({"bare": list_bare, "made": lambda: list_snapshots(made)}, _ROUNDS)

    def row(label: str, micros: float, base: float) -> Row:
        return Row(label, {"µs": micros, "ratio": micros / base})

    return Table(
        "A page of 200, from the bytes of the response",
        "The whole calls, GetOperations, or GetInstanceSnapshots and an empty GetDiskSnapshots; CPU time of the thread,"
        f" the median of {_ROUNDS} of each in turn.",
        (
            row("operations: boto3's client, its dicts", taken["bare"], taken["bare"]),
            row("operations: boto3's client, `Operation` values", taken["own"], taken["bare"]),
            row("operations: `make_client`, its dicts", taken["dicts"], taken["bare"]),
            row("operations: `make_client`, `Operation` values", taken["made"], taken["bare"]),
            row("snapshots: boto3's client, its dicts", listed["bare"], listed["bare"]),
            row("snapshots: `make_client`, `list_snapshots`", listed["made"], listed["bare"]),
        ),
    )
