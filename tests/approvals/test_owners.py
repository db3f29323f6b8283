"""Who owns a category: who says so, who answers, and who did on a day of the past."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import services as accounts
from accounts.models import Position, Role
from approvals import selectors, services
from approvals.models import CategoryOwner, StageSeat
from approvals.services import Owner
from procurement.audit.models import AuditEvent
from procurement.core.errors import DomainError, NotAllowed, NotFound
from tests.factories.accounts import NOW, Company, actor_of, make_member, seat, system
from tests.factories.approvals import Answered, ask
from tests.factories.owners import GLOVES, SOFTWARE, own, person, seat_of_group

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LATER = NOW + timedelta(days=10)


def answering(company: Company) -> dict[str, str]:
    """Return who answers for each category that the administrator sees, by its name."""
    rows = selectors.owner_rows(selectors.owners_in_sight(company.actor("Adam"), at=LATER))
    return {
        row.owner.category_name: row.answer.person.name if row.answer else "nobody" for row in rows
    }


def test_who_owned_a_category_on_a_day_of_the_past_can_be_told(company: Company) -> None:
    own(company, person(company.people["Bob"]))
    own(company, seat_of_group("director", company.root), now=LATER)
    adam = company.actor("Adam")
    then, later = (
        [one.title for one in selectors.owners_in_sight(adam, at=at)] for at in (NOW, LATER)
    )
    assert (then, later) == (["Bob Supervisor"], ["Director of Northwind Works"])


def test_who_sat_in_the_owning_seat_on_a_day_of_the_past_can_be_told(company: Company) -> None:
    own(company, seat_of_group("director", company.root))
    accounts.fill_position(
        actor=system(company.organization),
        position=Position.objects.get(code="director"),
        group=company.root,
        membership=company.people["Dana"],
        now=LATER,
    )
    owners = list(selectors.owners_in_sight(company.actor("Adam"), at=NOW))
    (then,), (later,) = (selectors.owner_rows(owners, at=at) for at in (NOW, LATER))
    assert then.answer is not None
    assert later.answer is not None
    assert (then.answer.person.name, later.answer.person.name) == ("Erin Director", "Dana Finance")


def test_the_nearest_group_that_names_an_owner_counts(company: Company) -> None:
    facilities, field_service = company.groups["Facilities"], company.groups["Field Service"]
    own(company, seat_of_group("director", company.root))
    own(company, person(company.people["Bob"]), facilities)
    own(company, person(company.people["Tom"]), company.root, GLOVES)
    owners = selectors.owners_for(field_service, at=NOW)
    rows = selectors.owner_rows(owners, group=field_service)
    assert [(row.owner.category_name, row.owner.title, row.inherited_from) for row in rows] == [
        ("Design software", "Bob Supervisor", "Facilities"),
        ("Protective gloves", "Tom Technician", "Northwind Works"),
    ]
    (own_row, _) = selectors.owner_rows(selectors.owners_for(facilities, at=NOW), group=facilities)
    assert own_row.inherited_from == ""
    assert [one.title for one in selectors.owners_for(company.root, query="soft", at=NOW)] == [
        "Director of Northwind Works"
    ]


def test_an_empty_seat_is_answered_by_the_nearest_group_above_that_fills_it(
    company: Company,
) -> None:
    own(company, seat_of_group("director", company.groups["Engineering"]))
    (row,) = selectors.owner_rows(selectors.owners_in_sight(company.actor("Adam"), at=NOW))
    assert row.answer is not None
    assert (row.answer.person.name, row.answer.answered_by) == ("Erin Director", "Northwind Works")
    nia = make_member(company.organization, company.groups["Engineering"], "Nia Planner")
    seat(company.organization, "director", company.groups["Engineering"], nia)
    assert answering(company) == {"Design software": "Nia Planner"}


def test_somebody_without_access_does_not_answer_while_anybody_else_can(company: Company) -> None:
    own(company, seat_of_group("supervisor", company.groups["Facilities"]))
    own(company, person(company.people["Tom"]), category=GLOVES)
    adam = company.actor("Adam")
    for name in ("Bob", "Tom"):
        accounts.suspend_member(actor=adam, membership=company.people[name], reason="Left", now=NOW)
    rows = selectors.owner_rows(selectors.owners_in_sight(adam, at=NOW))
    assert [row.is_vacant for row in rows] == [True, True]
    seat(company.organization, "supervisor", company.root, company.people["Erin"])
    assert answering(company)["Design software"] == "Erin Director"


def test_naming_the_same_owner_again_changes_and_records_nothing(company: Company) -> None:
    first = own(company, person(company.people["Bob"]))
    assert own(company, person(company.people["Bob"]), now=LATER) == first
    assert AuditEvent.objects.filter(action="category_owner.named").count() == 1


def test_the_trail_tells_who_owned_it_and_who_does(company: Company) -> None:
    own(company, person(company.people["Bob"]))
    after = own(company, seat_of_group("director", company.root), now=LATER)
    services.end_category_owner(actor=company.actor("Adam"), owner=after, now=LATER)
    events = list(AuditEvent.objects.filter(subject_type="category_owner").order_by("id"))
    assert [event.action.partition(".")[2] for event in events] == ["named", "named", "ended"]
    assert [(event.before or {}).get("owner") for event in events] == [
        None,
        "Bob Supervisor",
        "Director of Northwind Works",
    ]
    assert events[1].after is not None
    assert events[1].after["owner"] == "Director of Northwind Works"
    assert events[2].after is not None
    assert events[2].after["until"] is not None


def test_an_owner_that_has_ended_stays_as_it_is(company: Company) -> None:
    adam = company.actor("Adam")
    bob = own(company, person(company.people["Bob"]))
    services.end_category_owner(actor=adam, owner=bob, now=NOW)
    services.end_category_owner(actor=adam, owner=bob, now=LATER)
    assert CategoryOwner.objects.get().until == NOW


@pytest.mark.parametrize(
    ("name", "owner", "words"),
    [
        ("nobody", lambda _company: Owner(), "Choose a person"),
        (
            "both",
            lambda company: Owner(
                company.people["Bob"], Position.objects.get(code="director"), company.root
            ),
            "Choose a person",
        ),
        ("a seat of no group", lambda _c: Owner(position=Position.objects.first()), "a seat and"),
        ("oneself", lambda company: Owner(company.people["Adam"]), "Nobody names themselves"),
    ],
)
def test_an_owner_is_one_person_or_one_seat(
    company: Company, name: str, owner: object, words: str
) -> None:
    assert callable(owner), name
    with pytest.raises(DomainError, match=words):
        services.name_category_owner(
            actor=company.actor("Adam"),
            group=company.root,
            category=SOFTWARE,
            owner=owner(company),
            now=NOW,
        )


def test_nobody_without_access_and_no_archived_seat_is_named(company: Company) -> None:
    adam, bob = company.actor("Adam"), company.people["Bob"]
    accounts.suspend_member(actor=adam, membership=bob, reason="Left", now=NOW)
    bob.refresh_from_db()
    with pytest.raises(DomainError, match="has no access"):
        own(company, person(bob))
    hr = accounts.create_position(actor=adam, root=company.root, name="HR partner", now=NOW)
    hr = accounts.archive_position(actor=adam, position=hr, root=company.root, now=NOW)
    with pytest.raises(DomainError, match="archived"):
        own(company, Owner(position=hr, seat_group=company.root))


def test_it_takes_the_permission_to_write_the_groups_policy(company: Company) -> None:
    facilities = company.groups["Facilities"]
    fay = actor_of(make_member(company.organization, facilities, "Fay Local", Role.ADMINISTRATOR))
    above = own(company, person(company.people["Bob"]))
    own(company, person(company.people["Tom"]), facilities)
    assert [one.title for one in selectors.owners_in_sight(fay, at=NOW)] == ["Tom Technician"]
    with pytest.raises(NotFound):
        selectors.owner_for(fay, above.id)
    with pytest.raises(NotAllowed):
        services.end_category_owner(actor=fay, owner=above, now=NOW)
    for actor in (fay, company.actor("Dana")):
        with pytest.raises(NotAllowed):
            services.name_category_owner(
                actor=actor,
                group=company.root,
                category=GLOVES,
                owner=person(company.people["Bob"]),
                now=NOW,
            )


def test_owners_are_found_by_category_code_group_and_owner(company: Company) -> None:
    own(company, person(company.people["Bob"]), company.groups["Engineering"])
    own(company, seat_of_group("director", company.root), category=GLOVES)
    adam = company.actor("Adam")
    for query, found in (("design", 1), ("4618", 1), ("engineering bob", 1), ("director", 1)):
        assert selectors.owners_in_sight(adam, query=query, at=NOW).count() == found, query
    assert selectors.owners_in_sight(adam, query="paint", at=NOW).count() == 0


def test_who_answers_is_found_in_two_queries_however_many_owners_there_are(
    company: Company,
) -> None:
    for group in company.groups.values():
        own(company, seat_of_group("director", group), group)
        own(company, person(company.people["Bob"]), group, GLOVES)
    owners = list(selectors.owners_in_sight(company.actor("Adam"), at=NOW))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        rows = selectors.owner_rows(owners)
    assert len(rows) == 8
    assert len(queries) == 2


def test_the_database_refuses_two_owners_of_one_category_of_a_group(company: Company) -> None:
    own(company, person(company.people["Bob"]))
    with pytest.raises(IntegrityError, match="category_owner_one_current"), transaction.atomic():
        CategoryOwner.objects.create(
            organization_id=company.organization.id,
            group=company.root,
            category_code=SOFTWARE.code,
            category_name=SOFTWARE.name,
            membership=company.people["Tom"],
            since=NOW,
        )


def test_who_is_asked_for_another_reason_is_asked_still_when_they_own_something_no_more(
    company: Company, handler: Answered
) -> None:
    request = ask(company)
    bob = own(company, person(company.people["Bob"]))
    before = list(StageSeat.objects.values_list("membership_id", "asked_at", "closed_at"))
    own(company, person(company.people["Tom"]))
    services.end_category_owner(actor=company.actor("Adam"), owner=bob, now=LATER)
    after = StageSeat.objects.filter(request=request)
    assert list(after.values_list("membership_id", "asked_at", "closed_at")) == before
