"""The fiscal calendar as an organization sets it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from budgets import selectors, services
from budgets.fiscal import CALENDAR_YEAR, PeriodKind, YearRule
from budgets.models import BudgetPeriod, FiscalYearRule
from budgets.services.periods import Opening, open_periods
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict, DomainError, NotAllowed
from tests.factories.accounts import NOW, Company, system
from tests.factories.budgets import make_budget

pytestmark = [pytest.mark.django_db, pytest.mark.database]

APRIL = YearRule(start_month=4)


def test_before_the_first_budget_the_calendar_holds_for_always_and_can_be_set_anew(
    company: Company,
) -> None:
    dana = company.actor("Dana")
    services.set_fiscal_calendar(actor=dana, rule=YearRule(start_month=7), now=NOW)
    services.set_fiscal_calendar(actor=dana, rule=replace(APRIL, from_on=date(2027, 4, 1)), now=NOW)
    assert FiscalYearRule.objects.count() == 1
    assert selectors.fiscal_calendar().rules == (APRIL,)
    budget = make_budget(company.organization, company.root, kind=PeriodKind.YEAR)
    assert BudgetPeriod.objects.get(budget=budget).code == "2027"
    assert AuditEvent.objects.filter(action="fiscal_calendar.changed").count() == 2


def test_a_later_change_begins_after_every_opened_period_and_makes_a_short_one(
    company: Company,
) -> None:
    dana = company.actor("Dana")
    budget = make_budget(company.organization, company.root, kind=PeriodKind.YEAR)
    with pytest.raises(DomainError, match="Jan 1, 2027 at the earliest") as refused:
        services.set_fiscal_calendar(
            actor=dana, rule=replace(APRIL, from_on=date(2026, 12, 1)), now=NOW
        )
    assert refused.value.field == "from_on"
    rule = replace(APRIL, from_on=date(2027, 1, 1))
    services.set_fiscal_calendar(actor=dana, rule=rule, now=NOW)
    assert selectors.fiscal_calendar().rules == (*CALENDAR_YEAR.rules, rule)
    new_year = datetime(2027, 1, 2, 15, 0, tzinfo=UTC)
    services.open_coming_periods(actor=system(company.organization), now=new_year)
    short = BudgetPeriod.objects.filter(budget=budget).latest("starts_on")
    assert (short.code, short.ends_on) == ("2027", date(2027, 3, 31))


def test_a_period_is_not_opened_by_a_calendar_that_has_changed(company: Company) -> None:
    budget = make_budget(company.organization, company.root, kind=PeriodKind.YEAR)
    stale = selectors.fiscal_calendar().period_of(PeriodKind.YEAR, date(2027, 6, 1))
    rule = replace(APRIL, from_on=date(2027, 1, 1))
    services.set_fiscal_calendar(actor=company.actor("Dana"), rule=rule, now=NOW)
    with pytest.raises(Conflict, match="fiscal calendar has just changed"):
        open_periods(
            actor=system(company.organization), openings=[Opening(budget.id, stale)], now=NOW
        )


def test_the_calendar_is_set_on_the_root_alone(company: Company) -> None:
    with pytest.raises(NotAllowed):
        services.set_fiscal_calendar(actor=company.actor("Tom"), rule=APRIL, now=NOW)
