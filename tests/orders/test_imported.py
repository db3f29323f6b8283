"""An order of the past: readable where its groups are, and never taken for a live one."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from procurement.orders.history.replaying import Replay, Target, replay
from procurement.orders.history.survey import Options
from procurement.orders.models import ImportedOrder, Requisition
from tests.factories.accounts import NOW
from tests.factories.orders import Market, make_market
from tests.orders.history.files import silent, write

pytestmark = [pytest.mark.django_db, pytest.mark.database]

PAST = (
    "Order No,Posted,Department,Cost Centre,Supplier,Purpose,Amount\n"
    "A-1,2026-11-02,Facilities,,HALDEN TOOLS #118,Drill,80.00\n"
    "A-1,2026-11-05,Engineering,,KESTREL IT,Tablet,900.00\n"
)


@pytest.fixture
def market() -> Market:
    return make_market()


@pytest.fixture
def past(market: Market, tmp_path: Path) -> ImportedOrder:
    task = Replay(
        write(tmp_path, PAST), Target(slug=market.organization.slug), Options(), False, None
    )
    replay(task, now=NOW, steps=silent)
    with market.scope():
        return ImportedOrder.objects.get()


@pytest.fixture
def visit(market: Market, past: ImportedOrder) -> Callable[[str], tuple[int, str]]:
    def open_page(name: str) -> tuple[int, str]:
        client = Client()
        client.force_login(
            market.people[name].user,
            backend="allauth.account.auth_backends.AuthenticationBackend",
        )
        response = client.get(f"/{market.organization.slug}/orders/imported/{past.id}/")
        return response.status_code, response.content.decode()

    return open_page


def test_finance_reads_what_was_bought_and_what_would_become_of_it(
    visit: Callable[[str], tuple[int, str]],
) -> None:
    status, page = visit("Dana")
    assert status == 200
    assert "A-1" in page
    assert "Would go to approvers" in page
    assert "Orders over $100.00 and up to $1,000.00 go to the supervisor." in page
    assert "HALDEN TOOLS #118" in page
    assert "never an order of this house" in page


def test_who_sees_one_group_sees_its_lines_alone(
    visit: Callable[[str], tuple[int, str]],
) -> None:
    status, page = visit("Tom")  # Technician of Facilities
    assert status == 200
    assert "HALDEN TOOLS #118" in page
    assert "KESTREL IT" not in page


def test_who_sees_none_of_its_groups_does_not_find_it(
    visit: Callable[[str], tuple[int, str]],
) -> None:
    assert visit("Alice")[0] == 404


def test_no_live_order_has_come_of_it(market: Market, past: ImportedOrder) -> None:
    with market.scope():
        assert ImportedOrder.objects.filter(id=past.id).exists()
        assert not Requisition.objects.exists()
