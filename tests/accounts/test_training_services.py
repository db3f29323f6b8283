from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from accounts import selectors, services
from accounts.actors import MemberActor
from accounts.models import Role, TrainingAcknowledgement, TrainingPage, TrainingVersion
from accounts.selectors import DueFilters, DueRow
from accounts.training import GRACE, Link
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict, DomainError, NotAllowed, NotFound
from procurement.outbox.models import OutboxMessage
from tests.factories.accounts import NOW, Company, make_company, make_member, system

pytestmark = pytest.mark.django_db

ZONE = "America/New_York"
TODAY = date(2026, 11, 24)  # a Tuesday
CLIP = Link("VIDEO", "The cart in two minutes", "https://videos.example/cart", 120)


@pytest.fixture
def company() -> Iterator[Company]:
    with time_machine.travel(NOW):
        company = make_company()
        with company.scope():
            yield company


def write(company: Company, title: str = "Guided buying", **more: Any) -> TrainingPage:
    values: dict[str, Any] = {"body": "Take what is preferred.", "now": NOW} | more
    return services.create_training_page(actor=company.actor("Adam"), title=title, **values)


def ask(company: Company, page: TrainingPage, *roles: str, **more: Any) -> None:
    values: dict[str, Any] = {
        "before_buying": True,
        "every_months": 12,
        "required_from": TODAY,
        "now": NOW,
    } | more
    services.require_training(
        actor=company.actor("Adam"), page=page, roles=roles or (Role.REQUISITIONER,), **values
    )


def read(company: Company, page: TrainingPage, who: str = "Alice", *, now: datetime = NOW) -> None:
    number = selectors.latest_version(page).number
    services.acknowledge_training(actor=company.actor(who), page=page, number=number, now=now)


def revise(company: Company, page: TrainingPage, body: str, **more: Any) -> TrainingVersion:
    latest = selectors.latest_version(page)
    values: dict[str, Any] = {
        "title": page.title,
        "place": page.place,
        "links": [Link(**link) for link in latest.links],
        "after": latest.number,
        "now": NOW,
    } | more
    return services.revise_training_page(
        actor=company.actor("Adam"), page=page, body=body, **values
    )


def due(company: Company, who: str = "Adam", on: date = TODAY, **filters: Any) -> list[DueRow]:
    return selectors.due_rows(
        company.actor(who), DueFilters(**filters), on=on, time_zone=ZONE, now=NOW
    )


def blocks(actor: MemberActor, on: date) -> list[str]:
    found = selectors.own_standings(actor, time_zone=ZONE)
    return [one.obligation.slug for one in found if one.blocks(on)]


