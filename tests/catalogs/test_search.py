"""Search: preferred first, blocked last, and the SQL form of the rules agrees with the pure one."""

from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import OrgGroup
from catalogs import selectors, services
from catalogs.guidance import Effect, Outcome, judge
from catalogs.models import CatalogItem, Category, Supplier
from catalogs.selectors import Filters, SearchResult, Sort
from procurement.core.errors import NotAllowed
from tests.factories.accounts import NOW, Company, make_company
from tests.factories.catalogs import (
    LONG_AGO,
    Shop,
    keeper,
    make_category,
    make_item,
    make_rule,
    make_shop,
    make_supplier,
)

pytestmark = pytest.mark.database
TODAY = date(2026, 11, 24)


def search(
    shop: Shop, query: str = "", *, group: str = "Field Service", page: int = 1, **filters: Any
) -> SearchResult:
    return selectors.search_items(
        shop.company.actor("Erin" if group == "root" else "Alice"),
        group=shop.company.groups[group],
        query=query,
        filters=Filters(**filters),
        page=page,
        on=TODAY,
    )


def names(shop: Shop, result: SearchResult) -> list[str]:
    by_id = {item.id: name for name, item in shop.items.items()}
    return [by_id[hit.card.item_id] for hit in result.hits]


def test_preferred_comes_first_and_blocked_last(shop: Shop) -> None:
    result = search(shop, "tablet")
    assert names(shop, result) == [
        "small", "rugged", "brightline", "case", "imported", "consumer",
    ]  # fmt: skip
    assert [hit.guidance.outcome for hit in result.hits] == [
        *[Outcome.PREFERRED] * 2,
        *[Outcome.NEUTRAL] * 2,
        Outcome.RESTRICTED,
        Outcome.BLOCKED,
    ]


def test_a_match_in_the_title_comes_before_one_in_the_description(shop: Shop) -> None:
    neutral = search(shop, "tablet", guidance=Outcome.NEUTRAL)
    assert names(shop, neutral) == ["brightline", "case"]


def test_what_is_blocked_says_why_and_shows_what_is_preferred_instead(shop: Shop) -> None:
    result = search(shop, "consumer tablet")
    blocked = result.hits[-1]
    assert blocked.guidance.sentence == (
        "Consumer devices cannot be enrolled, so they may not hold work data. Blocked for everyone "
        "by Northwind Works; you may ask for an exception and say why."
    )
    assert blocked.alternative is not None
    assert blocked.alternative.card.sku == "KX-10R"
    assert blocked.alternative.guidance.outcome is Outcome.PREFERRED


def test_the_alternative_is_the_preferred_item_that_shares_most_words(shop: Shop) -> None:
    company = shop.company
    make_rule(company, Effect.BLOCK, shop.items["imported"], group=company.groups["Field Service"])
    result = search(shop, "imported")
    assert result.hits[0].alternative is not None
    assert result.hits[0].alternative.card.title == "Rugged tablet 10 in, 256 GB"
    assert result.hits[0].alternative.card.category_name == "Tablets"


def test_the_same_thing_from_other_suppliers_stands_beside_it_with_badges(shop: Shop) -> None:
    hit = next(hit for hit in search(shop, "256 GB").hits if hit.card.sku == "KX-10R")
    assert [(one.card.supplier_name, one.guidance.outcome) for one in hit.offers] == [
        ("Tideway Direct", Outcome.RESTRICTED),
        ("Kestrel IT", Outcome.PREFERRED),
        ("Brightline Supply", Outcome.NEUTRAL),
    ]


def test_another_group_sees_its_own_rules(shop: Shop) -> None:
    adam = shop.company.actor("Adam")
    result = selectors.search_items(
        adam, group=shop.company.groups["Engineering"], query="tablet", on=TODAY
    )
    assert result.counts == {
        Outcome.PREFERRED: 0,
        Outcome.NEUTRAL: 5,
        Outcome.RESTRICTED: 0,
        Outcome.BLOCKED: 1,
    }


