"""What mails about budgets say, as plain data for their templates."""

from typing import Any

from accounts.models import Organization
from accounts.web import org_reverse
from budgets.models import BudgetAlert
from budgets.rules import FULL, ZERO, percent
from procurement.core.money import format_money


def alert_context(alert: BudgetAlert, organization: Organization) -> dict[str, Any]:
    """Return what people are told of a crossed threshold, as JSON for ``email/budget_alert``.

    Amounts are decimal text in ``currency``, ``share`` is the percentage used with one decimal,
    ``renews_on`` the ISO day on which the budget begins anew. No SQL where period, budget and group
    were read along.
    """
    budget = alert.period.budget
    period = alert.period.span
    is_full = alert.threshold == FULL
    share = percent(alert.used, alert.cap, (alert.threshold, FULL))
    return {
        "organization": {"name": organization.name, "slug": organization.slug},
        "group": budget.group.name,
        "period": period.label,
        "adjective": period.kind.adjective,
        "is_full": is_full,
        "threshold": alert.threshold,
        "share": f"{share:f}",
        "used": f"{alert.used:f}",
        "cap": f"{alert.cap:f}",
        "free": f"{max(alert.cap - alert.used, ZERO):f}",
        "currency": organization.currency,
        "state": "stop" if is_full else "warn",
        "document": alert.document_label,
        "crossed_at": alert.crossed_at.isoformat(),
        "time_zone": organization.time_zone,
        "renews_on": period.renews_on.isoformat(),
        "path": org_reverse(organization, "budgets:ledger", period_id=alert.period_id),
        "change_path": org_reverse(organization, "budgets:change-cap", budget_id=budget.id),
    }


def alert_words(alert: BudgetAlert, organization: Organization) -> tuple[str, str]:
    """Return what a line and a sentence tell of a crossed threshold. No SQL, as above."""
    budget = alert.period.budget
    period = alert.period.span
    of_it = f"its {period.label} budget"
    mark = "used up" if alert.threshold == FULL else f"passed {alert.threshold}% of"
    free = format_money(max(alert.cap - alert.used, ZERO), organization.currency)
    cap = format_money(alert.cap, organization.currency)
    return (
        f"{budget.group.name} has {mark} {of_it}",
        f"{free} of {cap} free. Crossed by {alert.document_label}.",
    )
