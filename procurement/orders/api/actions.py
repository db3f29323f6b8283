"""The API of what a requester does with an order that left the cart."""

from types import SimpleNamespace
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.web import org_request
from procurement.core import clock
from procurement.orders import selectors, services
from procurement.orders.api.orders import actor_of, detail_of
from procurement.orders.serializers.actions import (
    AppealIn,
    AppealOut,
    CancelIn,
    InsteadOut,
    RebuiltOut,
    TakePreferredIn,
)
from procurement.orders.serializers.orders import CartOut, OrderDetailOut
from procurement.orders.services import AppealOutcome


class OrderCancel(APIView):
    """Giving an order up for good."""

    @extend_schema(
        operation_id="orders_cancel", request=CancelIn, responses=OrderDetailOut, tags=["orders"]
    )
    def post(self, request: Request, requisition_id: UUID) -> Response:
        """Cancel an order of your own that is not placed; nobody is asked any more."""
        given = CancelIn(data=request.data)
        given.is_valid(raise_exception=True)
        order = services.cancel_requisition(
            actor=actor_of(request),
            requisition_id=requisition_id,
            now=clock.now(),
            **given.validated_data,
        )
        return Response(detail_of(order))


class OrderAppeal(APIView):
    """Appealing a rejection."""

    @extend_schema(
        operation_id="orders_appeal",
        request=AppealIn,
        responses={status.HTTP_200_OK: AppealOut, status.HTTP_422_UNPROCESSABLE_ENTITY: AppealOut},
        tags=["orders"],
    )
    def post(self, request: Request, requisition_id: UUID) -> Response:
        """Have the next in line above decide on a rejected order of your own.

        Its content stays, and what was agreed to stands. Each rejection can be appealed once;
        appealing again what waits for a decision answers ALREADY and changes nothing.
        """
        given = AppealIn(data=request.data)
        given.is_valid(raise_exception=True)
        verdict = services.appeal(
            actor=actor_of(request),
            requisition_id=requisition_id,
            reason=given.validated_data["reason"],
            now=clock.now(),
        )
        # Answered, not raised: an exception would take the refusal out of the audit trail again.
        refused = verdict.outcome is AppealOutcome.REFUSED
        code = status.HTTP_422_UNPROCESSABLE_ENTITY if refused else status.HTTP_200_OK
        return Response(AppealOut(verdict).data, status=code)


class OrderRebuild(APIView):
    """Starting anew from an order."""

    @extend_schema(
        operation_id="orders_rebuild",
        request=None,
        responses={status.HTTP_201_CREATED: RebuiltOut},
        tags=["orders"],
    )
    def post(self, request: Request, requisition_id: UUID) -> Response:
        """Fill a new cart with what an order of your own asked for and is still offered."""
        rebuilt = services.rebuild_cart(
            actor=actor_of(request), requisition_id=requisition_id, now=clock.now()
        )
        return Response(RebuiltOut(rebuilt).data, status=status.HTTP_201_CREATED)


class OrderTakePreferred(APIView):
    """Taking what is preferred in place of what deviates."""

    @extend_schema(
        operation_id="orders_preferred_list", responses=InsteadOut(many=True), tags=["orders"]
    )
    def get(self, request: Request, requisition_id: UUID) -> Response:
        """List the preferred items that are suggested in place of an order's lines."""
        order = selectors.requisition_for(actor_of(request), requisition_id)
        on = clock.local_date(clock.now(), org_request(request).organization.time_zone)
        found = selectors.preferred_instead(order, selectors.lines_of(order), on=on)
        rows = [
            SimpleNamespace(line_id=line_id, card=offer.card) for line_id, offer in found.items()
        ]
        return Response(InsteadOut(rows, many=True).data)

    @extend_schema(
        operation_id="orders_preferred_take",
        request=TakePreferredIn,
        responses=CartOut,
        tags=["orders"],
    )
    def post(self, request: Request, requisition_id: UUID) -> Response:
        """Take one in place of a line; the order goes back into your cart with it."""
        given = TakePreferredIn(data=request.data)
        given.is_valid(raise_exception=True)
        line = services.take_preferred(
            actor=actor_of(request),
            requisition_id=requisition_id,
            line_id=given.validated_data["line"],
            item_id=given.validated_data["item"],
            now=clock.now(),
        )
        return Response(CartOut(selectors.draft_of(actor_of(request), line.requisition_id)).data)
