"""The API of what is done around a decision, over the same services as the pages."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.web import org_request
from approvals import selectors, services
from approvals.api.requests import VerdictOut
from approvals.models import Decision, Question, Stage, StageSeat
from approvals.services.way import name_of
from procurement.core import clock
from procurement.core.actors import Actor
from procurement.core.errors import NotAllowed, NotFound


class _TextField(serializers.CharField):
    """What somebody says; the service says what an empty one lacks."""

    def __init__(self) -> None:
        super().__init__(max_length=4000, allow_blank=True)


class QuestionIn(serializers.Serializer[Any]):
    """A question to the requester."""

    text = _TextField()


class AnswerIn(serializers.Serializer[Any]):
    """The answer to a question."""

    answer = _TextField()


class QuestionOut(serializers.Serializer[Any]):
    """A question, and its answer where there is one. It is open until it has ``closed_at``."""

    question = serializers.UUIDField(source="id")
    stage = serializers.UUIDField(source="stage_id")
    asked_by = serializers.SerializerMethodField()
    text = serializers.CharField()
    asked_at = serializers.DateTimeField()
    answered_by = serializers.SerializerMethodField()
    answer = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)

    def get_asked_by(self, question: Question) -> str:
        """Return the name of who asked."""
        return name_of(question.asked_by)

    def get_answered_by(self, question: Question) -> str | None:
        """Return the name of who answered, if anybody."""
        return name_of(question.answered_by) if question.answered_by else None


class HandOverIn(serializers.Serializer[Any]):
    """Who is to decide in the caller's place, and why."""

    to = serializers.UUIDField(help_text="A member.")
    reason = _TextField()


class HandedOverOut(serializers.Serializer[Any]):
    """A seat in which somebody is asked in the caller's place."""

    member = serializers.UUIDField(source="membership_id")
    stage = serializers.UUIDField(source="stage_id")
    seat = serializers.CharField(source="place")
    why = serializers.CharField(source="told")


class AddIn(serializers.Serializer[Any]):
    """Who is to agree, too, and why."""

    member = serializers.UUIDField()
    reason = _TextField()


class RemoveIn(serializers.Serializer[Any]):
    """Why an agreement is not needed."""

    reason = _TextField()


class ExtendIn(serializers.Serializer[Any]):
    """A later time by which to decide, and why."""

    due_at = serializers.DateTimeField()
    reason = _TextField()


class ActedStageOut(serializers.Serializer[Any]):
    """A stage after what was done."""

    stage = serializers.UUIDField(source="id")
    name = serializers.CharField()
    status = serializers.ChoiceField(choices=Stage.Status.choices)
    due_at = serializers.DateTimeField(allow_null=True)


class ShownIn(serializers.Serializer[Any]):
    """A request that waits for the caller, with the hash of the content that was shown."""

    request = serializers.UUIDField()
    content_hash = serializers.CharField(max_length=64)


class DecideManyIn(serializers.Serializer[Any]):
    """One decision on at most 100 requests, each on exactly the content whose hash is given."""

    requests = ShownIn(many=True, allow_empty=False)
    choice = serializers.ChoiceField(choices=Decision.Choice.choices)
    comment = serializers.CharField(max_length=4000, allow_blank=True, default="")


class ManyVerdictOut(VerdictOut):
    """What became of one of them."""

    request = serializers.UUIDField(source="request_id")


class DecidedManyOut(serializers.Serializer[Any]):
    """What became of each, in the order in which they were given."""

    verdicts = ManyVerdictOut(many=True)


class Questions(APIView):
    """What is asked before a decision."""

    @extend_schema(operation_id="approvals_questions", responses=QuestionOut(many=True))
    def get(self, request: Request, request_id: UUID) -> Response:
        """List a request's questions, the earliest first, to whoever may see the request."""
        actor = org_request(request).actor
        detail = selectors.request_for(actor, request_id, now=clock.now())
        return Response(QuestionOut(selectors.questions_of(detail.request.id), many=True).data)

    @extend_schema(
        operation_id="approvals_ask_question", request=QuestionIn, responses={201: QuestionOut}
    )
    def post(self, request: Request, request_id: UUID) -> Response:
        """Ask the requester something; the stage's clock stands still until it is answered."""
        actor = org_request(request).actor
        question = services.ask_question(
            actor=actor,
            seat_id=_seat(actor, request_id).id,
            now=clock.now(),
            **_given(QuestionIn, request),
        )
        return Response(QuestionOut(question).data, status=status.HTTP_201_CREATED)


