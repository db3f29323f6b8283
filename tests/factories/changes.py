"""Groups that stand elsewhere all of a sudden, for tests of the floors that have to follow."""

from datetime import timedelta

from accounts import dependents, selectors
from accounts.actors import MemberActor
from accounts.effects import Effect, GroupChange, GroupChangeKind, GroupPlace
from accounts.models import Membership, OrgGroup
from tests.factories.accounts import NOW, Company, system

LATER = NOW + timedelta(days=1)


def move(company: Company, group: OrgGroup, parent: OrgGroup) -> list[Effect]:
    """Put a group with all below it under another parent, and have every floor follow."""
    parent.refresh_from_db()
    places = []
    for below in OrgGroup.objects.filter(path__contains=[group.id]):
        before = tuple(below.path)
        after = (*parent.path, *before[before.index(group.id) :])
        OrgGroup.objects.filter(id=below.id).update(path=list(after))
        places.append(
            GroupPlace(below.id, below.name, before, after, was_active=True, is_active=True)
        )
    OrgGroup.objects.filter(id=group.id).update(parent=parent)
    change = GroupChange(
        kind=GroupChangeKind.MOVE,
        group_id=group.id,
        group_name=group.name,
        target_id=parent.id,
        target_name=parent.name,
        places=tuple(places),
    )
    return dependents.follow_group_change(
        actor=system(company.organization), change=change, now=NOW
    )


def later(member: Membership) -> MemberActor:
    """Return a member as an actor with what they hold after the change."""
    actor = selectors.actor_for(
        user_id=member.user_id, organization_id=member.organization_id, now=LATER
    )
    assert actor is not None
    return actor
