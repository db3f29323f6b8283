"""Raising a period's cap as it was approved, within what the budget above gives out."""

from dataclasses import replace
from datetime import datetime

from accounts.models import Organization
from budgets.fiscal import PeriodKind
from budgets.models import Budget, BudgetIncrease, BudgetPeriod
from budgets.movements import Document, EntryKind
from budgets.planning import cap_objection
from budgets.ratio import newly_overgiven
from budgets.selectors.covering import standing_on
from budgets.selectors.terms import SCOPE_ROWS, caps_in_period, caps_like, terms_of
from budgets.services.alerts import rearm_alerts
from budgets.services.posting import Line, post
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.errors import Conflict
from procurement.core.locking import hold_caps, lock, lock_in_turn
from procurement.core.money import format_money


def raise_cap(
    *, actor: Actor, increase: BudgetIncrease, organization: Organization, now: datetime
) -> None:
    """Raise the cap of an approved increase's period, of what follows too where it is lasting.

    Each period gets a line in its ledger, and is told of again once it is used up anew. The caller
    holds the increase locked. Raises `Conflict` where the period has been closed since, or the
    budget has ended, and where the budget above would give out too much: it names that one. Nine
    SQL statements, two more for a lasting one.
    """
    hold_caps(organization.id)
    (budget,) = lock(
        Budget.objects.filter(periods__id=increase.period_id).select_related(*SCOPE_ROWS)
    )
    periods = _periods(budget, increase)
    first = next(one for one in periods if one.id == increase.period_id)
    _check_open(budget, first)
    highest = max(budget.cap, *(one.cap for one in periods))
    if objection := cap_objection(highest + increase.amount, organization.currency):
        raise Conflict(objection)
    _check_above(budget, increase, first, organization.currency)
    if increase.is_lasting:
        budget.cap += increase.amount
        budget.save(update_fields=["cap"])
    today = local_date(now, organization.time_zone)
    document = Document("budget_increase", increase.id, "Increase approved", today)
    post(
        actor=actor,
        lines=[_line(one, increase, document) for one in periods],
        now=now,
    )
    running = standing_on([one.id for one in periods], today)
    rearm_alerts(actor=actor, covering=running, document=document, now=now)


def _periods(budget: Budget, increase: BudgetIncrease) -> list[BudgetPeriod]:
    """Lock the periods that it raises, the one that it was asked on among them."""
    rows = BudgetPeriod.objects.filter(budget=budget)
    if not increase.is_lasting:
        return lock_in_turn(rows.filter(id=increase.period_id))
    later = rows.filter(starts_on__gte=increase.period.starts_on)
    return [
        one
        for one in lock_in_turn(later)
        if one.id == increase.period_id or one.status != BudgetPeriod.Status.CLOSED
    ]


def _check_open(budget: Budget, period: BudgetPeriod) -> None:
    if not budget.is_active:
        raise Conflict("The budget has ended since, so there is nothing to raise. Reject it.")
    if period.status == BudgetPeriod.Status.CLOSED:
        period.budget = budget
        raise Conflict(
            f"{period.span.label} has been closed since, so there is nothing to raise. Reject it."
        )


def _check_above(
    budget: Budget, increase: BudgetIncrease, period: BudgetPeriod, currency: str
) -> None:
    """Refuse what would have a budget above give out more than it lets the ones below it have.

    In the period it is asked for, as its caps are, and for good where it is lasting.
    """
    family = caps_like(PeriodKind(budget.kind), terms_of(budget))
    actual = caps_in_period(family, period.starts_on)
    for caps in (actual, family) if increase.is_lasting else (actual,):
        after = [
            replace(one, amount=one.amount + increase.amount) if one.budget_id == budget.id else one
            for one in caps
        ]
        for one in newly_overgiven(caps, after):
            given, most = (format_money(amount, currency) for amount in (one.given, one.most))
            raise Conflict(
                f"With it, the budgets below {one.cap.title} would come to {given} together, and "
                f"may come to {most}. Raise the budget of {one.cap.title} first, or reject it."
            )


def _line(period: BudgetPeriod, increase: BudgetIncrease, document: Document) -> Line:
    return Line(
        period_id=period.id,
        kind=EntryKind.CAP,
        key="",
        document=document,
        cap=increase.amount,
    )
