"""Setting budgets, and ending them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import selectors as accounts
from accounts.models import OrgGroup
from accounts.permissions import Permission, require
from budgets.fiscal import PeriodKind
from budgets.models import Budget
from budgets.ratio import warning
from budgets.rules import DEFAULT_WARN_PERCENT
from budgets.selectors.given_out import overgiven_by_ending
from budgets.selectors.settings import fiscal_calendar
from budgets.selectors.terms import caps_like, label_of, words_of_scope
from budgets.services.bounds import (
    check_cap,
    check_ratio,
    check_scope,
    check_terms,
    locked_budget,
)
from budgets.services.periods import coming, open_periods
from budgets.terms import BudgetTerms, tidied
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import jobs, tenancy
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.errors import DomainError
from procurement.core.ids import new_id
from procurement.core.locking import hold_caps


@transaction.atomic
def set_budget(
    *,
    actor: Actor,
    group: OrgGroup,
    kind: PeriodKind,
    cap: Decimal,
    warn_percent: int = DEFAULT_WARN_PERCENT,
    terms: BudgetTerms | None = None,
    starts_on: date | None = None,
    now: datetime,
) -> Budget:
    """Give a group a budget of a kind and open its current period, and a next one that is near.

    ``terms`` say all that is chosen beside; without them, ``warn_percent`` does and the rest is as
    usual. ``starts_on`` is the first day whose orders it covers, by default the first of the
    current period. Raises `DomainError` where the group has one of that kind and scope, on a cap or
    terms that cannot be, and where the budget above would give out too much. Ten SQL statements,
    and one for each part of the scope.
    """
    require(actor, Permission.MANAGE_BUDGETS, group)
    organization = accounts.organization_by_id(tenancy.current())
    kind = PeriodKind(kind)
    terms = tidied(terms or BudgetTerms(warn_percent=warn_percent))
    check_cap(cap, organization.currency)
    check_terms(terms)
    check_scope(terms)
    hold_caps(organization.id)
    before = caps_like(kind, terms)
    today = local_date(now, organization.time_zone)
    calendar = fiscal_calendar()
    budget = Budget(
        id=new_id(),
        organization_id=actor.organization_id,
        group=group,
        kind=kind.value,
        cap=cap,
        starts_on=starts_on or calendar.period_of(kind, today).starts_on,
        created_at=now,
        **columns_of(terms),
    )
    _insert(budget)
    check_ratio(budget, before, organization.currency)
    open_periods(actor=actor, openings=coming(budget, today, calendar), now=now)
    record(
        actor=actor,
        action=AuditAction.BUDGET_SET,
        subject_type="budget",
        subject_id=budget.id,
        subject_label=label_of(budget),
        group_id=group.id,
        after={
            "cap": cap,
            "kind": kind.value,
            "scope": words_of_scope(budget),
            "starts_on": budget.starts_on,
            **recorded(terms),
        },
        now=now,
    )
    return budget


@transaction.atomic
def end_budget(*, actor: Actor, budget_id: UUID, reason: str, now: datetime) -> Budget:
    """End a budget: new orders are no longer held to it; what it recorded stays.

    Orders that hold room on it go on moving there, and those that waited for it go on. The event
    says which budget above gives out too much from then on (`overgiven_by_ending`). Raises
    `NotFound`; ended already, it is left.
    """
    budget = locked_budget(actor, budget_id)
    if not reason.strip():
        raise DomainError("Say why, for the record.", field="reason")
    if not budget.is_active:
        return budget
    organization = accounts.organization_by_id(tenancy.current())
    today = local_date(now, organization.time_zone)
    too_much = overgiven_by_ending(budget, today)
    budget.is_active = False
    budget.ends_on = max(today, budget.starts_on)
    budget.save(update_fields=["is_active", "ends_on"])
    record(
        actor=actor,
        action=AuditAction.BUDGET_ENDED,
        subject_type="budget",
        subject_id=budget.id,
        subject_label=label_of(budget),
        group_id=budget.group_id,
        before={"cap": budget.cap},
        after={
            "ends_on": budget.ends_on,
            "give_out_too_much": [warning(one, organization.currency) for one in too_much],
        },
        reason=reason,
        now=now,
    )
    let_waiting_orders_go_on(actor)
    return budget


def let_waiting_orders_go_on(actor: Actor) -> None:
    """Have orders that wait for budget looked at once the transaction has committed. No SQL."""
    jobs.enqueue_on_commit("orders.proceed_waiting", organization_id=str(actor.organization_id))


def columns_of(terms: BudgetTerms) -> dict[str, Any]:
    """Return terms as a budget stores them."""
    return {
        "name": terms.name,
        "category_id": terms.category_id,
        "supplier_id": terms.supplier_id,
        "membership_id": terms.membership_id,
        "position_id": terms.position_id,
        **held(terms),
    }


def held(terms: BudgetTerms) -> dict[str, Any]:
    """Return what may change of terms, as a budget stores it: all but name and scope."""
    return {
        "enforcement": terms.enforcement.value,
        "warn_percent": terms.warn_percent,
        "block_percent": terms.block_percent,
        "marks": list(terms.marks),
        "children_percent": terms.children_percent,
        "carries_over": terms.carries_over,
    }


def recorded(terms: BudgetTerms) -> dict[str, Any]:
    """Return terms as the trail keeps them."""
    return {"name": terms.name, **held(terms)}


def _insert(budget: Budget) -> None:
    try:
        with transaction.atomic():
            budget.save(force_insert=True)
    except IntegrityError as error:
        kind = PeriodKind(budget.kind)
        scope = words_of_scope(budget)
        about = f"{kind.adjective} budget for {scope}" if scope else f"{kind.adjective} budget"
        raise DomainError(
            f"{budget.group.name} has a {about} already; change its cap instead.",
            field="kind",
        ) from error
