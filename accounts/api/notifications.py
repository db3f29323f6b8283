"""The API of how somebody is told about things."""

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import selectors, services
from accounts.notifying import EVENT_WORDS, NotificationEvent
from accounts.serializers.notifications import NotificationsIn, NotificationsOut
from accounts.services import ChosenHours
from accounts.telling import MANDATORY, Choice, EmailChoice
from accounts.web import OrgRequest, org_request
from procurement.core import clock


class Notifications(APIView):
    """By which channel the caller is told about what, and when they are left alone."""

    @extend_schema(operation_id="notifications_read", responses=NotificationsOut)
    def get(self, request: Request) -> Response:
        """Return what holds, chosen or not."""
        return _told(org_request(request))

    @extend_schema(
        operation_id="notifications_choose", request=NotificationsIn, responses=NotificationsOut
    )
    def put(self, request: Request) -> Response:
        """Choose; what is left out stays as it is."""
        own = org_request(request)
        given = NotificationsIn(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        services.choose_notifications(
            actor=own.actor,
            choices={
                NotificationEvent(one["event"]): Choice(EmailChoice(one["email"]), one["push"])
                for one in asked.get("choices", ())
            },
            hours=ChosenHours(**asked["hours"]) if "hours" in asked else None,
            now=clock.now(),
        )
        return _told(own)


def _told(request: OrgRequest) -> Response:
    wishes = selectors.own_wishes(request.actor)
    choices = [
        {
            "event": event.value,
            "called": EVENT_WORDS[event][0],
            "is_mandatory": event in MANDATORY,
            **asdict(wishes.choice_of(event)),
        }
        for event in NotificationEvent
    ]
    hours = services.hours_chosen_by(selectors.hours_of(request.actor.membership_id))
    return Response(NotificationsOut({"choices": choices, "hours": hours}).data)
