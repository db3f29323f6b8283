import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import OrgGroup
from analytics import services, tasks
from analytics.filters import Source
from analytics.models import SpendFact, TrailCursor
from analytics.selectors import caught_up_at
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import jobs, tenancy
from procurement.core.ids import new_id
from procurement.orders.models import PurchaseOrder, PurchaseOrderLine
from tests.audit.conftest import settle
from tests.factories.accounts import NOW, system
from tests.factories.analytics import (
    announce,
    make_import,
    make_imported_line,
    make_imported_order,
)
from tests.factories.world import World, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

EVENING = datetime(2026, 12, 1, 3, 30, tzinfo=UTC)  # still November 30 in New York


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def place(world: World, *lines: tuple[str, int]) -> None:
    """Order something cheap enough to be placed at once."""
    with world.company.scope():
        world.order(*lines)


def follow(world: World, *, batch_events: int = 5000, now: datetime = NOW) -> services.Progress:
    settle(world.company.organization)
    with world.company.scope():
        return services.follow_trail(
            organization_id=world.company.organization.id, now=now, batch_events=batch_events
        )


def facts(world: World) -> list[SpendFact]:
    with world.company.scope():
        return list(SpendFact.objects.order_by("amount"))


def test_the_lines_of_placed_orders_are_copied_as_they_were(world: World) -> None:
    world.now = EVENING
    place(world, ("bits", 1), ("glasses", 2))
    follow(world)
    with world.company.scope():
        field_service = world.company.groups["Field Service"]
        lines = {line.id: line for line in PurchaseOrderLine.objects.all()}
        orders = {order.id: order for order in PurchaseOrder.objects.all()}
        copied = list(SpendFact.objects.order_by("amount"))
    bits, glasses = copied
    assert {fact.id for fact in copied} == set(lines)
    assert (bits.amount, glasses.amount) == (Decimal("30.00"), Decimal("68.00"))
    assert (bits.guidance, glasses.guidance) == ("PREFERRED", "NEUTRAL")
    assert bits.order_number == orders[bits.order_id].number
    assert bits.source == Source.LIVE
    assert bits.supplier_id == world.suppliers["Halden Tools"].id
    assert bits.category_path == world.categories["drills"].path
    assert bits.group_path == field_service.path
    assert bits.requester_id == world.company.people["Alice"].id
    assert bits.title == "Drill bits, set of 19"
    assert (bits.on.isoformat(), bits.month.isoformat()) == ("2026-11-30", "2026-11-01")


def test_following_twice_counts_nothing_twice(world: World) -> None:
    place(world, ("bits", 1))
    assert follow(world).lines == 1
    assert follow(world) == services.Progress(events=0, lines=0, is_done=True)
    with world.company.scope():
        TrailCursor.objects.update(transaction_id=0)
    assert follow(world).lines == 0
    assert len(facts(world)) == 1


def test_an_order_that_waits_for_approval_is_no_spend_yet(world: World) -> None:
    with world.company.scope():
        waiting = world.order(("kit", 2))
    follow(world)
    assert facts(world) == []
    with world.company.scope():
        world.decide(waiting, "Bob")
    follow(world)
    assert [fact.amount for fact in facts(world)] == [Decimal("640.00")]


def test_a_long_trail_is_followed_in_steps(world: World) -> None:
    place(world, ("bits", 1))
    place(world, ("glasses", 1))
    steps = [follow(world, batch_events=10)]
    while not steps[-1].is_done:
        steps.append(follow(world, batch_events=10))
    assert len(steps) > 3
    assert sum(step.lines for step in steps) == 2


def test_the_group_s_place_is_kept_as_it_was(world: World) -> None:
    place(world, ("bits", 1))
    follow(world)
    with world.company.scope():
        moved = world.company.groups["Field Service"]
        was = moved.path
        OrgGroup.objects.filter(id=moved.id).update(path=[world.company.root.id, moved.id])
        moved.refresh_from_db()
    place(world, ("glasses", 1))
    follow(world)
    assert [fact.group_path for fact in facts(world)] == [was, moved.path]


