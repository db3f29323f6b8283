"""The life of a period: frozen, closed with what stands on it, reopened, carried over."""

from datetime import date
from decimal import Decimal

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from budgets import selectors, services, tasks
from budgets.charges import Charge
from budgets.models import BudgetAlert, BudgetSettings, Earmark, LedgerEntry
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict, DomainError, NotAllowed, NotFound
from procurement.core.ids import new_id
from procurement.outbox import services as outbox
from tests.budgets.books import counters
from tests.budgets.months import (
    DECEMBER,
    LATER,
    NOVEMBER,
    OCTOBER,
    caps,
    carried,
    close,
    monthly,
    order,
    period,
)
from tests.factories.accounts import NOW, Company, actor_of, make_member, system
from tests.factories.budgets import TODAY, covering_of, make_budget, make_document, reserve

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_a_frozen_period_takes_no_new_order_until_it_is_taken_up_again(company: Company) -> None:
    budget = monthly(company)
    document = order(company, 100, placed=False)
    dana, november = company.actor("Dana"), period(budget, NOVEMBER)
    services.freeze_period(actor=dana, period_id=november.id, reason="Audit", now=NOW)
    refused = reserve(company.organization, company.groups["Facilities"], 1)
    assert refused.blocking[0].sentence.startswith("Frozen: it takes no new orders.")
    services.commit(actor=system(company.organization), document=document, now=NOW)
    assert counters(budget) == (0, 100, 0)
    with pytest.raises(Conflict):
        services.freeze_period(actor=dana, period_id=november.id, reason="Again", now=NOW)
    services.thaw_period(actor=dana, period_id=november.id, reason="Done", now=NOW)
    assert reserve(company.organization, company.groups["Facilities"], 1).is_reserved
    lines = LedgerEntry.objects.filter(period=november, kind__in=["FREEZE", "THAW"])
    assert sorted(line.note for line in lines) == ["Audit", "Done"]
    assert AuditEvent.objects.get(action="budget.frozen").reason == "Audit"


@pytest.mark.parametrize("name", ["freeze_period", "close_period"])
def test_changing_a_period_takes_the_permission_and_a_reason(company: Company, name: str) -> None:
    november = period(monthly(company), NOVEMBER)
    step = getattr(services, name)
    buyer = make_member(
        company.organization, company.groups["Facilities"], "Bea Buyer", Role.REQUISITIONER
    )
    with pytest.raises(NotAllowed):
        step(actor=actor_of(buyer), period_id=november.id, reason="Why", now=NOW)
    with pytest.raises(NotFound):
        step(actor=company.actor("Alice"), period_id=november.id, reason="Why", now=NOW)
    with pytest.raises(DomainError) as refused:
        step(actor=company.actor("Dana"), period_id=november.id, reason=" ", now=NOW)
    assert refused.value.field == "reason"


def test_closing_moves_what_stands_there_on_and_then_nothing_moves_on_it(company: Company) -> None:
    budget = monthly(company)
    placed, waiting = order(company, 300, OCTOBER), order(company, 50, OCTOBER, placed=False)
    october = period(budget, OCTOBER)
    shown = selectors.closing_for(company.actor("Dana"), october.id, today=TODAY)
    assert {held.document.label: held.amount for held in shown.handover.moved} == {
        placed.label: 300,
        waiting.label: 50,
    }
    assert shown.heir is not None
    assert shown.heir.period.code == "2026-11"
    close(company, october)
    assert counters(budget, OCTOBER) == (0, 0, 0)
    assert counters(budget, NOVEMBER) == (50, 300, 0)
    assert caps(budget) == [1000, 1000, 1000]
    # What is placed and invoiced later counts where it stands now.
    actor = system(company.organization)
    services.commit(actor=actor, document=waiting, now=NOW)
    services.spend(
        actor=actor, document=placed, charges=[Charge(Decimal(300))], reference="I-1", now=NOW
    )
    assert counters(budget, NOVEMBER) == (0, 50, 300)
    assert counters(budget, OCTOBER) == (0, 0, 0)
    with pytest.raises(Conflict, match="closed already"):
        close(company, october)
    event = AuditEvent.objects.get(action="budget.closed")
    assert event.after == {
        "orders": 2,
        "moved": "350.00",
        "to": "Facilities, Nov 2026",
        "carried": "0",
    }


