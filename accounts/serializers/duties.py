"""Conflicts of duties, as the API has them."""

from typing import Any

from rest_framework import serializers

from accounts.duties import DutyKind
from accounts.serializers.seats import SeatPersonOut

_KINDS = [kind.value for kind in DutyKind]


class AcceptanceOut(serializers.Serializer[Any]):
    """Who has accepted a conflict, why, and up to which day."""

    id = serializers.UUIDField()
    reason = serializers.CharField()
    until_on = serializers.DateField()
    accepted_by = serializers.CharField()
    accepted_at = serializers.DateTimeField()


class DutyOut(serializers.Serializer[Any]):
    """Duties that meet in one person, at the topmost group where they do."""

    kind = serializers.ChoiceField(choices=_KINDS)
    person = SeatPersonOut()
    group = serializers.UUIDField(source="group_id")
    group_name = serializers.CharField()
    seats = serializers.ListField(child=serializers.CharField())
    sentence = serializers.CharField()
    way_out = serializers.CharField()
    acceptance = AcceptanceOut(allow_null=True)


class DutyPageOut(serializers.Serializer[Any]):
    """One page of conflicts, those not accepted first."""

    total = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    conflicts = DutyOut(many=True)


class AcceptanceIn(serializers.Serializer[Any]):
    """What accepts a conflict."""

    membership = serializers.UUIDField()
    group = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=_KINDS)
    reason = serializers.CharField(max_length=2000)
    until_on = serializers.DateField()
