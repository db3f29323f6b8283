"""What the mail about a period that cannot close says, as plain data for its template."""

from typing import Any

from accounts.models import Organization
from accounts.web import org_reverse
from budgets.rules import ZERO
from budgets.selectors.lifecycle import Closing
from procurement.core.money import format_money

_NAMED = 10


def stuck_context(closing: Closing, organization: Organization) -> dict[str, Any]:
    """Return what keepers are told, as JSON for ``email/period_stuck``.

    Amounts are decimal text in ``currency``; ``orders`` names the ten oldest at most. No SQL.
    """
    covering, heir = closing.covering, closing.heir
    moved = closing.handover.moved
    return {
        "organization": {"name": organization.name, "slug": organization.slug},
        "budget": covering.title,
        "period": covering.period.label,
        "heir": heir.period.label if heir else "",
        "free": f"{max(heir.free, ZERO) if heir else ZERO:f}",
        "short": f"{closing.handover.short:f}",
        "amount": f"{closing.handover.amount:f}",
        "currency": covering.currency,
        "orders": [
            {"label": one.document.label, "amount": f"{one.amount:f}"} for one in moved[:_NAMED]
        ],
        "more": max(len(moved) - _NAMED, 0),
        "path": org_reverse(organization, "budgets:close", period_id=covering.period_id),
        "change_path": org_reverse(
            organization, "budgets:change-cap", budget_id=covering.budget_id
        ),
    }


def stuck_words(closing: Closing) -> tuple[str, str]:
    """Return what a line and a sentence tell of it, on a phone's lock screen. No SQL."""
    covering = closing.covering
    amount = format_money(closing.handover.amount, covering.currency)
    short = format_money(closing.handover.short, covering.currency)
    return (
        f"{covering.title}: {covering.period.label} cannot close",
        f"Open orders of {amount} stand there; the next period lacks {short}.",
    )
