"""The demo's live orders: one in every state, made by the people who would make them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from accounts import selectors as accounts
from accounts.actors import MemberActor
from accounts.models import Membership, Organization, OrgGroup
from approvals import selectors as requests
from approvals import services as approvals
from approvals.models import Decision
from catalogs.models import CatalogItem
from procurement.demo.company import DOMAIN
from procurement.orders import services as orders
from procurement.orders.selectors import draft_of, preview


@dataclass(frozen=True, slots=True)
class Told:
    """A decision: who, what, in which words, and how long after the order before it."""

    by: str
    choice: str
    comment: str
    after: timedelta


@dataclass(frozen=True, slots=True)
class Story:
    """One order: who buys what for which group, why, and what the others say."""

    by: str
    group: str
    note: str
    lines: tuple[tuple[str, int], ...]
    """SKU and quantity."""
    ago: timedelta
    justification: str = ""
    told: tuple[Told, ...] = ()


_CAST = ("alice", "bob", "erin", "nia")
_APPROVE, _REJECT = Decision.Choice.APPROVE.value, Decision.Choice.REJECT.value

STORIES = (
    Story(
        "alice",
        "Field Service",
        "Two new fitters start on the first of the month and need a full kit for the depot.",
        (("HT-1820", 2), ("HT-0412", 3), ("OP-77", 1)),
        timedelta(hours=3),
        justification="Panel fitting at the depot asks for a recorded torque; ours is out of "
        "calibration since October.",
    ),
    Story(
        "alice",
        "Workplace",
        "Inspection rounds move to tablets next month; the paper forms end soon after.",
        (("KX-10R", 3), ("KX-DK2", 3), ("LF-T3", 1)),
        timedelta(days=2, hours=5),
        justification="Heat checks on the distribution boards: one camera for three vans.",
        told=(Told("bob", _APPROVE, "One camera for three vans is fair.", timedelta(hours=4)),),
    ),
    Story(
        "alice",
        "Field Service",
        "Notebooks for the site logs.",
        (("BL-NB5", 4),),
        timedelta(days=5, hours=1),
    ),
    Story(
        "alice",
        "Field Service",
        "The old bags do not close any more.",
        (("HT-0301", 4), ("HT-0210", 2)),
        timedelta(days=6, hours=2),
        told=(Told("bob", _APPROVE, "", timedelta(hours=2)),),
    ),
    Story(
        "alice",
        "Workplace",
        "Two more chairs for the planning room.",
        (("AF-CHR", 2),),
        timedelta(days=8, hours=3),
        told=(
            Told(
                "bob",
                _REJECT,
                "There are six in storage at Depot South; please take those.",
                timedelta(hours=6),
            ),
        ),
    ),
    *(
        Story(
            "alice",
            "Field Service",
            f"A tablet for the customers of {site} to sign on.",
            (("TD-1064", 1),),
            timedelta(days=days, hours=hours),
            justification="It holds no work data: customers only sign on it, offline.",
            told=(
                Told("erin", _APPROVE, "No work data, so fine.", timedelta(hours=hours)),
                Told("bob", _APPROVE, "", timedelta(hours=hours + 1)),
            ),
        )
        for site, days, hours in (
            ("Depot South", 12, 3),
            ("Depot North", 19, 5),
            ("the harbor site", 27, 2),
        )
    ),
    Story(
        "nia",
        "Logistics",
        "The second pallet jack at Depot North leaks oil.",
        (("IL-PJK", 1), ("IL-BIN", 2)),
        timedelta(days=1, hours=2),
    ),
)


def place_live_orders(organization: Organization, now: datetime) -> int:
    """Make the orders, the oldest first, and return how many; needs the organization's scope."""
    actors = {person: actor_of(organization, person, now) for person in _CAST}
    groups = {group.name: group for group in OrgGroup.objects.all()}
    for story in sorted(STORIES, key=lambda story: -story.ago):
        _tell(story, actors, groups[story.group], now - story.ago)
    return len(STORIES)


def actor_of(organization: Organization, person: str, now: datetime) -> MemberActor:
    """Return one of the cast by first name. Raises `LookupError`; needs a tenancy scope."""
    member = Membership.objects.select_related("user").get(user__email=f"{person}@{DOMAIN}")
    actor = accounts.actor_for(user_id=member.user_id, organization_id=organization.id, now=now)
    if actor is None:
        raise LookupError(f"{person} has no access to the demo.")
    return actor


def _tell(story: Story, actors: dict[str, MemberActor], group: OrgGroup, at: datetime) -> None:
    requisition_id = fill_cart(story, actors[story.by], group, at)
    orders.submit_requisition(actor=actors[story.by], requisition_id=requisition_id, now=at)
    for told in story.told:
        _decide(actors[told.by], requisition_id, told, at + told.after)


def fill_cart(story: Story, actor: MemberActor, group: OrgGroup, at: datetime) -> UUID:
    """Put all that a story buys into a cart, with its note and reasons; return the order's id."""
    items = {item.sku: item for item in CatalogItem.objects.filter(sku__in=dict(story.lines))}
    for sku, quantity in story.lines:
        cart = orders.add_to_cart(
            actor=actor,
            item_id=items[sku].id,
            quantity=Decimal(quantity),
            group_id=group.id,
            now=at,
        )
    orders.change_cart(
        actor=actor,
        requisition_id=cart.id,
        group_id=group.id,
        note=story.note,
        wanted_on=None,
        now=at,
    )
    for judged in preview(actor, draft_of(actor, cart.id), now=at).lines:
        if judged.needs_justification:
            orders.change_line(
                actor=actor, line_id=judged.line.id, justification=story.justification, now=at
            )
    return cart.id


def _decide(actor: MemberActor, requisition_id: UUID, told: Told, at: datetime) -> None:
    seat = requests.inbox(actor, now=at).filter(request__subject_id=requisition_id).first()
    if seat is None:  # a budget or a rule of somebody's own has stood in the way
        return
    approvals.decide(
        actor=actor,
        seat_id=seat.id,
        choice=told.choice,
        comment=told.comment,
        content_hash=seat.content_hash,
        channel=Decision.Channel.APP.value,
        now=at,
    )