def test_a_page_has_an_address_of_its_own_and_a_first_version(company: Company) -> None:
    page = write(company, links=[CLIP])
    again = write(company)
    due_page = write(company, "Due")
    assert (page.slug, again.slug, due_page.slug) == ("guided-buying", "guided-buying-2", "due-2")
    version = selectors.training_version("guided-buying")
    assert (version.number, version.published_by) == (1, "Adam Administrator")
    assert version.links[0]["seconds"] == 120
    assert AuditEvent.objects.filter(action="training.published").count() == 3


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"),
        ({"body": " "}, "body"),
        ({"body": "x" * 20_001}, "body"),
        ({"links": [CLIP] * 11}, "links"),
        ({"links": [Link("VIDEO", "Long", "https://videos.example", 181)]}, "links"),
    ],
)
def test_what_will_not_do_is_refused_beside_its_field(
    company: Company, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        write(company, **({"title": "Guided buying"} | values))
    assert refusal.value.field == field
    assert not TrainingPage.objects.exists()


def test_only_those_who_manage_everybody_write_or_require(company: Company) -> None:
    page = write(company)
    lower = make_member(
        company.organization, company.groups["Facilities"], "Ines Local", Role.ADMINISTRATOR
    )
    company.people["Ines"] = lower
    for who in ("Alice", "Ines"):
        actor = company.actor(who)
        with pytest.raises(NotAllowed):
            services.create_training_page(actor=actor, title="Mine", body="Text", now=NOW)
        with pytest.raises(NotAllowed):
            services.archive_training_page(actor=actor, page=page, now=NOW)
        with pytest.raises(NotAllowed):
            services.end_training_requirement(actor=actor, page=page, now=NOW)


def test_an_edit_is_a_new_version_and_the_same_again_is_none(company: Company) -> None:
    page = write(company, links=[CLIP])
    assert revise(company, page, "Take what is preferred. ").number == 1
    assert revise(company, page, "Take what is preferred first.").number == 2
    assert TrainingVersion.objects.filter(page=page).count() == 2
    assert selectors.training_version(page.slug).body == "Take what is preferred first."


def test_two_people_do_not_write_over_each_other(company: Company) -> None:
    page = write(company)
    revise(company, page, "Second")
    with pytest.raises(Conflict, match="Version 2 was published by Adam Administrator meanwhile"):
        revise(company, page, "Third", after=1)


def test_title_and_place_change_without_a_new_version(company: Company) -> None:
    page = write(company)
    version = revise(company, page, "Take what is preferred.", title="Buying well", place=7)
    page.refresh_from_db()
    assert (page.title, page.place, version.number) == ("Buying well", 7, 1)
    assert AuditEvent.objects.get(action="training.changed").before == {
        "title": "Guided buying",
        "place": 0,
    }


def test_an_archived_page_is_out_of_sight_and_asked_of_nobody(company: Company) -> None:
    page = write(company)
    ask(company, page)
    services.archive_training_page(actor=company.actor("Adam"), page=page, now=NOW)
    assert due(company) == []
    with pytest.raises(NotFound):
        selectors.training_version(page.slug)
    with pytest.raises(NotFound):
        read(company, page)
    services.restore_training_page(actor=company.actor("Adam"), page=page, now=NOW)
    assert selectors.training_version(page.slug).number == 1
    assert selectors.requirement_of(page) is None


def test_a_page_that_is_required_is_due_until_it_has_been_read(company: Company) -> None:
    page = write(company)
    ask(company, page)
    (row,) = due(company)
    assert (row.name, row.page_slug, row.since) == ("Alice Requester", "guided-buying", TODAY)
    assert row.is_blocking
    assert blocks(company.actor("Alice"), TODAY) == ["guided-buying"]
    read(company, page)
    assert due(company) == []
    assert blocks(company.actor("Alice"), TODAY) == []


def test_it_is_due_again_on_the_anniversary_and_blocks_thirty_days_later(company: Company) -> None:
    page = write(company)
    ask(company, page)
    read(company, page)
    next_year = date(2027, 11, 24)
    assert due(company, on=next_year - timedelta(days=1)) == []
    (row,) = due(company, on=next_year)
    assert (row.since, row.blocks_on, row.is_blocking) == (next_year, next_year + GRACE, False)
    assert due(company, on=next_year, blocking=True) == []
    assert blocks(company.actor("Alice"), next_year) == []
    assert blocks(company.actor("Alice"), next_year + GRACE) == ["guided-buying"]


def test_a_new_version_asks_again_only_where_it_says_so(company: Company) -> None:
    page = write(company)
    ask(company, page)
    read(company, page)
    revise(company, page, "A comma set right.")
    assert due(company) == []
    revise(company, page, "The rules have changed.", must_repeat=True)
    (row,) = due(company)
    assert (row.is_again, row.is_blocking, row.blocks_on) == (True, False, TODAY + GRACE)
    read(company, page)
    assert due(company) == []


def test_an_acknowledgement_is_bound_to_the_version_that_was_shown(company: Company) -> None:
    page = write(company)
    revise(company, page, "Changed while Alice was reading.")
    with pytest.raises(Conflict, match="Version 2 was published while you were reading"):
        services.acknowledge_training(actor=company.actor("Alice"), page=page, number=1, now=NOW)
    assert not TrainingAcknowledgement.objects.exists()


def test_saying_twice_on_a_day_that_one_has_read_it_is_once(company: Company) -> None:
    page = write(company)
    read(company, page)
    read(company, page)
    read(company, page, now=NOW + timedelta(days=365))
    assert TrainingAcknowledgement.objects.count() == 2
    assert AuditEvent.objects.filter(action="training.acknowledged").count() == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"roles": ()}, "roles"),
        ({"roles": ("PIRATE",)}, "roles"),
        ({"every_months": 0}, "every_months"),
        ({"every_months": 61}, "every_months"),
        ({"required_from": TODAY - timedelta(days=1)}, "required_from"),
    ],
)
def test_a_requirement_that_will_not_do_is_refused_beside_its_field(
    company: Company, values: dict[str, Any], field: str
) -> None:
    page = write(company)
    terms: dict[str, Any] = {
        "roles": (Role.FINANCE,),
        "before_buying": False,
        "every_months": None,
        "required_from": TODAY,
    } | values
    with pytest.raises(DomainError) as refusal:
        services.require_training(actor=company.actor("Adam"), page=page, now=NOW, **terms)
    assert refusal.value.field == field


