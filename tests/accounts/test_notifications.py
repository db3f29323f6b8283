"""People choose how they are told, optional mail is stopped by its link, bounces are shown."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts import selectors, services
from accounts.models import Membership, NotificationChoice, Role
from accounts.notifying import HERE, Notice, NotificationEvent
from accounts.services import ChosenHours
from accounts.services.notifying import notify
from accounts.telling import Choice, EmailChoice
from procurement.audit.models import AuditEvent
from procurement.core.errors import DomainError
from procurement.outbox.kinds import Failure
from procurement.outbox.models import OutboxMessage
from procurement.outbox.services import claim_due, deliver
from tests.factories.accounts import NOW, Company, make_company, make_member

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
E = NotificationEvent
OFF, DIGEST, AT_ONCE = EmailChoice.OFF, EmailChoice.DIGEST, EmailChoice.AT_ONCE
Count = Callable[[int], AbstractContextManager[Any]]


@pytest.fixture
def company() -> Iterator[Company]:
    with time_machine.travel(NOW):
        yield make_company()


def client_of(company: Company, name: str) -> Client:
    client = Client()
    client.force_login(company.people[name].user, backend=BACKEND)
    return client


def page(company: Company) -> str:
    return f"/{company.organization.slug}/notifications/"


def notice(company: Company, event: E, *, to: str = "Adam", key: str = "k") -> Notice:
    return Notice(
        event=event,
        key=key,
        membership_id=company.people[to].id,
        email=company.people[to].user.email,
        template="policy_check",
        title="One new finding",
        body="Orders could get stuck.",
        path=f"/{HERE}/approvals/policies/check/",
        context={
            "organization": {
                "name": company.organization.name,
                "slug": company.organization.slug,
            },
            "total": 1,
            "sentences": ["Orders could get stuck."],
            "more": 0,
        },
    )


def tell(company: Company, *notices: Notice, now: datetime = NOW) -> list[OutboxMessage]:
    notify(organization_id=company.organization.id, notices=notices, now=now)
    return list(OutboxMessage.objects.order_by("id"))


def choose(company: Company, event: E, email: EmailChoice, *, who: str = "Adam") -> None:
    services.choose_notifications(
        actor=company.actor(who), choices={event: Choice(email, push=True)}, now=NOW
    )


def test_whoever_has_chosen_nothing_is_mailed_at_once(company: Company) -> None:
    with company.scope():
        (message,) = tell(company, notice(company, E.POLICY_CHECK))
    assert (message.due_at, message.bundle, message.event) == (NOW, "", "POLICY_CHECK")
    assert message.person_id == company.people["Adam"].id
    path = message.context["notice"]["path"]
    assert path == f"/{company.organization.slug}/approvals/policies/check/"


def test_choices_and_hours_say_whether_when_and_with_what(company: Company) -> None:
    with company.scope():
        choose(company, E.POLICY_CHECK, OFF)
        choose(company, E.BUDGET_ALERT, DIGEST)
        services.choose_notifications(
            actor=company.actor("Adam"),
            choices={},
            hours=ChosenHours(
                time_zone="Europe/Berlin", quiet_from=time(15), quiet_until=time(18), digest_hour=7
            ),
            now=NOW,
        )
        told = [E.POLICY_CHECK, E.BUDGET_ALERT, E.HIERARCHY_REVIEW]
        found = tell(company, *(notice(company, event, key=event) for event in told))
    # It is 16:00 in Berlin.
    assert [(one.event, one.due_at, bool(one.bundle)) for one in found] == [
        ("BUDGET_ALERT", datetime(2026, 11, 25, 6, tzinfo=UTC), True),
        ("HIERARCHY_REVIEW", datetime(2026, 11, 24, 17, tzinfo=UTC), False),
    ]


def test_everybodys_wishes_are_one_query(
    company: Company, django_assert_num_queries: Count
) -> None:
    everybody = list(company.people)
    with company.scope():
        choose(company, E.ORDER_DECIDED, DIGEST)
        notices = [notice(company, E.ORDER_DECIDED, to=name, key=name) for name in everybody]
        with django_assert_num_queries(2):
            notify(organization_id=company.organization.id, notices=notices, now=NOW)
        assert OutboxMessage.objects.count() == len(everybody)


def test_nothing_to_tell_costs_nothing(company: Company, django_assert_num_queries: Count) -> None:
    with company.scope(), django_assert_num_queries(0):
        notify(organization_id=company.organization.id, notices=[], now=NOW)


def test_what_somebody_waits_for_cannot_be_turned_off_everywhere(company: Company) -> None:
    nowhere = {E.DECISION_NEEDED: Choice(OFF, push=False)}
    with company.scope():
        with pytest.raises(DomainError) as refusal:
            services.choose_notifications(actor=company.actor("Bob"), choices=nowhere, now=NOW)
        assert refusal.value.field == "DECISION_NEEDED"
        choose(company, E.DECISION_NEEDED, OFF, who="Bob")
        # On devices alone, of which there is none: it is mailed.
        assert len(tell(company, notice(company, E.DECISION_NEEDED, to="Bob"))) == 1


def test_choosing_is_recorded_with_what_was_and_what_is(company: Company) -> None:
    with company.scope():
        choose(company, E.POLICY_CHECK, OFF)
        choose(company, E.POLICY_CHECK, OFF)
        event = AuditEvent.objects.get(action="notifications.changed")
        assert event.before == {"POLICY_CHECK": {"email": "AT_ONCE", "push": False}}
        assert event.after == {"POLICY_CHECK": {"email": "OFF", "push": True}}


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        (ChosenHours(quiet_from=time(8)), "quiet_until"),
        (ChosenHours(quiet_from=time(8), quiet_until=time(8)), "quiet_until"),
        (ChosenHours(time_zone="Mars/Olympus"), "time_zone"),
        (ChosenHours(digest_hour=24), "digest_hour"),
    ],
)
def test_hours_that_will_not_do_are_refused_beside_their_field(
    company: Company, hours: ChosenHours, field: str
) -> None:
    with company.scope():
        with pytest.raises(DomainError) as refusal:
            services.choose_notifications(
                actor=company.actor("Bob"), choices={}, hours=hours, now=NOW
            )
        assert refusal.value.field == field


def typed(**changed: str) -> dict[str, str]:
    """Return what the page sends when nothing is ticked but what is mandatory."""
    values = {f"email_{event}": "AT_ONCE" for event in E}
    return values | {"digest_hour": "8", "time_zone": ""} | changed


def test_the_page_shows_and_keeps_what_is_chosen(
    company: Company, django_assert_max_num_queries: Count
) -> None:
    bob = client_of(company, "Bob")
    answer = bob.post(
        page(company),
        typed(
            email_BUDGET_ALERT="DIGEST",
            push_BUDGET_ALERT="on",
            quiet_from="20:00",
            quiet_until="07:00",
            quiet_weekends="on",
            digest_hour="6",
            time_zone="Europe/Berlin",
        ),
    )
    assert answer.status_code == 302
    with company.scope():
        wishes = selectors.own_wishes(company.actor("Bob"))
    assert wishes.choice_of(E.BUDGET_ALERT) == Choice(DIGEST, push=True)
    assert wishes.choice_of(E.DECISION_NEEDED) == Choice(AT_ONCE, push=False)
    assert (wishes.hours.quiet_from, wishes.hours.digest_hour) == (time(20), 6)
    with django_assert_max_num_queries(14):
        shown = bob.get(page(company)).content.decode()
    assert '<option value="DIGEST" selected>' in shown
    assert 'value="20:00"' in shown
    assert shown.count("Always reaches you.") == 3


def test_the_page_says_beside_the_event_why_it_stays_on(company: Company) -> None:
    bob = client_of(company, "Bob")
    answer = bob.post(page(company), typed(email_DECISION_NEEDED="OFF"))
    assert answer.status_code == 422
    assert "Somebody waits for this: leave mail or phone on." in answer.content.decode()


def test_the_api_reads_and_changes_ones_own(company: Company) -> None:
    bob = client_of(company, "Bob")
    address = "/api/v1/accounts/notifications/"
    headers: dict[str, Any] = {"X-Organization": company.organization.slug}
    found = bob.get(address, headers=headers).json()
    assert len(found["choices"]) == len(E)
    changed = bob.put(
        address,
        {
            "choices": [{"event": "POLICY_CHECK", "email": "OFF", "push": False}],
            "hours": found["hours"] | {"quiet_from": "22:00", "quiet_until": "06:00"},
        },
        content_type="application/json",
        headers=headers,
    )
    assert changed.status_code == 200
    assert changed.json()["hours"]["quiet_from"] == "22:00:00"
    refused = bob.put(
        address,
        {"choices": [{"event": "QUESTION_ASKED", "email": "OFF", "push": False}]},
        content_type="application/json",
        headers=headers,
    )
    assert refused.status_code == 400


def stop_link(mailoutbox: list[Any]) -> str:
    """Return where the last mail says that it can be stopped, from the root of the site."""
    found = re.fullmatch(
        r"<http://localhost:8000(/unsubscribe/[\w-]+)>",
        mailoutbox[-1].extra_headers["List-Unsubscribe"],
    )
    assert found is not None
    return found[1]


def sent(company: Company, *events: E, now: datetime = NOW) -> None:
    with company.scope():
        tell(company, *(notice(company, event, key=event) for event in events))
        outcomes = deliver(claim_due(now=now))
        assert [one.error for one in outcomes] == [""] * len(events)


def email_of(company: Company, event: E) -> EmailChoice:
    with company.scope():
        return selectors.own_wishes(company.actor("Adam")).choice_of(event).email


def test_optional_mail_is_stopped_by_its_link_and_not_by_looking_at_it(
    company: Company, mailoutbox: list[Any]
) -> None:
    sent(company, E.POLICY_CHECK)
    link, anybody = stop_link(mailoutbox), Client(enforce_csrf_checks=True)
    assert link in mailoutbox[0].body
    assert link in mailoutbox[0].alternatives[0][0]
    assert "Stop these mails?" in anybody.get(link).content.decode()
    assert anybody.head(link).status_code == 200
    assert email_of(company, E.POLICY_CHECK) == AT_ONCE
    # As a mail program posts it: no cookie, no token of a form (RFC 8058).
    answer = anybody.post(link, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert email_of(company, E.POLICY_CHECK) == OFF
    assert email_of(company, E.BUDGET_ALERT) == AT_ONCE
    assert anybody.post(link).status_code == 200
    undone = anybody.post(link, {"again": "yes", "event": "POLICY_CHECK"})
    assert "These mails come again" in undone.content.decode()
    assert email_of(company, E.POLICY_CHECK) == AT_ONCE
    assert answer["Referrer-Policy"] == "no-referrer"


def test_a_summary_is_stopped_as_a_whole_but_for_what_is_mandatory(
    company: Company, mailoutbox: list[Any]
) -> None:
    events = (E.POLICY_CHECK, E.HIERARCHY_REVIEW, E.ORDER_DECIDED)
    with company.scope():
        for event in events:
            choose(company, event, DIGEST)
    sent(company, *events, now=NOW + timedelta(days=1))
    (mail,) = mailoutbox
    assert "3 things" in mail.subject
    page = Client().post(stop_link(mailoutbox)).content.decode()
    assert [email_of(company, event) for event in events] == [OFF, OFF, DIGEST]
    assert "What somebody waits for still reaches you: How your orders end" in page
    Client().post(stop_link(mailoutbox), {"again": "yes", "event": [*events, "BUDGET_ALERT"]})
    assert [email_of(company, event) for event in events] == [DIGEST] * 3


def test_mandatory_mail_offers_no_way_to_stop_it(company: Company, mailoutbox: list[Any]) -> None:
    sent(company, E.DECISION_NEEDED)
    assert "List-Unsubscribe" not in mailoutbox[0].extra_headers
    assert "unsubscribe" not in mailoutbox[0].body


def test_a_link_of_nothing_explains_itself(company: Company) -> None:
    assert Client().get("/unsubscribe/nonsense").status_code == 404


def test_a_link_that_has_ended_stops_nothing(company: Company, mailoutbox: list[Any]) -> None:
    sent(company, E.POLICY_CHECK)
    with time_machine.travel(NOW + timedelta(days=401)):
        assert Client().post(stop_link(mailoutbox)).status_code == 404
    assert email_of(company, E.POLICY_CHECK) == AT_ONCE


def returned(company: Company, name: str, said: str = "550 5.1.1 User unknown") -> OutboxMessage:
    """Return a mail to somebody that came back."""
    (message,) = tell(company, notice(company, E.POLICY_CHECK, to=name, key=name))[-1:]
    OutboxMessage.objects.filter(id=message.id).update(
        status=OutboxMessage.Status.PARKED,
        failure=Failure.BOUNCED.value,
        bounced_at=NOW,
        last_error=said,
    )
    return message


def test_mail_that_came_back_is_shown_with_person_reason_and_advice(
    company: Company, django_assert_max_num_queries: Count
) -> None:
    with company.scope():
        for name in company.people:
            returned(company, name)
    adam = client_of(company, "Adam")
    address = f"/{company.organization.slug}/groups/mail/"
    with django_assert_max_num_queries(15):
        shown = adam.get(address).content.decode()
    assert "Bob Supervisor" in shown
    assert "There is no such mailbox." in shown
    assert "Ask for the right address and correct it, then try again." in shown
    assert f'<span class="count">{len(company.people)}' in shown
    bob = company.people["Bob"]
    marked = adam.get(f"/{company.organization.slug}/groups/people/{bob.id}/").content.decode()
    assert f"Mail to {bob.user.email} comes back" in marked


def test_mail_is_tried_again_at_the_address_that_somebody_has_now(company: Company) -> None:
    with company.scope():
        message = returned(company, "Bob")
        user = company.people["Bob"].user
        user.email = "bob@new.example"
        user.save(update_fields=["email"])
    adam = client_of(company, "Adam")
    address = f"/{company.organization.slug}/groups/mail/"
    assert "at bob@new.example" in adam.get(address).content.decode()
    adam.post(f"{address}{message.id}/retry/")
    with company.scope():
        again = OutboxMessage.objects.get(id=message.id)
        assert (again.status, again.recipient) == ("PENDING", "bob@new.example")
        assert (again.failure, again.bounced_at) == ("", None)


def test_those_who_manage_a_group_see_the_mail_of_its_people_alone(company: Company) -> None:
    with company.scope():
        company.people["Ines"] = make_member(
            company.organization, company.groups["Facilities"], "Ines Local", Role.ADMINISTRATOR
        )
        below = Membership.objects.filter(group__path__contains=[company.groups["Facilities"].id])
        theirs = {name for name, one in company.people.items() if one in set(below)}
        for name in company.people:
            returned(company, name)
        OutboxMessage.objects.filter(person_id=company.people["Bob"].id).update(person_id=None)
        ines, adam = company.actor("Ines"), company.actor("Adam")
        assert selectors.undelivered_count(ines) == len(theirs - {"Bob"})
        assert selectors.undelivered_count(adam) == len(company.people)
        assert selectors.undelivered_count(company.actor("Alice")) == 0
        seen = selectors.as_undelivered(list(selectors.undelivered(ines)))
        assert all(one.person is not None for one in seen)


def test_choices_of_one_tenant_are_not_seen_from_another(company: Company) -> None:
    with company.scope():
        choose(company, E.POLICY_CHECK, OFF)
    with make_company("Contoso").scope():
        assert not NotificationChoice.objects.exists()
