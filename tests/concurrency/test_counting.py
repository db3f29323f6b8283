"""Two halves of an order, submitted at the same moment, do not both slip under a tier."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from threading import Barrier, BrokenBarrierError
from typing import Any
from uuid import UUID

import pytest

from accounts.actors import MemberActor
from approvals.routing import Aggregation, CountedBy, CountedTo
from procurement.core import tenancy, writes
from procurement.orders import services
from procurement.orders.models import Requisition
from procurement.orders.selectors import earlier
from procurement.orders.services import SubmitOutcome
from tests.concurrency.test_submits import at_once
from tests.factories.accounts import NOW, make_member
from tests.factories.orders import TYPICAL, Market, make_market

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.concurrency,
    pytest.mark.database,
]


def counting(by: CountedBy) -> Market:
    """Open a market in which up to $100 is automatic, and orders count together."""
    document = replace(TYPICAL, aggregations=(Aggregation(by, CountedTo.SUPPLIER, 30),))
    return make_market(document=document)


def halves(market: Market, people: Sequence[str]) -> dict[UUID, MemberActor]:
    """Fill a cart of $80 for each of the people; two of them may be the same."""
    found: dict[UUID, MemberActor] = {}
    with market.scope():
        for name in people:
            actor = market.actor(name)
            cart = market.cart(("glasses", 4), by=name)
            found[cart.id] = actor
            Requisition.objects.filter(id=cart.id).update(status="WITHDRAWN", submitted_at=NOW)
        Requisition.objects.filter(id__in=found).update(status="DRAFT", submitted_at=None)
    return found


def outcomes(carts: dict[UUID, MemberActor]) -> list[SubmitOutcome]:
    def submit(requisition_id: UUID) -> SubmitOutcome:
        actor = carts[requisition_id]
        with tenancy.scope(actor.organization_id):
            return services.submit_requisition(
                actor=actor, requisition_id=requisition_id, now=NOW
            ).outcome

    found: list[SubmitOutcome] = at_once(submit, list(carts))
    return sorted(found)


def test_of_two_half_orders_of_one_person_at_once_only_the_first_passes_as_automatic() -> None:
    market = counting(CountedBy.REQUESTER)
    assert outcomes(halves(market, ["Alice", "Alice"])) == ["PLACED", "SUBMITTED"]


def test_of_half_orders_of_a_group_at_once_only_the_first_passes_as_automatic() -> None:
    market = counting(CountedBy.GROUP)
    with market.scope():
        group = market.groups["Field Service"]
        for name in ("Ann", "Ben", "Cem"):
            market.people[name] = make_member(
                market.organization, group, f"{name} Requester", "REQUISITIONER"
            )
    found = outcomes(halves(market, ["Ann", "Ben", "Cem"]))
    assert found == ["PLACED", "SUBMITTED", "SUBMITTED"]


def test_control_without_the_lock_both_halves_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    market = counting(CountedBy.REQUESTER)
    carts = halves(market, ["Alice", "Alice"])
    both_have_counted = Barrier(2)
    batch = writes.batch

    class Unlocked:
        """Sends what it is given but the locks, and goes on when everybody has counted."""

        @staticmethod
        @contextmanager
        def batch() -> Iterator[None]:
            with batch():
                yield
            both_have_counted.wait(timeout=30)

        @staticmethod
        def execute(statement: str, parameters: Any) -> Any:
            if "advisory" in statement:
                return None
            return writes.execute(statement, parameters)

    monkeypatch.setattr(earlier, "writes", Unlocked)
    try:
        assert outcomes(carts) == ["PLACED", "PLACED"]
    except BrokenBarrierError:
        pytest.fail("The two did not count side by side.")
