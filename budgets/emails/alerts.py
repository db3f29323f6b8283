"""What mails about a budget that is used up to a mark say, as plain data for their templates."""

from typing import Any

from accounts.models import Organization
from accounts.web import org_reverse
from budgets.charges import scope_words
from budgets.models import Budget, BudgetAlert
from budgets.rules import FULL, percent
from procurement.core.money import format_money

# What a title needs read along of a period's budget.
TITLE_PARTS = tuple(
    f"period__budget__{name}"
    for name in ("group", "category", "supplier", "membership__user", "position")
)


def alert_context(alert: BudgetAlert, organization: Organization) -> dict[str, Any]:
    """Return what people are told of a crossed threshold, as JSON for ``email/budget_alert``.

    Amounts are decimal text in ``currency``, ``share`` is the percentage used with one decimal,
    ``renews_on`` the ISO day on which the budget begins anew. ``then`` says what becomes of orders
    from now on: ``allowed`` as far as they fit, ``refused``, or ``agreed`` to once more. No SQL
    where `TITLE_PARTS` were read along.
    """
    budget = alert.period.budget
    period = alert.period.span
    then = _then(alert)
    share = percent(alert.used, alert.cap, (alert.threshold, FULL))
    return {
        "organization": {"name": organization.name, "slug": organization.slug},
        "group": budget.group.name,
        "budget": _title(budget),
        "period": period.label,
        "adjective": period.kind.adjective,
        "is_full": alert.threshold == FULL,
        "threshold": alert.threshold,
        "then": then,
        "stops_at": budget.block_percent,
        "stops_early": budget.block_percent < FULL,
        "share": f"{share:f}",
        "used": f"{alert.used:f}",
        "cap": f"{alert.cap:f}",
        "free": f"{alert.cap - alert.used:f}",
        "currency": organization.currency,
        "state": _STATES[then],
        "document": alert.document_label,
        "crossed_at": alert.crossed_at.isoformat(),
        "time_zone": organization.time_zone,
        "renews_on": period.renews_on.isoformat(),
        "path": org_reverse(organization, "budgets:ledger", period_id=alert.period_id),
        "change_path": org_reverse(organization, "budgets:change-cap", budget_id=budget.id),
    }


def own_alert_context(alert: BudgetAlert, organization: Organization) -> dict[str, Any]:
    """Return what the holder of a personal budget is told, for ``email/own_budget_alert``.

    ``place`` names it by where it is and what it is for, since whose it is they know; ``seat`` is
    the seat that it comes with, if it does. No SQL, as above.
    """
    seat = alert.period.budget.position
    return alert_context(alert, organization) | {
        "place": _place(alert.period.budget),
        "seat": seat.name if seat else "",
        "path": org_reverse(organization, "budgets:mine"),
        "change_path": "",
    }


def alert_words(alert: BudgetAlert, organization: Organization) -> tuple[str, str]:
    """Return what a line and a sentence tell of a crossed threshold. No SQL, as above."""
    of_it = f"its {alert.period.span.label} budget"
    title = f"{_title(alert.period.budget)} has {_mark(alert)} {of_it}"
    return title, _figures(alert, organization)


def own_alert_words(alert: BudgetAlert, organization: Organization) -> tuple[str, str]:
    """Return the same for the holder of a personal budget. No SQL, as above."""
    where = f"your {alert.period.span.label} budget in {_place(alert.period.budget)}"
    return f"You have {_mark(alert)} {where}", _figures(alert, organization)


def _mark(alert: BudgetAlert) -> str:
    return "used up" if alert.threshold == FULL else f"passed {alert.threshold}% of"


def _figures(alert: BudgetAlert, organization: Organization) -> str:
    free, currency = alert.cap - alert.used, organization.currency
    cap = format_money(alert.cap, currency)
    left = (
        f"Over by {format_money(-free, currency)}, of {cap}."
        if free < 0
        else f"{format_money(free, currency)} of {cap} free."
    )
    return f"{left} Crossed by {alert.document_label}."


_STATES = {"refused": "stop", "agreed": "over", "allowed": "warn"}


def _then(alert: BudgetAlert) -> str:
    budget = alert.period.budget
    if alert.threshold < budget.block_percent:
        return "allowed"
    return "agreed" if budget.enforcement == Budget.Enforcement.SOFT else "refused"


def _title(budget: Budget) -> str:
    """Return what pages call a budget: the group, and what it is limited to."""
    person = budget.membership.user if budget.membership else None
    said = budget.name or scope_words(
        category=budget.category.name if budget.category else "",
        supplier=budget.supplier.name if budget.supplier else "",
        person=(person.name or person.email) if person else "",
        seat=budget.position.name if budget.position else "",
    )
    return f"{budget.group.name}, {said}" if said else budget.group.name


def _place(budget: Budget) -> str:
    """Return what the holder of a personal budget calls it: where it is, and what it is for."""
    said = budget.name or scope_words(
        category=budget.category.name if budget.category else "",
        supplier=budget.supplier.name if budget.supplier else "",
    )
    return f"{budget.group.name}, {said}" if said else budget.group.name
