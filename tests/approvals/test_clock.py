"""The clock of requests: due times, reminders, the next in line, the warning and the end."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.template.loader import render_to_string

from accounts import services as accounts
from accounts.models import SecretKey, User
from approvals import selectors, services, tasks
from approvals.models import ApprovalRequest, DecidingSettings, RequestEvent, Stage, StageSeat
from approvals.services.clock import due_for, start_clock, stop_clock
from procurement.audit.models import AuditEvent
from procurement.core.jobs import periodic_tasks
from procurement.outbox.models import OutboxMessage
from tests.factories.accounts import NOW, Company, make_member, seat, system
from tests.factories.approvals import (
    DIRECTOR,
    FINANCE,
    Answered,
    ask,
    decide,
    make_governed_company,
    publish,
    seat_of,
    stage,
    through,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def at(text: str) -> datetime:
    """An instant by the company's own clock."""
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/New_York"))
    return local.astimezone(UTC)


# Asked on Tuesday at 10:00, 16 hours of 9 to 17: due on Thursday at 10:00.
DUE = at("2026-11-26T10:00")
REMINDED = at("2026-11-25T14:00")
WARNED = at("2026-12-17T10:00")
ENDS = at("2026-12-22T10:00")


def watch(company: Company, now: datetime) -> int:
    """Watch whatever is due, as the task does."""
    due = services.requests_due(organization_id=company.organization.id, now=now)
    actor = system(company.organization)
    for request_id in due:
        assert services.watch_request(actor=actor, request_id=request_id, now=now)
    return len(due)


def settings(company: Company, **values: Any) -> None:
    DecidingSettings.objects.create(
        organization_id=company.organization.id, changed_at=NOW, **values
    )


def mailed(template: str) -> list[str]:
    found = OutboxMessage.objects.filter(template=template).order_by("created_at", "id")
    return [address.split(".")[0] for address in found.values_list("recipient", flat=True)]


def asked_now() -> list[str]:
    found = StageSeat.objects.filter(asked_at__isnull=False, closed_at__isnull=True)
    return sorted(one.membership.user.name.split()[0] for one in found)


def story() -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in RequestEvent.objects.order_by("at", "id")]


def count(action: str) -> int:
    return AuditEvent.objects.filter(action=action).count()


def the_stage(request: ApprovalRequest) -> Stage:
    return Stage.objects.get(request=request)


@pytest.fixture
def grace(company: Company) -> Company:
    """The company with Grace as supervisor of the root, above Bob."""
    member = make_member(company.organization, company.root, "Grace Above")
    company.people["Grace"] = member
    seat(company.organization, "supervisor", company.root, member)
    return company


def test_a_stage_that_opens_is_due_in_working_time_and_its_request_ends_later(
    company: Company, handler: Answered
) -> None:
    request = ask(company)
    assert the_stage(request).due_at == DUE
    assert request.expires_at == ENDS


def test_a_request_that_asks_nobody_has_no_clock(company: Company, handler: Answered) -> None:
    assert ask(company, "40.00").expires_at is None


def test_a_later_stage_is_due_from_when_it_opens(company: Company, handler: Answered) -> None:
    publish(company, through(stage(DIRECTOR), stage(FINANCE)), reason="One after the other")
    request = ask(company)
    assert list(Stage.objects.order_by("number").values_list("due_at", flat=True)) == [DUE, None]
    decide(company, request, "Erin", now=NOW + timedelta(days=1))
    later = Stage.objects.get(number=2)
    assert later.due_at == due_for(company.organization.id, NOW + timedelta(days=1))


def test_a_clock_that_stood_still_goes_on_with_what_was_left(
    company: Company, handler: Answered
) -> None:
    stage_ = the_stage(ask(company))
    stop_clock(stage_, at("2026-11-25T09:30"))
    stage_.refresh_from_db()
    assert (stage_.due_at, stage_.minutes_left) == (None, 510)
    stop_clock(stage_, at("2026-11-25T15:00"))
    start_clock(stage_, at("2026-11-30T09:00"))
    stage_.refresh_from_db()
    assert (stage_.due_at, stage_.minutes_left) == (at("2026-12-01T09:30"), None)
    start_clock(stage_, at("2026-12-01T09:00"))
    assert stage_.due_at == at("2026-12-01T09:30")


def test_nothing_happens_while_there_is_time(company: Company, handler: Answered) -> None:
    ask(company)
    assert watch(company, REMINDED - timedelta(minutes=1)) == 0


def test_whoever_has_not_answered_is_reminded_once(company: Company, handler: Answered) -> None:
    ask(company)
    assert watch(company, REMINDED) == 1
    assert watch(company, REMINDED + timedelta(minutes=5)) == 0
    assert mailed("decision_reminder") == ["bob"]
    assert story() == [("REMINDED", "Bob Supervisor")]
    assert count("approval.reminded") == 1


