"""What mails say about room that one budget asks another for, as plain data for templates."""

from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import Organization
from accounts.web import org_reverse
from budgets.models import BudgetTransfer
from budgets.rules import ZERO, Covering, percent
from procurement.core.money import format_money


def asked_context(
    transfer: BudgetTransfer,
    giver: Covering,
    taker: Covering,
    *,
    organization: Organization,
    asker: str,
    days: int,
) -> dict[str, Any]:
    """Return what the giver's keepers are told, as JSON for ``email/transfer_asked``.

    Amounts are decimal text in ``currency``, shares percentages with one decimal. It ends by itself
    after ``days`` without an answer. No SQL.
    """
    return _shared(transfer, giver, taker, organization) | {
        "asker": asker,
        "days": days,
        "share_before": _share(giver, ZERO),
        "share_after": _share(giver, -transfer.amount),
        "free_after": f"{max(giver.free - transfer.amount, ZERO):f}",
        "cap_after": f"{max(giver.cap - transfer.amount, ZERO):f}",
        "fits": transfer.amount <= giver.free,
        "state": "ok" if transfer.amount <= giver.free else "stop",
    }


def answered_context(
    transfer: BudgetTransfer,
    giver: Covering,
    taker: Covering,
    *,
    organization: Organization,
    answerer: str,
) -> dict[str, Any]:
    """Return what the asker is told, as JSON for ``email/transfer_answered``. No SQL."""
    return _shared(transfer, giver, taker, organization) | {
        "answerer": answerer,
        "answer": transfer.answer,
        "is_done": transfer.status == BudgetTransfer.Status.DONE,
    }


def expired_context(
    transfer: BudgetTransfer,
    giver: Covering,
    taker: Covering,
    *,
    organization: Organization,
    days: int,
    today: date,
) -> dict[str, Any]:
    """Return what the asker is told of what nobody has answered in ``days``. No SQL.

    ``is_over`` says that it ended before, since one of the two periods did.
    """
    is_over = any(one.period.ends_on < today for one in (giver, taker))
    return _shared(transfer, giver, taker, organization) | {"days": days, "is_over": is_over}


def transfer_words(template: str, context: dict[str, Any]) -> tuple[str, str]:
    """Return what a line and a sentence tell of it, on a phone's lock screen. No SQL."""
    amount = format_money(Decimal(context["amount"]), context["currency"])
    if template == "transfer_asked":
        title = f"{context['asker']} asks {context['giver']} for {amount}"
        return title, f"For {context['taker']}: {context['reason']}"
    if template == "transfer_expired":
        title = f"{context['giver']} has not answered you about {amount}"
        return title, f"What you asked for {context['taker']} has ended. You can ask again."
    verb = "gives" if context["is_done"] else "does not give"
    title = f"{context['giver']} {verb} {amount}"
    words = f" “{context['answer']}”" if context["answer"] else ""
    return title, f"{context['answerer']} answered for {context['taker']}.{words}"


def _shared(
    transfer: BudgetTransfer, giver: Covering, taker: Covering, organization: Organization
) -> dict[str, Any]:
    return {
        "organization": {"name": organization.name, "slug": organization.slug},
        "giver": giver.title,
        "giver_period": giver.period.label,
        "taker": taker.title,
        "taker_period": taker.period.label,
        "amount": f"{transfer.amount:f}",
        "currency": giver.currency,
        "reason": transfer.reason,
        "path": org_reverse(organization, "budgets:transfer", transfer_id=transfer.id),
    }


def _share(giver: Covering, cap: Decimal) -> str:
    return f"{percent(giver.used, giver.cap + cap, (*giver.thresholds, 100)):f}"
