"""The demo's training: five pages, two of which buyers have to read, and have."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from accounts import selectors as accounts
from accounts import services as people
from accounts.models import Membership, Organization, Role, TrainingPage
from procurement.core.actors import SystemActor
from procurement.core.clock import local_date

_REQUIRED = ("guided-buying", "rejected-orders")
_MONTHS = 12
# Some have read it so long ago that it is due again; for them there are days left to buy.
_LATE_EVERY = 9
_LATE = timedelta(days=370)
_LATELY = timedelta(days=20)


def seed_training(
    actor: SystemActor,
    organization: Organization,
    members: Iterable[tuple[Membership, bool]],
    founded: datetime,
    now: datetime,
) -> None:
    """Add the pages, require two of whoever buys, and have all of them read these.

    ``members`` come with whether they are of the cast, whose training is fresh.
    """
    pages = {page.slug: page for page in people.add_starter_pages(actor=actor, now=founded)}
    for slug in _REQUIRED:
        people.require_training(
            actor=actor,
            page=pages[slug],
            roles=[Role.REQUISITIONER.value],
            before_buying=True,
            every_months=_MONTHS,
            required_from=local_date(founded, organization.time_zone),
            now=founded,
        )
    for number, (member, is_cast) in enumerate(members):
        is_late = not is_cast and number % _LATE_EVERY == 0
        _read(member, [pages[slug] for slug in _REQUIRED], now - (_LATE if is_late else _LATELY))


def _read(member: Membership, pages: Iterable[TrainingPage], at: datetime) -> None:
    actor = accounts.actor_for(
        user_id=member.user_id, organization_id=member.organization_id, now=at
    )
    if actor is None or Role.REQUISITIONER not in actor.roles:
        return
    for page in pages:
        people.acknowledge_training(actor=actor, page=page, number=1, now=at)