class Answer(APIView):
    """Answering."""

    @extend_schema(operation_id="approvals_answer", request=AnswerIn, responses=QuestionOut)
    def post(self, request: Request, question_id: UUID) -> Response:
        """Answer a question, as the requester or as who looks after what was asked for."""
        question = services.answer_question(
            actor=org_request(request).actor,
            question_id=question_id,
            now=clock.now(),
            **_given(AnswerIn, request),
        )
        return Response(QuestionOut(question).data)


class HandOver(APIView):
    """Handing over."""

    @extend_schema(
        operation_id="approvals_hand_over",
        request=HandOverIn,
        responses=HandedOverOut(many=True),
    )
    def post(self, request: Request, request_id: UUID) -> Response:
        """Have somebody else decide in the caller's place, in each stage that asks the caller."""
        actor = org_request(request).actor
        given = _given(HandOverIn, request)
        seats = services.hand_over(
            actor=actor,
            seat_id=_seat(actor, request_id).id,
            to_id=given["to"],
            reason=given["reason"],
            now=clock.now(),
        )
        return Response(HandedOverOut(seats, many=True).data)


class Approvers(APIView):
    """Asking others, too."""

    @extend_schema(
        operation_id="approvals_add_approver", request=AddIn, responses={201: ActedStageOut}
    )
    def post(self, request: Request, request_id: UUID) -> Response:
        """Ask somebody to agree, too; whoever may see the request may."""
        given = _given(AddIn, request)
        stage = services.add_approver(
            actor=org_request(request).actor,
            request_id=request_id,
            member_id=given["member"],
            reason=given["reason"],
            now=clock.now(),
        )
        return Response(ActedStageOut(stage).data, status=status.HTTP_201_CREATED)


class RemoveApprover(APIView):
    """Taking off whom somebody added."""

    @extend_schema(
        operation_id="approvals_remove_approver", request=RemoveIn, responses={204: None}
    )
    def post(self, request: Request, stage_id: UUID) -> Response:
        """Take off an approver whom somebody had added, as an administrator."""
        services.remove_approver(
            actor=org_request(request).actor,
            stage_id=stage_id,
            now=clock.now(),
            **_given(RemoveIn, request),
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class Extend(APIView):
    """More time."""

    @extend_schema(operation_id="approvals_extend", request=ExtendIn, responses=ActedStageOut)
    def post(self, request: Request, stage_id: UUID) -> Response:
        """Move the due time of an open stage to a later one."""
        stage = services.extend_due(
            actor=org_request(request).actor,
            stage_id=stage_id,
            now=clock.now(),
            **_given(ExtendIn, request),
        )
        return Response(ActedStageOut(stage).data)


class DecideMany(APIView):
    """Deciding many in one go."""

    @extend_schema(
        operation_id="approvals_decide_many", request=DecideManyIn, responses=DecidedManyOut
    )
    def post(self, request: Request) -> Response:
        """Decide the same on many requests, in the seats in which the caller is asked.

        Each is decided for itself: one that is refused undoes none of the others. One that the
        caller is not asked about stops all, before anything is decided.
        """
        own = org_request(request)
        given = _given(DecideManyIn, request)
        shown = [(one["request"], one["content_hash"]) for one in given["requests"]]
        seats = selectors.seats_on(own.actor, [one for one, _ in shown], clock.now())
        if any(one not in seats for one, _ in shown):
            raise NotFound("There is no such request, or you are not asked to decide it.")
        verdicts = services.decide_many(
            actor=own.actor,
            choices=[(seats[one].id, content_hash) for one, content_hash in shown],
            choice=given["choice"],
            comment=given["comment"],
            channel=Decision.Channel.API,
            now=clock.now(),
        )
        return Response(DecidedManyOut({"verdicts": verdicts}).data)


def _given(kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    given = kind(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _seat(actor: Actor, request_id: UUID) -> StageSeat:
    """Return the seat in which the caller is asked, their own or of whom they stand in for."""
    now = clock.now()
    detail = selectors.request_for(actor, request_id, now=now)
    found = selectors.seat_to_decide(actor, detail, now)
    if found is None:
        raise NotAllowed("You are not asked to decide this.")
    return found.seat
