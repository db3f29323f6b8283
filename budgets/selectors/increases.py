"""Increases that were asked for: who may ask, who sees which, and what stands behind one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts import selectors as accounts
from accounts.actors import MemberActor
from accounts.models import OrgGroup
from accounts.permissions import Permission
from approvals import selectors as approvals
from approvals.background import AskedPast, Background, PeriodPast
from approvals.selectors import RequestDetail
from budgets.increases import KIND, Earlier
from budgets.models import BudgetIncrease, BudgetPeriod
from budgets.rules import Covering, percent
from budgets.selectors.covering import BUDGET_COLUMNS, BUDGET_JOINS, COUNTER_COLUMNS, from_rows
from budgets.selectors.terms import SCOPE_ROWS, words_of_scope
from procurement.core import tenancy, writes
from procurement.core.errors import NotFound

_Status = BudgetIncrease.Status
_PERIODS_SHOWN = 3
_ASKED_SHOWN = 5

# A pill's colour for each state.
PILLS = {
    _Status.PENDING: "now",
    _Status.APPROVED: "good",
    _Status.REJECTED: "stop",
    _Status.WITHDRAWN: "",
    _Status.EXPIRED: "stop",
}

# A period by its id, or the one of a budget that holds a day. Composed of constants alone.
_TARGET = f"""
SELECT {BUDGET_COLUMNS}, {COUNTER_COLUMNS}
FROM budgets_budget b {BUDGET_JOINS}
LEFT JOIN budgets_budgetperiod p ON p.organization_id = b.organization_id AND p.budget_id = b.id
     AND (p.id = %(place)s
          OR b.id = %(place)s AND p.starts_on <= %(on)s AND p.ends_on >= %(on)s)
WHERE b.organization_id = %(organization)s
  AND (b.id = %(place)s OR b.id = (
      SELECT o.budget_id FROM budgets_budgetperiod o
      WHERE o.organization_id = %(organization)s AND o.id = %(place)s))
"""


class Shows(StrEnum):
    """Whose increases a list shows: one's own, or those of the budgets that one keeps."""

    MINE = "mine"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class IncreaseDetail:
    """An increase, with its period, budget and group, and the request that decides it."""

    increase: BudgetIncrease
    request: RequestDetail | None
    is_own: bool


def increase_target(actor: MemberActor, place_id: UUID, on: date) -> Covering:
    """Return the period on which an actor wants to ask for more room.

    ``place_id`` is the period's own id, or the budget's: then the period that holds a day ``on`` of
    the organization's time zone is meant, with ``period_id`` None where nothing has opened it yet.
    Up to three SQL queries. Raises `NotFound` where the actor may not ask.
    """
    rows = writes.execute(
        _TARGET, {"organization": tenancy.current(), "place": place_id, "on": on}
    ).fetchall()
    found = next(iter(from_rows(rows, on)), None)
    if found is None or not _may_ask(actor, found):
        raise NotFound("There is no such budget, or it does not hold any orders of yours.")
    return found


def _may_ask(actor: MemberActor, covering: Covering) -> bool:
    """Tell whether somebody sees a budget, or places orders that count against it."""
    if actor.can(Permission.VIEW_BUDGETS, covering.group_path):
        return True
    if covering.scope.membership_id not in (None, actor.membership_id):
        return False
    if actor.can(Permission.PLACE_ORDERS, covering.group_path):
        return True
    buying = actor.groups_with(Permission.PLACE_ORDERS) or frozenset()
    return OrgGroup.objects.filter(id__in=buying, path__contains=[covering.group_id]).exists()


def pending_like(
    *, period_id: UUID, asker_id: UUID, document_id: UUID | None
) -> QuerySet[BudgetIncrease]:
    """Return what waits for approval already: for one order, or of one person and no order."""
    pending = BudgetIncrease.objects.filter(period_id=period_id, status=_Status.PENDING)
    if document_id is not None:
        return pending.filter(document_id=document_id)
    return pending.filter(asked_by_id=asker_id, document_id__isnull=True)


