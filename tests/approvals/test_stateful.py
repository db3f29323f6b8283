"""Whatever people do around decisions, in whatever order: what has to hold holds after each step.

Orders, decisions by the right and the wrong, absences in circles, edits, appeals, people who come
and go, and the clock, on a real database. What has to hold is counted in `naive`.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from accounts import services as people
from accounts.models import Membership, Position
from approvals import services
from approvals.models import Delegation, Question, Stage
from procurement.orders.models import Requisition
from tests.approvals import naive
from tests.approvals.company_of_seven import staffed
from tests.approvals.ordering import Ordering, names, numbers
from tests.factories.accounts import actor_of

MOST_GONE = 3
places = st.sampled_from(["Field Service", "Facilities", "Northwind Works"])


class Deciding(Ordering):
    """What everybody may try, and what has to hold after each step."""

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
    def answer(self, is_right: bool) -> None:
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
                naive.assert_agreed_to(request, self.now, self.sat[request.id])
        for request in naive.requests(status="PENDING"):
            self.sat[request.id] += naive.left_out(request, self.now)
        naive.assert_nobody_decides_for_themselves()
        naive.assert_carried_within_tolerances()
        naive.assert_rederivable()
        naive.assert_somebody_is_asked(self.now)
        naive.assert_orders_and_requests_agree()
        naive.assert_budgets_agree()
        naive.assert_one_line_of_the_trail_each()


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
