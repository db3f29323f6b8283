from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogs.merchant_codes import segment_for
from procurement.orders.history.planning import (
    NO_CATEGORY,
    CategoryChoice,
    GroupPlan,
    KnownGroup,
    choose_category,
    plan_groups,
)
from procurement.orders.history.spool import Kind, Place

ROOT = KnownGroup(UUID(int=1), (UUID(int=1),), "Northwind Works", kind="ROOT")
FACILITIES = KnownGroup(UUID(int=2), (ROOT.id, UUID(int=2)), "Facilities", "4200", "DEPARTMENT")
FIELD = KnownGroup(UUID(int=3), (*FACILITIES.path, UUID(int=3)), "Field Service", "4200-11", "TEAM")
OFFICE = KnownGroup(UUID(int=4), (*FACILITIES.path, UUID(int=4)), "Office", "", "COST_CENTRE")
KNOWN = [ROOT, FACILITIES, FIELD, OFFICE]


def plan(*places: Place, names: dict[int, str] | None = None) -> GroupPlan:
    numbers = count(100)
    return plan_groups(places, names or {}, KNOWN, lambda: UUID(int=next(numbers)))


@pytest.mark.parametrize(
    ("place", "group"),
    [
        (Place("", ""), ROOT),
        (Place("Northwind Works", ""), ROOT),
        (Place("Facilities", ""), FACILITIES),
        (Place("FACILITIES", "4200"), FACILITIES),
        (Place("4200", ""), FACILITIES),
        (Place("Facilities", "4200-11"), FIELD),
        (Place("", "4200-11"), FIELD),
        (Place("Field  service", ""), FIELD),
        (Place("Facilities", "Field Service"), FIELD),
    ],
)
def test_a_place_is_the_group_that_bears_its_name_or_code(place: Place, group: KnownGroup) -> None:
    found = plan(place)
    assert (found.places, found.missing) == ((group,), ())


def test_a_cost_centre_known_by_its_name_alone_is_found_below_its_department() -> None:
    assert plan(Place("Facilities", ""), names={0: "Field Service"}).places == (FIELD,)


def test_what_is_missing_is_planned_below_the_root_and_its_department() -> None:
    found = plan(Place("Parks", "P1"), Place("PARKS", "P1"), names={0: "North", 1: "North"})
    assert [(group.name, group.code, group.kind) for group in found.missing] == [
        ("Parks", "", "DEPARTMENT"),
        ("North", "P1", "COST_CENTRE"),
    ]
    parks, north = found.missing
    assert parks.path == (ROOT.id, parks.id)
    assert north.path == (*parks.path, north.id)
    assert north.parent_id == parks.id
    assert found.places[0] is found.places[1]


def test_the_same_code_in_two_departments_is_two_cost_centres() -> None:
    found = plan(Place("Parks", "P1"), Place("Roads", "P1"))
    assert found.places[0] != found.places[1]
    assert [group.name for group in found.missing] == ["Parks", "P1", "Roads", "P1"]


def test_cost_centres_of_one_name_are_told_apart_by_their_codes() -> None:
    found = plan(Place("Parks", "P1"), Place("Parks", "P2"), names={0: "Repairs", 1: "Repairs"})
    assert [group.name for group in found.missing] == ["Parks", "Repairs", "Repairs (P2)"]


def test_a_department_is_never_a_cost_centre_of_the_same_name_elsewhere() -> None:
    found = plan(Place("Office", ""))
    assert [group.name for group in found.missing] == ["Office"]
    assert found.places[0].path[:-1] == ROOT.path


@given(
    st.lists(
        st.builds(
            Place,
            st.sampled_from(["", "Parks", "parks", "Roads", "Facilities"]),
            st.sampled_from(["", "P1", "P2", "4200-11", "4200"]),
        ),
        max_size=20,
    )
)
def test_a_second_plan_on_the_outcome_of_the_first_makes_nothing(places: list[Place]) -> None:
    numbers = count(100)

    def new_id() -> UUID:
        return UUID(int=next(numbers))

    first = plan_groups(places, {}, KNOWN, new_id)
    made = [KnownGroup(g.id, g.path, g.name, g.code, g.kind) for g in first.missing]
    again = plan_groups(places, {}, [*KNOWN, *made], new_id)
    assert again.missing == ()
    assert [group.id for group in again.places] == [group.id for group in first.places]
    siblings = [(group.parent_id, group.name.casefold()) for group in first.missing]
    assert len(siblings) == len(set(siblings))


def choose(kind: Kind, **mapped: tuple[str, ...]) -> CategoryChoice:
    return choose_category(kind, mapped, lambda code: segment_for(code) is not None)


def test_a_unspsc_code_says_it_itself() -> None:
    kind = Kind("2600", "Supplies", "5943", "Stationery", "44121503.0", "Envelopes")
    assert choose(kind) == CategoryChoice("CODE", "44121503", "Envelopes")


def test_an_account_that_somebody_mapped_comes_before_the_merchant_code() -> None:
    kind = Kind("2600", "Supplies", "5943", "Stationery", "", "")
    assert choose(kind, **{"2600": ("44000000",)}).scheme == "GL"
    assert choose(kind, **{"2600": ("GL-2600",)}) == CategoryChoice("MCC", "5943", "Stationery")


def test_an_account_without_a_merchant_code_is_a_category_of_its_own() -> None:
    assert choose(Kind("2600", "Supplies", "", "", "", "")) == CategoryChoice(
        "GL", "2600", "Supplies"
    )


def test_a_masked_account_is_known_by_its_name() -> None:
    kind = Kind("*****", "Gravel & sand", "", "", "", "")
    assert choose(kind) == CategoryChoice("GL", "GRAVEL-SAND", "Gravel & sand")


def test_merchant_codes_are_read_with_their_leading_zeros() -> None:
    assert choose(Kind("", "", "780", "Landscaping", "", "")).code == "0780"


def test_a_category_by_its_name_alone_gets_a_code_of_its_own() -> None:
    assert choose(Kind("", "", "", "", "", "Office supplies")) == CategoryChoice(
        "CODE", "OFFICE-SUPPLIES", "Office supplies"
    )
    assert choose(Kind("", "", "Book Stores", "", "", "")).code == "BOOK-STORES"
    assert choose(Kind("", "", "", "Book Stores", "", "")).code == "BOOK-STORES"
    assert choose(Kind("", "", "", "", "", "")) == NO_CATEGORY