def test_closing_costs_the_same_however_many_orders_stand_there(company: Company) -> None:
    budget = monthly(company, 100_000)
    for _ in range(12):
        order(company, 10, OCTOBER)
    dana, october = company.actor("Dana"), period(budget, OCTOBER)
    with CaptureQueriesContext(connection) as captured:
        services.close_period(actor=dana, period_id=october.id, reason="Done", now=NOW)
    statements = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(statements) <= 13


def test_orders_that_find_no_room_keep_the_period_open_and_the_next_one_is_named(
    company: Company,
) -> None:
    budget = monthly(company, 1000)
    order(company, 600, OCTOBER)
    order(company, 500, NOVEMBER)
    with pytest.raises(services.NoRoom, match=r"\$600.00 would move on to Nov 2026.*\$500.00 left"):
        close(company, period(budget, OCTOBER))
    assert counters(budget, OCTOBER) == (0, 600, 0)
    assert period(budget, OCTOBER).status == "OPEN"


def test_orders_that_move_on_alert_where_they_arrive(company: Company) -> None:
    budget = monthly(company, 1000)
    order(company, 600, OCTOBER)
    order(company, 300, NOVEMBER)
    close(company, period(budget, OCTOBER))
    assert [(one.period_id, one.threshold) for one in BudgetAlert.objects.all()] == [
        (period(budget, NOVEMBER).id, 80)
    ]


def test_a_soft_budget_takes_what_moves_on_beyond_its_cap(company: Company) -> None:
    budget = monthly(company, 1000, enforcement="SOFT")
    order(company, 600, OCTOBER)
    order(company, 500, NOVEMBER)
    close(company, period(budget, OCTOBER))
    november = period(budget, NOVEMBER)
    assert [november.committed, november.overrun] == [1100, 100]
    assert caps(budget) == [1000, 1000, 1000]


def test_a_period_closed_early_sends_its_orders_ahead_and_refuses_new_ones_of_its_days(
    company: Company,
) -> None:
    budget = monthly(company)
    order(company, 200)
    dana, november = company.actor("Dana"), period(budget, NOVEMBER)
    services.set_aside(
        actor=dana,
        period_id=november.id,
        purpose="Winter tyres",
        amount=Decimal(80),
        expires_on=date(2026, 11, 30),
        reference=new_id(),
        now=NOW,
    )
    close(company, november)
    assert counters(budget, DECEMBER) == (0, 200, 0)
    assert counters(budget, NOVEMBER) == (0, 0, 0)
    assert Earmark.objects.get().released_at == NOW
    refused = reserve(company.organization, company.groups["Facilities"], 1)
    assert refused.blocking[0].sentence.startswith("Closed: it takes no new orders.")


def test_a_reopened_period_takes_the_late_invoices_of_orders_that_moved_on(
    company: Company,
) -> None:
    budget = monthly(company)
    document = order(company, 300, OCTOBER)
    october = period(budget, OCTOBER)
    close(company, october)
    actor, dana = system(company.organization), company.actor("Dana")
    services.reopen_period(actor=dana, period_id=october.id, reason="Late invoice", now=NOW)
    services.spend(
        actor=actor, document=document, charges=[Charge(Decimal(280))], reference="I-1", now=NOW
    )
    assert counters(budget, OCTOBER) == (0, 20, 280)
    assert counters(budget, NOVEMBER) == (0, 0, 0)
    late = make_document(on=OCTOBER)
    refused = reserve(company.organization, company.groups["Facilities"], 1, late)
    assert not refused.is_reserved
    close(company, october)
    assert counters(budget, OCTOBER) == (0, 0, 280)
    assert counters(budget, NOVEMBER) == (0, 20, 0)
    assert AuditEvent.objects.get(action="budget.reopened").reason == "Late invoice"


def test_unused_room_carries_over_exactly_and_again_when_more_gets_free(company: Company) -> None:
    budget = monthly(company, carries_over=True)
    document = order(company, 400, OCTOBER)
    actor = system(company.organization)
    organization_id = str(company.organization.id)
    assert tasks.start_carrying_over.run(organization_id=organization_id) == 1
    assert carried(budget, NOW) == [600]
    assert carried(budget, NOW) == []
    assert caps(budget) == [400, 1600, 1000]
    services.release(actor=actor, document=document, now=NOW)
    assert carried(budget, NOW) == [400]
    assert caps(budget) == [0, 2000, 1000]
    # December: what October gave to November goes on with November's own.
    order(company, 100)
    assert carried(budget, LATER) == [1900]
    assert caps(budget) == [0, 100, 2900]
    event = AuditEvent.objects.filter(action="budget.carried_over").latest("at")
    assert event.subject_label == "Facilities, Dec 2026"


