"""Orders that went on to a later period, and then see their group move, or change themselves."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.effects import EffectKind
from accounts.models import OrgGroup
from budgets import selectors, services
from budgets.charges import Charge
from budgets.fiscal import PeriodKind
from budgets.models import Budget, BudgetAlert, BudgetPeriod
from budgets.movements import Document
from procurement.core.errors import Conflict
from procurement.core.ids import new_id
from tests.budgets.books import counters
from tests.factories.accounts import NOW, Company, make_company, make_member, system
from tests.factories.budgets import TODAY, covering_of, make_budget, make_document, reserve

pytestmark = [pytest.mark.django_db, pytest.mark.database]

OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 15), date(2026, 11, 15), date(2026, 12, 15)


@pytest.fixture
def company() -> Iterator[Company]:
    company = make_company()
    with company.scope():
        yield company
        assert list(selectors.discrepancies()) == []


def monthly(company: Company, group: OrgGroup, cap: int = 1000) -> Budget:
    return make_budget(
        company.organization, group, cap, kind=PeriodKind.MONTH, starts_on=date(2026, 10, 1)
    )


def placed(company: Company, amount: int, on: date) -> Document:
    document = make_document(on=on)
    group = company.groups["Field Service"]
    assert reserve(company.organization, group, amount, document).is_reserved
    services.commit(actor=system(company.organization), document=document, now=NOW)
    return document


def close(company: Company, budget: Budget, on: date, now: datetime = NOW) -> None:
    period = BudgetPeriod.objects.get(budget=budget, starts_on__lte=on, ends_on__gte=on)
    services.close_period(
        actor=company.actor("Dana"), period_id=period.id, reason="Books are done", now=now
    )


def shift(
    company: Company, document: Document, path: list[OrgGroup], amount: int, today: date
) -> list[EffectKind]:
    """Have an order follow its group below others; return what that does to budgets."""
    requester = make_member(company.organization, company.root, "Rita Requester")
    relocation = services.Relocation(
        document=document,
        path=tuple(one.id for one in path),
        requester_id=requester.id,
        charges=(Charge(Decimal(amount)),),
        is_placed=True,
    )
    found = services.shift(
        actor=system(company.organization), relocations=[relocation], today=today, now=NOW
    )
    return [one.kind for one in found]


@pytest.mark.parametrize("ordered_on", [OCTOBER, TODAY])
def test_an_order_that_moved_on_stays_on_the_budgets_that_still_cover_it(
    company: Company, ordered_on: date
) -> None:
    root = monthly(company, company.root)
    left = monthly(company, company.groups["Facilities"])
    new = monthly(company, company.groups["Engineering"])
    services.open_past_periods(
        actor=system(company.organization), first=OCTOBER, last=TODAY, now=NOW
    )
    document = placed(company, 300, ordered_on)
    for budget in (root, left):
        close(company, budget, ordered_on)
    stands_on = NOVEMBER if ordered_on == OCTOBER else DECEMBER
    assert counters(root, stands_on) == (0, 300, 0)
    shift(company, document, [company.root, company.groups["Engineering"]], 300, TODAY)
    assert counters(root, stands_on) == (0, 300, 0)
    assert counters(left, stands_on) == (0, 0, 0)
    assert counters(new, stands_on) == (0, 300, 0)


def test_an_order_of_a_period_that_is_over_and_not_closed_stays_there(company: Company) -> None:
    root = monthly(company, company.root)
    new = monthly(company, company.groups["Engineering"])
    services.open_past_periods(
        actor=system(company.organization), first=OCTOBER, last=TODAY, now=NOW
    )
    document = placed(company, 300, OCTOBER)
    shift(company, document, [company.root, company.groups["Engineering"]], 300, TODAY)
    assert counters(root, OCTOBER) == (0, 300, 0)
    assert counters(new, NOVEMBER) == (0, 0, 0)


def test_an_order_that_moved_on_can_be_cut_down_where_it_stands_now(company: Company) -> None:
    root = monthly(company, company.root)
    document = placed(company, 300, TODAY)
    close(company, root, TODAY)
    for amount in (200, 400):
        verdict = services.reserve(
            actor=system(company.organization),
            covering=covering_of(company.groups["Field Service"]),
            charges=[Charge(Decimal(amount))],
            document=document,
            now=NOW,
        )
        assert verdict.is_reserved
        assert counters(root, DECEMBER) == (0, amount, 0)
    assert counters(root, TODAY) == (0, 0, 0)


def test_reopening_leaves_the_period_that_went_beyond_its_cap_the_room_it_has(
    company: Company,
) -> None:
    root = monthly(company, company.root)
    Budget.objects.filter(id=root.id).update(enforcement="SOFT", carries_over=True)
    services.open_past_periods(
        actor=system(company.organization), first=OCTOBER, last=TODAY, now=NOW
    )
    placed(company, 1000, OCTOBER)
    close(company, root, OCTOBER)
    placed(company, 1500, TODAY)
    october = BudgetPeriod.objects.get(budget=root, starts_on=date(2026, 10, 1))
    assert counters(root, OCTOBER) == (0, 0, 0)
    assert october.cap == 0
    services.reopen_period(
        actor=company.actor("Dana"), period_id=october.id, reason="A late invoice", now=NOW
    )
    assert (counters(root, OCTOBER), counters(root, NOVEMBER)) == ((0, 0, 0), (0, 2500, 0))


def test_reopening_has_marks_told_again_that_the_period_falls_below(company: Company) -> None:
    root = monthly(company, company.root)
    services.open_past_periods(
        actor=system(company.organization), first=OCTOBER, last=TODAY, now=NOW
    )
    placed(company, 500, OCTOBER)
    placed(company, 400, TODAY)
    close(company, root, OCTOBER)
    alert = BudgetAlert.objects.get(period__budget=root, period__starts_on=date(2026, 11, 1))
    october = BudgetPeriod.objects.get(budget=root, starts_on=date(2026, 10, 1))
    services.reopen_period(
        actor=company.actor("Dana"), period_id=october.id, reason="A late invoice", now=NOW
    )
    assert (counters(root, OCTOBER), counters(root, NOVEMBER)) == ((0, 500, 0), (0, 400, 0))
    alert.refresh_from_db()
    assert alert.rearmed_at == NOW


def test_nothing_by_hand_goes_by_the_reference_of_an_order(company: Company) -> None:
    root = monthly(company, company.root)
    document = placed(company, 300, TODAY)
    period = BudgetPeriod.objects.get(budget=root, starts_on=date(2026, 11, 1))
    said: dict[str, Any] = {
        "actor": company.actor("Dana"),
        "period_id": period.id,
        "amount": Decimal(10),
        "reference": document.id,
        "now": NOW,
    }
    with pytest.raises(Conflict, match="stands for something else"):
        services.set_aside(**said, purpose="A fair", expires_on=date(2026, 11, 30))
    with pytest.raises(Conflict, match="stands for something else"):
        services.adjust_spent(**said, reason="Counted twice")
    assert counters(root) == (0, 300, 0)


def test_an_adjustment_of_one_period_is_not_taken_for_that_of_another(company: Company) -> None:
    budgets = [monthly(company, company.root), monthly(company, company.groups["Facilities"])]
    reference = new_id()
    for budget in budgets:
        period = BudgetPeriod.objects.get(budget=budget, starts_on=date(2026, 11, 1))
        try:
            services.adjust_spent(
                actor=company.actor("Dana"),
                period_id=period.id,
                amount=Decimal(10),
                reason="Petty cash",
                reference=reference,
                now=NOW,
            )
        except Conflict:
            continue
    assert [counters(budget) for budget in budgets] == [(0, 0, 10), (0, 0, 0)]
