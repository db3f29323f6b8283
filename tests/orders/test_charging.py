"""In which period an order counts: that of its day where it is ordered, or of the day wanted."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Organization
from approvals import services as approvals
from approvals.models import StageSeat
from budgets import services as budgets
from budgets.models import BudgetPeriod, BudgetSettings, LedgerEntry
from procurement.core.clock import local_date
from procurement.core.errors import DomainError
from procurement.core.ids import new_id
from procurement.orders import selectors, services
from procurement.orders.charging import day_charged, latest_wanted, why_not_wanted
from procurement.orders.judging import key_of
from procurement.orders.models import Requisition
from tests.factories.accounts import NOW, system
from tests.factories.orders import Market, make_market

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@given(on=DAYS, wanted_on=st.none() | DAYS, by_delivery=st.booleans())
def test_an_order_never_counts_before_its_day_and_later_only_where_deliveries_decide(
    *, on: date, wanted_on: date | None, by_delivery: bool
) -> None:
    day = day_charged(on, wanted_on, by_delivery=by_delivery)
    assert day >= on
    assert day == on or (by_delivery and day == wanted_on)


@given(on=DAYS, ahead=st.integers(-400, 800))
def test_what_can_be_wanted_is_today_to_eighteen_months_ahead(on: date, ahead: int) -> None:
    wanted_on = on + timedelta(days=ahead)
    assert (why_not_wanted(wanted_on, on) == "") == (on <= wanted_on <= latest_wanted(on))


def test_eighteen_months_ahead_of_the_last_of_a_month_is_the_last_of_a_shorter_one() -> None:
    assert latest_wanted(date(2026, 8, 31)) == date(2028, 2, 29)
    assert latest_wanted(date(2026, 6, 15)) == date(2027, 12, 15)


@given(
    minutes=st.integers(0, 3 * 366 * 24 * 60),
    zone=st.sampled_from(["Pacific/Auckland", "America/Los_Angeles", "UTC", "Asia/Kathmandu"]),
)
def test_the_day_is_the_organizations_own_wherever_the_server_stands(
    minutes: int, zone: str
) -> None:
    instant = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    day = day_charged(local_date(instant, zone), None, by_delivery=True)
    begins = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    assert begins <= instant
    assert instant.astimezone(ZoneInfo(zone)).date() == day


# The last minute of the year, in the zone of the organization.
LAST_MINUTES = [
    ("Pacific/Auckland", datetime(2026, 12, 31, 10, 59, tzinfo=UTC)),
    ("America/Los_Angeles", datetime(2027, 1, 1, 7, 59, tzinfo=UTC)),
]


def in_zone(market: Market, zone: str) -> None:
    Organization.objects.filter(id=market.organization.id).update(time_zone=zone)


def periods_of(order: Requisition) -> set[date]:
    """Return when the periods begin on which an order has something set aside."""
    held = LedgerEntry.objects.filter(document_id=order.id).select_related("period")
    sums: dict[BudgetPeriod, Decimal] = {}
    for entry in held:
        moved = entry.delta_reserved + entry.delta_committed + entry.delta_spent
        sums[entry.period] = sums.get(entry.period, Decimal(0)) + moved
    return {period.starts_on for period, amount in sums.items() if amount}


@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.parametrize(("zone", "last_minute"), LAST_MINUTES)
def test_an_order_of_the_last_minute_stays_in_its_period_whatever_later_happens(
    zone: str, last_minute: datetime
) -> None:
    market = make_market()
    in_zone(market, zone)
    with market.scope():
        order = market.cart(("drill", 3), ("glasses", 4))
        services.submit_requisition(
            actor=market.actor("Alice"), requisition_id=order.id, now=last_minute
        )
        order.refresh_from_db()
        assert order.charged_on == date(2026, 12, 31)
        assert periods_of(order) == {date(2026, 10, 1), date(2026, 1, 1)}
        later = last_minute + timedelta(days=3)
        seat = StageSeat.objects.select_related("request").get(closed_at=None)
        glasses = next(
            line
            for line in selectors.load_draft(order.id).draft.lines
            if line.title == "Safety glasses"
        )
        approvals.reject_lines(
            actor=market.actor("Bob"),
            seat_id=seat.id,
            keys=[key_of(glasses)],
            reason="We have some.",
            content_hash=seat.request.content_hash,
            channel="APP",
            now=later,
        )
        order.refresh_from_db()
        assert order.charged_on == date(2026, 12, 31)
        assert periods_of(order) == {date(2026, 10, 1), date(2026, 1, 1)}
        held = BudgetPeriod.objects.get(
            budget__group=market.groups["Facilities"], starts_on=date(2026, 10, 1)
        )
        assert held.used == Decimal("480.00")


@pytest.mark.django_db
@pytest.mark.database
def test_where_deliveries_decide_an_order_counts_in_the_period_that_it_is_wanted_in() -> None:
    market = make_market(cap="500.00")
    with market.scope():
        BudgetSettings.objects.create(
            id=new_id(),
            organization_id=market.organization.id,
            charged_on=BudgetSettings.ChargedOn.DELIVERY,
            changed_at=NOW,
        )
        alice = market.actor("Alice")
        budgets.open_coming_periods(actor=system(market.organization), now=NOW)
        order = market.cart(("drill", 3))
        with pytest.raises(DomainError, match="has passed"):
            wanted(market, order, NOW.date() - timedelta(days=1))
        # Two quarters ahead: nothing has opened that period yet.
        wanted(market, order, date(2027, 5, 10))
        judged = selectors.preview(alice, selectors.draft_of(alice, order.id), now=NOW)
        assert judged.charged_on == date(2027, 5, 10)
        assert judged.periods == ("Q2 2027", "2027")
        services.submit_requisition(actor=alice, requisition_id=order.id, now=NOW)
        order.refresh_from_db()
        assert (order.status, order.charged_on) == ("PENDING", date(2027, 5, 10))
        assert periods_of(order) == {date(2027, 4, 1), date(2027, 1, 1)}
        seat = StageSeat.objects.select_related("request").get(closed_at=None)
        assert ["Wanted on", "May 10, 2027"] in seat.request.summary["details"]
        # This quarter's room is untouched by it.
        now = market.cart(("drill", 3))
        services.submit_requisition(actor=alice, requisition_id=now.id, now=NOW)
        now.refresh_from_db()
        assert now.charged_on == NOW.date()


@pytest.mark.django_db
@pytest.mark.database
def test_the_day_wanted_is_part_of_what_is_decided_on() -> None:
    market = make_market()
    with market.scope():
        order = market.cart(("drill", 3))
        before = selectors.load_draft(order.id).draft.content_hash()
        wanted(market, order, date(2026, 12, 24))
        draft = selectors.load_draft(order.id).draft
        assert draft.content_hash() != before
        # Without the setting, it counts on the day that it is submitted.
        assert draft.charged_on(NOW.date()) == NOW.date()


def wanted(market: Market, order: Requisition, on: date) -> None:
    services.change_cart(
        actor=market.actor("Alice"),
        requisition_id=order.id,
        group_id=order.group_id,
        note="",
        wanted_on=on,
        now=NOW,
    )
