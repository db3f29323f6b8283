"""Owners of categories when groups move, merge and close, and when people leave."""

from datetime import timedelta

import pytest

from accounts import dependents
from accounts import services as accounts
from accounts.effects import Effect, EffectKind, MemberChange, MemberChangeKind
from accounts.models import Position
from accounts.selectors import seat_findings
from approvals.models import CategoryOwner
from procurement.core.errors import DomainError
from tests.factories.accounts import NOW, Company, make_member, seat, system
from tests.factories.changes import move
from tests.factories.owners import GLOVES, own, person, seat_of_group

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LATER = NOW + timedelta(days=1)


def told(effects: list[Effect]) -> list[str]:
    """Return what effects say of owners."""
    return [
        effect.sentence
        for effect in effects
        if effect.kind is EffectKind.APPROVAL_CHANGED
        and not effect.sentence.startswith("A dead end")
        and ("own" in effect.sentence or "answers" in effect.sentence)
    ]


def current() -> list[tuple[str, str, str]]:
    owners = CategoryOwner.objects.current().select_related(
        "group", "position", "seat_group", "membership__user"
    )
    return sorted((one.category_name, one.group.name, one.title) for one in owners)


def test_a_seat_that_owns_a_category_is_relied_on(company: Company) -> None:
    hr = accounts.create_position(
        actor=company.actor("Adam"), root=company.root, name="HR partner", now=NOW
    )
    own(company, seat_of_group(hr.code, company.groups["Engineering"]))
    vacant = [
        (one.position_name, one.group_name, one.because)
        for one in seat_findings(company.actor("Adam"), now=NOW).vacant
    ]
    assert vacant[1:] == [
        ("HR partner", "Engineering", ("the category “Design software”, which it owns",))
    ]
    with pytest.raises(DomainError, match="Design software"):
        accounts.archive_position(
            actor=company.actor("Adam"), position=hr, root=company.root, now=NOW
        )


def test_a_moved_group_is_told_who_owns_for_it_now(company: Company) -> None:
    own(company, person(company.people["Tom"]), company.groups["Facilities"])
    own(company, person(company.people["Erin"]), company.groups["Engineering"])
    own(company, person(company.people["Bob"]), company.groups["Engineering"], GLOVES)
    effects = move(company, company.groups["Field Service"], company.groups["Engineering"])
    assert told(effects) == [
        "Design software in 1 group: Erin Director owns it instead of Tom Technician.",
        "Protective gloves in 1 group: Bob Supervisor owns it, where nobody did.",
    ]
    back = move(company, company.groups["Field Service"], company.groups["Facilities"])
    assert told(back)[-1] == (
        "Protective gloves in 1 group: nobody owns it any more; it was Bob Supervisor."
    )


def test_a_move_that_changes_no_owner_says_nothing(company: Company) -> None:
    own(company, person(company.people["Tom"]))
    effects = move(company, company.groups["Field Service"], company.groups["Engineering"])
    assert told(effects) == []


def test_owners_of_a_closed_group_end_with_it(company: Company) -> None:
    engineering = company.groups["Engineering"]
    nia = make_member(company.organization, engineering, "Nia Planner")
    seat(company.organization, "supervisor", engineering, nia)
    own(company, person(nia), engineering)
    own(company, seat_of_group("supervisor", engineering), company.root, GLOVES)
    effects = accounts.archive_group(actor=company.actor("Adam"), group=engineering, now=LATER)
    assert told(effects) == [
        "Design software for Engineering: Nia Planner owns it no more, as the group is closed.",
        (
            "Protective gloves for Northwind Works, owned by Supervisor of Engineering: nobody "
            "answers any more. Fill the seat."
        ),
    ]
    assert current() == [("Protective gloves", "Northwind Works", "Supervisor of Engineering")]
    ended = CategoryOwner.objects.get(group=engineering)
    assert ended.until == LATER, "it stays on record"


