from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts import services as accounts
from accounts.models import Position, Role
from accounts.notifying import NotificationEvent
from accounts.telling import Choice, EmailChoice
from budgets import selectors, services, tasks
from budgets.models import Budget, BudgetAlert
from procurement.audit.models import AuditEvent
from procurement.outbox import services as outbox
from procurement.outbox.models import OutboxMessage
from tests.budgets.books import charged
from tests.factories.accounts import NOW, Company, make_member, system
from tests.factories.budgets import TODAY, make_budget, make_document, reserve

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def deliver() -> None:
    outbox.deliver(outbox.claim_due(now=NOW + timedelta(hours=1)))


def test_each_threshold_alerts_once_for_each_period(company: Company) -> None:
    make_budget(company.organization, company.root, 1000)
    assert [e.crossed for e in reserve(company.organization, company.root, 790).effects] == [()]
    for amount in (10, 50, 149):
        reserve(company.organization, company.root, amount)
    assert [alert.threshold for alert in BudgetAlert.objects.all()] == [80]
    reserve(company.organization, company.root, 1)
    assert sorted(alert.threshold for alert in BudgetAlert.objects.all()) == [80, 100]
    assert AuditEvent.objects.filter(action="budget.threshold_crossed").count() == 2


def test_a_threshold_that_the_use_fell_below_is_told_again_at_the_next_crossing(
    company: Company,
) -> None:
    make_budget(company.organization, company.root, 1000)
    document = make_document("R-2026-0999")
    reserve(company.organization, company.root, 790)
    reserve(company.organization, company.root, 210, document)
    services.release(actor=system(company.organization), document=document, now=NOW)
    alerts = BudgetAlert.objects.order_by("threshold", "crossed_at")
    assert [(one.threshold, one.rearmed_at) for one in alerts] == [(80, NOW), (100, NOW)]
    reserve(company.organization, company.root, 10)
    assert [(one.threshold, one.rearmed_at is None) for one in alerts.all()] == [
        (80, False),
        (80, True),
        (100, False),
    ]
    events = AuditEvent.objects.filter(action="budget.rearmed")
    assert [event.after and event.after["threshold"] for event in events] == [80, 100]


def test_a_release_that_stays_above_a_threshold_leaves_its_alert_alone(company: Company) -> None:
    make_budget(company.organization, company.root, 1000)
    document = make_document()
    reserve(company.organization, company.root, 800)
    reserve(company.organization, company.root, 100, document)
    services.release(actor=system(company.organization), document=document, now=NOW)
    assert BudgetAlert.objects.get().rearmed_at is None
    assert not AuditEvent.objects.filter(action="budget.rearmed").exists()


