"""A whole replay against a database: what it stores, what it leaves alone, how it goes on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Organization, OrgGroup
from approvals import services as approvals
from approvals.starting import starting_policy
from budgets import selectors as budget_selectors
from budgets import services as budgets
from budgets.fiscal import PeriodKind
from budgets.models import BudgetPeriod, LedgerEntry
from catalogs.guidance import Effect
from catalogs.models import Category, Supplier, SupplierAlias
from procurement.audit.models import AuditEvent
from procurement.core import tenancy
from procurement.core.errors import Conflict, DomainError
from procurement.core.ids import new_id
from procurement.orders.history import replaying
from procurement.orders.history.replaying import Replay, Target, replay
from procurement.orders.history.report import Report
from procurement.orders.history.survey import Options
from procurement.orders.models import HistoryImport, ImportedLine, ImportedOrder, Requisition
from tests.factories.accounts import NOW, Company, make_company, make_organization, system
from tests.factories.catalogs import make_category, make_rule
from tests.orders.history.files import silent, write

pytestmark = [pytest.mark.django_db, pytest.mark.database]

HEADER = "Order No,Posted,Department,Cost Centre,Supplier,MCC,Purpose,Amount\n"
ROWS = (
    "A-1,2026-11-02,Facilities,,HALDEN TOOLS #118,5251,Drill,80.00\n"
    "A-2,2026-11-03,Parks,P100,Halden Tools #204,5251,Saw,640.00\n"
    "A-1,2026-11-05,Facilities,Field Service,KESTREL IT,5045,Tablet,900.00\n"
    ",2026-11-06,Parks,P100,CORNER BAKERY,5812,Lunch,60.00\n"
    "A-3,2026-11-07,Parks,P100,Halden Tools,5251,Refund of the saw,-640.00\n"
)


def run(
    path: Path, company: Company | None = None, *, dry: bool = False, rejects: Path | None = None
) -> Report:
    slug = company.organization.slug if company else ""
    task = Replay(path, Target(slug=slug), Options(), is_rehearsal=dry, rejects=rejects)
    return replay(task, now=NOW, steps=silent)


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path, HEADER + ROWS)


def counts() -> tuple[int, ...]:
    models = (OrgGroup, Supplier, SupplierAlias, Category, HistoryImport, ImportedOrder, AuditEvent)
    return tuple(model.objects.count() for model in models)


def test_a_dry_run_tells_what_a_real_one_does_and_writes_nothing(
    company: Company, file: Path
) -> None:
    with company.scope():
        before = counts()
    dry = run(file, company, dry=True)
    with company.scope():
        assert counts() == before
    real = run(file, company)
    for same in ("rows", "rejected", "orders", "amount", "tally", "created", "budgets_exceeded"):
        assert getattr(dry, same) == getattr(real, same), same


def test_rows_become_orders_with_lines_at_their_groups_suppliers_and_categories(
    company: Company, file: Path
) -> None:
    report = run(file, company)
    assert (report.rows, report.rejected, report.orders) == (5, 0, 4)
    assert report.amount == Decimal("1040.00")
    assert report.created == {"groups": 2, "suppliers": 3, "categories": 3}
    with company.scope():
        orders = list(ImportedOrder.objects.order_by("sequence").select_related("group"))
        assert [(order.number, order.amount, order.group.name) for order in orders] == [
            ("A-2", Decimal("640.00"), "P100"),
            ("A-1", Decimal("980.00"), "Facilities"),
            ("", Decimal("60.00"), "P100"),
            ("A-3", Decimal("-640.00"), "P100"),
        ]
        lines = ImportedLine.objects.filter(order=orders[1]).order_by("line")
        assert [(line.line, line.group.name, line.posted_on) for line in lines] == [
            (2, "Facilities", date(2026, 11, 2)),
            (4, "Field Service", date(2026, 11, 5)),
        ]
        halden = set(
            ImportedLine.objects.filter(supplier_spelling__icontains="halden").values_list(
                "supplier__name", "category__code"
            )
        )
        assert halden == {("Halden Tools", "27000000")}
        parks = OrgGroup.objects.get(name="Parks")
        assert (parks.kind, parks.parent_id) == ("DEPARTMENT", company.root.id)
        assert OrgGroup.objects.get(code="P100").path == [
            company.root.id,
            parks.id,
            orders[0].group_id,
        ]


def test_imported_orders_are_no_live_ones(company: Company, file: Path) -> None:
    run(file, company)
    with company.scope():
        assert not Requisition.objects.exists()
        assert ImportedOrder.objects.count() == 4


def test_a_second_run_changes_nothing_and_tells_what_came_of_the_first(
    company: Company, file: Path, tmp_path: Path
) -> None:
    first = run(file, company)
    with company.scope():
        before = counts()
    packed = write(tmp_path, HEADER + ROWS, name="again.csv.gz")
    second = run(packed, company)
    with company.scope():
        assert counts() == before
    assert second.is_known
    assert not first.is_known
    assert (second.rows, second.amount, second.tally) == (first.rows, first.amount, first.tally)
    assert "was loaded on" in second.notes[0]


def test_two_who_begin_the_same_file_at_once_begin_one_import(company: Company, file: Path) -> None:
    run(file, company)
    with company.scope():
        begun = HistoryImport.objects.get()
        begun.id = new_id()
        with (
            pytest.raises(IntegrityError, match="history_import_content_once"),
            transaction.atomic(),
        ):
            begun.save(force_insert=True)


def test_an_interrupted_run_goes_on_where_it_stopped(
    company: Company, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with company.scope():
        cap = budgets.set_budget(
            actor=system(company.organization),
            group=company.root,
            kind=PeriodKind.QUARTER,
            cap=Decimal(1000),
            now=NOW,
        )
    whole = run(file, company, dry=True)
    monkeypatch.setattr(replaying, "BATCH_ORDERS", 1)

    class PlugPulled(Exception):
        pass

    @contextmanager
    def interrupted(phase: str, _total: int) -> Iterator[Callable[[int], object]]:
        done = 0

        def step(count: int) -> None:
            nonlocal done
            done += count
            if phase == "Loading" and done == 2:
                raise PlugPulled

        yield step

    task = Replay(file, Target(slug=company.organization.slug))
    with pytest.raises(PlugPulled):
        replay(task, now=NOW, steps=interrupted)
    with company.scope():
        begun = HistoryImport.objects.get()
        assert (begun.status, begun.loaded) == ("RUNNING", 2)
    report = replay(task, now=NOW, steps=silent)
    assert report.tally == whole.tally
    assert report.budgets_exceeded == whole.budgets_exceeded
    with company.scope():
        done = HistoryImport.objects.get()
        assert (done.status, done.loaded) == ("DONE", 4)
        assert ImportedOrder.objects.count() == 4
        assert BudgetPeriod.objects.get(budget=cap, starts_on="2026-10-01").spent == 1040
        assert list(budget_selectors.discrepancies()) == []


def test_what_was_begun_in_one_way_is_not_finished_in_another(company: Company, file: Path) -> None:
    run(file, company)
    with company.scope():
        HistoryImport.objects.update(status="RUNNING", finished_at=None, loaded=0)
    task = Replay(file, Target(slug=company.organization.slug), Options(encoding="cp1252"))
    with pytest.raises(Conflict, match="other settings"):
        replay(task, now=NOW, steps=silent)


def test_spend_and_refunds_stand_on_the_budgets_of_their_period(
    company: Company, file: Path
) -> None:
    actor = system(company.organization)
    with company.scope():
        for group, cap in ((company.root, 500), (company.groups["Facilities"], 5000)):
            budgets.set_budget(
                actor=actor, group=group, kind=PeriodKind.MONTH, cap=Decimal(cap), now=NOW
            )
    report = run(file, company)
    with company.scope():
        spent = {
            period.budget.group.name: (period.spent, period.overrun)
            for period in BudgetPeriod.objects.filter(starts_on="2026-11-01").select_related(
                "budget__group"
            )
        }
        assert spent == {
            "Northwind Works": (Decimal("1040.00"), Decimal("540.00")),
            "Facilities": (Decimal("980.00"), Decimal(0)),
        }
        assert list(budget_selectors.discrepancies()) == []
        assert LedgerEntry.objects.filter(kind="HISTORY").count() == 5
    assert report.tally.outcomes["OVER_BUDGET"] == 3
    assert [(row["group"], row["period"], row["over"]) for row in report.budgets_exceeded] == [
        ("Northwind Works", "Nov 2026", "540.00")
    ]


def test_rules_policy_and_seats_in_force_decide(company: Company, file: Path) -> None:
    with company.scope():
        make_rule(company, Effect.RESTRICT, make_category(company, "27000000", "Tools"))
        approvals.publish_policy(
            actor=system(company.organization),
            group=company.root,
            name="Purchases",
            document=starting_policy("USD"),
            reason="A start",
            accepted="The seats are filled later.",
            now=NOW,
        )
    report = run(file, company)
    assert +report.tally.outcomes == {"RESTRICTED": 2, "AT_ONCE": 1, "REFUND": 1}
    assert report.tally.approvals == {"supervisor": {"2026-11": 2}}
    with company.scope():
        order = ImportedOrder.objects.get(number="A-1")
        assert order.approvals == ["supervisor"]
        assert any("holds the supervisor’s seat in Facilities" in one for one in order.explanation)


def test_a_buyer_whom_the_file_names_is_the_requester(company: Company, tmp_path: Path) -> None:
    rows = "2026-11-02,ACME,5.00,alice requester\n2026-11-02,ACME,5.00,X\n"
    run(write(tmp_path, f"Date,Supplier,Amount,Requester\n{rows}"), company)
    with company.scope():
        found = ImportedOrder.objects.order_by("sequence").values_list("buyer_id", "buyer_name")
        assert list(found) == [(company.people["Alice"].id, "alice requester"), (None, "X")]


def test_blank_suppliers_are_one_supplier_without_a_name(company: Company, tmp_path: Path) -> None:
    text = "Date,Supplier,Amount\n2026-11-02,,5.00\n2026-11-03,,6.00\n"
    assert run(write(tmp_path, text), company).created["suppliers"] == 1
    with company.scope():
        assert Supplier.objects.get().name == "Unnamed supplier"


def test_rejects_are_written_down_and_add_up(company: Company, tmp_path: Path) -> None:
    path = write(
        tmp_path, HEADER + ROWS + "A-4,soon,Parks,,ACME,,Paint,5.00\nTotal,,,,,,,1045.00\n"
    )
    rejects = tmp_path / "rejects.csv"
    report = run(path, company, rejects=rejects)
    assert (report.rows, report.rejected) == (5, 2)
    assert report.reject_reasons == {"is not a date": 1, "sub-total or total row": 1}
    assert rejects.read_text().splitlines() == [
        "line,reason,raw",
        "7,'soon' is not a date,\"A-4,soon,Parks,,ACME,,Paint,5.00\"",
        '8,sub-total or total row,"Total,,,,,,,1045.00"',
    ]


def test_a_file_of_rejects_alone_is_done_at_once(company: Company, tmp_path: Path) -> None:
    path = write(tmp_path, "Date,Supplier,Amount\nsoon,ACME,5.00\n")
    assert run(path, company).orders == 0
    assert run(path, company).is_known


def test_a_file_in_another_currency_is_not_mixed_in(company: Company, tmp_path: Path) -> None:
    path = write(tmp_path, "Date,Supplier,Amount (CAD)\n2026-11-02,ACME,5.00\n")
    with pytest.raises(DomainError, match="keeps its books in USD"):
        run(path, company)
    assert "keeps its books in USD" in run(path, company, dry=True).notes[-1]
    task = Replay(path, Target(slug=company.organization.slug), Options(currency="USD"))
    assert replay(task, now=NOW, steps=silent).currency == "USD"


def test_the_trail_has_one_line_for_each_batch(
    company: Company, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "BATCH_ORDERS", 3)
    run(file, company)
    with company.scope():
        events = AuditEvent.objects.filter(action="history.imported").order_by("id")
        after = [event.after or {} for event in events]
    assert [(one["first_sequence"], one["last_sequence"], one["lines"]) for one in after] == [
        (1, 3, 4),
        (4, 4, 1),
    ]
    assert sum(Decimal(one["amount"]) for one in after) == Decimal("1040.00")


def test_without_any_organization_the_file_gets_one_of_its_own(tmp_path: Path) -> None:
    path = write(
        tmp_path, "Date,Supplier,Amount (CAD)\n2026-11-02,ACME,500.00\n", name="city_cards.csv"
    )
    dry = run(path, dry=True)
    assert not Organization.objects.exists()
    assert (dry.organization, dry.currency) == ("city-cards", "CAD")
    assert dry.tally.approvals == {"supervisor": {"2026-11": 1}}
    real = run(path)
    opened = Organization.objects.get()
    assert (opened.name, opened.slug, opened.currency) == ("City Cards", "city-cards", "CAD")
    assert real.tally == dry.tally
    assert run(path).is_known


def test_the_only_organization_is_meant_where_none_is_named(company: Company, file: Path) -> None:
    assert run(file).organization == company.organization.slug


def test_where_there_are_several_a_file_is_never_put_into_one_by_chance(
    company: Company, file: Path
) -> None:
    make_organization("Contoso")
    assert run(file).organization == "history"
    with company.scope():
        assert not ImportedOrder.objects.exists()


def test_an_address_that_does_not_exist_is_refused_with_those_that_do(
    company: Company, file: Path
) -> None:
    with pytest.raises(DomainError, match=company.organization.slug):
        replay(Replay(file, Target(slug="nowhere")), now=NOW, steps=silent)


def test_no_other_tenant_sees_the_history(company: Company, file: Path) -> None:
    other = make_organization("Contoso")
    run(file, company)
    with tenancy.scope(other.id), connection.cursor() as cursor:
        for table in ("historyimport", "importedorder", "importedline"):
            cursor.execute(f"SELECT count(*) FROM orders_{table}")
            assert cursor.fetchone() == (0,)
