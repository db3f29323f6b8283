"""One period of one budget and the lines of its ledger."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Abs, Coalesce, Greatest

from accounts import selectors as accounts
from accounts.permissions import Permission
from budgets.fiscal import Period
from budgets.models import Budget, BudgetPeriod, LedgerEntry
from budgets.rules import ZERO, Covering
from budgets.selectors.covering import PERIOD_COLUMNS, from_period_row
from budgets.selectors.terms import SCOPE_ROWS
from procurement.core import tenancy, writes
from procurement.core.actors import Actor
from procurement.core.errors import NotFound

# Composed of constants alone.
_ONE = f"SELECT {PERIOD_COLUMNS} WHERE p.organization_id = %s AND p.id = %s"

_NO_BUDGET = "There is no such budget, or it is not yours to see."


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which lines of a ledger are asked for, and in which order; by default all.

    ``document`` and ``by`` are parts of names; ``at_least`` is an amount that some counter moved
    by, up or down. A page shows the newest first, unless told ``oldest_first``.
    """

    kind: str = ""
    document: str = ""
    by: str = ""
    since: date | None = None
    until: date | None = None
    at_least: Decimal | None = None
    oldest_first: bool = False

    @property
    def is_narrow(self) -> bool:
        """Tell whether some lines are left out."""
        return replace(self, oldest_first=False) != EVERY_LINE


EVERY_LINE = Narrowing()


@dataclass(frozen=True, slots=True)
class Moved:
    """What some lines of a ledger moved together."""

    lines: int
    cap: Decimal
    reserved: Decimal
    committed: Decimal
    spent: Decimal

    @property
    def used(self) -> Decimal:
        """Return the change of everything used."""
        return self.reserved + self.committed + self.spent


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


def ledger_of(covering: Covering, narrowing: Narrowing = EVERY_LINE) -> QuerySet[LedgerEntry]:
    """Return the lines of a period that are asked for, in the order asked for.

    One SQL query for each page that is cut from it, and one to count.
    """
    lines = _narrowed(LedgerEntry.objects.filter(period_id=covering.period_id), narrowing)
    return lines.order_by("number" if narrowing.oldest_first else "-number")


def moved(lines: QuerySet[LedgerEntry]) -> Moved:
    """Return how many lines there are and what they moved together. One SQL query."""
    found = lines.order_by().aggregate(
        lines=Count("id"),
        **{
            name: Coalesce(Sum(f"delta_{name}"), ZERO)
            for name in ("cap", "reserved", "committed", "spent")
        },
    )
    return Moved(**found)


def lines_in_order(
    period_ids: list[UUID], narrowing: Narrowing = EVERY_LINE
) -> Iterator[LedgerEntry]:
    """Yield the lines of some periods as they were posted, with budget and group along.

    One SQL query on a server-side cursor; memory stays flat.
    """
    lines = _narrowed(LedgerEntry.objects.filter(period_id__in=period_ids), narrowing)
    return (
        lines.select_related("period__budget__group")
        .order_by("period__budget__group__name", "period_id", "number")
        .iterator(chunk_size=2_000)
    )


def _narrowed(lines: QuerySet[LedgerEntry], narrowing: Narrowing) -> QuerySet[LedgerEntry]:
    if narrowing.kind:
        lines = lines.filter(kind=narrowing.kind)
    if narrowing.document:
        lines = lines.filter(document_label__icontains=narrowing.document)
    if narrowing.by:
        lines = lines.filter(actor_label__icontains=narrowing.by)
    if narrowing.since:
        lines = lines.filter(occurred_on__gte=narrowing.since)
    if narrowing.until:
        lines = lines.filter(occurred_on__lte=narrowing.until)
    if narrowing.at_least:
        counters = ("cap", "reserved", "committed", "spent")
        largest = Greatest(*(Abs(f"delta_{name}") for name in counters))
        lines = lines.annotate(largest=largest).filter(largest__gte=narrowing.at_least)
    return lines
