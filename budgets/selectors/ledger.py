"""One period of one budget and the lines of its ledger."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from accounts import selectors as accounts
from accounts.permissions import Permission
from budgets.fiscal import Period
from budgets.models import Budget, BudgetPeriod, LedgerEntry
from budgets.rules import Covering
from budgets.selectors.covering import PERIOD_COLUMNS, from_period_row
from budgets.selectors.terms import SCOPE_ROWS
from procurement.core import tenancy, writes
from procurement.core.actors import Actor
from procurement.core.errors import NotFound

# Composed of constants alone.
_ONE = f"SELECT {PERIOD_COLUMNS} WHERE p.organization_id = %s AND p.id = %s"

_NO_BUDGET = "There is no such budget, or it is not yours to see."


@dataclass(frozen=True, slots=True)
class PeriodLink:
    """Another period of the same budget, as a page leads there."""

    id: UUID
    period: Period
    is_current: bool


def budget_for(
    actor: Actor, budget_id: UUID, permission: Permission = Permission.VIEW_BUDGETS
) -> Budget:
    """Return a budget on which an actor holds a permission, with what it is limited to.

    One SQL query. Raises `NotFound`.
    """
    found = (
        Budget.objects.filter(accounts.within(actor, permission, "group__"), id=budget_id)
        .select_related(*SCOPE_ROWS)
        .first()
    )
    if found is None:
        raise NotFound(_NO_BUDGET)
    return found


def period_for(actor: Actor, period_id: UUID) -> Covering:
    """Return a budget's period, as it stands, that an actor may see. One SQL query.

    Raises `NotFound`.
    """
    row = writes.execute(_ONE, [tenancy.current(), period_id]).fetchone()
    if row is not None:
        covering = from_period_row(row)
        if actor.can(Permission.VIEW_BUDGETS, covering.group_path):
            return covering
    raise NotFound(_NO_BUDGET)


def periods_around(covering: Covering) -> tuple[PeriodLink, ...]:
    """Return a budget's period with up to four before it and one after. One SQL query."""
    rows = (
        BudgetPeriod.objects.filter(budget_id=covering.budget_id)
        .order_by("starts_on")
        .values_list("id", "starts_on", "ends_on", "code")
    )
    kind = covering.period.kind
    links = [
        PeriodLink(
            period_id, Period(starts_on, ends_on, kind, code), period_id == covering.period_id
        )
        for period_id, starts_on, ends_on, code in rows
    ]
    here = next((place for place, link in enumerate(links) if link.is_current), 0)
    return tuple(links[max(here - 4, 0) : here + 2])


def ledger_of(covering: Covering, *, kind: str = "", document: str = "") -> QuerySet[LedgerEntry]:
    """Return a period's lines, the latest first; of one kind, with words in the document's label.

    One SQL query for each page that is cut from it, and one to count.
    """
    lines = LedgerEntry.objects.filter(period_id=covering.period_id).order_by("-number")
    if kind:
        lines = lines.filter(kind=kind)
    if document:
        lines = lines.filter(document_label__icontains=document)
    return lines


def lines_in_order(period_ids: list[UUID]) -> Iterator[LedgerEntry]:
    """Yield the lines of some periods as they were posted, with budget and group along.

    One SQL query on a server-side cursor; memory stays flat.
    """
    return (
        LedgerEntry.objects.filter(period_id__in=period_ids)
        .select_related("period__budget__group")
        .order_by("period__budget__group__name", "period_id", "number")
        .iterator(chunk_size=2_000)
    )