def test_a_requirement_replaces_the_one_before_and_may_keep_its_day(company: Company) -> None:
    page = write(company)
    ask(company, page)
    ask(company, page)
    later = NOW + timedelta(days=10)
    ask(company, page, Role.FINANCE, now=later)
    requirement = selectors.requirement_of(page)
    assert requirement is not None
    assert (requirement.roles, requirement.required_from) == (["FINANCE"], TODAY)
    assert AuditEvent.objects.filter(action="training.required").count() == 2
    assert [row.name for row in due(company)] == ["Dana Finance"]
    services.end_training_requirement(actor=company.actor("Adam"), page=page, now=later)
    assert due(company) == []


def test_one_sees_what_is_due_of_the_people_one_manages(company: Company) -> None:
    page = write(company)
    ask(company, page)
    engineering = company.groups["Engineering"]
    make_member(company.organization, engineering, "Eve Engineer", Role.REQUISITIONER)
    company.people["Ines"] = make_member(
        company.organization, engineering, "Ines Local", Role.ADMINISTRATOR
    )
    assert [row.name for row in due(company)] == ["Alice Requester", "Eve Engineer"]
    assert [row.name for row in due(company, "Ines")] == ["Eve Engineer"]
    assert due(company, "Alice") == []
    facilities = company.groups["Facilities"].id
    assert [row.name for row in due(company, group_id=facilities)] == ["Alice Requester"]
    assert due(company, page="another") == []


def test_the_list_and_ones_own_pages_take_few_queries_however_many_there_are(
    company: Company, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(4):
        ask(company, write(company, f"Page {number}"))
        make_member(
            company.organization, company.root, f"Person{number} Reader", Role.REQUISITIONER
        )
    adam, alice = company.actor("Adam"), company.actor("Alice")
    with django_assert_num_queries(3):
        rows = selectors.due_rows(adam, on=TODAY, time_zone=ZONE, now=NOW)
    assert len(rows) == 20
    with django_assert_num_queries(3):
        own = selectors.own_training(alice, on=TODAY, time_zone=ZONE)
    assert [one.is_blocking for one in own] == [True] * 4
    with django_assert_num_queries(2):
        assert len(selectors.kept_pages()) == 4


def test_starter_pages_are_added_once(company: Company) -> None:
    adam = company.actor("Adam")
    assert len(services.add_starter_pages(actor=adam, now=NOW)) == 5
    assert services.add_starter_pages(actor=adam, now=NOW) == []
    assert [kept.page.place for kept in selectors.kept_pages()] == [0, 1, 2, 3, 4]


def test_people_are_reminded_once_a_week_of_all_that_is_due(company: Company) -> None:
    ask(company, write(company))
    ask(company, write(company, "Receiving"), before_buying=False)
    actor = system(company.organization)
    assert services.remind_of_training(actor=actor, now=NOW) == 0
    monday = NOW + timedelta(days=6)
    assert services.remind_of_training(actor=actor, now=monday) == 1
    for days in range(7):
        assert services.remind_of_training(actor=actor, now=monday + timedelta(days=days)) == 0
    (mail,) = OutboxMessage.objects.filter(template="training_reminder")
    assert mail.recipient == company.people["Alice"].user.email
    assert [page["title"] for page in mail.context["pages"]] == ["Guided buying", "Receiving"]
    assert AuditEvent.objects.get(action="training.reminded").after == {"people": 1}
    assert services.remind_of_training(actor=actor, now=monday + timedelta(days=7)) == 1
