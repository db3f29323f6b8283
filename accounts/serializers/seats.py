"""Kinds of seats, seats of groups and vacancies, as the API has them."""

from typing import Any

from rest_framework import serializers

from accounts.serializers.effects import ChangeEffectOut


class SeatPersonOut(serializers.Serializer[Any]):
    """A member."""

    membership = serializers.UUIDField(source="membership_id")
    name = serializers.CharField()
    email = serializers.CharField()
    is_active = serializers.BooleanField()


class PositionOut(serializers.Serializer[Any]):
    """A kind of seat; ``because`` names what in force asks for it."""

    id = serializers.UUIDField(source="position.id")
    code = serializers.CharField(source="position.code")
    name = serializers.CharField(source="position.name")
    is_archived = serializers.SerializerMethodField()
    holders = serializers.IntegerField()
    deputies = serializers.IntegerField()
    because = serializers.ListField(child=serializers.CharField())

    def get_is_archived(self, row: Any) -> bool:
        """Tell whether it is no longer offered."""
        return row.position.archived_at is not None


class PositionPageOut(serializers.Serializer[Any]):
    """One page of kinds of seats."""

    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    positions = PositionOut(many=True, source="items")


class PositionIn(serializers.Serializer[Any]):
    """What introduces a kind of seat."""

    name = serializers.CharField(max_length=100)


class PositionChangeIn(serializers.Serializer[Any]):
    """What changes a kind of seat; what is left out stays."""

    name = serializers.CharField(max_length=100, required=False)
    is_archived = serializers.BooleanField(required=False)


class OccupantOut(serializers.Serializer[Any]):
    """Somebody in a seat, and since when."""

    person = SeatPersonOut()
    group = serializers.UUIDField(source="group_id")
    is_deputy = serializers.BooleanField()
    since = serializers.DateTimeField()


class SeatOut(serializers.Serializer[Any]):
    """A seat of a group: its own holder and deputy, and who answers for it."""

    position = serializers.UUIDField(source="position_id")
    code = serializers.CharField()
    name = serializers.CharField()
    holder = OccupantOut(source="own", allow_null=True)
    deputy = OccupantOut(allow_null=True)
    answer = OccupantOut(allow_null=True)
    answered_by = serializers.CharField(
        help_text="The group above that answers; empty for the group itself."
    )


class SeatListOut(serializers.Serializer[Any]):
    """The seats of a group, one for each kind."""

    seats = SeatOut(many=True)


class SeatIn(serializers.Serializer[Any]):
    """What fills a seat, or empties it where ``membership`` is null.

    With ``preview`` nothing is changed: the answer says what would be. ``seen`` is the fingerprint
    of such an answer; where the effects have become others since, the change is refused.
    """

    position = serializers.UUIDField()
    membership = serializers.UUIDField(allow_null=True)
    is_deputy = serializers.BooleanField(default=False)
    preview = serializers.BooleanField(default=False)
    seen = serializers.CharField(required=False, max_length=64)


class SeatChangeOut(serializers.Serializer[Any]):
    """The seats after a change, or the effects of one that was only looked at."""

    seats = SeatOut(many=True)
    effects = ChangeEffectOut(many=True)
    seen = serializers.CharField(allow_blank=True)


class VacancyOut(serializers.Serializer[Any]):
    """A seat that something relies on and nobody answers, or one person alone."""

    position = serializers.UUIDField(source="position_id", allow_null=True)
    code = serializers.CharField(source="position_code")
    name = serializers.CharField(source="position_name")
    group = serializers.UUIDField(source="group_id")
    group_name = serializers.CharField()
    because = serializers.ListField(child=serializers.CharField())
    groups = serializers.IntegerField()
    people = serializers.IntegerField()
    absent = SeatPersonOut(many=True)
    alone = SeatPersonOut(allow_null=True)


class VacancyPageOut(serializers.Serializer[Any]):
    """One page of vacancies."""

    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    seats = VacancyOut(many=True, source="items")