def test_who_sits_in_two_stages_side_by_side_is_reminded_once(
    company: Company, handler: Answered
) -> None:
    both = through(stage(DIRECTOR, FINANCE, name="Both"))
    publish(company, both, reason="Both")
    accounts.grant_role(
        actor=system(company.organization),
        membership=company.people["Erin"],
        group=company.root,
        role="FINANCE",
        now=NOW,
    )
    ask(company)
    watch(company, REMINDED)
    assert mailed("decision_reminder").count("erin") == 1


def test_the_link_of_a_reminder_leads_to_the_seat(company: Company, handler: Answered) -> None:
    request = ask(company)
    with time_machine.travel(REMINDED, tick=False):
        watch(company, REMINDED)
    sent = OutboxMessage.objects.get(template="decision_reminder")
    assert sent.context["at"] == DUE.isoformat().replace("+00:00", "Z")
    links = SecretKey.objects.filter(kind="DECISION").values_list("row_id", flat=True)
    assert list(links) == [seat_of(request, company.people["Bob"]).id] * 2


def test_the_next_in_line_is_asked_too_and_either_may_answer(
    grace: Company, handler: Answered
) -> None:
    request = ask(grace)
    assert watch(grace, DUE) == 1
    assert asked_now() == ["Bob", "Grace"]
    found = seat_of(request, grace.people["Grace"])
    bob = seat_of(request, grace.people["Bob"])
    assert (found.origin, found.in_place_of_id, found.slots) == ("ESCALATED", bob.id, bob.slots)
    assert found.why == (
        "Bob Supervisor did not answer in time. You hold the supervisor’s seat in Northwind Works, "
        "above Facilities."
    )
    assert the_stage(request).escalations == 1
    assert the_stage(request).due_at == due_for(grace.organization.id, DUE)
    assert mailed("decision_request") == ["bob", "grace"]
    assert mailed("decision_reminder") == ["bob"]
    assert story() == [("ESCALATED", "Bob Supervisor did not answer in time.")]
    assert count("approval.escalated") == 1
    assert watch(grace, DUE + timedelta(minutes=5)) == 0
    decide(grace, request, "Grace", now=DUE + timedelta(hours=1))
    assert handler.told == [("approved", request.subject_id)]


def test_who_was_late_can_still_answer(grace: Company, handler: Answered) -> None:
    request = ask(grace)
    watch(grace, DUE)
    decide(grace, request, "Bob", now=DUE + timedelta(hours=1))
    assert handler.told == [("approved", request.subject_id)]


def test_each_level_is_asked_once_and_the_administrators_last(
    grace: Company, handler: Answered
) -> None:
    request = ask(grace)
    now, asked = DUE, []
    for _ in range(3):
        watch(grace, now)
        asked.append(asked_now())
        due_at = the_stage(request).due_at
        assert due_at is not None
        now = due_at
    assert asked == [["Bob", "Grace"], ["Adam", "Bob", "Grace"], ["Adam", "Bob", "Grace"]]
    # Nobody is left: everybody hears once more, and the stage stays overdue.
    assert the_stage(request).escalations == 2
    assert [kind for kind, _ in story()] == ["ESCALATED", "ESCALATED", "REMINDED"]
    assert the_stage(request).due_at == now
    assert watch(grace, now + timedelta(hours=1)) == 0


def test_slots_of_different_people_that_lead_to_the_same_person_become_one_seat(
    company: Company, handler: Answered
) -> None:
    publish(company, through(stage(DIRECTOR, FINANCE, name="Both")), reason="Both")
    request = ask(company)
    watch(company, DUE)
    found = seat_of(request, company.people["Adam"])
    assert found.slots == [1, 2]
    decide(company, request, "Adam", now=DUE + timedelta(hours=1))
    assert handler.told == [("approved", request.subject_id)]


def test_only_what_nobody_has_answered_is_asked_of_others(
    company: Company, handler: Answered
) -> None:
    publish(company, through(stage(DIRECTOR, FINANCE, name="Both")), reason="Both")
    request = ask(company)
    decide(company, request, "Dana")
    watch(company, DUE)
    assert seat_of(request, company.people["Adam"]).slots == [1]


def test_whoever_has_agreed_before_is_not_next_in_line(grace: Company, handler: Answered) -> None:
    named = through(stage(DIRECTOR), stage(FINANCE))
    publish(grace, named, reason="One after the other")
    accounts.grant_role(
        actor=system(grace.organization),
        membership=grace.people["Erin"],
        group=grace.root,
        role="ADMINISTRATOR",
        now=NOW,
    )
    request = ask(grace)
    decide(grace, request, "Erin", now=NOW)
    watch(grace, DUE)
    assert asked_now() == ["Adam", "Dana"]
    assert handler.told == []


