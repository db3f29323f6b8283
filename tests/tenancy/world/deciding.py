"""What Bob is asked, and who stands in for him; policies on every place that is tried."""

from datetime import timedelta

from approvals.models import StageSeat
from approvals.services import add_feed, ask_question, publish_policy
from procurement.core import clock
from tests.factories.absences import away
from tests.factories.accounts import NOW
from tests.factories.approvals import TYPICAL
from tests.tenancy.world.stage import World


def set_up(world: World) -> None:
    """Have Bob ask something about the order that waits for him."""
    market = world.market
    seat = StageSeat.objects.get(request__subject_id=str(world.ids["requisition_id"]))
    for place in ("Facilities", "Field Service", "Engineering"):
        publish_policy(
            actor=market.actor("Adam"),
            group=market.groups[place],
            name="",
            document=TYPICAL,
            reason="A policy of its own",
            now=NOW,
        )
    question = ask_question(
        actor=market.actor("Bob"), seat_id=seat.id, text="By when is it needed?", now=NOW
    )
    world.ids |= {
        "request_id": seat.request_id,
        "seat_id": seat.id,
        "stage_id": seat.stage_id,
        "question_id": question.id,
    }
    _have_deputies(world)
    _say_what_is_sent(world, seat)


def _have_deputies(world: World) -> None:
    market = world.market
    # To come, so that nobody stands in for Bob yet.
    absence = away(
        market,
        "Bob",
        "Tom",
        starts_at=clock.now() + timedelta(days=900),
        ends_at=clock.now() + timedelta(days=910),
    )
    feed = add_feed(
        actor=market.actor("Adam"),
        membership=None,
        deputy=None,
        name="Holidays",
        url="https://calendar.example/all.ics",
        now=NOW,
    )
    world.ids |= {"delegation_id": absence.id, "feed_id": feed.id}


def _say_what_is_sent(world: World, seat: StageSeat) -> None:
    people = world.market.people
    world.forms |= {
        "api:approvals:absences": {
            "deputy": str(people["Tom"].id),
            "starts_at": "2027-01-01T00:00:00Z",
            "ends_at": "2027-01-02T00:00:00Z",
        },
        "api:approvals:decide": {"choice": "APPROVE", "content_hash": seat.content_hash},
        "api:approvals:questions": {"text": "Which depot?"},
        "api:approvals:answer": {"answer": "By Friday."},
        # Refused by the rules once somebody is in: else it would let others in, too.
        "api:approvals:hand-over": {"to": str(people["Alice"].id), "reason": "I am away."},
        "api:approvals:add-approver": {"member": str(people["Alice"].id), "reason": "Hers, too."},
        "api:approvals:remove-approver": {"reason": "Not hers."},
        "api:approvals:extend": {
            "due_at": (NOW + timedelta(days=90)).isoformat(),
            "reason": "I wait for a quote.",
        },
    }
