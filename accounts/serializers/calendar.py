"""The working calendar as the API has it."""

from typing import Any

from rest_framework import serializers


class OwnDayOut(serializers.Serializer[Any]):
    """A day of the organization's own, free or worked."""

    on = serializers.DateField()
    name = serializers.CharField(max_length=100)
    is_working = serializers.BooleanField(default=False)


class WorkingHoursOut(serializers.Serializer[Any]):
    """When the organization works, in its time zone.

    ``weekdays`` are ISO numbers, Monday is 1. ``country`` is an ISO 3166-1 code of two letters, or
    empty where no public holidays are kept, ``subdivision`` one of its regions.
    """

    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=7), min_length=1, max_length=7
    )
    opens = serializers.TimeField(format="%H:%M")
    closes = serializers.TimeField(format="%H:%M")
    country = serializers.CharField(max_length=2, allow_blank=True, default="")
    subdivision = serializers.CharField(max_length=40, allow_blank=True, default="")
    days = OwnDayOut(many=True)
