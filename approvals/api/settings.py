"""The API of how long decisions take."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission, require
from accounts.selectors import root_group
from accounts.web import org_request
from approvals import selectors, services
from approvals.services import DecidingTimes
from procurement.core import clock


class DecidingTimesOut(serializers.Serializer[Any]):
    """How long decisions may take, in working hours and working days of the organization.

    0 hours before remind nobody, 0 days before warn nobody. ``escalates`` asks the next in line,
    too, when the time is over.
    """

    hours_to_decide = serializers.IntegerField(min_value=1)
    remind_hours_before = serializers.IntegerField(min_value=0)
    escalates = serializers.BooleanField()
    expire_after_days = serializers.IntegerField(min_value=1)
    warn_days_before = serializers.IntegerField(min_value=0)


class DecidingSettingsView(APIView):
    """How long decisions may take."""

    @extend_schema(operation_id="deciding_settings_read", responses=DecidingTimesOut)
    def get(self, request: Request) -> Response:
        """Return the times as they are set."""
        require(org_request(request).actor, Permission.MANAGE_POLICIES, root_group())
        return _answer()

    @extend_schema(
        operation_id="deciding_settings_change",
        request=DecidingTimesOut,
        responses=DecidingTimesOut,
    )
    def put(self, request: Request) -> Response:
        """Set the times, for what opens from now on."""
        actor = org_request(request).actor
        require(actor, Permission.MANAGE_POLICIES, root_group())
        given = DecidingTimesOut(data=request.data)
        given.is_valid(raise_exception=True)
        services.change_deciding_settings(
            actor=actor, times=DecidingTimes(**given.validated_data), now=clock.now()
        )
        return _answer()


def _answer() -> Response:
    times = services.deciding_times_of(selectors.deciding_settings())
    return Response(DecidingTimesOut(asdict(times)).data)
