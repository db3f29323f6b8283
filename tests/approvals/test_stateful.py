"""Whatever people do around decisions, in whatever order: what has to hold holds after each step.

Orders, decisions by the right and the wrong, absences in circles, edits, appeals, people who come
and go, and the clock, on a real database. What has to hold is counted in `naive`.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts import selectors as accounts
from accounts import services as people
from accounts.actors import MemberActor
from accounts.models import Membership, OrgGroup, Position, Role
from approvals import services
from approvals.models import ApprovalRequest, Delegation, Question, Stage, StageSeat
from approvals.routing import ApproverKind, ApproverSpec, Mode, StageSpec, Tier, Tolerances
from procurement.core import tenancy
from procurement.core.errors import DomainError
from procurement.orders import selectors as orders
from procurement.orders import services as buying
from procurement.orders.models import Requisition, RequisitionLine
from tests.approvals import naive
from tests.factories.accounts import NOW, actor_of, make_member, seat, system
from tests.factories.orders import TYPICAL, Market, make_market

SUPERVISOR = ApproverSpec(ApproverKind.POSITION, "supervisor", "Supervisor")
DIRECTOR = ApproverSpec(ApproverKind.POSITION, "director", "Director")
FINANCE = ApproverSpec(ApproverKind.ROLE, "FINANCE", "Finance")


def one(*seats: ApproverSpec, mode: Mode = Mode.ALL, at_least: int = 0) -> StageSpec:
    return StageSpec(" and ".join(each.title for each in seats), mode, seats, at_least)


DOCUMENT = replace(
    TYPICAL,
    tiers=(
        Tier(Decimal("100.00"), ()),
        Tier(Decimal("1000.00"), (one(SUPERVISOR), one(DIRECTOR))),
        Tier(
            None,
            (
                one(SUPERVISOR, DIRECTOR, FINANCE, mode=Mode.AT_LEAST, at_least=2),
                replace(one(SUPERVISOR), beside=True),
                one(DIRECTOR, FINANCE),
            ),
        ),
    ),
    tolerances=Tolerances(Decimal(5), Decimal(10)),
)
NAMES = ("Alice", "Bob", "Erin", "Dana", "Frank", "Hugo", "Tom")
MOST_GONE = 3
BUYERS = ("Alice", "Bob", "Erin")
names = st.sampled_from(NAMES)
numbers = st.integers(min_value=0, max_value=11)
quantities = st.sampled_from([1, 4, 5, 10, 11])
places = st.sampled_from(["Field Service", "Facilities", "Northwind Works"])


class Deciding(RuleBasedStateMachine):
    """A company of seven, three of whom buy; who approves holds one seat, or two at once."""

    market: Market
    was: dict[str, MemberActor]

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.placed: set[object] = set()
        self.scope = tenancy.scope(self.market.organization.id)
        self.scope.__enter__()
        # Nothing stays of an example: the company is opened once.
        self.example = transaction.atomic()
        self.example.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)
        self.scope.__exit__(None, None, None)

    # Who acts, and on what.

    @property
    def system(self) -> Any:
        return system(self.market.organization)

    def member(self, name: str) -> Membership:
        return Membership.objects.select_related("user", "group").get(
            id=self.market.people[name].id
        )

    def actor(self, name: str) -> MemberActor | None:
        """Somebody as they are now: nobody once their access has ended."""
        member = self.market.people[name]
        return accounts.actor_for(
            user_id=member.user_id, organization_id=member.organization_id, now=self.now
        )

    def group(self, name: str) -> OrgGroup:
        return OrgGroup.objects.get(
            id=self.market.groups[name].id if name in self.market.groups else self.market.root.id
        )

    def order(self, number: int, *states: str) -> Requisition | None:
        found = list(
            Requisition.objects.filter(status__in=states).order_by("id").select_related("owner")
        )
        return found[number % len(found)] if found else None

    def request(self, number: int) -> ApprovalRequest | None:
        found = naive.requests(status="PENDING")
        return found[number % len(found)] if found else None

    def open_seat(self, number: int) -> StageSeat | None:
        found = list(
            StageSeat.objects.filter(asked_at__isnull=False, closed_at__isnull=True)
            .order_by("id")
            .select_related("request", "membership")
        )
        return found[number % len(found)] if found else None

    def name_of(self, member: Membership) -> str:
        return next(name for name, own in self.market.people.items() if own.id == member.id)

    def attempt(self, work: Callable[[], Any]) -> Any:
        """Do something that may be refused; what is refused leaves nothing behind."""
        try:
            with transaction.atomic():
                return work()
        except DomainError:
            return None

    def twice(self, work: Callable[[], Any]) -> Any:
        """Do something; where it counted, doing the very same again changes nothing."""
        done = self.attempt(work)
        if done is None or getattr(done, "outcome", "") == "REFUSED":
            return done
        before = naive.fingerprint()
        self.attempt(work)
        assert naive.fingerprint() == before, "the second time has changed something"
        return done

    # Orders.

    @initialize()
    def begin(self) -> None:
        self.buy("Alice", 4, "drill")

    @rule(
        buyer=st.sampled_from(BUYERS),
        quantity=quantities,
        item=st.sampled_from(["drill", "tablet"]),
    )
    def buy(self, buyer: str, quantity: int, item: str) -> None:
        actor = self.actor(buyer)
        if actor is None:
            return

        def fill() -> Requisition:
            for name, count in ((item, quantity), ("glasses", 1)):
                cart = buying.add_to_cart(
                    actor=actor,
                    item_id=self.market.items[name].id,
                    quantity=Decimal(count),
                    now=self.now,
                )
            return cart

        cart = self.attempt(fill)
        if cart is not None:
            self.submit(actor, cart)

    def submit(self, actor: MemberActor, order: Requisition) -> None:
        self.twice(
            lambda: buying.submit_requisition(actor=actor, requisition_id=order.id, now=self.now)
        )

    @rule(
        number=numbers,
        quantity=quantities,
        price=st.sampled_from(["0.9", "1", "1.04", "1.5"]),
        adds=st.booleans(),
    )
    def edit(self, number: int, quantity: int, price: str, adds: bool) -> None:  # noqa: FBT001 – drawn
        order = self.order(number, "DRAFT", "PENDING", "REJECTED", "WITHDRAWN", "EXPIRED")
        actor = self.actor_of(order)
        if order is None or actor is None:
            return
        reopened = self.attempt(
            lambda: buying.reopen(actor=actor, requisition_id=order.id, now=self.now)
        )
        if reopened is None:
            return
        line = RequisitionLine.objects.filter(requisition=order).order_by("position").first()
        if line is None:
            return
        dearer = (line.unit_price * Decimal(price)).quantize(Decimal("0.01"))
        RequisitionLine.objects.filter(id=line.id).update(unit_price=dearer)
        self.attempt(
            lambda: buying.change_line(
                actor=actor, line_id=line.id, quantity=Decimal(quantity), now=self.now
            )
        )
        if adds and orders.cart_of(actor) == order:
            self.attempt(
                lambda: buying.add_to_cart(
                    actor=actor,
                    item_id=self.market.items["glasses"].id,
                    quantity=Decimal(1),
                    now=self.now,
                )
            )
        self.submit(actor, order)

    def actor_of(self, order: Requisition | None) -> MemberActor | None:
        """Whoever looks after an order."""
        if order is None:
            return None
        return self.actor(self.name_of(order.owner or order.requester))

    @rule(number=numbers, way=st.sampled_from(["withdraw", "cancel", "appeal", "appeal"]))
    def go_on(self, number: int, way: str) -> None:
        states = {"withdraw": ("PENDING",), "appeal": ("REJECTED",)}.get(
            way, ("DRAFT", "PENDING", "REJECTED", "EXPIRED")
        )
        order = self.order(number, *states)
        actor = self.actor_of(order)
        if order is None or actor is None:
            return
        work: Callable[[], object] = {
            "withdraw": lambda: buying.withdraw(actor=actor, requisition_id=order.id, now=self.now),
            "cancel": lambda: buying.cancel_requisition(
                actor=actor, requisition_id=order.id, now=self.now
            ),
            "appeal": lambda: buying.appeal(
                actor=actor, requisition_id=order.id, reason="We need it.", now=self.now
            ),
        }[way]
        self.twice(work)

    # Decisions.

    @rule(number=numbers, rejects=st.sampled_from([False, False, True]))
    def decide(self, number: int, rejects: bool) -> None:  # noqa: FBT001 – drawn
        seat_there = self.open_seat(number)
        if seat_there is not None:
            self.decide_as(seat_there, self.name_of(seat_there.membership), rejects=rejects)

    @rule(number=numbers, times=st.integers(min_value=1, max_value=5))
    def approve(self, number: int, times: int) -> None:
        """Have some of those who are asked about one request agree, one after the other."""
        seat_there = self.open_seat(number)
        for _ in range(times if seat_there else 0):
            assert seat_there is not None
            left = StageSeat.objects.filter(
                request=seat_there.request, asked_at__isnull=False, closed_at__isnull=True
            )
            found = left.select_related("request", "membership").order_by("id").first()
            if found is not None:
                self.decide_as(found, self.name_of(found.membership), rejects=False)

    @rule(number=numbers, rejects=st.booleans())
    def decide_in_place(self, number: int, rejects: bool) -> None:  # noqa: FBT001 – drawn
        """Have whoever stands in for somebody decide where they are asked."""
        held = Delegation.objects.filter(
            starts_at__lte=self.now, ends_at__gt=self.now, ended_at__isnull=True
        )
        seats = StageSeat.objects.filter(
            membership_id__in=held.values("membership_id"),
            asked_at__isnull=False,
            closed_at__isnull=True,
        )
        found = list(seats.select_related("request", "membership").order_by("id"))
        if found:
            seat_there = found[number % len(found)]
            deputy = held.filter(membership=seat_there.membership).order_by("-id")[0].deputy
            self.decide_as(seat_there, self.name_of(deputy), rejects=rejects)

    @rule(number=numbers, name=names, rejects=st.booleans())
    def decide_for_somebody(self, number: int, name: str, rejects: bool) -> None:  # noqa: FBT001 – drawn
        seat_there = self.open_seat(number)
        if seat_there is not None:
            self.decide_as(seat_there, name, rejects=rejects)

    def decide_as(self, seat_there: StageSeat, name: str, *, rejects: bool) -> None:
        member = self.member(name)
        # Also somebody who has left tries, as they were before.
        actor = self.actor(name) or self.was[name]

        def work() -> services.Verdict:
            return services.decide(
                actor=actor,
                seat_id=seat_there.id,
                choice="REJECT" if rejects else "APPROVE",
                comment="No." if rejects else "",
                content_hash=seat_there.request.content_hash,
                channel="APP",
                now=self.now,
            )

        may = self.may_decide(member, seat_there)
        verdict = self.attempt(work)
        assert verdict is not None
        assert not verdict.is_decided or may, f"{name} may not decide here"
        if member.id == seat_there.membership_id and member.status == "ACTIVE":
            assert verdict.is_decided
        if verdict.is_decided:
            before = naive.fingerprint()
            assert not self.attempt(work).is_decided
            assert naive.fingerprint() == before

    def may_decide(self, member: Membership, seat_there: StageSeat) -> bool:
        """Whoever is asked and has access, or comes after them along absences that hold now."""
        if member.status != "ACTIVE" or member.id == seat_there.request.requester_id:
            return False
        reached = {seat_there.membership_id}
        held = Delegation.objects.filter(
            starts_at__lte=self.now, ends_at__gt=self.now, ended_at__isnull=True
        )
        for _ in NAMES:
            reached |= set(
                held.filter(membership_id__in=reached)
                .exclude(deputy_id=seat_there.request.requester_id)
                .exclude(up_to__lt=seat_there.request.amount)
                .values_list("deputy_id", flat=True)
            )
        return member.id in reached

    @rule(number=numbers, line=numbers)
    def reject_lines(self, number: int, line: int) -> None:
        seat_there = self.open_seat(number)
        if seat_there is None:
            return
        actor = self.actor(self.name_of(seat_there.membership))
        keys = [each["key"] for each in seat_there.request.summary["lines"]]
        if actor is not None:
            self.twice(
                lambda: services.reject_lines(
                    actor=actor,
                    seat_id=seat_there.id,
                    keys=[keys[line % len(keys)]],
                    reason="Not this one.",
                    content_hash=seat_there.request.content_hash,
                    channel="APP",
                    now=self.now,
                )
            )

    # Around decisions.

    @precondition(lambda _: not Question.objects.filter(closed_at__isnull=True).exists())
    @rule(number=numbers)
    def ask(self, number: int) -> None:
        seat_there = self.open_seat(number)
        actor = self.actor(self.name_of(seat_there.membership)) if seat_there else None
        if seat_there is not None and actor is not None:
            asked = self.attempt(
                lambda: services.ask_question(
                    actor=actor, seat_id=seat_there.id, text="What for?", now=self.now
                )
            )
            assert asked is not None

    @precondition(lambda _: Question.objects.filter(closed_at__isnull=True).exists())
    @rule(is_right=st.booleans())
    def answer(self, is_right: bool) -> None:  # noqa: FBT001 – drawn
        question = Question.objects.filter(closed_at__isnull=True).order_by("id").first()
        actor = self.actor("Hugo")
        if question is not None and is_right:
            actor = self.actor_of(Requisition.objects.get(id=question.request.subject_id))
        if question is not None and actor is not None:
            self.twice(
                lambda: services.answer_question(
                    actor=actor, question_id=question.id, answer="For the depot.", now=self.now
                )
            )

    @rule(number=numbers, to=st.sampled_from(["Bob", "Erin", "Dana", "Frank"]))
    def hand_over(self, number: int, to: str) -> None:
        seat_there = self.open_seat(number)
        actor = self.actor(self.name_of(seat_there.membership)) if seat_there else None
        if seat_there is not None and actor is not None:
            self.twice(
                lambda: services.hand_over(
                    actor=actor,
                    seat_id=seat_there.id,
                    to_id=self.market.people[to].id,
                    reason="I am away.",
                    now=self.now,
                )
            )

    @rule(number=numbers, name=names)
    def add(self, number: int, name: str) -> None:
        request, actor = self.request(number), self.actor("Adam")
        if request is not None and actor is not None:
            self.twice(
                lambda: services.add_approver(
                    actor=actor,
                    request_id=request.id,
                    member_id=self.market.people[name].id,
                    reason="It is theirs.",
                    now=self.now,
                )
            )

    @precondition(lambda self: Stage.objects.filter(added_by__isnull=False, status="OPEN").exists())
    @rule()
    def take_off(self) -> None:
        stage = Stage.objects.filter(added_by__isnull=False, status="OPEN").order_by("id")[0]
        self.twice(
            lambda: services.remove_approver(
                actor=self.market.actor("Adam"), stage_id=stage.id, reason="No.", now=self.now
            )
        )

    @rule(number=numbers, hours=st.sampled_from([1, 40]))
    def extend(self, number: int, hours: int) -> None:
        seat_there = self.open_seat(number)
        if seat_there is not None:
            due_at = (seat_there.stage.due_at or self.now) + timedelta(hours=hours)
            self.twice(
                lambda: services.extend_due(
                    actor=self.market.actor("Adam"),
                    stage_id=seat_there.stage_id,
                    due_at=due_at,
                    reason="Later.",
                    now=self.now,
                )
            )

    # People.

    @rule(
        name=names, deputy=names, days=st.sampled_from([1, 9]), up_to=st.sampled_from([None, 900])
    )
    def be_away(self, name: str, deputy: str, days: int, up_to: int | None) -> None:
        actor = self.actor(name)
        terms = services.AbsenceTerms(
            starts_at=self.now,
            ends_at=self.now + timedelta(days=days),
            up_to=None if up_to is None else Decimal(up_to),
        )
        if actor is not None:
            self.attempt(
                lambda: services.set_delegation(
                    actor=actor,
                    membership=self.member(name),
                    deputy=self.member(deputy),
                    terms=terms,
                    now=self.now,
                )
            )

    @rule()
    def come_back(self) -> None:
        found = Delegation.objects.filter(ended_at__isnull=True, ends_at__gt=self.now).first()
        if found is not None:
            self.twice(
                lambda: services.end_delegation(
                    actor=self.market.actor("Adam"), delegation_id=found.id, now=self.now
                )
            )

    @precondition(lambda self: Membership.objects.filter(status="SUSPENDED").count() < MOST_GONE)
    @rule(name=names, successor=st.none() | names)
    def leave(self, name: str, successor: str | None) -> None:
        self.twice(
            lambda: people.suspend_member(
                actor=self.market.actor("Adam"),
                membership=self.member(name),
                successor=self.member(successor) if successor else None,
                reason="Left us.",
                now=self.now,
            )
        )

    @precondition(lambda _: Membership.objects.filter(status="SUSPENDED").exists())
    @rule()
    def return_to_us(self) -> None:
        people.reinstate_member(
            actor=self.market.actor("Adam"),
            membership=Membership.objects.filter(status="SUSPENDED").order_by("id")[0],
            reason="Back again.",
            now=self.now,
        )

    @rule(code=st.sampled_from(["supervisor", "director"]), where=places, name=st.none() | names)
    def reseat(self, code: str, where: str, name: str | None) -> None:
        position, group = Position.objects.get(code=code), self.group(where)
        actor = self.market.actor("Adam")
        if name is None:
            self.attempt(
                lambda: people.vacate_position(
                    actor=actor, position=position, group=group, now=self.now
                )
            )
        else:
            self.attempt(
                lambda: people.fill_position(
                    actor=actor,
                    position=position,
                    group=group,
                    membership=self.member(name),
                    now=self.now,
                )
            )

    # Time.

    @rule(hours=st.sampled_from([1, 20, 100, 800]))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        organization_id = self.market.organization.id
        for _ in range(2):
            for request_id in services.requests_due(organization_id=organization_id, now=self.now):
                services.watch_request(actor=self.system, request_id=request_id, now=self.now)
        before = naive.fingerprint()
        for request_id in services.requests_due(organization_id=organization_id, now=self.now):
            services.watch_request(actor=self.system, request_id=request_id, now=self.now)
        assert naive.fingerprint() == before, "the clock did the same once more"

    # What has to hold.

    @invariant()
    def everything_holds(self) -> None:
        self.now += timedelta(minutes=1)
        # As every minute: who came back, or was given a role, may fill a seat that nobody could.
        services.reseat_requests(actor=self.system, now=self.now)
        for request in naive.requests(status="APPROVED"):
            if request.id not in self.placed:
                self.placed.add(request.id)
                naive.assert_agreed_to(request, self.now)
        naive.assert_nobody_decides_for_themselves()
        naive.assert_carried_within_tolerances()
        naive.assert_rederivable()
        naive.assert_somebody_is_asked(self.now)
        naive.assert_orders_and_requests_agree()
        naive.assert_budgets_agree()
        naive.assert_one_line_of_the_trail_each()


def staffed() -> Market:
    """The market with everybody in it, the policy above, and two who supervise and direct."""
    market = make_market(document=DOCUMENT)
    with market.scope():
        organization, facilities = market.organization, market.groups["Facilities"]
        market.people["Frank"] = make_member(
            organization, market.root, "Frank Finance", Role.FINANCE
        )
        market.people["Hugo"] = make_member(organization, facilities, "Hugo Head")
        for name in ("Bob", "Erin"):
            people.grant_role(
                actor=system(organization),
                membership=market.people[name],
                group=facilities,
                role=Role.REQUISITIONER,
                now=NOW,
            )
        seat(organization, "supervisor", market.root, market.people["Erin"])
        seat(organization, "director", facilities, market.people["Bob"])
    return market


@pytest.mark.django_db
@pytest.mark.database
def test_whatever_people_do_around_decisions_what_has_to_hold_holds() -> None:
    market = staffed()
    with market.scope():
        was = {name: actor_of(market.people[name]) for name in market.people}
    machine = type("Company", (Deciding,), {"market": market, "was": was})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=5,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
