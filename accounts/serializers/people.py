"""People, their roles and moves, as the API has them."""

from typing import Any

from rest_framework import serializers

from accounts.models import MemberMove, Membership, Role
from accounts.serializers.effects import ChangeEffectOut
from accounts.serializers.groups import RestructureIn


class GrantOut(serializers.Serializer[Any]):
    """A role granted on a group; in force from ``starts_at`` up to ``ends_at``."""

    id = serializers.UUIDField()
    role = serializers.ChoiceField(choices=Role.choices)
    group = serializers.UUIDField(source="group_id")
    group_name = serializers.CharField(source="group.name")
    spending_limit = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True)


class MemberOut(serializers.Serializer[Any]):
    """A member; ``group`` is their home."""

    id = serializers.UUIDField()
    name = serializers.CharField(source="user.name")
    email = serializers.CharField(source="user.email")
    title = serializers.CharField()
    site = serializers.CharField()
    group = serializers.UUIDField(source="group_id")
    group_name = serializers.CharField(source="group.name")
    manager = serializers.UUIDField(source="manager_id", allow_null=True)
    status = serializers.ChoiceField(choices=Membership.Status.choices)


class ListedMemberOut(MemberOut):
    """A member with the roles that they hold now."""

    roles = GrantOut(many=True, source="grants.all")


class PeoplePageOut(serializers.Serializer[Any]):
    """One page of people, by name."""

    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    people = ListedMemberOut(many=True, source="items")


class PeopleIn(serializers.Serializer[Any]):
    """How a list of people is narrowed; ``group`` stands for it and everything below."""

    q = serializers.CharField(required=False, default="", max_length=200)
    status = serializers.ChoiceField(
        choices=Membership.Status.choices, required=False, default="", allow_blank=True
    )
    role = serializers.ChoiceField(
        choices=Role.choices, required=False, default="", allow_blank=True
    )
    group = serializers.UUIDField(required=False, allow_null=True, default=None)


class MemberMoveOut(serializers.Serializer[Any]):
    """A move of somebody to another group."""

    id = serializers.UUIDField()
    member = serializers.UUIDField(source="membership_id")
    name = serializers.CharField(source="membership.user.name")
    from_group = serializers.UUIDField(source="from_group_id")
    to_group = serializers.UUIDField(source="to_group_id")
    status = serializers.ChoiceField(choices=MemberMove.Status.choices)
    effective_at = serializers.DateTimeField()
    overlap_until = serializers.DateTimeField(allow_null=True)
    ordered_by = serializers.CharField()
    reason = serializers.CharField()


class MemberMovePageOut(serializers.Serializer[Any]):
    """One page of the moves to come, the next one first."""

    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    moves = MemberMoveOut(many=True, source="items")


class SeatHeldOut(serializers.Serializer[Any]):
    """A seat that somebody fills, or is the deputy of."""

    position = serializers.UUIDField(source="position_id")
    name = serializers.CharField(source="position.name")
    group = serializers.UUIDField(source="group_id")
    group_name = serializers.CharField(source="group.name")
    is_deputy = serializers.BooleanField()
    since = serializers.DateTimeField()


class PersonOut(serializers.Serializer[Any]):
    """A member with what they hold, what is promised to them, and where they are to move."""

    member = MemberOut()
    roles = GrantOut(many=True, source="overview.grants")
    promised = GrantOut(many=True, source="overview.promised")
    seats = SeatHeldOut(many=True, source="overview.seats")
    reports = serializers.IntegerField(source="overview.reports")
    move = MemberMoveOut(source="overview.move", allow_null=True)


class MemberChangeIn(serializers.Serializer[Any]):
    """What is known of a member; what is left out stays as it is."""

    title = serializers.CharField(max_length=200, allow_blank=True, required=False)
    site = serializers.CharField(max_length=200, allow_blank=True, required=False)
    manager = serializers.UUIDField(allow_null=True, required=False)


class SuspensionIn(RestructureIn):
    """Ending access: a reason, and who takes over. See `RestructureIn` for ``preview``."""

    successor = serializers.UUIDField(required=False, allow_null=True, default=None)


class ReinstatementIn(serializers.Serializer[Any]):
    """Opening access again."""

    reason = serializers.CharField(max_length=2000)


class MoveIn(RestructureIn):
    """Where somebody moves, and when. ``effective_at`` null stands for now."""

    target = serializers.UUIDField()
    manager = serializers.UUIDField(required=False, allow_null=True, default=None)
    effective_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    overlap_until = serializers.DateTimeField(required=False, allow_null=True, default=None)


class GrantIn(serializers.Serializer[Any]):
    """A role to be granted on a group. See `RestructureIn` for ``preview`` and ``seen``."""

    group = serializers.UUIDField()
    role = serializers.ChoiceField(choices=Role.choices)
    spending_limit = serializers.DecimalField(
        max_digits=16, decimal_places=2, min_value=0, required=False, allow_null=True, default=None
    )
    starts_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    ends_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    preview = serializers.BooleanField(default=False)
    seen = serializers.CharField(required=False, max_length=64)


class PersonChangeOut(serializers.Serializer[Any]):
    """What a change of a person did, or would do."""

    effects = ChangeEffectOut(many=True)
    is_blocked = serializers.BooleanField()
    seen = serializers.CharField()
