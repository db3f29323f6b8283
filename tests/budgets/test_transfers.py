"""Room that one budget gives to another."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.core import mail

from accounts.models import OrgGroup, Role
from budgets import selectors, services, tasks
from budgets.models import Budget, BudgetAlert, BudgetPeriod, BudgetTransfer, LedgerEntry
from budgets.rules import LARGEST_AMOUNT
from procurement.audit.models import AuditEvent
from procurement.core.actors import Actor
from procurement.core.errors import Conflict, DomainError, NotAllowed, NotFound
from procurement.core.ids import new_id
from procurement.core.jobs import periodic_tasks
from procurement.outbox import services as outbox
from tests.budgets.books import assert_ledger_equals_counters
from tests.factories.accounts import NOW, Company, actor_of, make_member, system
from tests.factories.budgets import TODAY, make_budget, reserve

pytestmark = [pytest.mark.django_db, pytest.mark.database]


class Neighbours:
    """Two groups beside each other, a budget and a finance person each."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.giver = self._budget("Workplace")
        self.taker = self._budget("Field Service")
        self.walter = self._keeper("Workplace", "Walter Works")
        self.fiona = self._keeper("Field Service", "Fiona Field")

    def _budget(self, group: str) -> Budget:
        return make_budget(self.company.organization, self.company.groups[group], 1000)

    def _keeper(self, group: str, name: str) -> Actor:
        group_of = self.company.groups[group]
        return actor_of(make_member(self.company.organization, group_of, name, Role.FINANCE))

    def ask(
        self, actor: Actor, amount: str = "300.00", reference: UUID | None = None
    ) -> BudgetTransfer:
        return services.ask_transfer(
            actor=actor,
            giver_id=running(self.giver).id,
            taker_id=running(self.taker).id,
            amount=Decimal(amount),
            reason="A pump broke",
            reference=reference or new_id(),
            now=NOW,
        )

    def caps(self) -> list[Decimal]:
        return [running(self.giver).cap, running(self.taker).cap]


def running(budget: Budget) -> BudgetPeriod:
    found = BudgetPeriod.objects.get(budget=budget, starts_on__lte=TODAY, ends_on__gte=TODAY)
    assert_ledger_equals_counters(found)
    return found


def test_who_keeps_both_budgets_transfers_at_once_and_once(company: Company) -> None:
    both = Neighbours(company)
    reference = new_id()
    for _ in range(2):
        done = both.ask(company.actor("Dana"), reference=reference)
    assert done.status == "DONE"
    assert both.caps() == [700, 1300]
    labels = LedgerEntry.objects.filter(kind="TRANSFER").values_list("document_label", flat=True)
    assert set(labels) == {"To Field Service, Q4 2026", "From Workplace, Q4 2026"}
    assert AuditEvent.objects.get(action="budget.transferred").after == {
        "amount": "300.00",
        "giver": "Workplace, Q4 2026",
    }


def test_a_neighbour_is_asked_by_mail_and_nothing_moves_until_they_agree(company: Company) -> None:
    both = Neighbours(company)
    asked = both.ask(both.fiona)
    assert asked.status == "ASKED"
    assert both.caps() == [1000, 1000]
    with pytest.raises(NotAllowed):
        services.answer_transfer(actor=both.fiona, transfer_id=asked.id, agrees=True, now=NOW)
    services.answer_transfer(
        actor=both.walter, transfer_id=asked.id, agrees=True, answer="Good luck", now=NOW
    )
    assert both.caps() == [700, 1300]
    with pytest.raises(Conflict, match="answered already"):
        services.answer_transfer(actor=both.walter, transfer_id=asked.id, agrees=True, now=NOW)
    outbox.deliver(outbox.claim_due(now=NOW))
    subjects = [message.subject for message in mail.outbox]
    assert subjects.count("Fiona Field asks Workplace for $300.00") == 2
    assert subjects.count("Workplace gives $300.00 to Field Service") == 1
    asking = next(one for one in mail.outbox if "asks" in one.subject)
    assert "A pump broke" in asking.body
    assert f"/budgets/transfers/{asked.id}/" in asking.body