def test_who_may_not_see_a_group_cannot_search_for_it(shop: Shop) -> None:
    with pytest.raises(NotAllowed):
        search(shop, group="Engineering")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("TABLETS", {"rugged", "small", "brightline", "imported", "consumer", "case"}),
        ("rugge", {"rugged", "small", "brightline", "imported", "case"}),
        ("rugged ta", {"rugged", "small", "brightline", "imported", "case"}),
        ("case for the tablet", {"case"}),
        ("kx-10r", {"rugged"}),
        ("KX10R", {"rugged"}),
        ("RT10256", {"rugged", "brightline", "imported"}),
        ("fieldmark", {"rugged", "brightline", "imported"}),
        ("tablet' | !(case", {"case"}),
        ("nothing like it", set()),
        ("kestrel", {"rugged", "small"}),
        ("tideway tablet", {"imported", "consumer"}),
        ("cases", {"case"}),
        ("kestrel case", set()),
    ],
)
def test_words_are_found_by_stem_beginning_and_code(
    shop: Shop, query: str, expected: set[str]
) -> None:
    assert set(names(shop, search(shop, query))) == expected


@pytest.mark.parametrize("query", ["", "the", " – "])
def test_without_a_word_to_look_for_everything_is_shown(shop: Shop, query: str) -> None:
    assert search(shop, query).total == 6


def test_accents_are_optional_on_both_sides(shop: Shop) -> None:
    shop.items["cafe"] = make_item(
        shop.company, "Caféteria tray", category=shop.categories["cases"]
    )
    assert names(shop, search(shop, "cafeteria")) == ["cafe"]
    assert names(shop, search(shop, "CAFÉTERIA")) == ["cafe"]


def test_counts_leave_their_own_filter_out(shop: Shop) -> None:
    result = search(shop, "tablet", guidance=Outcome.PREFERRED)
    assert result.total == len(result.hits) == 2
    assert result.all_count == 6
    assert {(one.name, one.count) for one in result.suppliers} == {("Kestrel IT", 2)}
    assert {(one.name, one.count) for one in result.categories} == {("Tablets", 2)}


def test_filters_narrow_each_other_and_a_category_reaches_below_itself(shop: Shop) -> None:
    brightline = shop.suppliers["Brightline Supply"]
    result = search(shop, categories=("43210000",), suppliers=(brightline.id,))
    assert set(names(shop, result)) == {"case", "brightline"}
    tideway = shop.suppliers["Tideway Direct"]
    result = search(shop, categories=("43211509",), suppliers=(tideway.id,))
    assert names(shop, result) == ["imported", "consumer"]
    assert {one.name: one.is_selected for one in result.suppliers} == {
        "Tideway Direct": True,
        "Kestrel IT": False,
        "Brightline Supply": False,
    }


def test_prices_are_included_at_both_ends(shop: Shop) -> None:
    result = search(shop, price_from=Decimal("48.50"), price_to=Decimal("985.00"))
    assert set(names(shop, result)) == {"case", "consumer", "small"}


def test_hits_of_the_same_guidance_can_be_sorted(shop: Shop) -> None:
    by_price = names(shop, search(shop, "tablet", sort=Sort.PRICE, guidance=Outcome.NEUTRAL))
    assert by_price == ["case", "brightline"]
    make_item(shop.company, "Tablet arm", lead_days=None, sku="ARM")
    arm = make_item(shop.company, "Tablet stand", lead_days=1, sku="STAND")
    sooner = search(shop, "tablet", sort=Sort.DELIVERY, guidance=Outcome.PREFERRED)
    assert sooner.hits[0].card.item_id == arm.id
    assert sooner.hits[-1].card.sku == "ARM"


def test_what_is_no_longer_offered_is_not_found(shop: Shop) -> None:
    make_item(
        shop.company,
        supplier=shop.suppliers["Brightline Supply"],
        category=shop.categories["cases"],
        sku="BL-C10",
        is_active=False,
    )
    services.change_supplier(
        actor=shop.company.actor("Adam"),
        supplier=shop.suppliers["Tideway Direct"],
        name="Tideway Direct",
        contact_email="",
        status=Supplier.Status.SUSPENDED,
        now=NOW,
    )
    assert set(names(shop, search(shop))) == {"rugged", "small", "brightline"}


