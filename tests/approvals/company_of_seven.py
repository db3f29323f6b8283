"""The company in which people do whatever they like around decisions, and how they try it."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine

from accounts import selectors as accounts
from accounts import services as people
from accounts.actors import MemberActor
from accounts.models import Membership, OrgGroup, Role
from approvals.models import ApprovalRequest, Delegation, StageSeat
from approvals.routing import ApproverKind, ApproverSpec, Mode, StageSpec, Tier, Tolerances
from procurement.core import tenancy
from procurement.core.errors import DomainError
from procurement.orders.models import Requisition
from tests.approvals import naive
from tests.factories.accounts import NOW, make_member, seat, system
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


class CompanyOfSeven(RuleBasedStateMachine):
    """A company of seven, three of whom buy; who approves holds one seat, or two at once."""

    market: Market
    was: dict[str, MemberActor]

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.placed: set[UUID] = set()
        self.sat: defaultdict[UUID, list[tuple[int, naive.Slots]]] = defaultdict(list)
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

    def actor_of(self, order: Requisition | None) -> MemberActor | None:
        """Whoever looks after an order."""
        if order is None:
            return None
        return self.actor(self.name_of(order.owner or order.requester))

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