def test_closing_a_budget_that_carries_over_gives_the_room_along_with_the_orders(
    company: Company,
) -> None:
    budget = monthly(company, carries_over=True)
    document = order(company, 600, OCTOBER)
    order(company, 1000, NOVEMBER)
    close(company, period(budget, OCTOBER))
    assert caps(budget) == [0, 2000, 1000]
    assert counters(budget, NOVEMBER) == (0, 1600, 0)
    actor = system(company.organization)
    assert carried(budget, NOW) == []
    services.reopen_period(
        actor=company.actor("Dana"),
        period_id=period(budget, OCTOBER).id,
        reason="Late invoice",
        now=NOW,
    )
    assert caps(budget) == [600, 1400, 1000]
    services.spend(
        actor=actor, document=document, charges=[Charge(Decimal(600))], reference="I-1", now=NOW
    )
    assert counters(budget, OCTOBER) == (0, 0, 600)


def test_a_late_invoice_above_its_order_says_how_it_can_be_booked_once_the_room_has_gone_on(
    company: Company,
) -> None:
    budget = monthly(company, carries_over=True)
    document = order(company, 600, OCTOBER)
    assert carried(budget, NOW) == [400]
    actor, october = system(company.organization), period(budget, OCTOBER)

    def invoiced() -> services.Reservation:
        return services.spend(
            actor=actor,
            document=document,
            charges=[Charge(Decimal("600.01"))],
            reference="I-1",
            is_final=True,
            now=NOW,
        )

    (refused,) = invoiced().blocking
    assert refused.sentence == (
        "Nothing is left of $600.00 in Oct 2026, which is over. Close the period: what the order "
        "has set aside moves on to the next one, and the invoice is booked there. Or ask Dana "
        "Finance for an increase of Oct 2026."
    )
    assert counters(budget, OCTOBER) == (0, 600, 0)
    close(company, october)
    assert invoiced().is_reserved
    assert counters(budget, NOVEMBER) == (0, 0, Decimal("600.01"))


def test_periods_close_by_themselves_and_keepers_hear_of_those_that_cannot(
    company: Company,
) -> None:
    budget = monthly(company, 1000)
    dana, actor = company.actor("Dana"), system(company.organization)
    october = period(budget, OCTOBER)
    assert services.start_closing(actor=actor, now=NOW) == 0
    services.change_settings(actor=dana, charged_on="ORDER", close_after_days=20, now=NOW)
    assert services.start_closing(actor=actor, now=NOW) == 1
    document = order(company, 600, OCTOBER)
    order(company, 500, NOVEMBER)
    for _ in range(2):
        assert not services.close_ended_period(actor=actor, period_id=october.id, now=NOW)
    outbox.deliver(outbox.claim_due(now=LATER))
    assert {message.subject for message in mail.outbox} == {
        "Oct 2026 of Facilities cannot close: its orders find no room"
    }
    assert len(mail.outbox) == 2
    assert document.label in mail.outbox[0].body
    assert "$600.00" in mail.outbox[0].body
    services.release(actor=actor, document=document, now=NOW)
    assert services.close_ended_period(actor=actor, period_id=october.id, now=NOW)
    assert period(budget, OCTOBER).status == "CLOSED"
    assert services.start_closing(actor=actor, now=NOW) == 0


def test_settings_are_of_the_root_and_leave_an_event_only_where_something_changes(
    company: Company,
) -> None:
    dana = company.actor("Dana")
    for _ in range(2):
        services.change_settings(actor=dana, charged_on="DELIVERY", close_after_days=None, now=NOW)
    assert BudgetSettings.objects.get().charged_on == "DELIVERY"
    assert AuditEvent.objects.filter(action="budget_settings.changed").count() == 1
    with pytest.raises(NotAllowed):
        services.change_settings(
            actor=company.actor("Alice"), charged_on="ORDER", close_after_days=None, now=NOW
        )
    with pytest.raises(DomainError) as refused:
        services.change_settings(actor=dana, charged_on="ORDER", close_after_days=366, now=NOW)
    assert refused.value.field == "close_after_days"


def test_a_closed_day_still_counts_on_the_budgets_above(company: Company) -> None:
    make_budget(company.organization, company.root, 5000)
    budget = monthly(company)
    close(company, period(budget, NOVEMBER))
    states = [one.status.value for one in covering_of(company.groups["Field Service"])]
    assert states == ["CLOSED", "OPEN"]
