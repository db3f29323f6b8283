"""The API of people on their way in."""

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import selectors, services
from accounts.models import InvitationBatch, InvitationLine
from accounts.permissions import Permission
from accounts.rosters import read_text
from accounts.serializers.invitations import (
    InvitationBatchOut,
    InvitationLinePageOut,
    InvitationOut,
    InvitationPageOut,
    InviteesIn,
)
from accounts.web import org_request
from procurement.core import clock
from procurement.core.errors import DomainError, NotAllowed
from procurement.core.paging import page_of

_PAGE = OpenApiParameter("page", int, description="From 1; by default the first.")
_PER_PAGE = 100
_STATES = ("open", "expired", "accepted", "revoked")


class InvitationList(APIView):
    """Invitations to groups whose people the caller manages."""

    @extend_schema(
        operation_id="invitations_list",
        parameters=[
            OpenApiParameter("show", str, enum=_STATES, description="By state."),
            OpenApiParameter("q", str, description="A part of a name or address."),
            _PAGE,
        ],
        responses=InvitationPageOut,
    )
    def get(self, request: Request) -> Response:
        """List invitations, the newest first."""
        own = org_request(request)
        if not own.actor.can_anywhere(Permission.MANAGE_PEOPLE):
            raise NotAllowed("Invitations are for those who manage the people of some group.")
        found = selectors.invitations_in_sight(
            own.actor,
            show=request.query_params.get("show", ""),
            query=request.query_params.get("q", ""),
            now=clock.now(),
        )
        return Response(InvitationPageOut(page_of(own, found, per_page=_PER_PAGE)).data)


class InvitationDetail(APIView):
    """One invitation."""

    @extend_schema(
        operation_id="invitations_revoke",
        request=None,
        responses={status.HTTP_204_NO_CONTENT: None},
    )
    def delete(self, request: Request, invitation_id: UUID) -> Response:
        """Take an invitation back: its links lead nowhere from then on."""
        actor = org_request(request).actor
        found = selectors.invitation_for(actor, invitation_id)
        services.revoke_invitation(actor=actor, invitation=found, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class InvitationResend(APIView):
    """Sending an invitation again."""

    @extend_schema(operation_id="invitations_resend", request=None, responses=InvitationOut)
    def post(self, request: Request, invitation_id: UUID) -> Response:
        """Mail an invitation once more, with a new link that holds for the whole time again."""
        actor = org_request(request).actor
        found = selectors.invitation_for(actor, invitation_id)
        services.resend_invitation(actor=actor, invitation=found, now=clock.now())
        return Response(InvitationOut(selectors.invitation_for(actor, invitation_id)).data)


class InvitationBatchList(APIView):
    """Entering people to be invited."""

    @extend_schema(
        operation_id="invitation_batches_check",
        request=InviteesIn,
        responses={status.HTTP_201_CREATED: InvitationBatchOut},
    )
    def post(self, request: Request) -> Response:
        """Check people who are to be invited; nobody is mailed by it."""
        given = InviteesIn(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        actor = org_request(request).actor
        group = selectors.group_for(actor, values.pop("group"), Permission.MANAGE_PEOPLE)
        try:
            roster = read_text(values.pop("text"))
        except DomainError as refusal:
            raise DomainError(refusal.message, field="text") from refusal
        batch = services.check_invitations(
            actor=actor,
            roster=roster,
            source=values.pop("origin"),
            group=group,
            now=clock.now(),
            **values,
        )
        return Response(_out(batch), status=status.HTTP_201_CREATED)


class InvitationBatchDetail(APIView):
    """A batch of the caller's own."""

    @extend_schema(operation_id="invitation_batches_read", responses=InvitationBatchOut)
    def get(self, request: Request, batch_id: UUID) -> Response:
        """Return how far a batch is, and how many lines have each fate."""
        return Response(_out(selectors.batch_for(org_request(request).actor, batch_id)))

    @extend_schema(
        operation_id="invitation_batches_discard",
        request=None,
        responses={status.HTTP_204_NO_CONTENT: None},
    )
    def delete(self, request: Request, batch_id: UUID) -> Response:
        """Put a batch away that has not been sent."""
        actor = org_request(request).actor
        batch = selectors.batch_for(actor, batch_id)
        services.discard_invitations(actor=actor, batch=batch, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class InvitationBatchLines(APIView):
    """The lines of a batch."""

    @extend_schema(
        operation_id="invitation_batches_lines",
        parameters=[
            OpenApiParameter(
                "fate", str, enum=InvitationLine.Fate.values, description="Of this fate alone."
            ),
            _PAGE,
        ],
        responses=InvitationLinePageOut,
    )
    def get(self, request: Request, batch_id: UUID) -> Response:
        """List the lines of a batch, each with what becomes of it and why."""
        own = org_request(request)
        batch = selectors.batch_for(own.actor, batch_id)
        lines = selectors.lines_of(batch, request.query_params.get("fate", ""))
        return Response(InvitationLinePageOut(page_of(own, lines, per_page=_PER_PAGE)).data)


class InvitationBatchSend(APIView):
    """Sending a batch."""

    @extend_schema(
        operation_id="invitation_batches_send", request=None, responses=InvitationBatchOut
    )
    def post(self, request: Request, batch_id: UUID) -> Response:
        """Have a worker invite everybody who is ready; doing so twice changes nothing."""
        actor = org_request(request).actor
        batch = selectors.batch_for(actor, batch_id)
        sent = services.send_invitations(actor=actor, batch=batch, now=clock.now())
        return Response(_out(sent))


def _out(batch: InvitationBatch) -> object:
    return InvitationBatchOut({"batch": batch, "fates": selectors.fates_of(batch)}).data
