"""Budgets and documents for tests, made through the services that the product uses."""

from datetime import date, datetime
from decimal import Decimal
from itertools import count
from uuid import UUID

from accounts.models import Organization, OrgGroup
from budgets import selectors, services
from budgets.charges import Charge
from budgets.fiscal import PeriodKind
from budgets.models import Budget
from budgets.movements import Document
from budgets.rules import Covering
from budgets.services import Reservation
from procurement.core.ids import new_id
from tests.factories.accounts import NOW, system

TODAY = date(2026, 11, 24)
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
