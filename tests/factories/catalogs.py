"""Suppliers, categories, items and rules for tests, made through the services of the product.

Everything here needs an open scope, but for `open_shop`.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import count
from uuid import UUID

from accounts.models import Organization, OrgGroup
from catalogs import services
from catalogs.guidance import Effect
from catalogs.models import BuyingRule, CatalogItem, Category, Supplier
from catalogs.unspsc import is_unspsc
from procurement.core.actors import Actor, SystemActor
from tests.factories.accounts import NOW, Company, make_company
from tests.factories.remembering import remembered

_numbers = count(1)
LONG_AGO = date(2020, 1, 1)


def keeper(organization_id: UUID) -> Actor:
    """Return background work that may keep the catalog."""
    return SystemActor(organization_id, "Test set-up")


def make_supplier(company: Company, name: str = "Kestrel IT") -> Supplier:
    """Add a supplier, or return the one that the name belongs to."""
    return services.upsert_supplier(actor=keeper(company.organization.id), name=name, now=NOW)


def make_category(
    company: Company,
    code: str = "43211500",
    name: str = "Tablets",
    parent: Category | None = None,
) -> Category:
    """Add a category, or return the one with the code."""
    actor = keeper(company.organization.id)
    services.ensure_categories(actor=actor, names={code: name}, now=NOW)
    category = Category.objects.get(code=code)
    if parent is not None and not is_unspsc(code):
        category.parent, category.path = parent, [*parent.path, code]
        category.save(update_fields=["parent", "path"])
    return category


def make_item(
    company: Company,
    title: str = "Rugged tablet 10 in, 256 GB",
    *,
    supplier: Supplier | None = None,
    category: Category | None = None,
    sku: str = "",
    price: str = "1360.00",
    brand: str = "",
    part_number: str = "",
    description: str = "",
    lead_days: int | None = 3,
    is_active: bool = True,
) -> CatalogItem:
    """Offer an item."""
    return services.upsert_item(
        actor=keeper(company.organization.id),
        supplier=supplier or make_supplier(company),
        category=category or make_category(company),
        sku=sku or f"SKU-{next(_numbers)}",
        title=title,
        price=Decimal(price),
        currency="USD",
        brand=brand,
        part_number=part_number,
        description=description,
        lead_days=lead_days,
        is_active=is_active,
        now=NOW,
    )


def make_rule(
    company: Company,
    effect: Effect,
    target: Category | Supplier | CatalogItem,
    *,
    group: OrgGroup | None = None,
    reason: str = "It has a reason",
    exception_allowed: bool = False,
    valid_from: date = LONG_AGO,
    valid_to: date | None = None,
) -> BuyingRule:
    """Set a buying rule, for everyone unless a group is given."""
    return services.set_buying_rule(
        actor=keeper(company.organization.id),
        group=group or company.root,
        effect=effect,
        target=target,
        reason=reason,
        exception_allowed=exception_allowed,
        valid_from=valid_from,
        valid_to=valid_to,
        now=NOW,
    )


@dataclass
class Shop:
    """A small catalog: tablets and a case from three suppliers, with rules as people meet them."""

    company: Company
    suppliers: dict[str, Supplier] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    items: dict[str, CatalogItem] = field(default_factory=dict)
    rules: dict[str, BuyingRule] = field(default_factory=dict)

    @property
    def organization(self) -> Organization:
        """Return whose catalog it is."""
        return self.company.organization


@remembered
def open_shop() -> Shop:
    """Open a company with a catalog (`make_shop`); call it outside a scope."""
    company = make_company()
    with company.scope():
        return make_shop(company)


def make_shop(company: Company) -> Shop:
    """Fill a company's catalog.

    Kestrel IT is preferred by Facilities, the imported tablet is restricted by Facilities, consumer
    tablets are blocked for everyone (an exception may be asked for), cases have no rule.
    """
    shop = Shop(company)
    shop.suppliers = {
        name: make_supplier(company, name)
        for name in ("Kestrel IT", "Brightline Supply", "Tideway Direct")
    }
    tablets = make_category(company, "43211509", "Tablets")
    consumer = make_category(company, "CONSUMER-TABLETS", "Consumer tablets", tablets)
    cases = make_category(company, "43212000", "Cases")
    shop.categories = {"tablets": tablets, "consumer": consumer, "cases": cases}
    shop.items = _tablets(shop) | {
        "case": make_item(
            company,
            "Protective case with hand strap, 10 in",
            supplier=shop.suppliers["Brightline Supply"],
            category=cases,
            sku="BL-C10",
            price="48.50",
            lead_days=6,
            description="Fits every rugged tablet of ten inches.",
        ),
    }
    shop.rules = _rules(shop)
    return shop


def _tablets(shop: Shop) -> dict[str, CatalogItem]:
    company, tablets = shop.company, shop.categories["tablets"]
    kestrel, brightline, tideway = shop.suppliers.values()
    return {
        "rugged": make_item(
            company,
            supplier=kestrel,
            category=tablets,
            sku="KX-10R",
            brand="Fieldmark",
            part_number="RT-10/256",
        ),
        "small": make_item(
            company,
            "Rugged tablet 8 in, 128 GB",
            supplier=kestrel,
            category=tablets,
            sku="KX-08R",
            price="985.00",
        ),
        "brightline": make_item(
            company,
            supplier=brightline,
            category=tablets,
            sku="BL-10R",
            price="1412.00",
            lead_days=6,
            brand="Fieldmark",
            part_number="RT-10/256",
        ),
        "imported": make_item(
            company,
            "Rugged tablet 10 in, imported",
            supplier=tideway,
            category=tablets,
            sku="TD-5510",
            price="1339.00",
            lead_days=11,
            brand="fieldmark",
            part_number="RT 10-256",
        ),
        "consumer": make_item(
            company,
            "Consumer tablet 10 in, 64 GB",
            supplier=tideway,
            category=shop.categories["consumer"],
            sku="TD-1064",
            price="329.00",
            lead_days=2,
        ),
    }


def _rules(shop: Shop) -> dict[str, BuyingRule]:
    company = shop.company
    facilities = company.groups["Facilities"]
    return {
        "preferred": make_rule(
            company,
            Effect.PREFER,
            shop.suppliers["Kestrel IT"],
            group=facilities,
            reason="Serviced on site",
        ),
        "restricted": make_rule(
            company,
            Effect.RESTRICT,
            shop.items["imported"],
            group=facilities,
            reason="No repair contract",
        ),
        "blocked": make_rule(
            company,
            Effect.BLOCK,
            shop.categories["consumer"],
            reason="Consumer devices cannot be enrolled, so they may not hold work data",
            exception_allowed=True,
        ),
    }