def test_nothing_is_skipped_when_a_slow_transaction_commits_late(world: World) -> None:
    """The event of the slow one stands before those that were committed in the meantime."""
    follow(world)
    organization = world.company.organization
    started, finish = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with tenancy.scope(organization.id):
                world.order(("bits", 1))
                started.set()
                finish.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    try:
        assert started.wait(20)
        with world.company.scope():
            record(
                actor=system(organization),
                action=AuditAction.GROUP_CHANGED,
                subject_type="group",
                subject_id=new_id(),
                subject_label="Something quick",
                now=NOW - timedelta(minutes=3),
            )
        with world.company.scope():
            services.follow_trail(organization_id=organization.id, now=NOW)
            assert caught_up_at(organization.id) == NOW - timedelta(minutes=3)
    finally:
        finish.set()
        thread.join()
    assert follow(world).lines == 1
    with world.company.scope():
        assert caught_up_at(organization.id) == NOW


def test_two_workers_at_once_copy_everything_once(world: World) -> None:
    for _ in range(3):
        place(world, ("bits", 1))
    settle(world.company.organization)
    organization_id = world.company.organization.id
    barrier = threading.Barrier(2)
    copied: list[int] = []

    def work() -> None:
        try:
            barrier.wait(10)
            with tenancy.scope(organization_id):
                copied.append(services.follow_trail(organization_id=organization_id, now=NOW).lines)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(copied) == [0, 3]
    assert len(facts(world)) == 3


def test_before_the_first_run_nothing_is_promised(world: World) -> None:
    with world.company.scope():
        assert caught_up_at(world.company.organization.id) is None


def test_the_worker_follows_every_quarter_of_a_minute(world: World) -> None:
    place(world, ("bits", 1))
    settle(world.company.organization)
    assert jobs.periodic_tasks()["analytics.follow_trail"].interval == timedelta(seconds=15)
    assert tasks.follow_trail(organization_id=str(world.company.organization.id)) == 1


def test_the_command_follows_and_can_start_over(world: World) -> None:
    place(world, ("bits", 1))
    settle(world.company.organization)
    slug = world.company.organization.slug
    for arguments in ({}, {"rebuild": True}):
        out = StringIO()
        call_command("follow_trail", organization=slug, stdout=out, **arguments)
        assert f"{slug}: " in out.getvalue()
        assert ", 1 new lines" in out.getvalue()
    assert len(facts(world)) == 1
    with pytest.raises(CommandError) as refused:
        call_command("follow_trail", organization="nobody-has-this")
    assert refused.value.returncode == 2


def test_imported_history_is_copied_line_by_line_refunds_and_all(world: World) -> None:
    company = world.company
    lines = [("Field Service", "2025-11-03", "100.00"), ("Workplace", "2025-12-01", "-20.50")]
    with company.scope():
        imported = make_import(company)
        first = make_imported_order(imported, company.groups["Facilities"], "S-1", 1)
        for number, (group, posted_on, amount) in enumerate(lines, start=2):
            make_imported_line(
                first,
                number,
                company.groups[group],
                world.suppliers["Halden Tools"],
                world.categories["drills"],
                date.fromisoformat(posted_on),
                amount,
            )
        announce(imported, 1, 1)
    assert follow(world).lines == 2
    refund, spent = facts(world)
    assert (refund.amount, spent.amount) == (Decimal("-20.50"), Decimal("100.00"))
    assert {refund.source, spent.source} == {Source.IMPORTED}
    assert spent.group_path == company.groups["Field Service"].path
    assert (spent.on.isoformat(), refund.month.isoformat()) == ("2025-11-03", "2025-12-01")
    assert (spent.order_number, spent.requester_name) == ("S-1", "B. Buyer")
    with company.scope():
        second = make_imported_order(imported, company.groups["Facilities"], "", 2)
        make_imported_line(
            second,
            4,
            company.groups["Workplace"],
            world.suppliers["Halden Tools"],
            None,
            date(2025, 12, 24),
            "7.00",
        )
        announce(imported, 1, 2)
    assert follow(world).lines == 1, "what was copied before is left out"
    assert facts(world)[1].order_number == "Imported 2"
    assert facts(world)[1].category_path == []
