"""Items: one by one, and by the thousand from a file."""

from decimal import Decimal
from typing import Any

import pytest

from catalogs import selectors, services
from catalogs.models import CatalogItem, Category, Supplier
from procurement.audit.models import AuditEvent
from procurement.core.errors import DomainError, NotAllowed, NotFound
from procurement.core.ids import new_id
from tests.factories.accounts import NOW, Company
from tests.factories.catalogs import Shop, make_category, make_item, make_supplier

pytestmark = pytest.mark.database


def row(**changes: str) -> dict[str, str]:
    return {
        "sku": "KX-10R",
        "title": "Rugged tablet",
        "category": "Tablets",
        "price": "1360.00",
        "supplier": "Kestrel IT",
    } | changes


def load(company: Company, *rows: dict[str, str]) -> services.LoadReport:
    return services.load_items(actor=company.actor("Adam"), rows=rows, currency="USD", now=NOW)


def test_a_file_brings_its_suppliers_and_categories_along(company: Company) -> None:
    report = load(company, row(), row(sku="KX-08R", category="43211509"))
    assert (report.read, report.created, report.rejects) == (2, 2, [])
    assert set(Category.objects.values_list("code", flat=True)) == {"tablets", "43211509"}
    assert Supplier.objects.get().name == "Kestrel IT"
    (event,) = AuditEvent.objects.filter(action="item.loaded")
    assert event.after == {"read": 2, "created": 2, "changed": 0, "unchanged": 0, "rejected": 0}


def test_loading_the_same_file_again_changes_nothing(company: Company) -> None:
    load(company, row())
    before = CatalogItem.objects.get()
    report = load(company, row())
    assert (report.created, report.changed, report.unchanged) == (0, 0, 1)
    assert CatalogItem.objects.get().updated_at == before.updated_at


def test_a_new_price_changes_the_item_and_keeps_its_id(company: Company) -> None:
    load(company, row())
    before = CatalogItem.objects.get()
    report = load(company, row(price="1299.00", supplier="KESTREL IT"))
    assert (report.created, report.changed) == (0, 1)
    after = CatalogItem.objects.get()
    assert (after.id, after.price) == (before.id, Decimal("1299.00"))


def test_every_row_is_stored_or_rejected_with_its_line(company: Company) -> None:
    report = load(company, row(), row(sku="KX-08R", price=""), row(price="1.00"), row(sku="KX-09R"))
    assert report.read == report.created + len(report.rejects) == 4
    assert [(one.line, one.reason) for one in report.rejects] == [
        (3, "The row has no price."),
        (4, "SKU KX-10R of this supplier stands in line 2 already."),
    ]
    assert CatalogItem.objects.get(sku="KX-10R").price == Decimal("1360.00")


def test_an_existing_category_is_found_by_its_name_in_any_case(company: Company) -> None:
    tablets = make_category(company, "43211509", "Tablets")
    load(company, row(category="TABLETS"))
    assert CatalogItem.objects.get().category_id == tablets.id


def test_an_item_is_changed_under_its_sku_and_the_trail_has_both_prices(company: Company) -> None:
    first = make_item(company, sku="KX-10R", price="1360.00")
    second = make_item(company, sku="KX-10R", price="1299.00")
    third = make_item(company, sku="KX-10R", price="1299.00")
    assert first.id == second.id == third.id
    added, changed = AuditEvent.objects.filter(action="item.changed").order_by("id")
    assert added.before is None
    assert changed.before is not None
    assert changed.after is not None
    assert (changed.before["price"], changed.after["price"]) == ("1360.00", "1299.00")


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"price": "-1"}, "price"), ({"price": "0.001"}, "price"), ({"title": " "}, "sku")],
)
def test_an_item_that_makes_no_sense_is_refused(
    company: Company, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        make_item(company, **changes)
    assert refused.value.field == field


def test_a_requester_cannot_change_the_catalog(company: Company) -> None:
    with pytest.raises(NotAllowed):
        services.load_items(actor=company.actor("Alice"), rows=[], now=NOW)
    with pytest.raises(NotAllowed):
        services.upsert_item(
            actor=company.actor("Alice"),
            supplier=make_supplier(company),
            category=make_category(company),
            sku="X",
            title="X",
            price=Decimal(1),
            currency="USD",
            now=NOW,
        )


def test_cards_name_supplier_and_category_and_say_whether_it_is_offered(shop: Shop) -> None:
    item = shop.items["consumer"]
    card = selectors.item_by_id(item.id)
    assert (card.supplier_name, card.category_name) == ("Tideway Direct", "Consumer tablets")
    assert card.facts.category_path[-2:] == ("43211509", "CONSUMER-TABLETS")
    assert card.is_offered
    services.change_supplier(
        actor=shop.company.actor("Adam"),
        supplier=shop.suppliers["Tideway Direct"],
        name="Tideway Direct",
        contact_email="",
        status=Supplier.Status.SUSPENDED,
        now=NOW,
    )
    assert not selectors.item_by_id(item.id).is_offered
    with pytest.raises(NotFound):
        selectors.item_by_id(new_id())


def test_the_same_brand_and_part_number_is_the_same_thing_however_it_is_written(shop: Shop) -> None:
    cards = selectors.items_by_id(item.id for item in shop.items.values())
    same = selectors.same_items(cards.values())
    (offers,) = same.values()
    assert [offer.supplier_name for offer in offers] == [
        "Tideway Direct",
        "Kestrel IT",
        "Brightline Supply",
    ]


def test_things_without_a_part_number_are_not_the_same(company: Company) -> None:
    one = make_item(company, brand="Fieldmark", part_number="–")
    other = make_item(company, brand="Fieldmark")
    cards = selectors.items_by_id([one.id, other.id])
    assert selectors.same_items(cards.values()) == {}
