"""Room that is set aside until a day, and what is spent put right by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from budgets import services
from budgets.lifecycle import EARMARK
from budgets.models import BudgetAlert, Earmark, LedgerEntry
from budgets.rules import LARGEST_AMOUNT
from procurement.core.errors import Conflict, DomainError
from procurement.core.ids import new_id
from tests.budgets.books import counters
from tests.budgets.months import (
    NOVEMBER,
    OCTOBER,
    close,
    monthly,
    period,
)
from tests.factories.accounts import NOW, Company, system
from tests.factories.budgets import TODAY, reserve

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_an_earmark_takes_room_until_its_day_and_gives_it_back_by_itself(company: Company) -> None:
    budget = monthly(company)
    dana, november = company.actor("Dana"), period(budget, NOVEMBER)
    reference = new_id()
    for _ in range(2):
        services.set_aside(
            actor=dana,
            period_id=november.id,
            purpose="Winter tyres",
            amount=Decimal(850),
            expires_on=date(2026, 11, 27),
            reference=reference,
            now=NOW,
        )
    assert counters(budget) == (850, 0, 0)
    assert not reserve(company.organization, company.groups["Facilities"], 151).is_reserved
    assert BudgetAlert.objects.filter(rearmed_at__isnull=True).count() == 1
    actor = system(company.organization)
    assert services.release_due_earmarks(actor=actor, now=NOW) == 0
    due = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
    assert services.release_due_earmarks(actor=actor, now=due) == 1
    assert services.release_due_earmarks(actor=actor, now=due) == 0
    assert counters(budget) == (0, 0, 0)
    assert BudgetAlert.objects.filter(rearmed_at__isnull=True).count() == 0
    kinds = LedgerEntry.objects.filter(document_kind=EARMARK).values_list("kind", flat=True)
    assert sorted(kinds) == ["RELEASE", "RESERVE"]


@pytest.mark.parametrize(
    ("field", "terms"),
    [
        ("amount", {"amount": Decimal("1000.01")}),
        ("amount", {"amount": Decimal(0)}),
        ("purpose", {"purpose": " "}),
        ("expires_on", {"expires_on": TODAY}),
        ("expires_on", {"expires_on": date(2026, 12, 1)}),
    ],
)
def test_an_earmark_that_cannot_be_is_refused_beside_its_field(
    company: Company, field: str, terms: dict[str, Any]
) -> None:
    given: dict[str, Any] = {
        "purpose": "Tyres",
        "amount": Decimal(10),
        "expires_on": date(2026, 11, 30),
    }
    november = period(monthly(company), NOVEMBER)
    with pytest.raises(DomainError) as refused:
        services.set_aside(
            actor=company.actor("Dana"),
            period_id=november.id,
            reference=new_id(),
            now=NOW,
            **(given | terms),
        )
    assert refused.value.field == field
    assert not Earmark.objects.exists()


def test_an_adjustment_changes_what_is_spent_with_its_reason_and_is_held_to_the_cap(
    company: Company,
) -> None:
    budget = monthly(company)
    dana, october = company.actor("Dana"), period(budget, OCTOBER)
    reference = new_id()

    def adjust(amount: str, reference: Any) -> None:
        services.adjust_spent(
            actor=dana,
            period_id=october.id,
            amount=Decimal(amount),
            reason="Booked twice",
            reference=reference,
            now=NOW,
        )

    for _ in range(2):
        adjust("400.00", reference)
    assert counters(budget, OCTOBER) == (0, 0, 400)
    with pytest.raises(DomainError, match=r"Only \$600.00 is left"):
        adjust("600.01", new_id())
    adjust("-450.00", new_id())
    assert counters(budget, OCTOBER) == (0, 0, -50)
    close(company, october)
    with pytest.raises(Conflict, match="Reopen it first"):
        adjust("1.00", new_id())
    note = LedgerEntry.objects.filter(kind="ADJUST").earliest("number").note
    assert note == "Booked twice"


def test_an_adjustment_beyond_what_a_soft_budget_can_keep_is_refused(company: Company) -> None:
    october = period(monthly(company, enforcement="SOFT"), OCTOBER)
    dana = company.actor("Dana")

    def adjust(amount: Decimal) -> None:
        services.adjust_spent(
            actor=dana,
            period_id=october.id,
            amount=amount,
            reason="Booked late",
            reference=new_id(),
            now=NOW,
        )

    adjust(LARGEST_AMOUNT)
    with pytest.raises(DomainError, match="can have used more than") as refused:
        adjust(Decimal("0.01"))
    assert refused.value.field == "amount"
