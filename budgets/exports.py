"""The ledger as a file that finance reconciles to the cent."""

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
)


def ledger_response(
    organization: Organization, period_ids: list[UUID], file_name: str
) -> StreamingHttpResponse:
    """Return a download of the lines of some periods, streamed with flat memory.

    The request's scope has ended by the time the file is read, so it opens its own.
    """
    return csv_download(_file(organization, period_ids), file_name)


def _file(organization: Organization, period_ids: list[UUID]) -> Iterator[bytes]:
    with tenancy.scope(organization.id):
        yield from csv_file(_HEAD, _rows(organization, selectors.lines_in_order(period_ids)))


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
