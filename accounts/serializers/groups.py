"""Groups, changes of the tree and who can do what, as the API has them."""

from typing import Any

from rest_framework import serializers

from accounts.models import OrgGroup, Role
from accounts.permissions import Permission
from accounts.serializers.effects import ChangeEffectOut

KINDS = [choice for choice in OrgGroup.Kind.choices if choice[0] != OrgGroup.Kind.ROOT]


class GroupNodeOut(serializers.Serializer[Any]):
    """A group; ``path`` leads from the root down to it."""

    id = serializers.UUIDField()
    parent_id = serializers.UUIDField(allow_null=True)
    path = serializers.ListField(child=serializers.UUIDField())
    name = serializers.CharField()
    code = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(choices=OrgGroup.Kind.choices)
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    is_active = serializers.BooleanField()
    merged_into = serializers.UUIDField(source="merged_into_id", allow_null=True)


class GroupNodePageOut(serializers.Serializer[Any]):
    """One page of groups, in the order of the tree."""

    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    groups = GroupNodeOut(many=True, source="items")


class GroupChangeIn(serializers.Serializer[Any]):
    """What is known of a group; what is left out stays as it is."""

    name = serializers.CharField(max_length=200, required=False)
    kind = serializers.ChoiceField(choices=KINDS, required=False)
    code = serializers.CharField(max_length=120, allow_blank=True, required=False)
    starts_on = serializers.DateField(allow_null=True, required=False)
    ends_on = serializers.DateField(allow_null=True, required=False)


class GroupIn(GroupChangeIn):
    """A group to be created below another."""

    parent_id = serializers.UUIDField()
    name = serializers.CharField(max_length=200)


class RestructureIn(serializers.Serializer[Any]):
    """A change of the tree.

    With ``preview`` nothing is changed: the answer says what would be. ``seen`` is the fingerprint
    of such an answer; where the effects have become others since, the change is refused.
    """

    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=2000)
    preview = serializers.BooleanField(default=False)
    seen = serializers.CharField(required=False, max_length=64)


class RestructureTargetIn(RestructureIn):
    """A change of the tree that names another group."""

    target = serializers.UUIDField()


class RestructureOut(serializers.Serializer[Any]):
    """What a change of the tree did, or would do."""

    effects = ChangeEffectOut(many=True)
    is_blocked = serializers.BooleanField()
    seen = serializers.CharField()


class OrderLimitIn(serializers.Serializer[Any]):
    """The most that one order of a group\u2019s buyers may come to; null takes the limit away."""

    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0, allow_null=True)


class PowerOut(serializers.Serializer[Any]):
    """A role that somebody holds, by one grant; ``covers`` counts the groups where it holds."""

    role = serializers.ChoiceField(choices=Role.choices)
    group = serializers.UUIDField(source="group_id")
    group_name = serializers.CharField()
    covers = serializers.IntegerField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)
    spending_limit = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)
    permissions = serializers.ListField(
        child=serializers.ChoiceField(choices=[(one.value, one.label) for one in Permission])
    )


class PersonAccessOut(serializers.Serializer[Any]):
    """What somebody can do. Without access none of the powers holds."""

    has_access = serializers.BooleanField()
    powers = PowerOut(many=True)


class HolderOut(serializers.Serializer[Any]):
    """Somebody who can do something on a group, by one grant."""

    membership = serializers.UUIDField(source="membership_id")
    name = serializers.CharField()
    email = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.choices)
    group = serializers.UUIDField(source="on_group_id")
    group_name = serializers.CharField(source="on_group_name")
    is_inherited = serializers.BooleanField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)
    spending_limit = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)


class HolderPageOut(serializers.Serializer[Any]):
    """One page of those who can do something on a group."""

    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    holders = HolderOut(many=True, source="items")


class AccessIn(serializers.Serializer[Any]):
    """What is asked of access; ``at`` is a day of the organization, taken at its end."""

    permission = serializers.ChoiceField(
        choices=[(one.value, one.label) for one in Permission],
        default=Permission.PLACE_ORDERS.value,
    )
    at = serializers.DateField(required=False, allow_null=True, default=None)
