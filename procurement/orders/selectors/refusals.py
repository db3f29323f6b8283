"""Increases of budgets that were asked for with an order and refused: which count, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from approvals.selectors import latest_request_about
from budgets.models import BudgetIncrease
from budgets.selectors import title_of

_Status = BudgetIncrease.Status
ASKED = (_Status.PENDING, _Status.APPROVED)
REFUSED = (_Status.REJECTED, _Status.EXPIRED)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An increase that an order will not get: who refused it and why, and when its budget renews.

    ``sentence`` says all of it but the day, on which the budget named by ``title`` begins anew.
    """

    title: str
    sentence: str
    renews_on: date


def standing_refusals(
    increases: Iterable[BudgetIncrease], since: datetime | None
) -> list[BudgetIncrease]:
    """Return what was asked for an order since it waits and refused, the latest first. No SQL.

    Where more was asked for on the same period later, and not refused, that stands instead.
    """
    found = []
    settled = set()
    for increase in sorted(increases, key=_asked, reverse=True):
        if increase.period_id in settled or (since is not None and increase.asked_at < since):
            continue
        if increase.status in ASKED + REFUSED:
            settled.add(increase.period_id)
        if increase.status in REFUSED:
            found.append(increase)
    return found


def refusal_of(increase: BudgetIncrease) -> Refusal:
    """Return who refused an increase and why, or that nobody decided in time. Three SQL queries."""
    title = title_of(increase)
    return Refusal(title, _sentence(increase, title), increase.period.span.renews_on)


def _sentence(increase: BudgetIncrease, title: str) -> str:
    if increase.status == _Status.EXPIRED:
        return f"Nobody decided in time on the increase of {title}."
    asked = latest_request_about("budget_increase", increase.id)
    said = next((one for one in asked.decisions if one.choice == "REJECT"), None) if asked else None
    if said is None:
        return f"The increase of {title} was refused."
    who = said.membership.user.name or said.membership.user.email
    return f"{who} refused the increase of {title}: “{said.comment}”"


def _asked(increase: BudgetIncrease) -> tuple[datetime, str]:
    return increase.asked_at, str(increase.id)
