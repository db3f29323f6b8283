"""The API of a period's life: frozen, closed, reopened, adjusted, room set aside on it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission, require
from accounts.web import OrgRequest, org_request
from budgets import selectors, services
from budgets.api.budgets import MeterOut, PeriodOut
from budgets.api.fields import amount as amount_field
from budgets.rules import ZERO, Covering, PeriodStatus, effects
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.ids import new_id
from procurement.core.paging import page_of


class PeriodStateOut(MeterOut):
    """A budget as it stands in one period, and what the period still takes."""

    status = serializers.ChoiceField(
        source="covering.status", choices=[one.value for one in PeriodStatus]
    )


class ReasonIn(serializers.Serializer[Any]):
    """Why it is done, for the record."""

    reason = serializers.CharField(max_length=500)


class HeldOut(serializers.Serializer[Any]):
    """What an order, or an earmark, has set aside on a period."""

    document_kind = serializers.CharField(source="document.kind")
    document = serializers.UUIDField(source="document.id")
    name = serializers.CharField(source="document.label")
    reserved = amount_field()
    committed = amount_field()


class ClosingOut(serializers.Serializer[Any]):
    """What closing a period moves, and where; ``short`` above zero keeps it open."""

    period = PeriodOut(source="covering.period")
    moves_to = PeriodOut(source="heir.period", allow_null=True, default=None)
    moved = HeldOut(source="handover.moved", many=True)
    released = HeldOut(source="handover.released", many=True)
    amount = amount_field(source="handover.amount")
    carried = amount_field(source="handover.carried")
    short = amount_field(source="handover.short")
    is_possible = serializers.BooleanField()


class AdjustmentIn(ReasonIn):
    """What corrects the spent amount; below zero takes something away.

    Sent again with the same ``reference``, it is done once.
    """

    amount = amount_field()
    reference = serializers.UUIDField(required=False)


class EarmarkIn(serializers.Serializer[Any]):
    """Room to be set aside; sent again with the same ``reference``, it is done once."""

    purpose = serializers.CharField(max_length=200)
    amount = amount_field()
    expires_on = serializers.DateField()
    reference = serializers.UUIDField(required=False)


class EarmarkOut(serializers.Serializer[Any]):
    """Room set aside; ``released_at`` once it has been given back."""

    id = serializers.UUIDField()
    period_id = serializers.UUIDField()
    purpose = serializers.CharField()
    amount = amount_field()
    expires_on = serializers.DateField()
    made_at = serializers.DateTimeField()
    released_at = serializers.DateTimeField(allow_null=True)


class EarmarkPageOut(serializers.Serializer[Any]):
    """One page of what is set aside on a period."""

    total = serializers.IntegerField()
    pages = serializers.IntegerField()
    earmarks = EarmarkOut(source="items", many=True)


class PeriodFreeze(APIView):
    """A period that takes no new orders."""

    @extend_schema(operation_id="budgets_freeze_period", request=ReasonIn, responses=PeriodStateOut)
    def post(self, request: Request, period_id: UUID) -> Response:
        """Have a period take no new orders; what is set aside on it goes on."""
        return _step(request, period_id, services.freeze_period)


class PeriodThaw(APIView):
    """A frozen period taken up again."""

    @extend_schema(operation_id="budgets_thaw_period", request=ReasonIn, responses=PeriodStateOut)
    def post(self, request: Request, period_id: UUID) -> Response:
        """Have a frozen period take new orders again."""
        return _step(request, period_id, services.thaw_period)


class PeriodClose(APIView):
    """A period that is closed, and what that moves."""

    @extend_schema(operation_id="budgets_closing", responses=ClosingOut)
    def get(self, request: Request, period_id: UUID) -> Response:
        """Show what closing would move, and whether it finds room."""
        own = org_request(request)
        today = local_date(clock.now(), own.organization.time_zone)
        return Response(ClosingOut(selectors.closing_for(own.actor, period_id, today=today)).data)

    @extend_schema(operation_id="budgets_close_period", request=ReasonIn, responses=ClosingOut)
    def post(self, request: Request, period_id: UUID) -> Response:
        """Close a period: its orders move on to the next one, then nothing moves on it."""
        given = _given(ReasonIn, request)
        closing = services.close_period(
            actor=org_request(request).actor, period_id=period_id, now=clock.now(), **given
        )
        return Response(ClosingOut(closing).data)


class PeriodReopen(APIView):
    """A closed period that takes late invoices."""

    @extend_schema(operation_id="budgets_reopen_period", request=ReasonIn, responses=PeriodStateOut)
    def post(self, request: Request, period_id: UUID) -> Response:
        """Take late invoices on a closed period; placed orders that moved on come back."""
        return _step(request, period_id, services.reopen_period)


class PeriodAdjustments(APIView):
    """Corrections of what a period says is spent."""

    @extend_schema(operation_id="budgets_adjust", request=AdjustmentIn, responses=PeriodStateOut)
    def post(self, request: Request, period_id: UUID) -> Response:
        """Add an amount to what is spent, or take it away below zero."""
        given = {"reference": new_id(), **_given(AdjustmentIn, request)}
        after = services.adjust_spent(
            actor=org_request(request).actor, period_id=period_id, now=clock.now(), **given
        )
        return _state(after)


class PeriodEarmarks(APIView):
    """Room set aside on a period."""

    @extend_schema(operation_id="budgets_earmarks", responses=EarmarkPageOut)
    def get(self, request: Request, period_id: UUID) -> Response:
        """List what is set aside, what runs first; ``?page=2`` leads on."""
        own: OrgRequest = org_request(request)
        covering = selectors.period_for(own.actor, period_id)
        require(own.actor, Permission.MANAGE_BUDGETS, covering.group_path)
        page = page_of(own, selectors.earmarks_on(covering))
        return Response(EarmarkPageOut(page).data)

    @extend_schema(
        operation_id="budgets_set_aside",
        request=EarmarkIn,
        responses={status.HTTP_201_CREATED: EarmarkOut},
    )
    def post(self, request: Request, period_id: UUID) -> Response:
        """Set room aside for a purpose, until a day."""
        given = {"reference": new_id(), **_given(EarmarkIn, request)}
        earmark = services.set_aside(
            actor=org_request(request).actor, period_id=period_id, now=clock.now(), **given
        )
        return Response(EarmarkOut(earmark).data, status=status.HTTP_201_CREATED)


class EarmarkDetail(APIView):
    """Room that is set aside."""

    @extend_schema(operation_id="budgets_release_earmark", responses=EarmarkOut)
    def delete(self, request: Request, earmark_id: UUID) -> Response:
        """Give it back."""
        earmark = services.release_earmark(
            actor=org_request(request).actor, earmark_id=earmark_id, now=clock.now()
        )
        return Response(EarmarkOut(earmark).data)


def _given(shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _step(request: Request, period_id: UUID, service: Callable[..., Covering]) -> Response:
    given = _given(ReasonIn, request)
    actor = org_request(request).actor
    return _state(service(actor=actor, period_id=period_id, now=clock.now(), **given))


def _state(covering: Covering) -> Response:
    return Response(PeriodStateOut(effects([covering], ZERO)[0]).data)
