"""How budgets run: the fiscal calendar, which day an order counts on, when periods close."""

from datetime import date, datetime

from django.db import transaction

from accounts import selectors as accounts
from accounts.permissions import Permission, require
from budgets.calendar_changes import CalendarRefused, changed
from budgets.fiscal import FiscalCalendar, YearRule
from budgets.models import BudgetSettings, FiscalYearRule
from budgets.selectors.settings import budget_settings, fiscal_calendar, opened_until
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import tenancy
from procurement.core.actors import Actor
from procurement.core.errors import DomainError
from procurement.core.ids import new_id
from procurement.core.locking import hold_calendar, lock

LONGEST_OPEN = 365
LONGEST_ASKED = 365


@transaction.atomic
def set_fiscal_calendar(*, actor: Actor, rule: YearRule, now: datetime) -> FiscalCalendar:
    """Have fiscal years run by a rule, from its first day on; return the calendar.

    The first one holds for always. A later one begins after every period that has been opened, and
    takes the place of changes that have not begun. At most nine SQL statements. Raises `NotAllowed`
    without the permission on the root, and `DomainError` on a day that is too early, or where two
    periods would have one name.
    """
    root = accounts.root_group()
    require(actor, Permission.MANAGE_BUDGETS, root)
    hold_calendar(actor.organization_id)
    before = fiscal_calendar()
    try:
        after = changed(before, rule, opened_until=opened_until())
    except CalendarRefused as refusal:
        raise DomainError(refusal.message, field=refusal.field) from refusal
    if after == before:
        return before
    _store(actor, before, after, now)
    organization = accounts.organization_by_id(tenancy.current())
    record(
        actor=actor,
        action=AuditAction.FISCAL_CALENDAR_CHANGED,
        subject_type="organization",
        subject_id=organization.id,
        subject_label=organization.name,
        group_id=root.id,
        before={"rules": [_plain(one) for one in before.rules]},
        after={"rules": [_plain(one) for one in after.rules]},
        now=now,
    )
    return after


@transaction.atomic
def change_settings(
    *,
    actor: Actor,
    charged_on: str,
    close_after_days: int | None,
    transfers_expire_after_days: int | None = None,
    now: datetime,
) -> BudgetSettings:
    """Say which day decides an order's period, and after how many days periods close; None: never.

    ``transfers_expire_after_days`` says when what was asked of another budget ends; None leaves
    that as it is. Six SQL statements. Orders that stand somewhere already stay there. Raises
    `NotAllowed` without the permission on the root, and `DomainError` on a choice that there is
    not.
    """
    root = accounts.root_group()
    require(actor, Permission.MANAGE_BUDGETS, root)
    _check(charged_on, close_after_days, transfers_expire_after_days)
    hold_calendar(actor.organization_id)
    found = lock(BudgetSettings.objects.all())
    settings = found[0] if found else budget_settings()
    before = _chosen(settings)
    settings.charged_on = charged_on
    settings.close_after_days = close_after_days
    if transfers_expire_after_days is not None:
        settings.transfers_expire_after_days = transfers_expire_after_days
    after = _chosen(settings)
    if before == after:
        return settings
    if not found:
        settings.id = new_id()
        settings.organization_id = actor.organization_id
    settings.changed_at = now
    settings.save(force_insert=not found)
    organization = accounts.organization_by_id(tenancy.current())
    record(
        actor=actor,
        action=AuditAction.BUDGET_SETTINGS_CHANGED,
        subject_type="organization",
        subject_id=organization.id,
        subject_label=organization.name,
        group_id=root.id,
        before=before,
        after=after,
        now=now,
    )
    return settings


def _check(
    charged_on: str, close_after_days: int | None, transfers_expire_after_days: int | None
) -> None:
    if charged_on not in BudgetSettings.ChargedOn.values:
        raise DomainError("Choose which day decides.", field="charged_on")
    if close_after_days is not None and not 0 <= close_after_days <= LONGEST_OPEN:
        raise DomainError(
            f"Periods close after 0 to {LONGEST_OPEN} days.", field="close_after_days"
        )
    days = transfers_expire_after_days
    if days is not None and not 1 <= days <= LONGEST_ASKED:
        raise DomainError(
            f"Transfers end after 1 to {LONGEST_ASKED} days.", field="transfers_expire_after_days"
        )


def _chosen(settings: BudgetSettings) -> dict[str, object]:
    return {
        "charged_on": settings.charged_on,
        "close_after_days": settings.close_after_days,
        "transfers_expire_after_days": settings.transfers_expire_after_days,
    }


def _store(actor: Actor, before: FiscalCalendar, after: FiscalCalendar, now: datetime) -> None:
    """Replace the rules that are no longer meant by those that are; the others stay untouched."""
    stored = set(FiscalYearRule.objects.values_list("from_on", flat=True))
    same = {one.from_on for one in after.rules if one in before.rules} & stored
    FiscalYearRule.objects.exclude(from_on__in=same).delete()
    FiscalYearRule.objects.bulk_create(
        FiscalYearRule(
            id=new_id(),
            organization_id=actor.organization_id,
            from_on=rule.from_on,
            start_month=rule.start_month,
            pattern=rule.pattern.value,
            weekday=rule.weekday,
            year_end=rule.year_end.value,
            named_for=rule.named_for.value,
            set_by=actor.label[:200],
            set_at=now,
        )
        for rule in after.rules
        if rule.from_on not in same
    )


def _plain(rule: YearRule) -> dict[str, str | int]:
    """Return a rule as the trail keeps it; the one that holds for always has no first day."""
    return {
        "from_on": "" if rule.from_on == date.min else rule.from_on.isoformat(),
        "start_month": rule.start_month,
        "pattern": rule.pattern.value,
        "weekday": rule.weekday,
        "year_end": rule.year_end.value,
        "named_for": rule.named_for.value,
    }
