"""What people try with orders and decisions on them."""

from collections.abc import Callable
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from accounts.actors import MemberActor
from approvals import services
from approvals.models import Delegation, StageSeat
from procurement.orders import selectors as orders
from procurement.orders import services as buying
from procurement.orders.models import Requisition, RequisitionLine
from tests.approvals import naive
from tests.approvals.company_of_seven import NAMES, CompanyOfSeven

BUYERS = ("Alice", "Bob", "Erin")
names = st.sampled_from(NAMES)
numbers = st.integers(min_value=0, max_value=11)
quantities = st.sampled_from([1, 4, 5, 10, 11])


class Ordering(CompanyOfSeven):
    """Orders, and decisions on them by the right and the wrong."""

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
    def edit(self, number: int, quantity: int, price: str, adds: bool) -> None:
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
    def decide(self, number: int, rejects: bool) -> None:
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
    def decide_in_place(self, number: int, rejects: bool) -> None:
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
    def decide_for_somebody(self, number: int, name: str, rejects: bool) -> None:
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
