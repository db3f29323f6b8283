"""The API of orders that wait for budget."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from procurement.core import clock
from procurement.orders import selectors, services
from procurement.orders.api.orders import actor_of, detail_of
from procurement.orders.serializers.orders import CartOut, OrderDetailOut
from procurement.orders.serializers.waiting import AskForRoomIn, WaitOut


class OrderWait(APIView):
    """Waiting until the budgets of an order have the room."""

    @extend_schema(operation_id="orders_wait_retrieve", responses=WaitOut, tags=["orders"])
    def get(self, request: Request, requisition_id: UUID) -> Response:
        """Show which budgets stop an order of yours now, what was asked for, and its place."""
        order = selectors.own_order_for(actor_of(request), requisition_id)
        wait = selectors.wait_of(order, now=clock.now())
        return Response(WaitOut({"order": order, "wait": wait}).data)

    @extend_schema(
        operation_id="orders_wait", request=None, responses=OrderDetailOut, tags=["orders"]
    )
    def post(self, request: Request, requisition_id: UUID) -> Response:
        """Have an order of your own wait; it goes on by itself once there is room."""
        order = services.wait_for_room(
            actor=actor_of(request), requisition_id=requisition_id, now=clock.now()
        )
        return Response(detail_of(selectors.requisition_for(actor_of(request), order.id)))


class OrderAskForRoom(APIView):
    """Asking for an increase of the budgets that stop an order."""

    @extend_schema(
        operation_id="orders_ask_for_room",
        request=AskForRoomIn,
        responses=OrderDetailOut,
        tags=["orders"],
    )
    def post(self, request: Request, requisition_id: UUID) -> Response:
        """Ask for an increase of each budget that stops an order of your own; it waits for them."""
        given = AskForRoomIn(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        services.ask_for_room(
            actor=actor_of(request),
            requisition_id=requisition_id,
            wishes=[services.Wish(one["budget"], one["amount"]) for one in asked["wishes"]],
            reason=asked["reason"],
            now=clock.now(),
        )
        return Response(detail_of(selectors.requisition_for(actor_of(request), requisition_id)))


class OrderStopWaiting(APIView):
    """Taking an order that waits for budget back."""

    @extend_schema(
        operation_id="orders_stop_waiting", request=None, responses=CartOut, tags=["orders"]
    )
    def post(self, request: Request, requisition_id: UUID) -> Response:
        """Take an order of your own back into the cart; increases asked for it are withdrawn."""
        order = services.stop_waiting(
            actor=actor_of(request), requisition_id=requisition_id, now=clock.now()
        )
        return Response(CartOut(selectors.draft_of(actor_of(request), order.id)).data)
