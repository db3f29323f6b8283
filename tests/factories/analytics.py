"""Spend as analytics has copied it, for tests of reports; needs an open scope."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from accounts.models import Membership, Organization, OrgGroup
from analytics.filters import Source
from analytics.models import BacktestChange, BacktestRun, SpendFact
from approvals.starting import starting_policy
from catalogs.models import Category, Supplier
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import tenancy
from procurement.core.actors import SystemActor
from procurement.core.ids import new_id
from procurement.orders.models import HistoryImport, ImportedLine, ImportedOrder
from tests.factories.accounts import NOW, Company, make_company
from tests.factories.catalogs import make_category, make_supplier
from tests.factories.remembering import remembered


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
    requester: Membership | None = None,
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
        requester_id=requester.id if requester else None,
        requester_name=requester.user.name if requester else "",
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

    @property
    def organization(self) -> Organization:
        """Return whose spend it is."""
        return self.company.organization

    def add(self, *facts: SpendFact) -> None:
        """Store lines; needs the company's scope."""
        self.facts += SpendFact.objects.bulk_create(facts)

    @property
    def total(self) -> Decimal:
        """Return what all lines add up to."""
        return sum((fact.amount for fact in self.facts), Decimal(0))


@remembered
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
        books.add(*_lines(books))
    return books


def _lines(books: Books) -> list[SpendFact]:
    kestrel, halden, brightline = books.suppliers.values()
    computers, tablets, tools = books.categories.values()
    groups = books.company.groups
    alice = books.company.people["Alice"]
    order = new_id()
    imported = Source.IMPORTED
    return [
        make_fact(groups["Facilities"], halden, tools, date(2026, 9, 7), "100.00"),
        make_fact(
            groups["Field Service"],
            halden,
            tools,
            date(2026, 10, 5),
            "600.25",
            guidance="PREFERRED",
            order_id=order,
            requester=alice,
        ),
        make_fact(
            groups["Field Service"],
            halden,
            None,
            date(2026, 10, 5),
            "40.10",
            order_id=order,
            requester=alice,
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
        make_fact(groups["Engineering"], kestrel, computers, date(2026, 11, 4), "0.05"),
        make_fact(groups["Engineering"], kestrel, tablets, date(2024, 2, 29), "12.00"),
    ]


def make_import(company: Company) -> HistoryImport:
    """Record that a file of history is being loaded."""
    return HistoryImport.objects.create(
        organization_id=company.organization.id,
        digest="0" * 64,
        file_name="history.csv",
        currency="USD",
        rows=3,
        rejected=0,
        orders=2,
        amount=Decimal("86.50"),
        layout={},
        report={},
        actor_label="Adam Administrator",
        started_at=NOW,
    )


def make_imported_order(
    imported: HistoryImport, group: OrgGroup, number: str, sequence: int
) -> ImportedOrder:
    """Store an order of the past without lines."""
    return ImportedOrder.objects.create(
        organization_id=imported.organization_id,
        history_import=imported,
        sequence=sequence,
        number=number,
        group=group,
        buyer_name="B. Buyer",
        posted_on=date(2025, 11, 3),
        currency="USD",
        amount=Decimal(0),
        outcome="AT_ONCE",
        approvals=[],
        explanation=[],
    )


def make_imported_line(
    order: ImportedOrder,
    line: int,
    group: OrgGroup,
    supplier: Supplier,
    category: Category | None,
    posted_on: date,
    amount: str,
) -> ImportedLine:
    """Store one line of an order of the past."""
    return ImportedLine.objects.create(
        organization_id=order.organization_id,
        order=order,
        line=line,
        group=group,
        supplier=supplier,
        category=category,
        description="Work boots",
        posted_on=posted_on,
        amount=Decimal(amount),
        guidance="NEUTRAL",
    )


def announce(imported: HistoryImport, first: int, last: int) -> None:
    """Have the trail say that the orders of an import from one number to another are stored."""
    record(
        actor=SystemActor(imported.organization_id, "History import"),
        action=AuditAction.HISTORY_IMPORTED,
        subject_type="history_import",
        subject_id=imported.id,
        subject_label=imported.file_name,
        after={"first_sequence": first, "last_sequence": last},
        now=NOW,
    )


def make_backtest(
    company: Company,
    status: BacktestRun.Status = BacktestRun.Status.DONE,
    label: str = "Automatic up to 250",
) -> BacktestRun:
    """Store a run on the root, finished unless said otherwise, that judged nothing."""
    under_way = (BacktestRun.Status.WAITING, BacktestRun.Status.RUNNING)
    return BacktestRun.objects.create(
        organization_id=company.organization.id,
        group=company.root,
        label=label,
        basis="policy “Purchases”, version 1",
        document=starting_policy("USD").to_json(),
        first_on=date(2026, 1, 1),
        last_on=date(2026, 12, 31),
        sources=[source.value for source in Source],
        status=status,
        created_by_label="Adam Administrator",
        created_at=NOW,
        touched_at=NOW,
        finished_at=None if status in under_way else NOW,
    )


def make_backtest_change(
    run: BacktestRun, order: ImportedOrder, *, before: str = "ASKED", after: str = "AUTOMATIC"
) -> BacktestChange:
    """Store an imported order as one that fares differently."""
    stage = {"wave": 1, "name": "Supervisor", "mode": "ANY", "seats": ["Supervisor"], "people": []}
    return BacktestChange.objects.create(
        organization_id=run.organization_id,
        run=run,
        sequence=run.changes.count() + 1,
        source=Source.IMPORTED,
        order_id=order.id,
        order_number=order.number,
        on=order.posted_on,
        group_name=order.group.name,
        amount=Decimal("180.00"),
        before_outcome=before,
        after_outcome=after,
        is_delayed=False,
        before={"stages": [stage] if before == "ASKED" else [], "sentences": ["Said before."]},
        after={"stages": [stage] if after == "ASKED" else [], "sentences": ["Said after."]},
    )
