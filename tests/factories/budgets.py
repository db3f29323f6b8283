"""Budgets and documents for tests, made through the services that the product uses."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from uuid import UUID

from accounts.models import Organization, OrgGroup
from budgets import selectors, services
from budgets.charges import Charge
from budgets.fiscal import PeriodKind
from budgets.models import Budget, BudgetPeriod
from budgets.movements import Document
from budgets.rules import Covering
from budgets.services import Reservation
from procurement.core.ids import new_id
from tests.factories.accounts import NOW, system

TODAY = date(2026, 11, 24)
SATURDAY = 5
_numbers = count(1)


def make_budget(
    organization: Organization,
    group: OrgGroup,
    cap: Decimal | str | int = 1000,
    *,
    kind: PeriodKind = PeriodKind.QUARTER,
    starts_on: date | None = None,
    warn_percent: int = 80,
    now: datetime = NOW,
) -> Budget:
    """Give a group a budget; its current and next periods are open. Needs the scope."""
    return services.set_budget(
        actor=system(organization),
        group=group,
        kind=kind,
        cap=Decimal(cap),
        warn_percent=warn_percent,
        starts_on=starts_on,
        now=now,
    )


def make_document(
    label: str = "", *, document_id: UUID | None = None, on: date = TODAY
) -> Document:
    """Return an order as the ledger names it."""
    return Document(
        "REQUISITION", document_id or new_id(), label or f"R-2026-{next(_numbers):04d}", on
    )


def covering_of(group: OrgGroup, on: date = TODAY) -> tuple[Covering, ...]:
    """Return the budgets that cover an order of a group on a day."""
    return selectors.covering(group.path, on)


def reserve(
    organization: Organization,
    group: OrgGroup,
    amount: Decimal | str | int,
    document: Document | None = None,
    *,
    now: datetime = NOW,
) -> Reservation:
    """Reserve an amount, of no category or supplier, on every budget that covers a group."""
    document = document or make_document()
    return services.reserve(
        actor=system(organization),
        covering=covering_of(group, document.occurred_on),
        charges=[Charge(Decimal(amount))],
        document=document,
        now=now,
    )


def spend_daily(
    organization: Organization, budget: Budget, per_day: Mapping[date, Decimal], *, now: datetime
) -> None:
    """Record what was bought on past days, as history that was imported. Needs the scope."""
    services.open_past_periods(
        actor=system(organization), first=min(per_day), last=max(per_day), now=now
    )
    periods = list(BudgetPeriod.objects.filter(budget=budget))
    postings = [
        services.HistoryPosting(
            next(one.id for one in periods if one.starts_on <= day <= one.ends_on),
            new_id(),
            f"S-{day:%Y%m%d}",
            day,
            amount,
        )
        for day, amount in per_day.items()
    ]
    services.record_history(
        actor=system(organization), document_kind="imported_order", postings=postings, now=now
    )


def workdays(last: date, *, weeks: int, amount: Decimal | int) -> dict[date, Decimal]:
    """Return an amount for each working day of some weeks up to a day."""
    days = (last - timedelta(days=back) for back in range(weeks * 7))
    return {day: Decimal(amount) for day in days if day.weekday() < SATURDAY}
