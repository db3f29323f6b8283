"""The API of budget increases, over the same selectors and services as the pages."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.web import org_request
from budgets import selectors, services
from budgets.api.fields import amount
from budgets.models import BudgetIncrease
from budgets.selectors import Shows
from procurement.core import clock
from procurement.core.paging import page_of

_PAGE = OpenApiParameter("page", int, description="From 1; by default the first.")
_PER_PAGE = 50


class IncreaseOut(serializers.Serializer[Any]):
    """More room that somebody asks for on a period of a budget, and what became of it."""

    id = serializers.UUIDField()
    budget = serializers.UUIDField(source="period.budget_id")
    period = serializers.UUIDField(source="period_id")
    title = serializers.SerializerMethodField(help_text="The budget and its period in words.")
    amount = amount()
    is_lasting = serializers.BooleanField()
    reason = serializers.CharField()
    status = serializers.ChoiceField(choices=BudgetIncrease.Status.choices)
    asked_by = serializers.UUIDField(source="asked_by_id")
    asked_by_name = serializers.SerializerMethodField()
    document_id = serializers.UUIDField(allow_null=True)
    document_label = serializers.CharField()
    asked_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)

    def get_title(self, increase: BudgetIncrease) -> str:
        """Return the budget and period in words."""
        return selectors.title_of(increase)

    def get_asked_by_name(self, increase: BudgetIncrease) -> str:
        """Return who asked."""
        return increase.asked_by.user.name or increase.asked_by.user.email


class IncreaseListOut(serializers.Serializer[Any]):
    """A page of increases, the latest first."""

    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    increases = IncreaseOut(source="items", many=True)


class IncreaseIn(serializers.Serializer[Any]):
    """What asks for an increase; ``period`` is a period's id, or a budget's for the running one."""

    period = serializers.UUIDField()
    amount = amount()
    reason = serializers.CharField(max_length=2_000)
    is_lasting = serializers.BooleanField(default=False)


class IncreaseFilter(serializers.Serializer[Any]):
    """What narrows the list."""

    show = serializers.ChoiceField(choices=[one.value for one in Shows], default=Shows.MINE.value)
    status = serializers.ChoiceField(
        choices=BudgetIncrease.Status.choices, default="", allow_blank=True
    )


class IncreaseList(APIView):
    """Increases that were asked for, and asking for one."""

    @extend_schema(
        operation_id="budget_increases_list",
        parameters=[IncreaseFilter, _PAGE],
        responses=IncreaseListOut,
    )
    def get(self, request: Request) -> Response:
        """List the caller's own, or with ``show=kept`` those of the budgets that they keep."""
        own = org_request(request)
        given = IncreaseFilter(data=request.query_params)
        given.is_valid(raise_exception=True)
        shows = Shows(given.validated_data["show"])
        found = selectors.increases_of(own.actor, shows, status=given.validated_data["status"])
        return Response(IncreaseListOut(page_of(own, found, per_page=_PER_PAGE)).data)

    @extend_schema(
        operation_id="budget_increases_ask",
        request=IncreaseIn,
        responses={status.HTTP_201_CREATED: IncreaseOut},
    )
    def post(self, request: Request) -> Response:
        """Ask for more room; whom policy names decides, and it applies at once when approved."""
        actor = org_request(request).actor
        given = IncreaseIn(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        asked = services.ask_for_increase(
            actor=actor, period_id=values.pop("period"), now=clock.now(), **values
        )
        return Response(_shown(request, asked.id), status=status.HTTP_201_CREATED)


class IncreaseDetail(APIView):
    """One increase."""

    @extend_schema(operation_id="budget_increases_read", responses=IncreaseOut)
    def get(self, request: Request, increase_id: UUID) -> Response:
        """Show an increase to its asker, to those who see the budget, and to those asked."""
        return Response(_shown(request, increase_id))


class IncreaseWithdrawal(APIView):
    """Taking an increase back."""

    @extend_schema(operation_id="budget_increases_withdraw", request=None, responses=IncreaseOut)
    def post(self, request: Request, increase_id: UUID) -> Response:
        """Take the caller's own increase back, before it is decided."""
        services.withdraw_increase(
            actor=org_request(request).actor, increase_id=increase_id, now=clock.now()
        )
        return Response(_shown(request, increase_id))


def _shown(request: Request, increase_id: UUID) -> dict[str, Any]:
    detail = selectors.increase_for(org_request(request).actor, increase_id)
    return dict(IncreaseOut(detail.increase).data)
