"""The API of approval limits."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission
from accounts.selectors import instant_of, member_for
from accounts.web import org_request
from approvals import selectors, services
from procurement.core import clock
from procurement.core.errors import NotAllowed
from procurement.core.paging import page_of


class ApprovalLimitOut(serializers.Serializer[Any]):
    """The most that somebody's agreement covers, in the organization's currency.

    An ``amount`` of null stands for no upper limit. In force from ``since`` up to ``until``.
    """

    member = serializers.UUIDField(source="membership_id")
    name = serializers.CharField(source="membership.user.name")
    group = serializers.UUIDField(source="membership.group_id")
    group_name = serializers.CharField(source="membership.group.name")
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)


class ApprovalLimitPageOut(serializers.Serializer[Any]):
    """One page of limits, by name."""

    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    limits = ApprovalLimitOut(many=True, source="items")


class HistoryIn(serializers.Serializer[Any]):
    """How a list that keeps its past is narrowed; ``at`` is a day of the past, taken at its end."""

    q = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)
    at = serializers.DateField(required=False, default=None)


class ApprovalLimitIn(serializers.Serializer[Any]):
    """What a limit is to be; null stands for no upper limit."""

    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0, allow_null=True)


class ApprovalLimitList(APIView):
    """Limits of the people whom the caller manages."""

    @extend_schema(
        operation_id="approval_limits",
        parameters=[HistoryIn, OpenApiParameter("page", int, description="From 1; 25 to a page.")],
        responses=ApprovalLimitPageOut,
    )
    def get(self, request: Request) -> Response:
        """List the limits that hold, or that held on a day of the past."""
        own = org_request(request)
        if not own.actor.can_anywhere(Permission.MANAGE_PEOPLE):
            raise NotAllowed("Approval limits are shown to those who manage people.")
        given = HistoryIn(data=request.query_params)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        at = instant_of(asked["at"], time_zone=own.organization.time_zone, now=clock.now())
        found = selectors.limits_in_sight(own.actor, query=asked["q"], at=at)
        return Response(ApprovalLimitPageOut(page_of(own, found)).data)


class ApprovalLimitDetail(APIView):
    """One person's limit."""

    @extend_schema(operation_id="approval_limit_history", responses=ApprovalLimitOut(many=True))
    def get(self, request: Request, membership_id: UUID) -> Response:
        """Return all limits that somebody has had, the latest first."""
        actor = org_request(request).actor
        member = member_for(actor, membership_id, Permission.MANAGE_PEOPLE)
        history = selectors.limit_history(actor, member)
        return Response(ApprovalLimitOut(history, many=True).data)

    @extend_schema(
        operation_id="approval_limit_set", request=ApprovalLimitIn, responses=ApprovalLimitOut
    )
    def put(self, request: Request, membership_id: UUID) -> Response:
        """Set somebody's limit; nobody sets their own."""
        actor = org_request(request).actor
        member = member_for(actor, membership_id, Permission.MANAGE_PEOPLE)
        given = ApprovalLimitIn(data=request.data)
        given.is_valid(raise_exception=True)
        limit = services.set_approval_limit(
            actor=actor,
            membership=member,
            amount=given.validated_data["amount"],
            now=clock.now(),
        )
        limit.membership = member
        return Response(ApprovalLimitOut(limit).data)

    @extend_schema(operation_id="approval_limit_end", responses={status.HTTP_204_NO_CONTENT: None})
    def delete(self, request: Request, membership_id: UUID) -> Response:
        """End somebody's limit, so that no amount is covered; nobody ends their own."""
        actor = org_request(request).actor
        member = member_for(actor, membership_id, Permission.MANAGE_PEOPLE)
        services.end_approval_limit(actor=actor, membership=member, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
