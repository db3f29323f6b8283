"""The API for rejecting single lines."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.web import org_request
from approvals import selectors, services
from approvals.api.requests import VERDICT_STATUS, VerdictOut
from approvals.models import Decision
from procurement.core import clock
from procurement.core.errors import NotAllowed


class RejectLinesIn(serializers.Serializer[Any]):
    """Which lines are rejected, and why; the rest is agreed to."""

    lines = serializers.ListField(
        child=serializers.CharField(max_length=200),
        allow_empty=False,
        max_length=1000,
        help_text="The `key` of each line in the request's `summary`.",
    )
    reason = serializers.CharField(max_length=4000, allow_blank=True, default="")
    content_hash = serializers.CharField(max_length=64)


class RejectLines(APIView):
    """Rejecting single lines."""

    @extend_schema(
        operation_id="approvals_reject_lines",
        request=RejectLinesIn,
        responses=dict.fromkeys((200, 400, 403, 409), VerdictOut),
        tags=["approvals"],
    )
    def post(self, request: Request, request_id: UUID) -> Response:
        """Reject lines and agree to what is left, in the seat in which the caller is asked.

        What is left goes on in a request of its own; what others agreed to stands where policy
        lets it.
        """
        actor, now = org_request(request).actor, clock.now()
        detail = selectors.request_for(actor, request_id, now=now)
        found = selectors.seat_to_decide(actor, detail, now)
        if found is None:
            raise NotAllowed("You are not asked to decide this.")
        given = RejectLinesIn(data=request.data)
        given.is_valid(raise_exception=True)
        verdict = services.reject_lines(
            actor=actor,
            seat_id=found.seat.id,
            keys=given.validated_data["lines"],
            reason=given.validated_data["reason"],
            content_hash=given.validated_data["content_hash"],
            channel=Decision.Channel.API,
            now=now,
        )
        answer = VERDICT_STATUS.get(verdict.code, status.HTTP_409_CONFLICT)
        return Response(VerdictOut(verdict).data, status=answer)
