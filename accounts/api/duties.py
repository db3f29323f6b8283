"""The API of duties that should be apart."""

from datetime import date
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import selectors, services
from accounts.permissions import Permission
from accounts.serializers.duties import AcceptanceIn, AcceptanceOut, DutyPageOut
from accounts.web import OrgRequest, org_request
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.errors import NotAllowed, NotFound
from procurement.core.paging import page_of


class DutyList(APIView):
    """Duties that meet in one person."""

    @extend_schema(
        operation_id="duties_list",
        parameters=[OpenApiParameter("page", int, description="From 1; by default the first.")],
        responses=DutyPageOut,
    )
    def get(self, request: Request) -> Response:
        """List the conflicts on groups whose people the caller manages."""
        own = org_request(request)
        if not own.actor.can_anywhere(Permission.MANAGE_PEOPLE):
            raise NotAllowed("Duties are for those who manage the people of some group.")
        page = page_of(
            own, selectors.standing_conflicts(own.actor, on=_today(own), now=clock.now())
        )
        answer = {
            "total": page.total,
            "page": page.number,
            "pages": page.pages,
            "conflicts": selectors.duty_rows(page.items),
        }
        return Response(DutyPageOut(answer).data)

    @extend_schema(
        operation_id="duties_accept",
        request=AcceptanceIn,
        responses={status.HTTP_201_CREATED: AcceptanceOut},
    )
    def post(self, request: Request) -> Response:
        """Accept a conflict with a reason, up to and including a day."""
        given = AcceptanceIn(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        own = org_request(request)
        group = selectors.group_for(own.actor, values.pop("group"), Permission.MANAGE_PEOPLE)
        member_id = values.pop("membership")
        member = selectors.members_by_id([member_id]).get(member_id)
        if member is None:
            raise NotFound("There is no such person.", field="membership")
        acceptance = services.accept_duty_conflict(
            actor=own.actor, membership=member, group=group, now=clock.now(), **values
        )
        return Response(AcceptanceOut(acceptance).data, status=status.HTTP_201_CREATED)


class Acceptance(APIView):
    """An acceptance of a conflict."""

    @extend_schema(
        operation_id="duties_reopen", request=None, responses={status.HTTP_204_NO_CONTENT: None}
    )
    def delete(self, request: Request, acceptance_id: UUID) -> Response:
        """Take an acceptance back; the conflict stands again."""
        actor = org_request(request).actor
        acceptance = selectors.acceptance_for(actor, acceptance_id)
        services.reopen_duty_conflict(actor=actor, acceptance=acceptance, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


def _today(own: OrgRequest) -> date:
    return local_date(clock.now(), own.organization.time_zone)