def test_a_preview_leaves_owners_as_they_are(company: Company) -> None:
    engineering = company.groups["Engineering"]
    own(company, person(company.people["Bob"]), engineering)
    effects = accounts.preview_archive(actor=company.actor("Adam"), group=engineering, now=LATER)
    assert len(told(effects)) == 1
    assert CategoryOwner.objects.get().until is None


def test_a_group_that_takes_another_over_takes_over_its_owners(company: Company) -> None:
    engineering, facilities = company.groups["Engineering"], company.groups["Facilities"]
    nia = make_member(company.organization, engineering, "Nia Planner")
    seat(company.organization, "director", engineering, nia)
    own(company, person(nia), engineering)
    own(company, seat_of_group("director", engineering), company.root, GLOVES)
    effects = accounts.merge_group(
        actor=company.actor("Adam"), group=engineering, target=facilities, now=LATER
    )
    assert sorted(told(effects))[:2] == [
        "Design software for Engineering: from now on Nia Planner owns it for Facilities.",
        "Design software in 3 groups: Nia Planner owns it, where nobody did.",
    ]
    assert current() == [
        ("Design software", "Facilities", "Nia Planner"),
        ("Protective gloves", "Northwind Works", "Director of Facilities"),
    ]


def test_a_group_keeps_its_own_owner_when_it_takes_another_over(company: Company) -> None:
    engineering, facilities = company.groups["Engineering"], company.groups["Facilities"]
    own(company, person(company.people["Tom"]), facilities)
    own(company, person(company.people["Bob"]), engineering)
    effects = accounts.merge_group(
        actor=company.actor("Adam"), group=engineering, target=facilities, now=LATER
    )
    assert (
        "Design software for Engineering: Bob Supervisor owns it no more; Facilities has an owner "
        "for it."
    ) in told(effects)
    assert current() == [("Design software", "Facilities", "Tom Technician")]


def test_the_effects_of_leaving_say_what_somebody_owned(company: Company) -> None:
    bob = company.people["Bob"]
    own(company, person(bob))
    own(company, seat_of_group("supervisor", company.groups["Facilities"]), category=GLOVES)
    seat(company.organization, "supervisor", company.root, company.people["Erin"])
    effects = accounts.preview_suspension(actor=company.actor("Adam"), membership=bob, now=NOW)
    assert told(effects) == [
        (
            "Design software for Northwind Works: Bob Supervisor owns it in person and can no "
            "longer be asked. Name somebody else under Category owners."
        ),
        (
            "Protective gloves for Northwind Works, owned by Supervisor of Facilities: Erin "
            "Director answers instead of Bob Supervisor."
        ),
    ]


def test_who_has_left_stays_named_so_that_coming_back_changes_nothing(company: Company) -> None:
    bob, adam = company.people["Bob"], company.actor("Adam")
    own(company, person(bob))
    accounts.suspend_member(actor=adam, membership=bob, reason="Leave", now=NOW)
    accounts.reinstate_member(actor=adam, membership=bob, reason="Back", now=LATER)
    assert current() == [("Design software", "Northwind Works", "Bob Supervisor")]


def test_somebody_who_moves_takes_what_they_own_along_and_the_effects_say_so(
    company: Company,
) -> None:
    bob = company.people["Bob"]
    own(company, person(bob), company.groups["Facilities"])
    change = MemberChange(
        kind=MemberChangeKind.MOVE,
        membership_id=bob.id,
        name="Bob Supervisor",
        from_group_id=company.groups["Facilities"].id,
        to_group_id=company.groups["Engineering"].id,
    )
    effects = dependents.follow_member_change(
        actor=system(company.organization), change=change, now=NOW
    )
    assert told(effects) == [
        (
            "Design software for Facilities: Bob Supervisor still owns it after the move. Name "
            "somebody else under Category owners if it is not theirs any more."
        )
    ]


def test_a_change_of_roles_says_nothing_of_owners(company: Company) -> None:
    own(company, seat_of_group("director", company.root))
    accounts.vacate_position(
        actor=company.actor("Adam"),
        position=Position.objects.get(code="supervisor"),
        group=company.groups["Facilities"],
        now=NOW,
    )
    assert current() == [("Design software", "Northwind Works", "Director of Northwind Works")]
