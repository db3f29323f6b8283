"""What differs between two contents, and which approvals outlive it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.changes import NEVER, Change, EditKind, changes_between, standing
from approvals.routing import USUAL, Part, Tolerances, route, strictest, tolerances_heard
from approvals.summary import SubjectSummary, SummaryLine
from tests.approvals.cast import FIELD_SERVICE, TYPICAL, facts, in_force
from tests.approvals.documents import tolerances

GENEROUS = Tolerances(
    price_up_percent=Decimal(100),
    quantity_up_percent=Decimal(100),
    note=True,
    justification=True,
)


def line(
    name: str = "Gloves", quantity: str = "10", price: str = "20.00", **more: Any
) -> SummaryLine:
    unit_price = Decimal(price)
    number = Decimal(quantity.split(maxsplit=1)[0])
    base = SummaryLine(name, "Halden Tools", "HT-1", quantity, unit_price, number * unit_price)
    return replace(base, **{"key": name, "supplier_key": "halden", **more})


def content(*lines: SummaryLine, **more: Any) -> SubjectSummary:
    base = SubjectSummary(
        organization_name="Northwind",
        noun="Order",
        label="R-1",
        title="",
        requester_name="Alice",
        group_name="Depot",
        currency="USD",
        total=sum((one.amount for one in lines), Decimal(0)),
        lines=lines,
        requester_key="alice",
        group_key="depot",
    )
    return replace(base, **more)


BASE = content(line(), line("Boots", "2", "80.00"), note="For the new fitters.")


def kinds(before: SubjectSummary, after: SubjectSummary) -> list[EditKind]:
    return [change.kind for change in changes_between(before, after)]


def with_gloves(**changes: Any) -> SubjectSummary:
    gloves, boots = BASE.lines
    changed = replace(gloves, **changes)
    total = changed.amount + boots.amount
    return replace(BASE, lines=(changed, boots), total=total)


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        (with_gloves(unit_price=Decimal("20.80")), EditKind.PRICE_UP),
        (with_gloves(unit_price=Decimal("19.00")), EditKind.PRICE_DOWN),
        (with_gloves(amount=Decimal("201.00")), EditKind.PRICE_UP),
        (with_gloves(quantity="11"), EditKind.QUANTITY_UP),
        (with_gloves(quantity="9"), EditKind.QUANTITY_DOWN),
        (with_gloves(quantity="10 boxes"), EditKind.QUANTITY_UP),
        (with_gloves(supplier_key="orrin", supplier="Orrin"), EditKind.SUPPLIER),
        (with_gloves(supplier_key="orrin"), EditKind.SUPPLIER),
        (with_gloves(guidance="RESTRICTED"), EditKind.GUIDANCE),
        (with_gloves(guidance="PREFERRED"), EditKind.GUIDANCE_EASED),
        (with_gloves(guidance="NEW WORD"), EditKind.GUIDANCE),
        (with_gloves(justification="Needed."), EditKind.JUSTIFICATION),
        (with_gloves(name="Mittens"), EditKind.DETAIL),
        (with_gloves(sku="HT-2"), EditKind.DETAIL),
        (replace(BASE, note=""), EditKind.NOTE),
        (replace(BASE, currency="EUR"), EditKind.CURRENCY),
        (replace(BASE, group_key="office"), EditKind.GROUP),
        (replace(BASE, group_key="", group_name="Office"), EditKind.GROUP),
        (replace(BASE, requester_key="carl"), EditKind.REQUESTER),
        (replace(BASE, details=(("Delivers to", "Dock 3"),)), EditKind.DETAIL),
        (replace(BASE, lines=BASE.lines[:1]), EditKind.LINE_REMOVED),
        (replace(BASE, lines=(*BASE.lines, line("Hats"))), EditKind.LINE_ADDED),
        (replace(BASE, total=BASE.total + 1), EditKind.PRICE_UP),
    ],
)
def test_each_change_is_told_by_its_kind(after: SubjectSummary, kind: EditKind) -> None:
    assert kinds(BASE, after) == [kind]


def test_the_order_of_lines_means_nothing() -> None:
    assert kinds(BASE, replace(BASE, lines=BASE.lines[::-1])) == []


def test_a_line_is_the_same_by_its_key_and_a_former_one_without_keys_by_what_it_says() -> None:
    keyless = replace(BASE, lines=tuple(replace(one, key="") for one in BASE.lines))
    dearer = with_gloves(unit_price=Decimal("21.00"))
    assert kinds(keyless, dearer) == [EditKind.PRICE_UP]
    renamed = with_gloves(name="Mittens")
    assert sorted(kinds(keyless, renamed)) == [EditKind.LINE_ADDED, EditKind.LINE_REMOVED]


def test_lines_that_cannot_be_told_apart_are_another_thing_unless_they_are_equal() -> None:
    two = content(line(), line("Gloves", "3"))
    other = content(line(), line("Gloves", "4"))
    assert kinds(two, two) == []
    assert sorted(kinds(two, other)) == [EditKind.LINE_ADDED, EditKind.LINE_REMOVED]


def test_a_change_says_what_it_is() -> None:
    dearer = with_gloves(unit_price=Decimal("20.80"))
    (change,) = changes_between(BASE, dearer)
    assert change.sentence == "The price of Gloves is up 4 %."
    assert (change.before, change.after) == ("$20.00", "$20.80")


def test_a_third_more_is_never_rounded_down_to_what_is_let_through() -> None:
    third = changes_between(content(line(price="3.00")), content(line(price="4.00")))
    assert not standing(Tolerances(price_up_percent=Decimal("33.33")), third).stands
    assert standing(Tolerances(price_up_percent=Decimal("33.34")), third).stands


@pytest.mark.parametrize("price", ["20.40", "20.41"])
def test_a_price_up_to_the_tolerance_stands_and_a_cent_more_does_not(price: str) -> None:
    found = changes_between(BASE, with_gloves(unit_price=Decimal(price)))
    assert standing(Tolerances(price_up_percent=Decimal(2)), found).stands is (price == "20.40")


def test_what_was_free_and_costs_something_now_is_always_asked_again() -> None:
    found = changes_between(content(line(price="0.00")), content(line(price="0.01")))
    assert not standing(GENEROUS, found).stands


def test_usually_only_less_of_the_same_stands() -> None:
    less = with_gloves(quantity="9", unit_price=Decimal("19.00"))
    assert standing(USUAL, changes_between(BASE, less)).stands
    assert standing(USUAL, changes_between(BASE, replace(BASE, lines=BASE.lines[:1]))).stands
    assert not standing(USUAL, changes_between(BASE, replace(BASE, note="Please."))).stands
    assert not standing(USUAL, changes_between(BASE, with_gloves(quantity="11"))).stands


# Properties

_texts = st.sampled_from(("", "Because.", "For the depot."))
_keys = st.sampled_from(("", "halden", "orrin"))


@st.composite
def lines(draw: st.DrawFn, key: str) -> SummaryLine:
    price = draw(st.decimals("0", "50", places=2))
    quantity = draw(st.integers(1, 20))
    return SummaryLine(
        name=draw(st.sampled_from((key, "Gloves"))),
        supplier=draw(st.sampled_from(("Halden", "Orrin"))),
        sku=draw(st.sampled_from(("", "HT-1"))),
        quantity=f"{quantity}{draw(st.sampled_from(('', ' kg')))}",
        unit_price=price,
        amount=price * quantity,
        guidance=draw(st.sampled_from(("", "PREFERRED", "NEUTRAL", "RESTRICTED", "BLOCKED", "X"))),
        justification=draw(_texts),
        key=draw(st.sampled_from((key, key, key, ""))),
        supplier_key=draw(_keys),
    )


@st.composite
def contents(draw: st.DrawFn) -> SubjectSummary:
    names = draw(st.lists(st.sampled_from(("Gloves", "Boots", "Hats")), max_size=4))
    return content(
        *(draw(lines(name)) for name in names),
        note=draw(_texts),
        currency=draw(st.sampled_from(("USD", "EUR"))),
        group_key=draw(st.sampled_from(("", "depot", "office"))),
        requester_key=draw(st.sampled_from(("alice", "carl"))),
        details=tuple(draw(st.lists(st.tuples(st.just("Address"), _texts), max_size=2))),
    )


@given(contents(), tolerances())
def test_nothing_differs_from_itself_and_stands_under_any_policy(
    one: SubjectSummary, tolerated: Tolerances
) -> None:
    assert changes_between(one, one) == ()
    assert standing(tolerated, ()).stands


@given(contents(), contents())
def test_a_difference_is_noticed_in_both_directions(
    one: SubjectSummary, other: SubjectSummary
) -> None:
    assert bool(changes_between(one, other)) is bool(changes_between(other, one))


@given(contents(), contents())
def test_what_is_shown_differently_is_noticed(one: SubjectSummary, other: SubjectSummary) -> None:
    if not changes_between(one, other):
        assert (one.note, one.currency, one.total) == (other.note, other.currency, other.total)
        assert sorted(
            (x.name, x.sku, x.quantity, x.unit_price, x.justification) for x in one.lines
        ) == sorted((x.name, x.sku, x.quantity, x.unit_price, x.justification) for x in other.lines)


@given(contents(), contents(), tolerances(), tolerances())
def test_what_stands_under_the_stricter_stands_under_each(
    one: SubjectSummary, other: SubjectSummary, some: Tolerances, more: Tolerances
) -> None:
    found = changes_between(one, other)
    if standing(strictest([some, more]), found).stands:
        assert standing(some, found).stands
        assert standing(more, found).stands


@given(st.sampled_from(sorted(NEVER)), tolerances())
def test_some_changes_never_stand_whatever_a_policy_says(
    kind: EditKind, tolerated: Tolerances
) -> None:
    assert not standing(tolerated, [Change(kind, "it is another", percent=Decimal(0))]).stands


@given(
    st.lists(st.decimals("0.01", "2", places=2), min_size=1, max_size=12),
    st.decimals("0", "10", places=1),
)
def test_many_small_steps_are_measured_as_the_one_step_that_they_are(
    steps: list[Decimal], most: Decimal
) -> None:
    tolerated = Tolerances(price_up_percent=most)
    price, root = Decimal("100.00"), content(line(price="100.00"))
    for step in steps:
        price += step
        found = changes_between(root, content(line(price=str(price))))
        assert standing(tolerated, found).stands is (price - 100 <= most)


def test_tolerances_are_read_back_as_they_were_written() -> None:
    own = Tolerances(price_up_percent=Decimal("2.5"), note=True, line_removed=False)
    assert Tolerances.from_json(own.to_json()) == own
    with pytest.raises(ValueError, match="unknown"):
        Tolerances.from_json({**own.to_json(), "address": True})
    with pytest.raises(TypeError):
        Tolerances.from_json({**own.to_json(), "note": "no"})


def test_what_a_group_above_has_made_mandatory_can_only_be_made_stricter() -> None:
    loose = Tolerances(price_up_percent=Decimal(10), note=True)
    strict = Tolerances(price_up_percent=Decimal(2), quantity_down=False)

    def heard(mandatory: frozenset[Part]) -> Tolerances:
        above = replace(TYPICAL, tolerances=strict, mandatory=mandatory)
        own = replace(TYPICAL, tolerances=loose)
        found = route(facts(), [in_force(above), in_force(own, FIELD_SERVICE)])
        assert found.policy is not None
        return tolerances_heard(found.policy, found.above)

    assert heard(frozenset()) == loose
    assert heard(frozenset({Part.TOLERANCES})) == replace(strict, note=False)
