"""How far the setting-up of an organization is."""

from dataclasses import replace
from datetime import datetime

from accounts import dependents
from accounts.models import (
    Membership,
    Organization,
    OrgGroup,
    PositionHolder,
    RoleLimit,
    TrainingPage,
)
from accounts.setup import Progress, SetupStep, progress

# Each as it stands before anything is done; `_own_steps` says how far it is.
_STEPS = (
    SetupStep(
        code="particulars",
        place=10,
        title="Who you are",
        why="Purchase orders carry your legal name, address and tax number; amounts are kept "
        "in your currency, and months end in your time zone.",
        action="Enter particulars",
        route="setup:organization",
        is_done=False,
    ),
    SetupStep(
        code="groups",
        place=20,
        title="First groups",
        why="Departments, cost centres and teams: roles, budgets and policies hold on a group "
        "and everything below it. A whole tree comes in as a file, under Groups.",
        action="Create a group",
        route="accounts:create-group",
        about_root=True,
        is_done=False,
    ),
    SetupStep(
        code="people",
        place=30,
        title="First people",
        why="Invite those who buy, approve and keep the books, each with a role on a group.",
        action="Invite people",
        route="accounts:invite",
        is_done=False,
    ),
    SetupStep(
        code="seats",
        place=45,
        title="Who sits where",
        why="Policies ask seats, not people. A seat filled on the topmost group answers for "
        "every group that has nobody of its own.",
        action="Fill a seat",
        route="accounts:fill-position",
        about_root=True,
        is_done=False,
    ),
    SetupStep(
        code="training",
        place=60,
        title="What buyers should know",
        why="Short pages that people read before they first buy. Five to start from are there.",
        action="Look at the starter pages",
        route="training:manage",
        is_done=False,
    ),
)


def setup_progress(organization: Organization, *, now: datetime) -> Progress:
    """Return the steps of the first-run guide with where each stands.

    Four SQL queries, and one for each step of the floors above.
    """
    steps = [*_own_steps(organization), *dependents.setup_steps(now=now)]
    return progress(steps, organization.setup_skipped)


def keeps_money() -> bool:
    """Tell whether amounts in the organization's currency are kept on any floor."""
    return RoleLimit.objects.exists() or dependents.keeps_money()


def _own_steps(organization: Organization) -> list[SetupStep]:
    groups = OrgGroup.objects.filter(is_active=True).count()
    pages = TrainingPage.objects.filter(archived_at__isnull=True).count()
    seats = PositionHolder.objects.current().filter(is_deputy=False).count()
    people = Membership.objects.exclude(status=Membership.Status.SUSPENDED).count()
    standing = {
        "particulars": (
            bool(organization.legal_name and organization.tax_country),
            f"{organization.legal_name}, {organization.currency}, {organization.time_zone}",
        ),
        "groups": (groups > 1, f"{groups:,} groups"),
        "people": (people > 1, f"{people:,} people"),
        "seats": (seats > 0, "1 seat" if seats == 1 else f"{seats:,} seats"),
        "training": (pages > 0, "1 page" if pages == 1 else f"{pages:,} pages"),
    }
    return [
        replace(step, is_done=standing[step.code][0], done=standing[step.code][1])
        for step in _STEPS
    ]
