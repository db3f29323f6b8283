"""Spend as analytics has copied it, for tests of reports; needs an open scope."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from accounts.models import OrgGroup
from analytics.filters import Source
from analytics.models import SpendFact
from catalogs.models import Category, Supplier
from procurement.core import tenancy
from procurement.core.ids import new_id
from tests.factories.accounts import Company, make_company
from tests.factories.catalogs import make_category, make_supplier


def make_fact(
    group: OrgGroup,
    supplier: Supplier,
    category: Category | None,
    on: date,
    amount: str,
    *,
    source: Source = Source.LIVE,
    order_id: UUID | None = None,
    guidance: str = "NEUTRAL",
    title: str = "Something useful",
    requester_id: UUID | None = None,
) -> SpendFact:
    """Return a copied line, not stored yet."""
    order_id = order_id or new_id()
    return SpendFact(
        organization_id=group.organization_id,
        source=source,
        order_id=order_id,
        order_number=f"PO-{order_id.hex[-6:]}",
        group_id=group.id,
        group_path=group.path,
        supplier_id=supplier.id,
        category_id=category.id if category else None,
        category_path=category.path if category else [],
        requester_id=requester_id,
        guidance=guidance,
        title=title,
        on=on,
        month=on.replace(day=1),
        amount=Decimal(amount),
    )


@dataclass
class Books:
    """A company with spend in every direction; ``facts`` are all of it."""

    company: Company
    suppliers: dict[str, Supplier] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    facts: list[SpendFact] = field(default_factory=list)

    def add(self, *facts: SpendFact) -> None:
        """Store lines; needs the company's scope."""
        self.facts += SpendFact.objects.bulk_create(facts)

    @property
    def total(self) -> Decimal:
        """Return what all lines add up to."""
        return sum((fact.amount for fact in self.facts), Decimal(0))


def make_books(name: str = "Northwind Works") -> Books:
    """Open a company with eight lines in three months of 2026; call it outside a scope.

    Facilities itself 100.00; Field Service 600.25 on preferred and 40.10 and a refund of 25.35
    (imported); Workplace 250.00 (imported, uncategorised); Engineering 1,360.00, 0.05 and 12.00 in
    2024.
    """
    books = Books(make_company(name))
    company = books.company
    with tenancy.scope(company.organization.id):
        books.suppliers = {
            supplier: make_supplier(company, supplier)
            for supplier in ("Kestrel IT", "Halden Tools", "Brightline Supply")
        }
        computers = make_category(company, "43211500", "Computers")
        books.categories = {
            "computers": computers,
            "tablets": make_category(company, "43211509", "Tablets", computers),
            "tools": make_category(company, "27112700", "Power tools"),
        }
        kestrel, halden, brightline = books.suppliers.values()
        tablets, tools = books.categories["tablets"], books.categories["tools"]
        groups = company.groups
        alice = company.people["Alice"].id
        order = new_id()
        imported = Source.IMPORTED
        books.add(
            make_fact(groups["Facilities"], halden, tools, date(2026, 9, 7), "100.00"),
            make_fact(
                groups["Field Service"],
                halden,
                tools,
                date(2026, 10, 5),
                "600.25",
                guidance="PREFERRED",
                order_id=order,
                requester_id=alice,
            ),
            make_fact(
                groups["Field Service"],
                halden,
                None,
                date(2026, 10, 5),
                "40.10",
                order_id=order,
                requester_id=alice,
            ),
            make_fact(
                groups["Field Service"],
                brightline,
                tools,
                date(2026, 11, 2),
                "-25.35",
                source=imported,
                title="=HYPERLINK(1)",
            ),
            make_fact(
                groups["Workplace"], brightline, None, date(2026, 11, 3), "250.00", source=imported
            ),
            make_fact(groups["Engineering"], kestrel, tablets, date(2026, 11, 3), "1360.00"),
            make_fact(
                groups["Engineering"],
                kestrel,
                books.categories["computers"],
                date(2026, 11, 4),
                "0.05",
            ),
            make_fact(groups["Engineering"], kestrel, tablets, date(2024, 2, 29), "12.00"),
        )
    return books
