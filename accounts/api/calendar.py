"""The API of the working calendar."""

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import selectors, services
from accounts.permissions import Permission, require
from accounts.serializers.calendar import WorkingHoursOut
from accounts.services import OwnDay, WorkingHours
from accounts.web import org_request
from procurement.core import clock


class WorkingHoursDetail(APIView):
    """When the organization works."""

    @extend_schema(operation_id="working_hours_read", responses=WorkingHoursOut)
    def get(self, request: Request) -> Response:
        """Return the days and hours, whose holidays are kept, and days of its own."""
        require(org_request(request).actor, Permission.MANAGE_GROUPS, selectors.root_group())
        return _answer()

    @extend_schema(
        operation_id="working_hours_change", request=WorkingHoursOut, responses=WorkingHoursOut
    )
    def put(self, request: Request) -> Response:
        """Replace the whole calendar, days of its own included. Running due times stay."""
        actor = org_request(request).actor
        require(actor, Permission.MANAGE_GROUPS, selectors.root_group())
        given = WorkingHoursOut(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = dict(given.validated_data)
        days = [OwnDay(**day) for day in wanted.pop("days")]
        wanted["weekdays"] = tuple(wanted["weekdays"])
        services.change_calendar(
            actor=actor, hours=WorkingHours(**wanted), days=days, now=clock.now()
        )
        return _answer()


def _answer() -> Response:
    hours = services.working_hours_of(selectors.working_calendar())
    return Response(WorkingHoursOut({**asdict(hours), "days": selectors.calendar_days()}).data)
