"""The API of orders and of the cart that they come from."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actors import MemberActor
from accounts.web import org_request
from approvals.display import planned_steps, taken_steps
from approvals.selectors import derivation_of, latest_request_about, stand_ins_in
from approvals.why import why_planned, why_taken
from procurement.core import clock
from procurement.core.paging import page_of
from procurement.orders import selectors, services
from procurement.orders.assessment import SUBJECT_KIND, Assessment
from procurement.orders.draft import Draft
from procurement.orders.models import Requisition
from procurement.orders.serializers.orders import (
    CartIn,
    CartLineChangeIn,
    CartLineIn,
    CartOut,
    OrderContentOut,
    OrderDetailOut,
    OrderListIn,
    OrderOut,
    OrderPageOut,
    PreviewOut,
    SubmitOut,
    WithdrawIn,
)
from procurement.orders.services import SubmitOutcome


class OrderList(APIView):
    """Orders that the caller may see."""

    @extend_schema(
        operation_id="orders_list",
        parameters=[OrderListIn],
        responses=OrderPageOut,
        tags=["orders"],
    )
    def get(self, request: Request) -> Response:
        """List orders, 25 a page, the last touched first."""
        given = OrderListIn(data=request.query_params)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        actor = actor_of(request)
        filters = selectors.OrderFilters(
            status=asked.get("status", ""),
            query=asked.get("q", "").strip(),
            guidance=asked.get("guidance", ""),
        )
        found = selectors.visible_orders(actor, filters)
        if asked["of"] == "mine":
            found = found.filter(selectors.looked_after_by(actor))
        return Response(OrderPageOut(page_of(org_request(request), found)).data)


class OrderDetail(APIView):
    """One order."""

    @extend_schema(operation_id="orders_retrieve", responses=OrderDetailOut, tags=["orders"])
    def get(self, request: Request, requisition_id: UUID) -> Response:
        """Show an order with its lines, its route and its purchase orders."""
        order = selectors.requisition_for(actor_of(request), requisition_id)
        return Response(detail_of(order))


class OrderSubmit(APIView):
    """Submitting a draft."""

    @extend_schema(
        operation_id="orders_submit",
        request=None,
        responses={status.HTTP_200_OK: SubmitOut, status.HTTP_422_UNPROCESSABLE_ENTITY: SubmitOut},
        tags=["orders"],
    )
    def post(self, request: Request, requisition_id: UUID) -> Response:
        """Submit a draft of your own: it waits for approval, is placed at once, or is refused.

        Submitting again what has been submitted answers ALREADY and changes nothing.
        """
        verdict = services.submit_requisition(
            actor=actor_of(request), requisition_id=requisition_id, now=clock.now()
        )
        refused = verdict.outcome is SubmitOutcome.REFUSED
        answer = SimpleNamespace(
            outcome=verdict.outcome.value,
            requisition_id=verdict.requisition_id,
            number=verdict.number,
            refusals=verdict.assessment.refusals if verdict.assessment else (),
            blocked=verdict.assessment.blocked if verdict.assessment else (),
        )
        # Answered, not raised: an exception would take the refusal out of the audit trail again.
        code = status.HTTP_422_UNPROCESSABLE_ENTITY if refused else status.HTTP_200_OK
        return Response(SubmitOut(answer).data, status=code)


class OrderReopen(APIView):
    """Taking an order back into the cart."""

    @extend_schema(operation_id="orders_reopen", request=None, responses=CartOut, tags=["orders"])
    def post(self, request: Request, requisition_id: UUID) -> Response:
        """Take a rejected or withdrawn order of your own back into the cart, to be edited."""
        order = services.reopen(
            actor=actor_of(request), requisition_id=requisition_id, now=clock.now()
        )
        return Response(CartOut(selectors.draft_of(actor_of(request), order.id)).data)


class OrderWithdraw(APIView):
    """Taking back an order that waits for approval."""

    @extend_schema(
        operation_id="orders_withdraw",
        request=WithdrawIn,
        responses=OrderDetailOut,
        tags=["orders"],
    )
    def post(self, request: Request, requisition_id: UUID) -> Response:
        """Take back an order of your own; what it reserved goes back to the budgets."""
        given = WithdrawIn(data=request.data)
        given.is_valid(raise_exception=True)
        order = services.withdraw(
            actor=actor_of(request),
            requisition_id=requisition_id,
            now=clock.now(),
            **given.validated_data,
        )
        return Response(detail_of(order))


class Cart(APIView):
    """The cart: the caller's draft that was touched last."""

    @extend_schema(operation_id="cart_retrieve", responses=CartOut, tags=["cart"])
    def get(self, request: Request) -> Response:
        """Show the cart; 404 while there is none."""
        return Response(CartOut(selectors.draft_of(actor_of(request))).data)

    @extend_schema(operation_id="cart_update", request=CartIn, responses=CartOut, tags=["cart"])
    def patch(self, request: Request) -> Response:
        """Choose the group to buy for, say when it is wanted, or write a note to the approvers."""
        draft = selectors.draft_of(actor_of(request))
        given = CartIn(data=request.data)
        given.is_valid(raise_exception=True)
        services.change_cart(
            actor=actor_of(request),
            requisition_id=draft.id,
            group_id=given.validated_data.get("group", draft.group_id),
            note=given.validated_data.get("note", draft.note),
            wanted_on=given.validated_data.get("wanted_on", draft.wanted_on),
            now=clock.now(),
        )
        return Response(CartOut(selectors.draft_of(actor_of(request), draft.id)).data)


