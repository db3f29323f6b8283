"""Changing budgets: their caps from the running period on, and how they are held."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict
from uuid import UUID

from django.db import transaction

from accounts import selectors as accounts
from budgets.fiscal import PeriodKind
from budgets.models import Budget, BudgetAlert, BudgetPeriod
from budgets.movements import Document
from budgets.rules import ZERO, Covering, Effect, state_of
from budgets.selectors.covering import by_period, standing_on
from budgets.selectors.terms import caps_like, extra_room, label_of, terms_of
from budgets.services.alerts import raise_alerts, rearm_alerts
from budgets.services.bounds import check_cap, check_ratio, check_terms, locked_budget
from budgets.services.caps import held, let_waiting_orders_go_on, recorded
from budgets.services.posting import Line, post
from budgets.services.recapping import cap_line
from budgets.terms import BudgetTerms, Enforcement, lets_more_through, newly_reached, tidied
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import tenancy
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.errors import Conflict, DomainError
from procurement.core.locking import hold_caps, lock_in_turn
from procurement.core.money import format_money


class BudgetChanges(TypedDict, total=False):
    """What is to be another way from now on; whatever is left out stays as it is.

    What a budget counts never changes: its ledger would no longer say what it was held to.
    """

    cap: Decimal
    name: str
    enforcement: Enforcement
    warn_percent: int
    block_percent: int
    marks: tuple[int, ...]
    children_percent: int | None
    carries_over: bool


def change_cap(
    *, actor: Actor, budget_id: UUID, cap: Decimal, reason: str = "", now: datetime
) -> Budget:
    """Change a budget's cap from the running period on, as `change_budget` does."""
    changes: BudgetChanges = {"cap": cap}
    return change_budget(actor=actor, budget_id=budget_id, changes=changes, reason=reason, now=now)


@transaction.atomic
def change_budget(
    *, actor: Actor, budget_id: UUID, changes: BudgetChanges, reason: str = "", now: datetime
) -> Budget:
    """Change a budget's cap, its name and how it is held, from the running period on.

    The running period and those to come that nobody planned otherwise get the new cap, each with a
    line in its ledger; what was carried over, transferred or granted once stays on top. Past
    periods stay as they were. Thresholds that are reached by the change alone are told. Raises
    `NotFound`, `Conflict` on a budget that has ended, and `DomainError` for a cap below what is
    used, terms that cannot be, and where the budget above, or this one, would give out too much.
    """
    organization = accounts.organization_by_id(tenancy.current())
    hold_caps(organization.id)
    budget = locked_budget(actor, budget_id)
    was, old_cap = terms_of(budget), budget.cap
    cap, terms = _wanted(was, old_cap, changes)
    check_cap(cap, organization.currency)
    check_terms(terms)
    if (cap, terms) == (old_cap, was):
        return budget
    if not budget.is_active:
        raise Conflict("This budget has ended; set a new one instead.")
    like = caps_like(PeriodKind(budget.kind), was)
    budget.cap, budget.name = cap, terms.name
    for name, value in held(terms).items():
        setattr(budget, name, value)
    budget.save(update_fields=["cap", "name", *held(terms)])
    check_ratio(budget, like, organization.currency)
    today = local_date(now, organization.time_zone)
    periods = lock_in_turn(
        BudgetPeriod.objects.filter(budget=budget, ends_on__gte=today)
        .exclude(status=BudgetPeriod.Status.CLOSED)
        .select_related("budget")
    )
    if cap != old_cap:
        lines = _cap_lines(budget, periods, old_cap, today, organization.currency)
        post(actor=actor, lines=lines, now=now)
    _tell(actor, periods, was, today, now)
    _record(actor, budget, was, old_cap, reason, now)
    if cap > old_cap or lets_more_through(was, terms):
        let_waiting_orders_go_on(actor)
    return budget


def _wanted(
    was: BudgetTerms, old_cap: Decimal, changes: BudgetChanges
) -> tuple[Decimal, BudgetTerms]:
    """Return the cap and the terms that a change leads to."""
    others: dict[str, Any] = {name: value for name, value in changes.items() if name != "cap"}
    terms = tidied(replace(was, **others))
    return changes.get("cap", old_cap), terms


def _cap_lines(
    budget: Budget,
    periods: Sequence[BudgetPeriod],
    old_cap: Decimal,
    today: date,
    currency: str,
) -> list[Line]:
    """Return the line of each period whose cap changes; a planned one to come keeps its own."""
    extras = extra_room([period.id for period in periods])
    lines: list[Line] = []
    for period in periods:
        extra = extras.get(period.id, ZERO)
        is_planned = period.starts_on > today and period.cap - extra != old_cap
        cap = budget.cap + extra
        if is_planned or cap == period.cap:
            continue
        if cap < period.cap and period.used > cap:
            used = format_money(period.used, currency)
            raise DomainError(
                f"{period.span.label} has used {used} already; the cap cannot be lower than that.",
                field="cap",
            )
        lines.append(cap_line(period, cap, today))
    return lines


def _tell(
    actor: Actor,
    periods: Sequence[BudgetPeriod],
    was: BudgetTerms,
    today: date,
    now: datetime,
) -> None:
    """Alert on what the running period has reached by the change alone; re-arm what it has left."""
    caps = {period.id: period.cap for period in periods}
    running = by_period(standing_on(caps, today))
    if not running:
        return
    before = {
        period_id: replace(
            one,
            cap=caps[period_id],
            warn_percent=was.warn_percent,
            block_percent=was.block_percent,
            marks=was.marks,
        )
        for period_id, one in running.items()
    }
    crossed = [
        Effect(one, ZERO, state_of(one), found, "")
        for period_id, one in running.items()
        if (found := newly_reached(before[period_id], one))
    ]
    document = Document("BUDGET", periods[0].budget_id, "a change of the budget", today)
    rearm_alerts(actor=actor, covering=running.values(), document=document, now=now)
    _forget_former_marks(before, running, now)
    raise_alerts(actor=actor, effects=crossed, document=document, now=now)


def _forget_former_marks(
    before: Mapping[UUID, Covering], after: Mapping[UUID, Covering], now: datetime
) -> None:
    """Close the alerts of thresholds that are none any more, so that pages show them no longer."""
    for period_id, one in after.items():
        former = set(before[period_id].thresholds) - set(one.thresholds)
        if former:
            BudgetAlert.objects.filter(
                period_id=period_id, threshold__in=former, rearmed_at__isnull=True
            ).update(rearmed_at=now)


def _record(
    actor: Actor,
    budget: Budget,
    was: BudgetTerms,
    old_cap: Decimal,
    reason: str,
    now: datetime,
) -> None:
    """Leave one event, of the cap alone or of how the budget is held, with what has changed."""
    before = {"cap": old_cap, **recorded(was)}
    after = {"cap": budget.cap, **recorded(terms_of(budget))}
    changed = [name for name, value in after.items() if value != before[name]]
    record(
        actor=actor,
        action=(
            AuditAction.BUDGET_CAP_CHANGED if changed == ["cap"] else AuditAction.BUDGET_CHANGED
        ),
        subject_type="budget",
        subject_id=budget.id,
        subject_label=label_of(budget),
        group_id=budget.group_id,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
        reason=reason,
        now=now,
    )
