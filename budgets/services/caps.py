"""Setting budgets, changing their caps, ending them."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import selectors as accounts
from accounts.models import OrgGroup
from accounts.permissions import Permission, require
from budgets.fiscal import PeriodKind
from budgets.models import Budget, BudgetPeriod
from budgets.movements import Document, EntryKind
from budgets.rules import DEFAULT_WARN_PERCENT, FULL, ZERO, Effect, marks_crossed_by_cap, state_of
from budgets.selectors.covering import standing_on
from budgets.selectors.settings import fiscal_calendar
from budgets.services.alerts import raise_alerts
from budgets.services.periods import coming, open_periods
from budgets.services.posting import Line, post
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import tenancy
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.errors import DomainError, NotFound
from procurement.core.ids import new_id
from procurement.core.locking import lock
from procurement.core.money import format_money, quantize

LARGEST_CAP = Decimal("99999999999.99")


@transaction.atomic
def set_budget(
    *,
    actor: Actor,
    group: OrgGroup,
    kind: PeriodKind,
    cap: Decimal,
    warn_percent: int = DEFAULT_WARN_PERCENT,
    starts_on: date | None = None,
    now: datetime,
) -> Budget:
    """Give a group a budget of a kind and open its current and its next period.

    ``starts_on`` is the first day whose orders it covers, by default the first of the current
    period. Raises `DomainError` where the group has one of that kind, and on a cap or a mark that
    cannot be.
    """
    require(actor, Permission.MANAGE_BUDGETS, group)
    organization = accounts.organization_by_id(tenancy.current())
    today = local_date(now, organization.time_zone)
    kind = PeriodKind(kind)
    calendar = fiscal_calendar()
    _check_cap(cap, organization.currency)
    if not 1 <= warn_percent <= FULL:
        raise DomainError("Warn at 1% to 100% of the cap.", field="warn_percent")
    budget = Budget(
        id=new_id(),
        organization_id=actor.organization_id,
        group=group,
        kind=kind.value,
        cap=cap,
        warn_percent=warn_percent,
        starts_on=starts_on or calendar.period_of(kind, today).starts_on,
        created_at=now,
    )
    try:
        with transaction.atomic():
            budget.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError(
            f"{group.name} has a {kind.adjective} budget already; change its cap instead.",
            field="kind",
        ) from error
    open_periods(actor=actor, openings=coming(budget, today, calendar), now=now)
    record(
        actor=actor,
        action=AuditAction.BUDGET_SET,
        subject_type="budget",
        subject_id=budget.id,
        subject_label=_label(budget),
        group_id=group.id,
        after={
            "cap": cap,
            "kind": kind.value,
            "warn_percent": warn_percent,
            "starts_on": budget.starts_on,
        },
        now=now,
    )
    return budget


@transaction.atomic
def change_cap(
    *, actor: Actor, budget_id: UUID, cap: Decimal, reason: str = "", now: datetime
) -> Budget:
    """Change a budget's cap from the current period on; past periods stay as they were.

    Each open period gets a line in its ledger. Raises `NotFound`, and `DomainError` where a period
    has used more than the new cap: what is promised cannot be taken back by lowering a figure.
    """
    budget = _locked(actor, budget_id)
    organization = accounts.organization_by_id(tenancy.current())
    _check_cap(cap, organization.currency)
    if cap == budget.cap:
        return budget
    today = local_date(now, organization.time_zone)
    periods = lock(BudgetPeriod.objects.filter(budget=budget, ends_on__gte=today))
    for period in periods:
        if period.used > cap and cap < period.cap:
            used = format_money(period.used, organization.currency)
            raise DomainError(
                f"{period.span.label} has used {used} already; the cap cannot be lower than that.",
                field="cap",
            )
    before = budget.cap
    budget.cap = cap
    budget.save(update_fields=["cap"])
    lines = [_cap_line(budget, period, cap, today) for period in periods if period.cap != cap]
    post(actor=actor, lines=lines, now=now)
    _alert_lowered(actor, budget, periods, today, now)
    record(
        actor=actor,
        action=AuditAction.BUDGET_CAP_CHANGED,
        subject_type="budget",
        subject_id=budget.id,
        subject_label=_label(budget),
        group_id=budget.group_id,
        before={"cap": before},
        after={"cap": cap},
        reason=reason,
        now=now,
    )
    return budget


@transaction.atomic
def end_budget(*, actor: Actor, budget_id: UUID, reason: str, now: datetime) -> Budget:
    """End a budget: new orders are no longer held to it; what it recorded stays.

    Orders that hold room on it go on moving there. Raises `NotFound`; ended already, it is left.
    """
    if not reason.strip():
        raise DomainError("Say why, for the record.", field="reason")
    budget = _locked(actor, budget_id)
    if not budget.is_active:
        return budget
    organization = accounts.organization_by_id(tenancy.current())
    budget.is_active = False
    budget.ends_on = max(local_date(now, organization.time_zone), budget.starts_on)
    budget.save(update_fields=["is_active", "ends_on"])
    record(
        actor=actor,
        action=AuditAction.BUDGET_ENDED,
        subject_type="budget",
        subject_id=budget.id,
        subject_label=_label(budget),
        group_id=budget.group_id,
        before={"cap": budget.cap},
        after={"ends_on": budget.ends_on},
        reason=reason,
        now=now,
    )
    return budget


def _locked(actor: Actor, budget_id: UUID) -> Budget:
    found = lock(Budget.objects.filter(id=budget_id).select_related("group"))
    if not found or not actor.can(Permission.VIEW_BUDGETS, found[0].group.path):
        raise NotFound("There is no such budget, or it is not yours to see.")
    require(actor, Permission.MANAGE_BUDGETS, found[0].group)
    return found[0]


def _check_cap(cap: Decimal, currency: str) -> None:
    if not cap.is_finite() or cap < 0:
        raise DomainError("A cap is zero or more.", field="cap")
    if cap > LARGEST_CAP:
        raise DomainError(f"A cap is at most {format_money(LARGEST_CAP, currency)}.", field="cap")
    if cap != quantize(cap, currency):
        raise DomainError("Give the cap to the cent, no finer.", field="cap")


def _cap_line(budget: Budget, period: BudgetPeriod, cap: Decimal, today: date) -> Line:
    return Line(
        period_id=period.id,
        kind=EntryKind.CAP,
        key=str(period.entries + 1),
        document=Document("BUDGET", budget.id, "Cap changed", today),
        cap=cap - period.cap,
    )


def _alert_lowered(
    actor: Actor, budget: Budget, periods: Sequence[BudgetPeriod], today: date, now: datetime
) -> None:
    """Alert where a lower cap alone has made the use of the running period cross a threshold."""
    old = {period.id: period.cap for period in periods if period.cap > budget.cap}
    if not old:
        return
    found = [
        Effect(one, ZERO, state_of(one), crossed, "")
        for one in standing_on(old, today)
        if one.period_id is not None
        and (crossed := marks_crossed_by_cap(one, before=old[one.period_id]))
    ]
    document = Document("BUDGET", budget.id, "A lower cap", today)
    raise_alerts(actor=actor, effects=found, document=document, now=now)


def _label(budget: Budget) -> str:
    return f"{budget.group.name}, {PeriodKind(budget.kind).adjective} budget"
