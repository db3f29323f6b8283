"""Groups and people: who stands where, who moves, and who holds what should be apart."""

from datetime import timedelta
from uuid import UUID

from accounts import services
from accounts.duties import DutyKind
from accounts.models import (
    DutyAcceptance,
    Invitation,
    Membership,
    OrgGroup,
    Position,
    Role,
    RoleGrant,
)
from accounts.services import MoveTerms
from procurement.core import clock
from tests.accounts.invited import check, invite
from tests.factories.accounts import NOW, make_member
from tests.factories.orders import Market
from tests.tenancy.world.stage import World


def set_up(world: World) -> None:
    """Have somebody of every kind in the tree, and a change of every kind prepared."""
    market = world.market
    _add_outsiders(world)
    _add_locals(world)
    grant = RoleGrant.objects.get(group=market.groups["Field Service"])
    director = Position.objects.get(code="director")
    workplace = market.groups["Workplace"]
    duncan, acceptance = _hold_two_duties(market, workplace)
    tree_import = services.plan_tree_import(
        actor=market.actor("Adam"),
        file_name="groups.csv",
        content="name,parent\nAnnex,Facilities\n",
        now=NOW,
    )
    world.ids |= {
        "batch_id": check(market, "anna@example.com").id,
        "invitation_id": Invitation.objects.get(batch=invite(market, "ben@example.com")).id,
        "holder_id": duncan.id,
        "place_id": workplace.id,
        "kind": DutyKind.ADMIN_AND_FINANCE.value,
        "acceptance_id": acceptance.id,
        "import_id": tree_import.id,
        "move_id": _planned_move(market),
        "grant_id": grant.id,
        "position_id": director.id,
        "report": "group",
        "group_id": market.groups["Field Service"].id,
        "membership_id": market.people["Alice"].id,
    }
    world.forms |= {
        "accounts:revoke-role": {"grant": str(grant.id)},
        "api:accounts:seats": {
            "position": str(director.id),
            "membership": str(market.people["Erin"].id),
        },
    }
    _say_what_is_sent(world, duncan, workplace)


def _add_outsiders(world: World) -> None:
    """Have one person whose access has ended, and one who has not come yet."""
    market = world.market
    sam = make_member(market.organization, market.root, "Sam Gone", Role.ADMINISTRATOR)
    services.suspend_member(actor=market.actor("Adam"), membership=sam, reason="Left", now=NOW)
    ines = make_member(market.organization, market.root, "Ines New", Role.ADMINISTRATOR)
    Membership.objects.filter(id=ines.id).update(status=Membership.Status.INVITED)
    world.people |= {"Sam, suspended": sam, "Ines, invited": ines}


def _add_locals(world: World) -> None:
    """Have one person for each role on Facilities, and name the places that they try."""
    market = world.market
    world.local = {
        role: make_member(
            market.organization, market.groups["Facilities"], f"Local {role.title()}", role
        )
        for role in Role.values
    }
    ned = make_member(market.organization, market.groups["Engineering"], "Ned Elsewhere")
    world.places = {
        place: {"group_id": market.groups[name].id, "membership_id": who.id}
        for place, name, who in (
            ("own", "Facilities", market.people["Bob"]),
            ("child", "Field Service", market.people["Alice"]),
            ("sibling", "Engineering", ned),
        )
    }


def _hold_two_duties(market: Market, group: OrgGroup) -> tuple[Membership, DutyAcceptance]:
    """Give somebody duties that should be apart, and accept that."""
    duncan = make_member(
        market.organization, group, "Duncan Both", Role.ADMINISTRATOR, Role.FINANCE
    )
    acceptance = services.accept_duty_conflict(
        actor=market.actor("Adam"),
        membership=duncan,
        group=group,
        kind=DutyKind.ADMIN_AND_FINANCE,
        reason="Dana looks over it each month",
        until_on=NOW.date(),
        now=NOW,
    )
    return duncan, acceptance


def _planned_move(market: Market) -> UUID:
    """Plan that somebody moves, some day to come."""
    return services.move_member(
        actor=market.actor("Adam"),
        membership=make_member(market.organization, market.groups["Workplace"], "Mia Mover"),
        terms=MoveTerms(
            target=market.groups["Engineering"], effective_at=clock.now() + timedelta(days=30)
        ),
        now=NOW,
    ).id


def _say_what_is_sent(world: World, holder: Membership, place: OrgGroup) -> None:
    world.forms |= {
        "api:accounts:positions": {"name": "HR partner"},
        "api:accounts:duties": {
            "membership": str(holder.id),
            "group": str(place.id),
            "kind": DutyKind.ADMIN_AND_FINANCE.value,
            "reason": "Dana looks over it",
            "until_on": clock.now().date().isoformat(),
        },
        "api:accounts:tree-imports": {
            "file_name": "groups.csv",
            "content": "name,parent\nDepot,Facilities\n",
        },
        "api:accounts:invitation-batches": {"text": "cy@example.com", "group": str(place.id)},
        "api:accounts:groups": {
            "parent_id": str(world.market.groups["Field Service"].id),
            "name": "Another",
        },
    }
