"""Moving people: what ends, what begins, who is asked instead, and what a call-off gives back."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts import selectors, services
from accounts.effects import EffectKind, fingerprint
from accounts.models import MemberMove, Membership, PositionHolder, Role, RoleGrant
from accounts.permissions import Permission
from accounts.services import MoveTerms
from approvals.models import StageSeat
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict, DomainError, NotAllowed
from procurement.orders.services import submit_requisition
from tests.factories.accounts import (
    NOW,
    Company,
    actor_of,
    make_company,
    make_member,
    seat,
    system,
)
from tests.factories.orders import make_market

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LATER = NOW + timedelta(days=7)


@pytest.fixture
def company() -> Company:
    return make_company()


def move(company: Company, name: str, target: str, **terms: Any) -> MemberMove:
    return services.move_member(
        actor=company.actor("Adam"),
        membership=company.people[name],
        terms=MoveTerms(target=company.groups[target], **terms),
        now=NOW,
    )


def may_buy(company: Company, name: str, group: str, days: int = 0) -> bool:
    member = company.people[name]
    actor = selectors.actor_for(
        user_id=member.user_id,
        organization_id=member.organization_id,
        now=NOW + timedelta(days=days),
    )
    return actor is not None and actor.can(Permission.PLACE_ORDERS, company.groups[group].path)


def test_a_move_takes_home_and_powers_along_at_once(company: Company) -> None:
    with company.scope():
        done = move(company, "Alice", "Engineering", reason="A new post")
        alice = Membership.objects.get(id=company.people["Alice"].id)
        assert alice.group_id == company.groups["Engineering"].id
        assert may_buy(company, "Alice", "Engineering")
        assert not may_buy(company, "Alice", "Field Service")
        assert done.status == MemberMove.Status.DONE
        event = AuditEvent.objects.get(action="member.moved")
        assert event.after is not None
        assert (event.before, event.after["group"]) == ({"group": "Field Service"}, "Engineering")
        assert event.after["roles_started"] == ["Requisitioner of Engineering"]
        assert event.reason == "A new post"


def test_a_planned_move_changes_powers_on_its_day_and_the_rest_when_it_is_carried_out(
    company: Company,
) -> None:
    with company.scope():
        move(company, "Alice", "Engineering", effective_at=LATER)
        assert may_buy(company, "Alice", "Field Service")
        assert not may_buy(company, "Alice", "Engineering")
        assert not may_buy(company, "Alice", "Field Service", days=7)
        assert may_buy(company, "Alice", "Engineering", days=7)
        company.people["Alice"].refresh_from_db()
        assert company.people["Alice"].group_id == company.groups["Field Service"].id
        assert services.carry_out_due_moves(actor=system(company.organization), now=NOW) == 0
        assert services.carry_out_due_moves(actor=system(company.organization), now=LATER) == 1
        company.people["Alice"].refresh_from_db()
        assert company.people["Alice"].group_id == company.groups["Engineering"].id
        assert services.carry_out_due_moves(actor=system(company.organization), now=LATER) == 0
        assert AuditEvent.objects.filter(action="member.moved").count() == 1


def test_in_an_overlap_both_groups_are_served(company: Company) -> None:
    with company.scope():
        move(company, "Alice", "Engineering", overlap_until=LATER)
        assert may_buy(company, "Alice", "Field Service", days=6)
        assert may_buy(company, "Alice", "Engineering", days=6)
        assert not may_buy(company, "Alice", "Field Service", days=7)


def test_a_limit_of_ones_own_goes_along(company: Company) -> None:
    with company.scope():
        services.grant_role(
            actor=company.actor("Adam"),
            membership=company.people["Alice"],
            group=company.groups["Field Service"],
            role=Role.REQUISITIONER,
            spending_limit=Decimal(500),
            now=NOW,
        )
        move(company, "Alice", "Engineering")
        (grant,) = RoleGrant.objects.in_force(NOW).filter(membership=company.people["Alice"])
        assert grant.spending_limit == 500


def test_calling_a_move_off_gives_back_what_it_was_to_end(company: Company) -> None:
    with company.scope():
        planned = move(company, "Alice", "Engineering", effective_at=LATER)
        services.cancel_member_move(
            actor=company.actor("Adam"), move=planned, reason="Not after all", now=NOW
        )
        assert may_buy(company, "Alice", "Field Service", days=30)
        assert not may_buy(company, "Alice", "Engineering", days=30)
        assert services.carry_out_due_moves(actor=system(company.organization), now=LATER) == 0
        assert AuditEvent.objects.filter(action="member.move_cancelled").count() == 1


def test_a_move_whose_day_has_come_is_not_called_off(company: Company) -> None:
    with company.scope():
        planned = move(company, "Alice", "Engineering", effective_at=LATER)
        with pytest.raises(Conflict, match="has taken effect"):
            services.cancel_member_move(actor=company.actor("Adam"), move=planned, now=LATER)


def test_a_second_move_waits_for_the_first(company: Company) -> None:
    with company.scope():
        move(company, "Alice", "Engineering", effective_at=LATER)
        with pytest.raises(DomainError, match="is to move to Engineering already"):
            move(company, "Alice", "Workplace")


def test_ending_access_calls_the_planned_move_off(company: Company) -> None:
    with company.scope():
        move(company, "Alice", "Engineering", effective_at=LATER)
        effects = services.preview_suspension(
            actor=company.actor("Adam"), membership=company.people["Alice"], now=NOW
        )
        assert any("is called off" in effect.sentence for effect in effects)
        services.suspend_member(
            actor=company.actor("Adam"), membership=company.people["Alice"], reason="Left", now=NOW
        )
        assert MemberMove.objects.get().status == MemberMove.Status.CANCELLED
        services.reinstate_member(
            actor=company.actor("Adam"), membership=company.people["Alice"], reason="Back", now=NOW
        )
        assert may_buy(company, "Alice", "Field Service", days=30)


@pytest.mark.parametrize("closing", ["Engineering", "Field Service"])
def test_a_group_that_a_move_leads_into_or_out_of_is_not_closed(
    company: Company, closing: str
) -> None:
    with company.scope():
        move(company, "Alice", "Engineering", effective_at=LATER)
        with pytest.raises(DomainError, match="Call that move off"):
            services.archive_group(
                actor=company.actor("Adam"), group=company.groups[closing], now=NOW
            )


def test_seats_are_left_and_what_waits_for_them_is_asked_of_others() -> None:
    market = make_market()
    with market.scope():
        seat(market.organization, "supervisor", market.root, market.people["Erin"])
        cart = market.cart(("drill", 4))
        submit_requisition(actor=market.actor("Alice"), requisition_id=cart.id, now=NOW)
        terms = MoveTerms(target=market.groups["Engineering"])
        shown = services.preview_member_move(
            actor=market.actor("Adam"), membership=market.people["Bob"], terms=terms, now=NOW
        )
        said = [effect.sentence for effect in shown]
        assert "Bob Supervisor is Supervisor of Facilities no more. Erin Director of " in str(said)
        assert any("Erin Director is asked instead of Bob Supervisor" in one for one in said)
        assert PositionHolder.objects.current().filter(membership=market.people["Bob"]).exists()
        done = services.move_member(
            actor=market.actor("Adam"),
            membership=market.people["Bob"],
            terms=terms,
            seen=fingerprint(shown),
            now=NOW,
        )
        assert done.effects == said, "what was shown is what happened"
        waits = StageSeat.objects.get(asked_at__isnull=False, closed_at__isnull=True)
        assert waits.membership_id == market.people["Erin"].id


def test_a_planned_moves_preview_tells_what_its_day_will_bring() -> None:
    market = make_market()
    with market.scope():
        seat(market.organization, "supervisor", market.root, market.people["Erin"])
        cart = market.cart(("drill", 4))
        submit_requisition(actor=market.actor("Alice"), requisition_id=cart.id, now=NOW)
        terms = MoveTerms(target=market.groups["Engineering"], effective_at=LATER)
        shown = services.preview_member_move(
            actor=market.actor("Adam"), membership=market.people["Bob"], terms=terms, now=NOW
        )
        kinds = {effect.kind for effect in shown}
        assert {
            EffectKind.HOME_MOVED,
            EffectKind.SEAT_CHANGED,
            EffectKind.REQUEST_REROUTED,
        } <= kinds
        services.move_member(
            actor=market.actor("Adam"),
            membership=market.people["Bob"],
            terms=terms,
            seen=fingerprint(shown),
            now=NOW,
        )
        waits = StageSeat.objects.get(asked_at__isnull=False, closed_at__isnull=True)
        assert waits.membership_id == market.people["Bob"].id, "until the day has come"


def test_what_has_changed_since_it_was_shown_is_refused(company: Company) -> None:
    with company.scope():
        terms = MoveTerms(target=company.groups["Engineering"])
        shown = services.preview_member_move(
            actor=company.actor("Adam"), membership=company.people["Alice"], terms=terms, now=NOW
        )
        services.grant_role(
            actor=company.actor("Adam"),
            membership=company.people["Alice"],
            group=company.groups["Field Service"],
            role=Role.TECHNICIAN,
            now=NOW,
        )
        with pytest.raises(Conflict):
            services.move_member(
                actor=company.actor("Adam"),
                membership=company.people["Alice"],
                terms=terms,
                seen=fingerprint(shown),
                now=NOW,
            )


def test_it_takes_both_groups_to_move_somebody(company: Company) -> None:
    with company.scope():
        engineering = company.groups["Engineering"]
        eve = make_member(company.organization, engineering, "Eve Local", Role.ADMINISTRATOR)
        with pytest.raises(NotAllowed):
            services.move_member(
                actor=actor_of(eve),
                membership=company.people["Alice"],
                terms=MoveTerms(target=engineering),
                now=NOW,
            )


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"overlap_until": NOW - timedelta(days=1)}, "overlap ends before"),
        ({"manager": "Alice"}, "reports to themselves"),
    ],
)
def test_a_move_that_makes_no_sense_is_refused(
    company: Company, terms: dict[str, object], message: str
) -> None:
    with company.scope():
        if "manager" in terms:
            terms = {"manager": company.people[str(terms["manager"])]}
        with pytest.raises(DomainError, match=message):
            move(company, "Alice", "Engineering", **terms)


def test_when_an_overlap_is_over_what_waits_for_the_former_role_is_asked_of_others() -> None:
    market = make_market()
    with market.scope():
        felix = make_member(
            market.organization, market.groups["Facilities"], "Felix Finance", Role.FINANCE
        )
        cart = market.cart(("tablet", 2))
        submit_requisition(actor=market.actor("Alice"), requisition_id=cart.id, now=NOW)
        assert StageSeat.objects.filter(membership=felix).exists()
        services.move_member(
            actor=market.actor("Adam"),
            membership=felix,
            terms=MoveTerms(target=market.groups["Engineering"], overlap_until=LATER),
            now=NOW,
        )
        seats = StageSeat.objects.filter(membership=felix, vacated_at__isnull=True)
        assert seats.exists(), "he still answers while the overlap lasts"
        actor = system(market.organization)
        assert services.follow_ended_grants(actor=actor, now=NOW) == 0
        assert services.follow_ended_grants(actor=actor, now=LATER) == 1
        assert not seats.exists()
        dana = StageSeat.objects.filter(membership=market.people["Dana"])
        assert dana.filter(vacated_at__isnull=True).exists()
        assert services.follow_ended_grants(actor=actor, now=LATER) == 0


def test_the_last_administrator_of_the_whole_organization_stays(company: Company) -> None:
    with company.scope():
        adam = company.people["Adam"]
        with pytest.raises(DomainError, match="Nobody would be left"):
            services.revoke_role(
                actor=company.actor("Adam"),
                membership=adam,
                group=company.root,
                role=Role.ADMINISTRATOR,
                now=NOW,
            )
