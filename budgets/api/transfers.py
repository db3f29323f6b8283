"""The API of room that budgets give to each other."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission
from accounts.web import org_request
from budgets import selectors, services
from budgets.api.fields import amount as amount_field
from budgets.models import BudgetTransfer
from procurement.core import clock
from procurement.core.errors import NotAllowed
from procurement.core.ids import new_id
from procurement.core.paging import page_of


class TransferIn(serializers.Serializer[Any]):
    """What asks a budget's period for room; with the same ``reference`` it is done once."""

    giver = serializers.UUIDField(help_text="Id of the period that gives.")
    taker = serializers.UUIDField(help_text="Id of the period that takes.")
    amount = amount_field()
    reason = serializers.CharField(max_length=500)
    reference = serializers.UUIDField(required=False)


class TransferAnswerIn(serializers.Serializer[Any]):
    """What answers it; a refusal takes words."""

    agrees = serializers.BooleanField()
    answer = serializers.CharField(max_length=500, allow_blank=True, default="")


class TransferOut(serializers.Serializer[Any]):
    """Room that one budget's period gives to another's, or was asked for."""

    id = serializers.UUIDField()
    giver = serializers.UUIDField(source="giver_id")
    taker = serializers.UUIDField(source="taker_id")
    amount = amount_field()
    reason = serializers.CharField()
    status = serializers.ChoiceField(choices=BudgetTransfer.Status.choices)
    answer = serializers.CharField()
    asked_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)


class TransferPageOut(serializers.Serializer[Any]):
    """One page of transfers, the latest first."""

    total = serializers.IntegerField()
    pages = serializers.IntegerField()
    transfers = TransferOut(source="items", many=True)


class TransferList(APIView):
    """Transfers from and to budgets that the caller keeps."""

    @extend_schema(operation_id="budgets_transfers", responses=TransferPageOut)
    def get(self, request: Request) -> Response:
        """List what was asked for, the latest first; ``?page=2`` leads on."""
        own = org_request(request)
        if not own.actor.can_anywhere(Permission.MANAGE_BUDGETS):
            raise NotAllowed("Transfers are for those who keep a budget.")
        page = page_of(own, selectors.transfers_of(own.actor))
        return Response(TransferPageOut(page).data)

    @extend_schema(
        operation_id="budgets_ask_transfer",
        request=TransferIn,
        responses={status.HTTP_201_CREATED: TransferOut},
    )
    def post(self, request: Request) -> Response:
        """Ask for room; it moves at once where the caller keeps the giver, too."""
        given = TransferIn(data=request.data)
        given.is_valid(raise_exception=True)
        values = {"reference": new_id(), **given.validated_data}
        found = services.ask_transfer(
            actor=org_request(request).actor,
            giver_id=values.pop("giver"),
            taker_id=values.pop("taker"),
            now=clock.now(),
            **values,
        )
        return Response(TransferOut(found).data, status=status.HTTP_201_CREATED)


class TransferDetail(APIView):
    """One transfer."""

    @extend_schema(operation_id="budgets_transfer", responses=TransferOut)
    def get(self, request: Request, transfer_id: UUID) -> Response:
        """Return what was asked for, and what became of it."""
        found = selectors.transfer_for(org_request(request).actor, transfer_id)
        return Response(TransferOut(found).data)

    @extend_schema(operation_id="budgets_withdraw_transfer", responses=TransferOut)
    def delete(self, request: Request, transfer_id: UUID) -> Response:
        """Ask for it no longer."""
        found = services.withdraw_transfer(
            actor=org_request(request).actor, transfer_id=transfer_id, now=clock.now()
        )
        return Response(TransferOut(found).data)


class TransferAnswer(APIView):
    """The answer of whoever keeps the giver."""

    @extend_schema(
        operation_id="budgets_answer_transfer", request=TransferAnswerIn, responses=TransferOut
    )
    def post(self, request: Request, transfer_id: UUID) -> Response:
        """Agree, which moves the room at once, or refuse with words."""
        given = TransferAnswerIn(data=request.data)
        given.is_valid(raise_exception=True)
        found = services.answer_transfer(
            actor=org_request(request).actor,
            transfer_id=transfer_id,
            now=clock.now(),
            **given.validated_data,
        )
        return Response(TransferOut(found).data)
