"""How much somebody may order at once."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import services
from accounts.limits import order_limit
from accounts.models import Role, RoleGrant
from procurement.audit.models import AuditEvent
from procurement.core.errors import DomainError
from procurement.orders import selectors as orders
from procurement.orders.services import SubmitOutcome, submit_requisition
from tests.factories.accounts import NOW, system
from tests.factories.orders import Market, make_market

PATH = [UUID(int=1), UUID(int=2), UUID(int=3)]
amounts = st.decimals(0, 10_000, places=2)
limits = st.one_of(st.none(), amounts)
grants = st.dictionaries(st.sampled_from([*PATH, UUID(int=9)]), limits)


def test_without_a_grant_in_reach_nothing_may_be_ordered() -> None:
    assert order_limit({UUID(int=9): None}, PATH, None) == 0


@given(grants, limits)
def test_another_grant_never_lowers_what_may_be_ordered(
    held: dict[UUID, Decimal | None], role_limit: Decimal | None
) -> None:
    more = {**held, PATH[0]: None} if PATH[0] not in held else held
    before, after = order_limit(held, PATH, role_limit), order_limit(more, PATH, role_limit)
    assert after is None or (before is not None and after >= before)


@given(grants, amounts, amounts)
def test_a_lower_limit_of_the_role_never_raises_what_may_be_ordered(
    held: dict[UUID, Decimal | None], one: Decimal, other: Decimal
) -> None:
    low, high = sorted((one, other))
    lower, higher = order_limit(held, PATH, low), order_limit(held, PATH, high)
    assert lower is not None
    assert higher is not None
    assert lower <= higher


@given(amounts, limits)
def test_a_limit_of_ones_own_counts_instead_of_the_roles(
    own: Decimal, role_limit: Decimal | None
) -> None:
    assert order_limit({PATH[1]: own}, PATH, role_limit) == own


@pytest.fixture
def market(db: None) -> Market:
    return make_market()


def limit(market: Market, group: str, amount: str | None) -> None:
    services.set_role_limit(
        actor=system(market.organization),
        group=market.groups[group],
        amount=Decimal(amount) if amount else None,
        now=NOW,
    )


@pytest.mark.database
def test_preview_and_submit_refuse_an_order_beyond_the_limit_and_say_whom_to_turn_to(
    market: Market,
) -> None:
    with market.scope():
        limit(market, "Facilities", "500.00")
        cart = market.cart(("drill", 4))
        alice = market.actor("Alice")
        (shown,) = orders.preview(alice, orders.draft_of(alice), now=NOW).refusals
        verdict = submit_requisition(actor=alice, requisition_id=cart.id, now=NOW)
        assert verdict.outcome is SubmitOutcome.REFUSED
        assert verdict.assessment is not None
        assert verdict.assessment.refusals == (shown,)
        assert shown.code == "LIMIT"
        assert shown.sentence.startswith(
            "The order comes to $640.00; your limit for one order in Field Service is $500.00."
        )


@pytest.mark.database
def test_the_lowest_limit_above_counts_and_one_of_ones_own_replaces_it(market: Market) -> None:
    with market.scope():
        limit(market, "Facilities", "500.00")
        limit(market, "Field Service", "700.00")
        cart = market.cart(("drill", 4))
        refused = submit_requisition(actor=market.actor("Alice"), requisition_id=cart.id, now=NOW)
        assert refused.outcome is SubmitOutcome.REFUSED
        services.grant_role(
            actor=market.actor("Adam"),
            membership=market.people["Alice"],
            group=market.groups["Field Service"],
            role=Role.REQUISITIONER,
            spending_limit=Decimal("640.00"),
            now=NOW,
        )
        assert RoleGrant.objects.in_force(NOW).filter(role=Role.REQUISITIONER).count() == 1
        passed = submit_requisition(actor=market.actor("Alice"), requisition_id=cart.id, now=NOW)
        assert passed.outcome is SubmitOutcome.SUBMITTED


@pytest.mark.database
def test_setting_and_ending_a_limit_is_on_record_and_doing_it_twice_is_not(market: Market) -> None:
    with market.scope():
        limit(market, "Facilities", "500.00")
        limit(market, "Facilities", "500.00")
        limit(market, "Facilities", None)
        found = AuditEvent.objects.filter(action__startswith="role.limit").order_by("id")
        assert [event.action for event in found] == ["role.limit_set", "role.limit_ended"]
        with pytest.raises(DomainError, match="zero or more"):
            limit(market, "Facilities", "-1")
