"""Pages of the catalog, as people meet them."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Role
from catalogs import services
from catalogs.guidance import Effect
from catalogs.models import BuyingRule, Supplier, SupplierAlias
from tests.answers import Answer
from tests.factories.accounts import NOW, Company, make_company, make_member
from tests.factories.catalogs import Shop, keeper, make_rule, open_shop

pytestmark = [pytest.mark.django_db, pytest.mark.database]
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def shop() -> Shop:
    return open_shop()


def client(company: Company, name: str) -> Client:
    browser = Client()
    browser.force_login(company.people[name].user, backend=_BACKEND)
    return browser


def address(shop: Shop, path: str = "") -> str:
    return f"/{shop.company.organization.slug}/catalog/{path}"


def text(response: Answer) -> str:
    return " ".join(response.content.decode().split())


def test_a_search_shows_badges_sentences_and_what_can_be_done(shop: Shop) -> None:
    page = text(client(shop.company, "Alice").get(address(shop), {"q": "tablet"}))
    assert "Buying for <b>Field Service</b>" in page
    assert "All 6" in page
    assert "Preferred 2" in page
    assert "Serviced on site. Preferred by Facilities for all its groups." in page
    assert "No repair contract. Restricted by Facilities for all its groups" in page
    assert "Blocked for everyone by Northwind Works; you may ask for an exception" in page
    assert "Ask for an exception" in page
    assert "Preferred instead" in page
    assert "Compare 3 suppliers" in page
    assert page.index("Rugged tablet 8 in") < page.index("Consumer tablet 10 in, 64 GB</a>")


def test_as_one_types_the_results_alone_come_back(shop: Shop) -> None:
    alice = client(shop.company, "Alice")
    part = alice.get(address(shop), {"q": "rugge"}, headers={"HX-Request": "true"})
    assert "<html" not in text(part)
    assert "items found" in text(part)
    assert "HX-Request" in part["Vary"]
    restored = alice.get(
        address(shop),
        {"q": "rugge"},
        headers={"HX-Request": "true", "HX-History-Restore-Request": "true"},
    )
    assert "<html" in text(restored)


def test_what_cannot_be_read_in_an_address_narrows_nothing(shop: Shop) -> None:
    page = client(shop.company, "Alice").get(
        address(shop),
        {
            "guidance": "GREAT",
            "supplier": "x",
            "from": "cheap",
            "to": "NaN",
            "sort": "?",
            "page": "²",
            "group": "y",
        },
    )
    assert page.status_code == 200
    assert "All 6" in text(page)


def test_filters_of_the_address_are_kept_in_the_form_and_in_links(shop: Shop) -> None:
    tideway = shop.suppliers["Tideway Direct"].id
    page = text(
        client(shop.company, "Alice").get(
            address(shop), {"q": "tablet", "supplier": str(tideway), "guidance": "BLOCKED"}
        )
    )
    assert f'value="{tideway}" form="find" checked' in page
    assert 'name="guidance" value="BLOCKED" form="find"' in page
    assert f"?q=tablet&amp;supplier={tideway}&amp;guidance=PREFERRED" in page


def test_a_filter_without_hits_is_not_lost(shop: Shop) -> None:
    page = text(client(shop.company, "Alice").get(address(shop), {"category": "99000000"}))
    assert 'name="category" value="99000000" form="find"' in page
    assert "Nothing fits" in page
    assert "Clear all" in page


def test_an_empty_catalog_says_what_will_be_there() -> None:
    company = make_company()
    slug = company.organization.slug
    page = text(client(company, "Alice").get(f"/{slug}/catalog/"))
    assert "The catalog is empty" in page
    assert "An administrator loads it" in page
    assert "load_catalog" in text(client(company, "Adam").get(f"/{slug}/catalog/"))


def test_an_administrator_looks_as_any_group_but_cannot_order_for_it(shop: Shop) -> None:
    adam = client(shop.company, "Adam")
    engineering = shop.company.groups["Engineering"]
    page = text(adam.get(address(shop), {"q": "tablet", "group": str(engineering.id)}))
    assert "You see the catalog as Engineering does." in page
    assert "Add to cart" not in page
    assert "Preferred 0" in page


def test_who_has_no_role_on_a_group_is_told_so(shop: Shop) -> None:
    bob = client(shop.company, "Bob")
    assert "You do not buy for any group yet" in text(bob.get(address(shop)))
    item = shop.items["rugged"]
    assert "You do not buy for any group yet" in text(bob.get(address(shop, f"items/{item.id}/")))


def test_an_item_shows_who_else_offers_it_and_what_is_preferred_instead(shop: Shop) -> None:
    alice = client(shop.company, "Alice")
    page = text(alice.get(address(shop, f"items/{shop.items['rugged'].id}/")))
    assert "The same from 3 suppliers" in page
    assert "$1,412.00" in page
    page = text(alice.get(address(shop, f"items/{shop.items['consumer'].id}/")))
    assert "Preferred instead" in page
    assert "The cart will ask why" in page


def test_a_block_without_exceptions_leaves_nothing_to_press(shop: Shop) -> None:
    with shop.company.scope():
        make_rule(shop.company, Effect.BLOCK, shop.items["case"])
    page = text(client(shop.company, "Alice").get(address(shop, f"items/{shop.items['case'].id}/")))
    assert "Blocked without exceptions" in page
    assert "Ask for an exception" not in page
    assert "Add to cart" not in page


def test_an_item_that_is_no_longer_offered_cannot_be_added(shop: Shop) -> None:
    with shop.company.scope():
        services.change_supplier(
            actor=keeper(shop.company.organization.id),
            supplier=shop.suppliers["Kestrel IT"],
            name="Kestrel IT",
            contact_email="",
            status=Supplier.Status.SUSPENDED,
            now=NOW,
        )
    page = text(
        client(shop.company, "Alice").get(address(shop, f"items/{shop.items['rugged'].id}/"))
    )
    assert "not offered any more" in page
    assert "Add to cart" not in page


def test_adding_from_a_hit_leads_into_the_cart(shop: Shop) -> None:
    alice = client(shop.company, "Alice")
    response = alice.post(
        f"/{shop.company.organization.slug}/orders/cart/add/",
        {
            "item_id": str(shop.items["rugged"].id),
            "group": str(shop.company.groups["Field Service"].id),
            "next": address(shop, "?q=tablet"),
        },
    )
    assert response.status_code == 302
    assert response["Location"] == address(shop, "?q=tablet")


# Suppliers


def test_spellings_stand_below_their_supplier_and_come_apart(shop: Shop) -> None:
    company = shop.company
    with company.scope():
        services.resolve_suppliers(
            actor=company.actor("Adam"), spellings=["KESTREL IT", "Kestrel IT Inc."], now=NOW
        )
        alias = SupplierAlias.objects.get(spelling="Kestrel IT Inc.")
    adam = client(company, "Adam")
    page = text(adam.get(address(shop, "suppliers/"), {"q": "kestrel"}))
    assert "3 spellings" in page
    assert "Split off" in page
    response = adam.post(address(shop, f"suppliers/spellings/{alias.id}/unfold/"), follow=True)
    assert "“Kestrel IT Inc.” is a supplier of its own now, apart from Kestrel IT." in text(
        response
    )
    response = adam.post(
        address(shop, f"suppliers/spellings/{alias.id}/fold/"),
        {"supplier": "KESTREL IT"},
        follow=True,
    )
    assert "“Kestrel IT Inc.” belongs to Kestrel IT now." in text(response)


def test_folding_into_nobody_says_so_and_keeps_the_page(shop: Shop) -> None:
    with shop.company.scope():
        alias = SupplierAlias.objects.earliest("id")
    response = client(shop.company, "Adam").post(
        address(shop, f"suppliers/spellings/{alias.id}/fold/"), {"supplier": "Nobody at all"}
    )
    assert response.status_code == 422
    assert "No supplier answers to “Nobody at all”." in text(response)


def test_a_supplier_is_changed_on_its_page(shop: Shop) -> None:
    supplier = shop.suppliers["Tideway Direct"]
    adam = client(shop.company, "Adam")
    bad = adam.post(
        address(shop, f"suppliers/{supplier.id}/"),
        {"name": "Tideway", "contact_email": "not an address", "status": "ACTIVE"},
    )
    assert bad.status_code == 422
    response = adam.post(
        address(shop, f"suppliers/{supplier.id}/"),
        {"name": "Tideway", "contact_email": "desk@tideway.example", "status": "SUSPENDED"},
        follow=True,
    )
    assert "The supplier has been changed." in text(response)
    assert "desk@tideway.example" in text(response)


def test_searches_without_a_supplier_say_so(shop: Shop) -> None:
    adam = client(shop.company, "Adam")
    assert "No supplier fits" in text(adam.get(address(shop, "suppliers/"), {"q": "zzz"}))
    empty = make_company("Contoso")
    page = text(client(empty, "Adam").get(f"/{empty.organization.slug}/catalog/suppliers/"))
    assert "No suppliers yet" in page


# Rules


def rule_data(shop: Shop, **changes: str) -> dict[str, str]:
    return {
        "group": str(shop.company.root.id),
        "effect": "BLOCK",
        "kind": "CATEGORY",
        "target": "Cases",
        "reason": "We have plenty",
        "valid_from": "2026-01-01",
        "valid_to": "",
    } | changes


def test_a_rule_is_set_shown_changed_and_ended(shop: Shop) -> None:
    adam = client(shop.company, "Adam")
    response = adam.post(address(shop, "rules/set/"), rule_data(shop), follow=True)
    assert "The rule holds for Northwind Works" in text(response)
    assert "We have plenty" in text(response)
    with shop.company.scope():
        rule = BuyingRule.objects.get(reason="We have plenty")
    form = text(adam.get(address(shop, "rules/set/"), {"rule": str(rule.id)}))
    assert "We have plenty" in form
    assert 'value="43212000"' in form
    adam.post(address(shop, "rules/set/"), rule_data(shop, effect="PREFER", target="43212000"))
    with shop.company.scope():
        assert BuyingRule.objects.get(id=rule.id).effect == "PREFER"
    response = adam.post(address(shop, f"rules/{rule.id}/end/"), follow=True)
    assert "has ended" in text(response)
    assert "We have plenty" not in text(response)


@pytest.mark.parametrize(
    ("kind", "target"), [("SUPPLIER", "KESTREL IT"), ("ITEM", "kx-10r"), ("CATEGORY", "cases")]
)
def test_what_a_rule_is_about_is_found_by_what_people_call_it(
    shop: Shop, kind: str, target: str
) -> None:
    response = client(shop.company, "Adam").post(
        address(shop, "rules/set/"), rule_data(shop, kind=kind, target=target)
    )
    assert response.status_code == 302


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"target": "Nothing"}, "No category has the code or name “Nothing”."),
        ({"kind": "SUPPLIER", "target": "Nothing"}, "No supplier answers to “Nothing”."),
        ({"kind": "ITEM", "target": "Nothing"}, "No item has the SKU “Nothing”."),
        ({"valid_to": "2025-01-01"}, "The last day lies before the first."),
        ({"effect": "PREFER", "exception_allowed": "on"}, "Only a block can allow exceptions."),
        ({"reason": ""}, "This field is required."),
    ],
)
def test_a_rule_that_is_refused_keeps_what_was_typed(
    shop: Shop, changes: dict[str, str], message: str
) -> None:
    response = client(shop.company, "Adam").post(
        address(shop, "rules/set/"), rule_data(shop, **changes)
    )
    assert response.status_code == 422
    assert message in text(response)


def test_a_sku_of_two_suppliers_has_to_be_told_apart(shop: Shop) -> None:
    with shop.company.scope():
        services.load_items(
            actor=keeper(shop.company.organization.id),
            rows=[{"sku": "KX-10R", "title": "Copy", "price": "1", "supplier": "Tideway Direct"}],
            currency="USD",
            now=NOW,
        )
    adam = client(shop.company, "Adam")
    data = rule_data(shop, kind="ITEM", target="KX-10R")
    response = adam.post(address(shop, "rules/set/"), data)
    assert "Several suppliers use this SKU." in text(response)
    data["target"] = "KX-10R · Tideway Direct"
    assert adam.post(address(shop, "rules/set/"), data).status_code == 302


def test_a_rule_that_begins_later_says_when(shop: Shop) -> None:
    with shop.company.scope():
        make_rule(
            shop.company,
            Effect.BLOCK,
            shop.categories["cases"],
            valid_from=(NOW + timedelta(days=4000)).date(),
        )
    page = text(client(shop.company, "Adam").get(address(shop, "rules/")))
    assert "From " in page


def test_without_rules_the_page_teaches_what_they_are_for() -> None:
    company = make_company()
    page = text(client(company, "Adam").get(f"/{company.organization.slug}/catalog/rules/"))
    assert "No rules yet" in page


@pytest.mark.parametrize("path", ["suppliers/", "rules/", "rules/set/"])
@pytest.mark.parametrize("name", ["Alice", "Bob", "Dana", "Tom"])
def test_only_who_keeps_the_catalog_sees_its_administration(
    shop: Shop, path: str, name: str
) -> None:
    assert client(shop.company, name).get(address(shop, path)).status_code == 403


def test_who_keeps_a_department_sees_suppliers_but_leaves_them_alone(shop: Shop) -> None:
    company = shop.company
    with company.scope():
        facilities = company.groups["Facilities"]
        company.people["Fay"] = make_member(
            company.organization, facilities, "Fay Keeper", Role.ADMINISTRATOR
        )
    fay = client(company, "Fay")
    assert "Split off" not in text(fay.get(address(shop, "suppliers/")))
    supplier = shop.suppliers["Kestrel IT"]
    assert "Save" not in text(fay.get(address(shop, f"suppliers/{supplier.id}/")))
    response = fay.post(
        address(shop, f"suppliers/{supplier.id}/"),
        {"name": "Mine", "contact_email": "", "status": "ACTIVE"},
    )
    assert response.status_code == 403
    with company.scope():
        assert Supplier.objects.get(id=supplier.id).name == "Kestrel IT"
