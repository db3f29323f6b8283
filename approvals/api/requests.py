"""The API of requests for approval: what waits, how one stands, and deciding on it."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.web import org_request
from approvals import selectors, services
from approvals.models import ApprovalRequest, Decision, Stage, StageSeat
from approvals.selectors import RequestDetail, StageDetail
from approvals.serializers import WhyStageOut
from approvals.services import VerdictCode
from approvals.why import why_taken
from procurement.core import clock
from procurement.core.errors import NotAllowed
from procurement.core.money import quantize
from procurement.core.paging import page_of

_PAGE = OpenApiParameter("page", int, description="From 1; 25 to a page.")
_SHOW = OpenApiParameter(
    "show",
    enum=["mine", "delegated"],
    description="`delegated` lists what waits for people for whom the caller stands in.",
)

# How each verdict answers; only the first has changed anything.
VERDICT_STATUS = {
    VerdictCode.DECIDED: status.HTTP_200_OK,
    VerdictCode.ALREADY_DECIDED: status.HTTP_200_OK,
    VerdictCode.COMMENT_NEEDED: status.HTTP_400_BAD_REQUEST,
    VerdictCode.NOT_YOURS: status.HTTP_403_FORBIDDEN,
    VerdictCode.ACCESS_ENDED: status.HTTP_403_FORBIDDEN,
}


class WaitingOut(serializers.Serializer[Any]):
    """A request that waits for the caller."""

    request = serializers.UUIDField(source="request_id")
    subject_kind = serializers.CharField(source="request.subject_kind")
    subject = serializers.UUIDField(source="request.subject_id")
    subject_label = serializers.CharField(source="request.subject_label")
    group = serializers.CharField(source="request.group.name")
    requester = serializers.CharField(source="request.requester.user.name")
    seat = serializers.CharField(source="place")
    amount = serializers.SerializerMethodField()
    currency = serializers.CharField(source="request.currency")
    asked_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(
        source="stage.due_at",
        allow_null=True,
        help_text="Null while the clock stands still, since a question is open.",
    )

    def get_amount(self, seat: StageSeat) -> str:
        """Return the amount as decimal text."""
        return _amount(seat.request)


class InboxOut(serializers.Serializer[Any]):
    """One page of what waits for the caller: what is overdue first, then the oldest."""

    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    requests = WaitingOut(source="items", many=True)


class DecisionOut(serializers.Serializer[Any]):
    """What was decided in a seat."""

    choice = serializers.ChoiceField(choices=Decision.Choice.choices)
    by = serializers.CharField(source="maker_name")
    for_member = serializers.UUIDField(
        source="on_behalf_of_id",
        allow_null=True,
        help_text="For whom they stood in; null where they decided for themselves.",
    )
    comment = serializers.CharField()
    channel = serializers.ChoiceField(choices=Decision.Channel.choices)
    decided_at = serializers.DateTimeField()


class SeatOut(serializers.Serializer[Any]):
    """Somebody who is asked, why it is them, and what they decided."""

    member = serializers.UUIDField(source="membership_id")
    name = serializers.CharField(source="membership.user.name")
    seat = serializers.CharField(source="place")
    why = serializers.CharField(source="told")
    asked_at = serializers.DateTimeField(allow_null=True)
    decision = serializers.SerializerMethodField()

    @extend_schema(responses=DecisionOut)
    def get_decision(self, seat: StageSeat) -> dict[str, Any] | None:
        """Return the decision, or nothing where none has been made."""
        return dict(DecisionOut(seat.decision).data) if seat.has_decision else None


class StageOut(serializers.Serializer[Any]):
    """A stage of the way."""

    stage = serializers.UUIDField(source="stage.id")
    number = serializers.IntegerField(source="stage.number")
    name = serializers.CharField(source="stage.name")
    mode = serializers.CharField(source="stage.mode")
    wave = serializers.IntegerField(
        source="stage.wave", help_text="From 1; stages of one wave open together."
    )
    at_least = serializers.IntegerField(
        source="stage.at_least", help_text="How many seats have to agree; 0 unless AT_LEAST."
    )
    because = serializers.CharField(source="stage.because")
    status = serializers.ChoiceField(source="stage.status", choices=Stage.Status.choices)
    seats = serializers.SerializerMethodField()

    def get_seats(self, stage: StageDetail) -> list[dict[str, Any]]:
        """Return the seats that count."""
        counted = [seat for seat in stage.seats if seat.vacated_at is None]
        return [dict(seat) for seat in SeatOut(counted, many=True).data]


class RequestOut(serializers.Serializer[Any]):
    """A request with its content, its way and the reasons for it.

    ``summary`` is what approvers are shown; ``content_hash`` names exactly that content and goes
    back with a decision. ``facts`` and ``policy_version`` are what it was routed on.
    """

    request = serializers.UUIDField(source="request.id")
    subject_kind = serializers.CharField(source="request.subject_kind")
    subject = serializers.UUIDField(source="request.subject_id")
    subject_label = serializers.CharField(source="request.subject_label")
    group = serializers.CharField(source="request.group.name")
    requester = serializers.CharField(source="request.requester.user.name")
    amount = serializers.SerializerMethodField()
    currency = serializers.CharField(source="request.currency")
    status = serializers.ChoiceField(
        source="request.status", choices=ApprovalRequest.Status.choices
    )
    content_hash = serializers.CharField(source="request.content_hash")
    opened_at = serializers.DateTimeField(source="request.opened_at")
    closed_at = serializers.DateTimeField(source="request.closed_at", allow_null=True)
    summary = serializers.JSONField(source="request.summary")
    explanation = serializers.ListField(
        source="request.explanation.sentences", child=serializers.CharField()
    )
    facts = serializers.JSONField(source="request.facts")
    policy_version = serializers.UUIDField(source="request.policy_version_id")
    stages = StageOut(many=True)
    why = serializers.SerializerMethodField()

    def get_amount(self, detail: RequestDetail) -> str:
        """Return the amount as decimal text."""
        return _amount(detail.request)

    @extend_schema_field(WhyStageOut(many=True))
    def get_why(self, detail: RequestDetail) -> list[dict[str, Any]]:
        """Return why each stage was asked, and what would have avoided it."""
        told = why_taken(detail, selectors.derivation_of(detail))
        return [dict(stage) for stage in WhyStageOut(told, many=True).data]


class DecideIn(serializers.Serializer[Any]):
    """A decision on exactly the content whose hash is given."""

    choice = serializers.ChoiceField(choices=Decision.Choice.choices)
    comment = serializers.CharField(max_length=4000, allow_blank=True, default="")
    content_hash = serializers.CharField(max_length=64)


class VerdictOut(serializers.Serializer[Any]):
    """What became of the attempt; only DECIDED has changed anything."""

    verdict = serializers.ChoiceField(source="code", choices=[code.value for code in VerdictCode])
    detail = serializers.CharField(source="sentence")
    request_status = serializers.ChoiceField(choices=ApprovalRequest.Status.choices)


class Inbox(APIView):
    """What waits for the caller."""

    @extend_schema(operation_id="approvals_inbox", parameters=[_PAGE, _SHOW], responses=InboxOut)
    def get(self, request: Request) -> Response:
        """List the requests in which the caller is asked now, or decides for whoever is away."""
        own, now = org_request(request), clock.now()
        is_for_others = request.query_params.get("show") == "delegated"
        list_of = selectors.inbox_for_others if is_for_others else selectors.inbox
        return Response(InboxOut(page_of(own, list_of(own.actor, now=now))).data)


class RequestView(APIView):
    """One request."""

    @extend_schema(operation_id="approvals_request", responses=RequestOut)
    def get(self, request: Request, request_id: UUID) -> Response:
        """Show a request to its requester, the people asked, and whoever may see orders there."""
        actor = org_request(request).actor
        detail = selectors.request_for(actor, request_id, now=clock.now())
        return Response(RequestOut(detail).data)


class Decide(APIView):
    """Deciding."""

    @extend_schema(
        operation_id="approvals_decide",
        request=DecideIn,
        responses=dict.fromkeys((200, 400, 403, 409), VerdictOut),
    )
    def post(self, request: Request, request_id: UUID) -> Response:
        """Approve or reject, in the seat in which the caller is asked, or stands in for another."""
        actor, now = org_request(request).actor, clock.now()
        given = DecideIn(data=request.data)
        given.is_valid(raise_exception=True)
        detail = selectors.request_for(actor, request_id, now=now)
        found = selectors.seat_to_decide(actor, detail, now)
        if found is None:
            raise NotAllowed("You are not asked to decide this.")
        verdict = services.decide(
            actor=actor,
            seat_id=found.seat.id,
            channel=Decision.Channel.API,
            now=now,
            **given.validated_data,
        )
        answer = VERDICT_STATUS.get(verdict.code, status.HTTP_409_CONFLICT)
        return Response(VerdictOut(verdict).data, status=answer)


def _amount(request: ApprovalRequest) -> str:
    return format(quantize(request.amount, request.currency), "f")
