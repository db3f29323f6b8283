"""The demo as it stands in the database: seeded through services, and once only."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from accounts import selectors as accounts
from accounts.models import Membership, OrgGroup
from approvals import selectors as approvals
from approvals.models import StageSeat
from approvals.selectors import rederivations
from budgets import selectors as budgets
from budgets.models import Budget, BudgetPeriod, BudgetTransfer, Earmark
from catalogs import selectors as catalogs
from catalogs.guidance import Outcome
from catalogs.models import CatalogItem
from procurement.audit.models import AuditEvent
from procurement.core import clock, tenancy
from procurement.core.actors import SystemActor
from procurement.demo.neighbour import seed_neighbour
from procurement.demo.services import seed
from procurement.orders.models import ImportedOrder, PurchaseOrder, Requisition
from tests.orders.history.files import silent, write

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROCUREMENT_HOME", str(tmp_path / "home"))


def test_the_demo_is_a_company_in_the_middle_of_things_and_seeding_again_adds_nothing() -> None:
    seeded = seed(history=None, now=NOW, steps=silent)
    organization = seeded.organization
    with tenancy.scope(organization.id):
        assert OrgGroup.objects.count() == 40
        assert Membership.objects.count() == 120
        assert CatalogItem.objects.count() >= 240
        assert 2_500 <= ImportedOrder.objects.count() <= 3_500
        assert not ImportedOrder.objects.filter(buyer=None).exists()
        orders = dict(Requisition.objects.values_list("total", "status"))
        assert orders == {
            Decimal("640.00"): "PENDING",
            Decimal("4800.00"): "PENDING",
            Decimal("685.00"): "PENDING",
            Decimal("59.00"): "PLACED",
            Decimal("345.00"): "PLACED",
            Decimal("329.00"): "PLACED",
            Decimal("696.00"): "REJECTED",
            Decimal("1016.00"): "WAITING",
            Decimal("1278.00"): "PENDING",
        }
        assert PurchaseOrder.objects.count() == 5
        asked = StageSeat.objects.filter(asked_at__isnull=False, closed_at__isnull=True)
        assert set(asked.values_list("request__subject_label", "membership__user__name")) == {
            ("R-2026-0009", "Bob Supervisor"),
            ("R-2026-0008", "Erin Director"),
            ("R-2026-0007", "Erin Director"),
            ("R-2026-0007", "Dana Finance"),
            ("R-2026-0011", "Dana Finance"),
            ("Shipping, Q4 2026", "Dana Finance"),
        }
        assert BudgetTransfer.objects.get().status == BudgetTransfer.Status.ASKED
        assert Earmark.objects.get().released_at is None
        assert BudgetPeriod.objects.filter(status=BudgetPeriod.Status.FROZEN).count() == 1
        assert Budget.objects.exclude(allowance=None).count() == 9
        assert list(budgets.discrepancies()) == []
        rederived = list(rederivations())
        assert len(rederived) == Requisition.objects.exclude(status="DRAFT").count()
        assert all(not one.differences for one in rederived)
        keeper = SystemActor(organization.id, "Test")
        owned = approvals.owner_rows(approvals.owners_in_sight(keeper, at=NOW))
        assert len(owned) == 6
        assert not any(row.is_vacant for row in owned)
        assert approvals.limits_in_sight(keeper, at=NOW).count() == 5
        due = accounts.due_rows(keeper, on=NOW.date(), time_zone=organization.time_zone, now=NOW)
        assert due
        assert not any(row.is_blocking for row in due)
        events = AuditEvent.objects.count()
    again = seed(history=None, now=NOW + timedelta(days=9), steps=silent)
    assert again.history is None
    with tenancy.scope(organization.id):
        assert AuditEvent.objects.count() == events
        _check_search()


def _check_search() -> None:
    """One word finds something preferred, something restricted and something blocked."""
    alice = Membership.objects.get(user__email="alice@northwind.example")
    actor = accounts.actor_for(
        user_id=alice.user_id, organization_id=alice.organization_id, now=clock.now()
    )
    assert actor is not None
    group = OrgGroup.objects.get(name="Workplace")
    found = catalogs.search_items(
        actor, group=group, query="tablet", filters=catalogs.Filters(), page=1
    )
    assert {hit.guidance.outcome for hit in found.hits} >= {
        Outcome.PREFERRED,
        Outcome.RESTRICTED,
        Outcome.BLOCKED,
    }


def test_the_neighbour_is_made_once() -> None:
    first = seed_neighbour(NOW, NOW)
    with tenancy.scope(first.id):
        events = AuditEvent.objects.count()
    assert seed_neighbour(NOW, NOW) == first
    with tenancy.scope(first.id):
        assert (Membership.objects.count(), AuditEvent.objects.count()) == (4, events)


def test_a_history_of_ones_own_takes_the_place_of_the_invented_one(tmp_path: Path) -> None:
    rows = "".join(f"2026-11-{day:02d},Parks,ACME,{day}.50\n" for day in range(1, 21))
    path = write(tmp_path, f"Date,Department,Supplier,Amount (CAD)\n{rows}")
    seeded = seed(history=path, now=NOW, steps=silent)
    assert seeded.organization.currency == "CAD"
    assert seeded.history is not None
    assert (seeded.history.rows, seeded.history.created["groups"]) == (20, 1)
    with tenancy.scope(seeded.organization.id):
        assert ImportedOrder.objects.count() == 20
        assert Requisition.objects.count() == 11
    assert seed(history=path, now=NOW, steps=silent).history is not None
    with tenancy.scope(seeded.organization.id):
        assert ImportedOrder.objects.count() == 20