def earlier_on(period_id: UUID) -> tuple[Earlier, ...]:
    """Return what was decided on a period before, the latest first. One SQL query."""
    rows = (
        BudgetIncrease.objects.filter(period_id=period_id)
        .exclude(status__in=[_Status.PENDING, _Status.WITHDRAWN])
        .order_by("-asked_at")
        .values_list("amount", "status")[:_ASKED_SHOWN]
    )
    return tuple(Earlier(amount, _Status(status).label.lower()) for amount, status in rows)


def cost_centre_of(group_path: Sequence[UUID]) -> str:
    """Return the code of the nearest group that has one, or nothing. One SQL query."""
    rows = OrgGroup.objects.filter(id__in=group_path).exclude(code="").values_list("path", "code")
    return max(rows, key=lambda row: len(row[0]), default=((), ""))[1]


def increases_of(actor: MemberActor, shows: Shows, *, status: str = "") -> QuerySet[BudgetIncrease]:
    """Return increases with period, budget and group, the latest first; of one state, if given.

    One SQL query for each page that is cut from it, and one to count.
    """
    seen = (
        Q(asked_by_id=actor.membership_id)
        if shows is Shows.MINE
        else accounts.within(actor, Permission.MANAGE_BUDGETS, "period__budget__group__")
    )
    found = _with_budget().filter(seen).order_by("-asked_at", "-id")
    return found.filter(status=status) if status else found


def increase_for(actor: MemberActor, increase_id: UUID) -> IncreaseDetail:
    """Return an increase to its asker, to those who see the budget, and to those asked about it.

    Three SQL queries; up to three more for somebody who neither asked nor sees the budget. Raises
    `NotFound`.
    """
    increase = _with_budget().filter(id=increase_id).first()
    if increase is None or not _sees(actor, increase):
        raise NotFound("There is no such increase, or it is not yours to see.")
    request = approvals.latest_request_about(KIND, increase.id)
    return IncreaseDetail(increase, request, increase.asked_by_id == actor.membership_id)


def title_of(increase: BudgetIncrease) -> str:
    """Return the budget and period that an increase is on. No SQL where both are loaded."""
    budget = increase.period.budget
    said = budget.name or words_of_scope(budget)
    whose = f"{budget.group.name}, {said}" if said else budget.group.name
    return f"{whose}, {increase.period.span.label}"


def background_of(increase_id: UUID) -> Background:
    """Return how much of the budget was used before, and what else was asked on it.

    Three SQL queries.
    """
    increase = BudgetIncrease.objects.select_related("period").get(id=increase_id)
    budget_id = increase.period.budget_id
    periods = (
        BudgetPeriod.objects.filter(budget_id=budget_id, ends_on__lt=increase.period.starts_on)
        .select_related("budget")
        .order_by("-starts_on")[:_PERIODS_SHOWN]
    )
    others = (
        BudgetIncrease.objects.filter(period__budget_id=budget_id)
        .exclude(id=increase_id)
        .select_related("period__budget", "asked_by__user")
        .order_by("-asked_at")[:_ASKED_SHOWN]
    )
    return Background(
        periods=tuple(
            PeriodPast(one.span.label, one.cap, one.used, percent(one.used, one.cap))
            for one in periods
        ),
        asked=_asked(others),
    )


def _asked(others: Sequence[BudgetIncrease] | QuerySet[BudgetIncrease]) -> tuple[AskedPast, ...]:
    return tuple(
        AskedPast(
            requester_name=one.asked_by.user.name or one.asked_by.user.email,
            name=one.period.span.label,
            amount=one.amount,
            on=one.asked_at.date(),
            why=one.reason,
            outcome=one.get_status_display(),
            kind=PILLS[_Status(one.status)],
        )
        for one in others
    )


def _sees(actor: MemberActor, increase: BudgetIncrease) -> bool:
    return (
        increase.asked_by_id == actor.membership_id
        or actor.can(Permission.VIEW_BUDGETS, increase.period.budget.group.path)
        or approvals.is_seated_on(actor, increase.id)
    )


def _with_budget() -> QuerySet[BudgetIncrease]:
    budgets = (f"period__budget__{name}" for name in SCOPE_ROWS)
    return BudgetIncrease.objects.select_related(*budgets, "asked_by__user")
