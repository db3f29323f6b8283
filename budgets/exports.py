"""The ledger and the meters as files that finance reconciles to the cent."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import StreamingHttpResponse

from accounts.models import Organization
from budgets import selectors
from budgets.models import LedgerEntry
from budgets.plan_files import HEAD, BudgetLine, line_of
from budgets.planning import Plan
from budgets.rules import Effect
from budgets.selectors import Narrowing, TreeRow
from procurement.core import tenancy
from procurement.core.downloads import csv_download
from procurement.core.files import Cell, csv_file

_HEAD = (
    "Group",
    "Period",
    "Line",
    "Posted at",
    "Day",
    "Movement",
    "Document",
    "Document id",
    "By",
    "Cap",
    "Reserved",
    "Committed",
    "Spent",
    "Overrun",
    "Used after",
    "Currency",
    "Note",
)


_EVERY_LINE = Narrowing()
_TREE_HEAD = (
    "Group",
    "Level",
    "Budget",
    "Counts",
    "Period",
    "From",
    "To",
    "Cap",
    "Reserved",
    "Committed",
    "Spent",
    "Used",
    "Free",
    "Used %",
    "Overrun",
    "Warns at %",
    "Stops at %",
    "Beyond it",
    "State",
    "Currency",
    "Group id",
    "Budget id",
)


def ledger_response(
    organization: Organization,
    period_ids: list[UUID],
    file_name: str,
    narrowing: Narrowing = _EVERY_LINE,
) -> StreamingHttpResponse:
    """Return a download of the lines of some periods, streamed with flat memory.

    The request's scope has ended by the time the file is read, so it opens its own.
    """
    return csv_download(_file(organization, period_ids, narrowing), file_name)


def tree_response(rows: Iterable[TreeRow], file_name: str) -> StreamingHttpResponse:
    """Return a download of the meters of a tree, a line for each budget. No SQL."""
    cells = [_meter(row, row.effect) for row in rows if row.effect]
    return csv_download(csv_file(_TREE_HEAD, cells), file_name)


def _meter(row: TreeRow, effect: Effect) -> list[Cell]:
    one = effect.covering
    return [
        row.name,
        row.level,
        one.title,
        one.scope.words or "Everything",
        one.period.label,
        one.period.starts_on,
        one.period.ends_on,
        one.cap,
        one.reserved,
        one.committed,
        one.spent,
        one.used,
        one.free,
        effect.percent_after,
        one.overrun,
        one.warn_percent,
        one.block_percent,
        "Goes on with one more approval" if one.is_soft else "Stops",
        row.mark.words if row.mark else "",
        one.currency,
        one.group_id,
        one.budget_id,
    ]


def _file(
    organization: Organization, period_ids: list[UUID], narrowing: Narrowing
) -> Iterator[bytes]:
    with tenancy.scope(organization.id):
        lines = selectors.lines_in_order(period_ids, narrowing)
        yield from csv_file(_HEAD, _rows(organization, lines))


def _rows(organization: Organization, lines: Iterable[LedgerEntry]) -> Iterator[list[Cell]]:
    zone = ZoneInfo(organization.time_zone)
    for line in lines:
        budget = line.period.budget
        yield [
            budget.group.name,
            line.period.span.label,
            line.number,
            _local(line.at, zone),
            line.occurred_on,
            line.get_kind_display(),
            line.document_label,
            line.document_id,
            line.actor_label,
            line.delta_cap,
            line.delta_reserved,
            line.delta_committed,
            line.delta_spent,
            line.delta_overrun,
            line.used_after,
            organization.currency,
            line.note,
        ]


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


_PLAN_HEAD = ("Group", "Budget", "Period", "Now", "Then", "Difference", "Percent", "Currency")


def plan_response(plan: Plan, file_name: str) -> StreamingHttpResponse:
    """Return a download of what a plan changes, with a row of totals."""
    rows: list[list[Cell]] = [
        [
            change.slot.covering.group_name,
            change.slot.covering.title,
            change.slot.covering.period.code,
            change.before,
            change.cap,
            change.difference,
            change.percent,
            change.slot.covering.currency,
        ]
        for change in plan.changes
    ]
    rows.append(["Total", "", "", plan.before, plan.after, plan.difference, None, ""])
    return csv_download(csv_file(_PLAN_HEAD, rows), file_name)


def budgets_response(lines: Iterable[BudgetLine], file_name: str) -> StreamingHttpResponse:
    """Return a download of caps that can be changed and uploaded again."""
    return csv_download(csv_file(HEAD, (line_of(line) for line in lines)), file_name)