def test_pages_follow_each_other_and_a_page_too_far_is_the_last(shop: Shop) -> None:
    for number in range(40):
        make_item(shop.company, f"Stylus {number}", category=shop.categories["cases"])
    seen = [hit.card.item_id for page in (1, 2) for hit in search(shop, "stylus", page=page).hits]
    assert len(set(seen)) == 40
    last = search(shop, "stylus", page=99)
    assert (last.number, last.pages) == (2, 2)


def test_a_search_takes_five_queries(shop: Shop) -> None:
    alice = shop.company.actor("Alice")
    with CaptureQueriesContext(connection) as queries:
        selectors.search_items(
            alice, group=shop.company.groups["Field Service"], query="tablet", on=TODAY
        )
    assert len(queries) == 5


def test_the_number_of_queries_does_not_grow_with_the_catalog(shop: Shop) -> None:
    for number in range(30):
        item = make_item(
            shop.company, f"Tablet {number}", brand="Fieldmark", part_number=f"T{number}"
        )
        make_rule(shop.company, Effect.BLOCK, item, group=shop.company.groups["Field Service"])
    alice = shop.company.actor("Alice")
    with CaptureQueriesContext(connection) as queries:
        result = selectors.search_items(
            alice,
            group=shop.company.groups["Field Service"],
            query="tablet",
            filters=Filters(guidance=Outcome.BLOCKED),
            on=TODAY,
        )
    assert len(result.hits) == 20
    assert len(queries) == 5


@pytest.mark.django_db
def test_a_search_stays_within_its_tenant() -> None:
    first, second = make_company("Northwind Works"), make_company("Contoso")
    with first.scope():
        shop = make_shop(first)
        assert search(shop).total == 6
    with second.scope():
        result = selectors.search_items(second.actor("Adam"), group=second.root, on=TODAY)
        assert (result.total, result.hits, result.suppliers) == (0, (), ())
        assert selectors.items_by_id(item.id for item in shop.items.values()) == {}


# The SQL form and the pure form


@pytest.mark.parametrize("seed", range(6))
def test_sql_and_the_pure_rules_agree_on_random_catalogs(company: Company, seed: int) -> None:
    random = Random(seed)
    suppliers = [make_supplier(company, f"Supplier {letter}") for letter in "ABC"]
    codes = ["43000000", "43210000", "43211500", "43211509", "44000000", "44121700"]
    categories = [make_category(company, code, f"Category {code}") for code in codes]
    categories.append(make_category(company, "OWN", "Own", random.choice(categories)))
    items = [
        make_item(
            company,
            f"Thing {number}",
            supplier=random.choice(suppliers),
            category=random.choice(categories),
            price=str(random.randint(1, 50)),
        )
        for number in range(19)
    ]
    groups = [company.root, *company.groups.values()]
    targets: list[Category | Supplier | CatalogItem] = [*suppliers, *categories]
    targets += random.sample(items, 6)
    for target in random.sample(targets, 9):
        for group in random.sample(groups, 2):
            make_rule(
                company,
                random.choice(list(Effect)),
                target,
                group=group,
                valid_from=random.choice([LONG_AGO, TODAY, date(2027, 1, 1)]),
            )
    for group in groups:
        assert_agreement(company, group)


def assert_agreement(company: Company, group: OrgGroup) -> None:
    actor = keeper(company.organization.id)
    rules = selectors.rules_for(group.path, TODAY)
    result = selectors.search_items(actor, group=group, on=TODAY)
    assert len(result.hits) == result.total == CatalogItem.objects.count()
    for hit in result.hits:
        assert hit.guidance == judge(hit.card.facts, rules, group.path)
        if hit.alternative is not None:
            other = hit.alternative
            assert other.guidance == judge(other.card.facts, rules, group.path)
            assert other.guidance.outcome is Outcome.PREFERRED
            above = hit.card.category_path[-2:-1] if hit.card.category_code == "OWN" else ()
            assert (
                other.card.category_id == hit.card.category_id
                or above[0] in other.card.category_path
            )
    found = [hit.guidance.outcome for hit in result.hits]
    assert result.counts == {outcome: found.count(outcome) for outcome in Outcome}
    order = [Outcome.PREFERRED, Outcome.NEUTRAL, Outcome.RESTRICTED, Outcome.BLOCKED]
    assert found == sorted(found, key=order.index)
