"""What an organization has beside its tree: a calendar, training, devices, mail that came back."""

from accounts import services
from accounts.services import OwnDay
from procurement.outbox.models import OutboxMessage
from procurement.outbox.services import enqueue_email
from tests.factories.accounts import NOW
from tests.factories.devices import make_device
from tests.tenancy.world.stage import World


def set_up(world: World) -> None:
    """Have one of everything that is set up or looked after."""
    market = world.market
    admin = market.actor("Adam")
    parked = enqueue_email(
        organization_id=market.organization.id,
        key="parked",
        to="bounced@example.com",
        template="purchase_order",
        context={},
        now=NOW,
    )
    OutboxMessage.objects.filter(id=parked.id).update(status=OutboxMessage.Status.PARKED)
    training = services.create_training_page(
        actor=admin, title="Guided buying", body="Take what is preferred.", now=NOW
    )
    day_off = services.set_calendar_day(
        actor=admin, day=OwnDay(NOW.date(), "Company outing"), now=NOW
    )
    world.ids |= {
        "step": "groups",
        "slug": training.slug,
        "day_id": day_off.id,
        "subscription_id": make_device(market.people["Bob"]).id,
        "message_id": parked.id,
    }
    world.forms |= {"api:accounts:training-pages": {"title": "Receiving", "body": "Count it."}}