def test_a_refusal_takes_words_which_the_asker_reads(company: Company) -> None:
    both = Neighbours(company)
    asked = both.ask(both.fiona)
    with pytest.raises(DomainError) as refused:
        services.answer_transfer(actor=both.walter, transfer_id=asked.id, agrees=False, now=NOW)
    assert refused.value.field == "answer"
    services.answer_transfer(
        actor=both.walter, transfer_id=asked.id, agrees=False, answer="We need it", now=NOW
    )
    assert both.caps() == [1000, 1000]
    outbox.deliver(outbox.claim_due(now=NOW))
    told = next(one for one in mail.outbox if "does not give" in one.subject)
    assert "We need it" in told.body
    assert AuditEvent.objects.get(action="budget.transfer_refused").reason == "We need it"


def test_the_giver_must_have_the_room_when_it_moves_and_is_warned_by_giving(
    company: Company,
) -> None:
    both = Neighbours(company)
    asked = both.ask(both.fiona)
    reserve(company.organization, company.groups["Workplace"], 750)
    with pytest.raises(DomainError, match=r"Workplace, Q4 2026 has only \$250.00 left"):
        services.answer_transfer(actor=both.walter, transfer_id=asked.id, agrees=True, now=NOW)
    services.withdraw_transfer(actor=both.fiona, transfer_id=asked.id, now=NOW)
    smaller = both.ask(both.fiona, "200.00")
    services.answer_transfer(actor=both.walter, transfer_id=smaller.id, agrees=True, now=NOW)
    assert both.caps() == [800, 1200]
    assert [alert.threshold for alert in BudgetAlert.objects.all()] == [80]


def test_only_those_who_keep_one_of_the_two_see_a_transfer(company: Company) -> None:
    both = Neighbours(company)
    asked = both.ask(both.fiona)
    assert selectors.transfer_for(both.walter, asked.id).id == asked.id
    with pytest.raises(NotFound):
        selectors.transfer_for(company.actor("Alice"), asked.id)
    with pytest.raises(DomainError, match="Choose a budget that can give"):
        services.ask_transfer(
            actor=both.fiona,
            giver_id=running(
                make_budget(company.organization, company.groups["Engineering"], 1000)
            ).id,
            taker_id=running(both.taker).id,
            amount=Decimal(1),
            reason="Why not",
            reference=new_id(),
            now=NOW,
        )


def test_who_can_be_asked_is_what_one_sees_and_what_is_above_and_beside(company: Company) -> None:
    both = Neighbours(company)
    make_budget(company.organization, company.root, 5000)
    make_budget(company.organization, company.groups["Engineering"], 1000)
    taker = selectors.period_for(both.fiona, running(both.taker).id)
    found = selectors.givers_for(both.fiona, taker, TODAY)
    assert [one.group_name for one in found] == ["Northwind Works", "Workplace"]
    dana = company.actor("Dana")
    assert len(selectors.givers_for(dana, taker, TODAY)) == 3
    narrowed = selectors.givers_for(dana, taker, TODAY, query="engin")
    assert [one.group_name for one in narrowed] == ["Engineering"]


def test_a_closed_period_neither_gives_nor_takes(company: Company) -> None:
    both = Neighbours(company)
    asked = both.ask(both.fiona)
    services.close_period(
        actor=company.actor("Dana"), period_id=running(both.giver).id, reason="Early", now=NOW
    )
    with pytest.raises(Conflict, match="closed, and gives and takes no room"):
        services.answer_transfer(actor=both.walter, transfer_id=asked.id, agrees=True, now=NOW)


def bounded(company: Company, group: OrgGroup, cap: int, percent: int) -> Budget:
    """Give a group a budget that bounds what the budgets below it may come to."""
    budget = make_budget(company.organization, group, cap)
    Budget.objects.filter(id=budget.id).update(children_percent=percent)
    return budget


def test_room_moves_between_neighbours_under_a_budget_that_gives_out_all_it_has(
    company: Company,
) -> None:
    both = Neighbours(company)
    bounded(company, company.groups["Facilities"], 2000, 100)
    assert both.ask(company.actor("Dana")).status == "DONE"
    assert both.caps() == [700, 1300]