class CartLines(APIView):
    """What is in the cart."""

    @extend_schema(
        operation_id="cart_lines_create",
        request=CartLineIn,
        responses={status.HTTP_201_CREATED: CartOut},
        tags=["cart"],
    )
    def post(self, request: Request) -> Response:
        """Put an item into the cart, which is opened when there is none."""
        given = CartLineIn(data=request.data)
        given.is_valid(raise_exception=True)
        cart = services.add_to_cart(
            actor=actor_of(request),
            item_id=given.validated_data["item"],
            quantity=given.validated_data["quantity"],
            group_id=given.validated_data.get("group"),
            now=clock.now(),
        )
        draft = selectors.draft_of(actor_of(request), cart.id)
        return Response(CartOut(draft).data, status=status.HTTP_201_CREATED)


class CartLine(APIView):
    """One line of the cart."""

    @extend_schema(
        operation_id="cart_lines_update",
        request=CartLineChangeIn,
        responses=CartOut,
        tags=["cart"],
    )
    def patch(self, request: Request, line_id: UUID) -> Response:
        """Change a line's quantity, or say why it is needed."""
        given = CartLineChangeIn(data=request.data)
        given.is_valid(raise_exception=True)
        line = services.change_line(
            actor=actor_of(request), line_id=line_id, now=clock.now(), **given.validated_data
        )
        return Response(CartOut(selectors.draft_of(actor_of(request), line.requisition_id)).data)

    @extend_schema(
        operation_id="cart_lines_destroy",
        responses={status.HTTP_204_NO_CONTENT: None},
        tags=["cart"],
    )
    def delete(self, request: Request, line_id: UUID) -> Response:
        """Take a line out of the cart."""
        services.remove_line(actor=actor_of(request), line_id=line_id, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class CartPreview(APIView):
    """What happens if the cart is submitted now."""

    @extend_schema(operation_id="cart_preview", responses=PreviewOut, tags=["cart"])
    def get(self, request: Request) -> Response:
        """Judge the cart as the submit would, and write nothing."""
        draft = selectors.draft_of(actor_of(request))
        assessment = selectors.preview(actor_of(request), draft, now=clock.now())
        return Response(PreviewOut(_preview(draft, assessment)).data)


def _preview(draft: Draft, assessment: Assessment) -> SimpleNamespace:
    plan = assessment.plan
    return SimpleNamespace(
        draft=draft,
        total=assessment.total,
        is_submittable=assessment.is_submittable,
        plan=plan,
        counted=plan.route.counted.amount if plan.route.counted else None,
        lines=assessment.lines,
        steps=planned_steps(plan) if plan.is_ready else (),
        why=why_planned(plan, assessment.facts, assessment.policies),
        effects=assessment.effects,
        refusals=assessment.refusals,
        blocked=assessment.blocked,
        charged_on=assessment.charged_on,
        is_automatic=assessment.needs_nobody,
        carried=assessment.carried.sentences if assessment.carried else (),
    )


def detail_of(order: Requisition) -> dict[str, Any]:
    """Return an order in full.

    Five SQL queries, two more for who is away, one where groups above had a say in its route.
    """
    asked = latest_request_about(SUBJECT_KIND, order.id)
    content = SimpleNamespace(
        revision=order.revision,
        note=order.note,
        explanation=order.explanation,
        lines=selectors.lines_of(order),
        rejected_lines=selectors.rejected_lines_of(order),
        route=taken_steps(asked, stand_ins_in(asked, clock.now())) if asked else (),
        why=why_taken(asked, derivation_of(asked)) if asked else (),
        purchase_orders=selectors.purchase_orders_of(order),
    )
    return {**OrderOut(order).data, **OrderContentOut(content).data}


def actor_of(request: Request) -> MemberActor:
    """Return who calls."""
    return org_request(request).actor