def test_where_escalation_is_off_people_are_only_reminded(
    grace: Company, handler: Answered
) -> None:
    settings(grace, escalates=False)
    ask(grace)
    assert watch(grace, DUE) == 1
    assert watch(grace, DUE + timedelta(days=1)) == 0
    assert asked_now() == ["Bob"]
    assert mailed("decision_reminder") == ["bob"]


def test_who_asks_and_who_is_asked_are_warned_once_before_it_ends(
    company: Company, handler: Answered
) -> None:
    settings(company, escalates=False)
    ask(company)
    watch(company, REMINDED)
    watch(company, WARNED - timedelta(minutes=1))
    assert mailed("expiring") == []
    assert watch(company, WARNED) == 1
    assert watch(company, WARNED + timedelta(hours=1)) == 0
    assert mailed("expiring") == ["alice"]
    assert mailed("decision_reminder") == ["bob", "bob"]
    assert ("WARNED", "Bob Supervisor") in story()
    assert count("approval.expiry_warned") == 1


def test_what_nobody_decides_ends_and_its_requester_hears_what_to_do(
    company: Company, handler: Answered
) -> None:
    settings(company, escalates=False)
    request = ask(company)
    for now in (REMINDED, WARNED, ENDS, ENDS):
        watch(company, now)
    request.refresh_from_db()
    assert (request.status, request.closed_at) == ("EXPIRED", ENDS)
    assert handler.told == [("expired", request.subject_id)]
    assert the_stage(request).status == "SKIPPED"
    assert mailed("expired") == ["alice"]
    assert story()[-1] == ("EXPIRED", "Bob Supervisor")
    assert (count("approval.expired"), count("approval.closed")) == (1, 0)
    verdict = decide(company, request, "Bob", now=ENDS)
    assert verdict.sentence == (
        "Nobody decided in time, and the request has ended. Its requester can ask again."
    )


def test_nobody_is_told_whose_access_has_ended(company: Company, handler: Answered) -> None:
    settings(company, escalates=False)
    ask(company)
    User.objects.filter(id=company.people["Alice"].user_id).update(is_active=False)
    watch(company, ENDS)
    assert mailed("expired") == []


def test_requests_from_before_there_were_clocks_get_one(
    company: Company, handler: Answered
) -> None:
    request = ask(company)
    Stage.objects.update(due_at=None)
    ApprovalRequest.objects.update(expires_at=None)
    later = NOW + timedelta(days=7)
    assert watch(company, later) == 1
    request.refresh_from_db()
    timing = selectors.timing_of(company.organization.id)
    assert request.expires_at == timing.expires_at(later)
    assert the_stage(request).due_at == timing.due_at(later)
    assert watch(company, later) == 0


def test_a_clock_that_stands_still_runs_out_for_nobody(company: Company, handler: Answered) -> None:
    stage_ = the_stage(ask(company))
    stop_clock(stage_, NOW)
    assert watch(company, DUE) == 0


@pytest.mark.parametrize("template", ["decision_reminder", "expiring", "expired"])
@pytest.mark.parametrize("suffix", ["txt", "html", "subject.txt"])
def test_mails_of_the_clock_say_when_and_whom_they_wait_for(
    company: Company, handler: Answered, template: str, suffix: str
) -> None:
    settings(company, escalates=False)
    ask(company)
    for now in (REMINDED, WARNED, ENDS):
        watch(company, now)
    sent = OutboxMessage.objects.filter(template=template).order_by("id").first()
    assert sent is not None
    text = render_to_string(
        f"email/{template}.{suffix}", {**sent.context, "base_url": "https://buy", "token": "T"}
    )
    assert "R-2026-0418" in text
    if suffix == "txt":
        assert "https://buy/" in text
        assert {"decision_reminder": "decide by", "expiring": "Bob Supervisor"}.get(
            template, "until Tue, Dec 22, 10:00"
        ) in text


@pytest.fixture
def asked() -> Company:
    """A company with two requests that wait, its scope closed."""
    company = make_governed_company()
    with company.scope():
        ask(company)
        ask(company)
    return company


def test_the_task_watches_each_request_on_its_own_and_for_every_organization(
    asked: Company, handler: Answered
) -> None:
    organization_id = str(asked.organization.id)
    with time_machine.travel(DUE, tick=False):
        assert tasks.watch_clock(organization_id=organization_id) == 2
        assert tasks.watch_clock(organization_id=organization_id) == 0
    with asked.scope():
        assert count("approval.escalated") == 2
    assert "approvals.watch_clock" in periodic_tasks()