def test_crossing_is_queued_for_the_worker_when_the_order_commits(
    company: Company, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    make_budget(company.organization, company.root, 1000)
    with django_capture_on_commit_callbacks() as queued:
        reserve(company.organization, company.root, 800)
    assert len(queued) == 1


def test_the_nearest_finance_people_and_administrators_are_told(company: Company) -> None:
    facilities = company.groups["Facilities"]
    frida = make_member(company.organization, facilities, "Frida Finance", Role.FINANCE)
    make_member(company.organization, company.groups["Engineering"], "Otto Other", Role.FINANCE)
    make_budget(company.organization, company.groups["Field Service"], 1000)
    reserve(company.organization, company.groups["Field Service"], 800)
    alert = BudgetAlert.objects.get()
    told = services.send_alert(actor=system(company.organization), alert_id=alert.id, now=NOW)
    assert told == 2
    alert.refresh_from_db()
    assert set(alert.told) == {"Frida Finance", "Adam Administrator"}
    assert frida.user.email in OutboxMessage.objects.values_list("recipient", flat=True)


def test_a_suspended_keeper_is_not_told(company: Company) -> None:
    make_budget(company.organization, company.root, 1000)
    accounts.suspend_member(
        actor=company.actor("Adam"), membership=company.people["Dana"], reason="Left", now=NOW
    )
    reserve(company.organization, company.root, 800)
    services.send_alert(
        actor=system(company.organization), alert_id=BudgetAlert.objects.get().id, now=NOW
    )
    assert BudgetAlert.objects.get().told == ["Adam Administrator"]


def test_an_alert_is_told_once_however_often_its_job_runs(company: Company) -> None:
    make_budget(company.organization, company.root, 1000)
    reserve(company.organization, company.root, 800)
    alert = BudgetAlert.objects.get()
    actor = system(company.organization)
    assert services.send_alert(actor=actor, alert_id=alert.id, now=NOW) == 2
    assert services.send_alert(actor=actor, alert_id=alert.id, now=NOW) == 0
    assert OutboxMessage.objects.count() == 2


def test_one_order_over_both_marks_mails_the_higher_one(company: Company) -> None:
    make_budget(company.organization, company.root, 1000)
    reserve(company.organization, company.root, 1000)
    later = NOW + timedelta(minutes=1)
    assert services.send_waiting_alerts(actor=system(company.organization), now=later) == 1
    deliver()
    assert {message.subject for message in mail.outbox} == {
        "Northwind Works has used up its Q4 2026 budget"
    }
    assert len(mail.outbox) == 2


def test_an_alert_whose_job_was_lost_is_swept_and_a_fresh_one_left_to_its_job(
    company: Company,
) -> None:
    make_budget(company.organization, company.root, 1000)
    reserve(company.organization, company.root, 800)
    actor = system(company.organization)
    assert services.send_waiting_alerts(actor=actor, now=NOW) == 0
    assert services.send_waiting_alerts(actor=actor, now=NOW + timedelta(seconds=30)) == 1
    assert services.send_waiting_alerts(actor=actor, now=NOW + timedelta(hours=1)) == 0


def test_the_mail_says_what_happened_and_what_happens_now(company: Company) -> None:
    make_budget(company.organization, company.groups["Workplace"], 1000)
    document = make_document("R-2026-0418")
    reserve(company.organization, company.groups["Workplace"], Decimal("812.34"), document)
    alert = BudgetAlert.objects.get()
    services.send_alert(actor=system(company.organization), alert_id=alert.id, now=NOW)
    deliver()
    sent = mail.outbox[0]
    assert sent.subject == "Workplace has passed 80% of its Q4 2026 budget"
    assert isinstance(sent, EmailMultiAlternatives)
    html = str(sent.alternatives[0][0])
    for words in ("81.2%", "$1,000.00", "$187.66", "R-2026-0418", "Tue, Nov 24, 10:00 AM"):
        assert words in sent.body
        assert words in html
    assert "orders that fit are still allowed" in sent.body
    ledger = f"/{company.organization.slug}/budgets/{alert.period_id}/"
    assert ledger in sent.body
    assert ledger in html


def told(company: Company) -> EmailMultiAlternatives:
    """Send the latest alert and return the first mail of it."""
    alert = BudgetAlert.objects.filter(sent_at__isnull=True).latest("crossed_at")
    services.send_alert(actor=system(company.organization), alert_id=alert.id, now=NOW)
    deliver()
    sent = mail.outbox[0]
    assert isinstance(sent, EmailMultiAlternatives)
    return sent


@pytest.mark.parametrize(
    ("terms", "amount", "subject", "then"),
    [
        ({"marks": [50]}, 500, "has passed 50% of its", "orders that fit are still allowed"),
        (
            {"block_percent": 90},
            900,
            "has passed 90% of its",
            "orders that would take it beyond 90% are refused until its cap is raised",
        ),
        (
            {"enforcement": "SOFT"},
            1200,
            "has used up its",
            "orders beyond 100% of this budget go on once somebody more has agreed to them",
        ),
        (
            {"enforcement": "SOFT"},
            810,
            "has passed 80% of its",
            "orders that fit are still allowed",
        ),
    ],
)
def test_the_mail_says_what_its_mark_means(
    company: Company, terms: dict[str, Any], amount: int, subject: str, then: str
) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    Budget.objects.filter(id=budget.id).update(name="Fleet", **terms)
    reserve(company.organization, company.root, amount)
    sent = told(company)
    assert sent.subject == f"Northwind Works, Fleet {subject} Q4 2026 budget"
    assert then in sent.body
    assert then in str(sent.alternatives[0][0])


def test_an_alert_of_a_limited_budget_names_what_it_is_for(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    Budget.objects.filter(id=budget.id).update(membership=company.people["Alice"])
    services.reserve(
        actor=system(company.organization),
        covering=selectors.covering(
            company.root.path, TODAY, requester_id=company.people["Alice"].id
        ),
        charges=charged(800),
        document=make_document(),
        now=NOW,
    )
    assert told(company).subject.startswith("Northwind Works, Alice ")


def alert_on_a_personal_budget(company: Company, holder: str, amount: int = 800) -> BudgetAlert:
    """Have a person's own budget cross a mark by an order of theirs."""
    budget = make_budget(company.organization, company.root, 1000)
    Budget.objects.filter(id=budget.id).update(membership=company.people[holder])
    return alert_on(company, budget, holder, amount)


def alert_on(company: Company, budget: Budget, buyer: str, amount: int = 800) -> BudgetAlert:
    """Have an order of somebody's cross a mark of a budget."""
    services.reserve(
        actor=system(company.organization),
        covering=selectors.covering(
            company.root.path, TODAY, requester_id=company.people[buyer].id
        ),
        charges=charged(amount),
        document=make_document("R-2026-0418"),
        now=NOW,
    )
    return BudgetAlert.objects.get(period__budget=budget)


def test_whose_own_budget_crosses_a_mark_is_told_once_beside_its_keepers(company: Company) -> None:
    alert = alert_on_a_personal_budget(company, "Alice")
    actor = system(company.organization)
    assert services.send_alert(actor=actor, alert_id=alert.id, now=NOW) == 3
    assert services.send_alert(actor=actor, alert_id=alert.id, now=NOW) == 0
    assert services.send_waiting_alerts(actor=actor, now=NOW + timedelta(hours=1)) == 0
    alert.refresh_from_db()
    assert alert.told[-1] == "Alice Requester"
    deliver()
    (sent,) = (one for one in mail.outbox if one.to == [company.people["Alice"].user.email])
    assert sent.subject == "You have passed 80% of your Q4 2026 budget in Northwind Works"
    assert isinstance(sent, EmailMultiAlternatives)
    html = str(sent.alternatives[0][0])
    own = f"/{company.organization.slug}/budgets/mine/"
    for words in (own, "this budget is your own", "R-2026-0418", "$200.00"):
        assert words in sent.body
        assert words in html
    assert "Change the cap" not in html


def test_whoever_fills_a_seat_is_told_of_the_budget_that_comes_with_it(company: Company) -> None:
    seat = Position.objects.get(code="supervisor")
    for name, is_deputy in (("Alice", False), ("Erin", True)):
        accounts.fill_position(
            actor=company.actor("Adam"),
            position=seat,
            group=company.root,
            membership=company.people[name],
            is_deputy=is_deputy,
            now=NOW,
        )
    budget = make_budget(company.organization, company.root, 1000)
    Budget.objects.filter(id=budget.id).update(position=seat)
    alert = alert_on(company, budget, "Alice")
    services.send_alert(actor=system(company.organization), alert_id=alert.id, now=NOW)
    alert.refresh_from_db()
    assert alert.told[-1] == "Alice Requester"
    assert "Erin Director" not in alert.told
    deliver()
    (sent,) = (one for one in mail.outbox if one.to == [company.people["Alice"].user.email])
    assert sent.subject == "You have passed 80% of your Q4 2026 budget in Northwind Works"
    assert "this budget comes with your seat as Supervisor" in sent.body


def test_a_keeper_whose_own_budget_crosses_a_mark_is_told_once_as_its_keeper(
    company: Company,
) -> None:
    alert = alert_on_a_personal_budget(company, "Dana")
    services.send_alert(actor=system(company.organization), alert_id=alert.id, now=NOW)
    deliver()
    (sent,) = (one for one in mail.outbox if one.to == [company.people["Dana"].user.email])
    assert "Change the cap" in sent.body


def test_the_holder_of_a_budget_is_told_as_they_have_chosen(company: Company) -> None:
    accounts.choose_notifications(
        actor=company.actor("Alice"),
        choices={NotificationEvent.BUDGET_ALERT: Choice(EmailChoice.OFF, push=False)},
        now=NOW,
    )
    alert = alert_on_a_personal_budget(company, "Alice")
    services.send_alert(actor=system(company.organization), alert_id=alert.id, now=NOW)
    recipients = set(OutboxMessage.objects.values_list("recipient", flat=True))
    assert company.people["Alice"].user.email not in recipients
    assert len(recipients) == 2


def test_a_holder_who_has_no_access_is_not_told(company: Company) -> None:
    alert = alert_on_a_personal_budget(company, "Alice")
    accounts.suspend_member(
        actor=company.actor("Adam"), membership=company.people["Alice"], reason="Left", now=NOW
    )
    services.send_alert(actor=system(company.organization), alert_id=alert.id, now=NOW)
    alert.refresh_from_db()
    assert "Alice Requester" not in alert.told


def test_the_tasks_open_coming_periods_and_sweep(company: Company) -> None:
    make_budget(company.organization, company.root, 1000)
    organization_id = str(company.organization.id)
    assert tasks.open_periods.run(organization_id=organization_id) >= 0
    assert tasks.sweep_alerts.run(organization_id=organization_id) == 0
