"""The demo's purchases against the figures that they are drawn from."""

from collections import Counter
from datetime import date
from decimal import Decimal
from functools import cache
from io import StringIO

import pytest

from budgets.fiscal import PeriodKind, period_of
from catalogs.naming import fold
from procurement.demo import figures
from procurement.demo.caps import Cap, caps
from procurement.demo.categories import CATEGORIES
from procurement.demo.company import NAME, build_company
from procurement.demo.offers import suppliers
from procurement.demo.purchases import Purchase, first_day, purchases, write_csv

TODAY = date(2026, 11, 24)


@cache
def bought(today: date = TODAY) -> tuple[Purchase, ...]:
    return tuple(purchases(build_company(), today))


def test_the_company_has_forty_groups_on_four_levels_and_120_people() -> None:
    company = build_company()
    levels = {NAME: 1}
    for group in company.groups:
        levels[group.name] = levels[group.parent] + 1
    assert (len(levels), max(levels.values()), len(company.people)) == (40, 4, 120)
    assert len({person.email for person in company.people}) == 120
    assert all(company.buyers_of(group.name) for group in company.groups)
    assert {person.name for person in company.people} >= {
        "Alice Requester", "Bob Supervisor", "Erin Director", "Dana Finance",
        "Adam Administrator", "Tom Technician",
    }  # fmt: skip


def test_everybody_but_the_chief_has_a_manager_who_works_there() -> None:
    people = build_company().people
    addresses = {person.email for person in people}
    assert [person.name for person in people if person.manager not in addresses] == ["Maya Chief"]


def test_the_catalog_has_about_250_items_of_31_suppliers_each_in_a_known_category() -> None:
    offers = [offer for supplier in suppliers() for offer in supplier.offers]
    assert len(suppliers()) == 31
    assert 240 <= len(offers) <= 260
    assert len({(offer.supplier, offer.sku) for offer in offers}) == len(offers)
    assert {offer.category for offer in offers} <= set(CATEGORIES)
    assert all(offer.price > 0 for offer in offers)


def test_all_spellings_of_a_supplier_fold_to_its_name_and_to_no_other() -> None:
    keys = {fold(supplier.name) for supplier in suppliers()}
    assert len(keys) == len(suppliers())
    for supplier in suppliers():
        assert {fold(spelling) for spelling in supplier.spellings} == {fold(supplier.name)}


def test_the_same_day_gives_the_same_purchases() -> None:
    assert tuple(purchases(build_company(), TODAY)) == bought()


def test_the_purchases_of_one_day_are_the_beginning_of_those_of_the_next() -> None:
    earlier = date(2026, 11, 20)
    assert first_day(earlier) == first_day(TODAY)
    settled = [line for line in bought() if line.posted_on < earlier]
    assert [line for line in bought(earlier) if line.posted_on < earlier] == settled


def test_there_are_two_years_of_purchases_up_to_yesterday() -> None:
    lines = bought()
    assert 12_000 <= len(lines) <= 15_000
    assert min(line.transacted_on for line in lines) == date(2024, 11, 1)
    assert max(line.posted_on for line in lines) < TODAY
    assert all(line.posted_on >= line.transacted_on for line in lines)


def test_amounts_spread_like_real_ones() -> None:
    found = sorted(line.amount for line in bought() if line.amount > 0)
    for share, amount in figures.LINE_AMOUNTS[1:-3]:
        assert found[int(share * len(found))] == pytest.approx(amount, rel=Decimal("0.2")), share


def test_a_few_suppliers_have_most_lines() -> None:
    counted = Counter(fold(line.supplier) for line in bought()).most_common()
    for rank, share in figures.SUPPLIER_SHARES:
        top = sum(count for _, count in counted[:rank]) / len(bought())
        assert top == pytest.approx(share, abs=0.03), rank
    assert len(counted) > 500


def test_segments_have_about_their_real_shares() -> None:
    total = sum(figures.SEGMENTS.values())
    found = Counter(line.category[:2] for line in bought())
    for segment, share in figures.SEGMENTS.items():
        assert found[segment] / len(bought()) == pytest.approx(share / total, abs=0.03), segment


def test_refunds_duplicates_weekends_and_blanks_are_as_frequent_as_real_ones() -> None:
    lines = bought()
    total = len(lines)
    weekend = sum(line.transacted_on.weekday() >= 5 for line in lines) / total
    repeated = sum(count for count in Counter(lines).values() if count > 1) / total
    assert sum(line.amount < 0 for line in lines) / total == pytest.approx(
        figures.REFUND_SHARE, abs=0.005
    )
    assert weekend == pytest.approx(sum(figures.WEEKDAYS[5:]), abs=0.015)
    assert repeated == pytest.approx(figures.DUPLICATE_SHARE, abs=0.01)
    assert 0 < sum(not line.description for line in lines) / total < 0.02


def test_july_is_busier_than_december() -> None:
    months = Counter(
        line.transacted_on.month for line in bought() if line.transacted_on < date(2026, 11, 1)
    )
    assert months[7] > 1.2 * months[12]


def test_some_orders_are_split_below_a_tier() -> None:
    orders: dict[str, list[Purchase]] = {}
    for line in bought():
        orders.setdefault(line.order, []).append(line)
    alone = Counter(
        (lines[0].transacted_on, fold(lines[0].supplier), lines[0].buyer)
        for lines in orders.values()
        if len(lines) == 1 and 650 <= lines[0].amount < 1_000
    )
    assert 20 <= sum(count > 1 for count in alone.values()) <= 120


def test_the_file_has_a_row_for_each_purchase() -> None:
    stream = StringIO()
    assert write_csv(stream, bought()[:50]) == 50
    assert len(stream.getvalue().splitlines()) == 51


@pytest.mark.parametrize(
    "today", [TODAY, date(2026, 10, 2), date(2027, 1, 1), date(2026, 6, 30), date(2028, 2, 29)]
)
def test_budgets_are_lively_on_any_day_and_leave_room_to_try_things(today: date) -> None:
    company = build_company()
    found = {
        (cap.group, cap.kind): cap
        for cap in caps(company, bought(today), today)
        if not cap.limits.category
    }
    by_code = {group.code: group for group in company.groups}
    parents = {group.name: group.parent for group in company.groups}

    def used(cap: Cap) -> Decimal:
        period = period_of(cap.kind, today)
        spent = Decimal(0)
        for line in bought(today):
            name = by_code[line.cost_centre].name
            above = {NAME, name}
            while name in parents:
                name = parents[name]
                above.add(name)
            if cap.group in above and line.posted_on in period:
                spent += line.amount
        return spent

    assert all(cap.amount > 0 for cap in found.values())
    for group in (NAME, "Operations", "Facilities", "Field Service", "Workplace"):
        cap = found[group, PeriodKind.QUARTER]
        assert cap.amount - used(cap) >= 7_500, group
    if today == TODAY:
        shares = {cap.group: used(cap) / cap.amount for cap in found.values()}
        assert sum(Decimal("0.6") <= share <= Decimal("0.95") for share in shares.values()) >= 5
        assert shares["Events"] >= 1
