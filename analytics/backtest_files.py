"""The files of a backtest: each order that fares differently, and the approvals of each person."""

from collections.abc import Iterator

from analytics import selectors
from analytics.backtest_pages import Comparison
from analytics.backtesting.tally import Findings
from analytics.filters import Source
from analytics.models import BacktestRun
from procurement.core import tenancy
from procurement.core.files import Cell, csv_file

_CHUNK = 1000


def changes(run: BacktestRun, *, currency: str) -> Iterator[bytes]:
    """Yield the changed orders as CSV. Opens the tenancy scope: the request's has ended by then."""
    head = [
        "Order",
        "Date",
        "Group",
        "Requester",
        "Source",
        f"Amount, {currency}",
        "Before",
        "After",
        "Asked before",
        "Asked after",
        "Why before",
        "Why after",
    ]
    with tenancy.scope(run.organization_id):
        yield from csv_file(head, _changes(run))


def differences(found: Comparison, *, currency: str) -> Iterator[bytes]:
    """Yield the orders that fare differently under two runs as CSV. Opens the tenancy scope."""
    one, other = found.one.label, found.other.label
    head = [
        "Order",
        "Date",
        "Group",
        f"Amount, {currency}",
        "As it was",
        f"Under: {one}",
        f"Under: {other}",
        f"Asked under: {one}",
        f"Asked under: {other}",
    ]
    with tenancy.scope(found.one.organization_id):
        yield from csv_file(head, _differences(found))


def _differences(found: Comparison) -> Iterator[list[Cell]]:
    for start in range(0, len(found.differences), _CHUNK):
        for row in found.differences[start : start + _CHUNK]:
            yield [
                row.number,
                row.on,
                row.group_name,
                row.amount,
                row.before.label,
                row.one.label,
                row.other.label,
                row.one_asks,
                row.other_asks,
            ]


def approvals(found: Findings) -> Iterator[bytes]:
    """Yield the approvals of each person in each week as CSV. No SQL."""
    head = ["Person", "Week from", "Approvals before", "Approvals after", "Difference"]
    return csv_file(
        head,
        (
            (person.name, week, before, after, after - before)
            for person in found.people
            for week, before, after in person.weeks
        ),
    )


def _changes(run: BacktestRun) -> Iterator[list[Cell]]:
    for change in selectors.changes_of(run).iterator(chunk_size=_CHUNK):
        yield [
            change.order_number,
            change.on,
            change.group_name,
            change.requester_name,
            Source(change.source).label,
            change.amount,
            change.before_label,
            change.after_label,
            selectors.asked_in_words(change.before["stages"]),
            selectors.asked_in_words(change.after["stages"]),
            " ".join(change.before["sentences"]),
            " ".join(change.after["sentences"]),
        ]