def test_room_does_not_come_from_elsewhere_into_budgets_whose_sum_is_bounded(
    company: Company,
) -> None:
    both = Neighbours(company)
    bounded(company, company.groups["Facilities"], 2000, 100)
    elsewhere = make_budget(company.organization, company.groups["Engineering"], 1000)
    both.giver = elsewhere
    with pytest.raises(DomainError, match=r"below Facilities would come to \$2,300.00") as refused:
        both.ask(company.actor("Dana"))
    assert refused.value.field == "amount"
    assert both.caps() == [1000, 1000]
    assert not BudgetTransfer.objects.exists()


def test_a_budget_does_not_give_away_what_those_below_it_are_counted_on(company: Company) -> None:
    both = Neighbours(company)
    both.giver = bounded(company, company.groups["Facilities"], 2200, 100)
    with pytest.raises(DomainError, match="may come to"):
        both.ask(company.actor("Dana"), "150.00")
    assert both.ask(company.actor("Dana"), "100.00").status == "DONE"


def test_room_beyond_what_a_budget_can_be_kept_with_is_refused(company: Company) -> None:
    both = Neighbours(company)
    dana = company.actor("Dana")
    services.change_cap(
        actor=dana, budget_id=both.taker.id, cap=LARGEST_AMOUNT, reason="All of it", now=NOW
    )
    with pytest.raises(DomainError, match="A cap is at most") as refused:
        both.ask(dana, "0.01")
    assert refused.value.field == "amount"
    assert both.caps() == [1000, LARGEST_AMOUNT]


def test_what_nobody_answers_ends_after_two_weeks_and_the_asker_is_told_once(
    company: Company,
) -> None:
    both = Neighbours(company)
    asked = both.ask(both.fiona)
    system_actor = system(company.organization)
    almost = NOW + timedelta(days=14, seconds=-1)
    assert services.expire_transfers(actor=system_actor, now=almost) == 0
    late = NOW + timedelta(days=14)
    assert services.expire_transfers(actor=system_actor, now=late) == 1
    assert services.expire_transfers(actor=system_actor, now=late) == 0
    asked.refresh_from_db()
    assert (asked.status, asked.answered_at, asked.answered_by_id) == ("EXPIRED", late, None)
    assert both.caps() == [1000, 1000]
    event = AuditEvent.objects.get(action="budget.transfer_expired")
    assert (event.actor_kind, event.after) == (
        "SYSTEM",
        {"amount": "300.00", "giver": "Workplace, Q4 2026"},
    )
    outbox.deliver(outbox.claim_due(now=late))
    (told,) = (one for one in mail.outbox if "has not answered" in one.subject)
    assert told.subject == "Workplace has not answered you about $300.00 for Field Service"
    assert "within 14 days" in told.body
    with pytest.raises(Conflict, match=r"ended\. Ask again"):
        services.answer_transfer(actor=both.walter, transfer_id=asked.id, agrees=True, now=late)
    with pytest.raises(Conflict, match=r"ended\. Ask again"):
        services.withdraw_transfer(actor=both.fiona, transfer_id=asked.id, now=late)


def test_what_was_asked_for_ends_with_its_period_and_after_as_many_days_as_are_chosen(
    company: Company,
) -> None:
    both = Neighbours(company)
    services.change_settings(
        actor=company.actor("Dana"),
        charged_on="ORDER",
        close_after_days=None,
        transfers_expire_after_days=60,
        now=NOW,
    )
    both.ask(both.fiona)
    actor = system(company.organization)
    assert services.expire_transfers(actor=actor, now=NOW + timedelta(days=30)) == 0
    # The quarter ends on the 37th day after it was asked for.
    assert services.expire_transfers(actor=actor, now=NOW + timedelta(days=38)) == 1
    with pytest.raises(DomainError) as refused:
        services.change_settings(
            actor=company.actor("Dana"),
            charged_on="ORDER",
            close_after_days=None,
            transfers_expire_after_days=0,
            now=NOW,
        )
    assert refused.value.field == "transfers_expire_after_days"


def test_transfers_end_by_themselves_each_hour(company: Company) -> None:
    periodic = periodic_tasks()["budgets.expire_transfers"]
    assert periodic.interval == timedelta(hours=1)
    assert tasks.expire_transfers.run(organization_id=str(company.organization.id)) == 0
