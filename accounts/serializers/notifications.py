"""How somebody is told about things, as the API has it."""

from typing import Any

from rest_framework import serializers

from accounts.notifying import NotificationEvent
from accounts.telling import EmailChoice

EVENTS = [event.value for event in NotificationEvent]
EMAIL_CHOICES = [choice.value for choice in EmailChoice]


class NotificationChoiceIn(serializers.Serializer[Any]):
    """What is chosen for one event."""

    event = serializers.ChoiceField(choices=EVENTS)
    email = serializers.ChoiceField(choices=EMAIL_CHOICES)
    push = serializers.BooleanField()


class NotificationChoiceOut(NotificationChoiceIn):
    """What holds for one event; a mandatory one cannot be turned off everywhere."""

    called = serializers.CharField()
    is_mandatory = serializers.BooleanField()


class NotificationHoursOut(serializers.Serializer[Any]):
    """When somebody is left alone, and when their summary comes; no time zone: the organization's.

    Quiet hours have both ends or none.
    """

    time_zone = serializers.CharField(max_length=60, allow_blank=True)
    quiet_from = serializers.TimeField(allow_null=True)
    quiet_until = serializers.TimeField(allow_null=True)
    quiet_weekends = serializers.BooleanField()
    digest_hour = serializers.IntegerField(min_value=0, max_value=23)


class NotificationsOut(serializers.Serializer[Any]):
    """How the caller is told about things."""

    choices = NotificationChoiceOut(many=True)
    hours = NotificationHoursOut()


class NotificationsIn(serializers.Serializer[Any]):
    """What changes; events and hours that are left out stay as they are."""

    choices = NotificationChoiceIn(many=True, required=False)
    hours = NotificationHoursOut(required=False)
