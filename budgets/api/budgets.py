"""The API of caps and meters, over the same selectors and services as the pages."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import selectors as accounts
from accounts.permissions import Permission
from accounts.web import org_request
from budgets import selectors, services
from budgets.api.fields import amount
from budgets.fiscal import PeriodKind
from budgets.models import Budget
from budgets.rules import DEFAULT_WARN_PERCENT, FULL, ZERO, BudgetState, Effect, effects
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.errors import DomainError


class PeriodOut(serializers.Serializer[Any]):
    """A month, quarter or year."""

    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=Budget.Kind.choices)
    name = serializers.CharField(source="label")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()


class GroupOut(serializers.Serializer[Any]):
    """The group that a budget belongs to."""

    id = serializers.UUIDField(source="group_id")
    name = serializers.CharField(source="group_name")


class MeterOut(serializers.Serializer[Any]):
    """A budget as it stands in one period; ``used_percent`` has one decimal."""

    id = serializers.UUIDField(source="covering.budget_id")
    period_id = serializers.UUIDField(source="covering.period_id", allow_null=True)
    period = PeriodOut(source="covering.period")
    group = GroupOut(source="covering")
    currency = serializers.CharField(source="covering.currency")
    cap = amount(source="covering.cap")
    reserved = amount(source="covering.reserved")
    committed = amount(source="covering.committed")
    spent = amount(source="covering.spent")
    overrun = amount(source="covering.overrun")
    free = amount(source="covering.free")
    used_percent = serializers.DecimalField(max_digits=16, decimal_places=1, source="percent_after")
    warn_percent = serializers.IntegerField(source="covering.warn_percent")
    state = serializers.ChoiceField(choices=[state.value for state in BudgetState])


class BudgetListOut(serializers.Serializer[Any]):
    """The budgets of one period that the caller may see, in the order of the tree."""

    period = PeriodOut(allow_null=True)
    budgets = MeterOut(many=True)


class BudgetIn(serializers.Serializer[Any]):
    """What sets a budget."""

    group = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Budget.Kind.choices)
    cap = amount(min_value=ZERO)
    warn_percent = serializers.IntegerField(
        min_value=1, max_value=FULL, default=DEFAULT_WARN_PERCENT
    )


class CapIn(serializers.Serializer[Any]):
    """What changes a cap."""

    cap = amount(min_value=ZERO)
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class BudgetList(APIView):
    """The budgets of a period, and setting a new one."""

    @extend_schema(
        operation_id="budgets_list",
        parameters=[
            OpenApiParameter(
                "period",
                str,
                description="2026-11, 2026-Q4 or 2026; by default the running period that has the "
                "most budgets.",
            )
        ],
        responses=BudgetListOut,
    )
    def get(self, request: Request) -> Response:
        """List the budgets that the caller may see, with their meters."""
        actor = org_request(request).actor
        today = local_date(clock.now(), org_request(request).organization.time_zone)
        code = request.query_params.get("period")
        if code is None:
            period = selectors.period_shown(selectors.period_choices(actor, today), today)
        else:
            period = selectors.fiscal_calendar().from_code(code)
            if period is None:
                raise DomainError("Name a period as 2026-11, 2026-Q4 or 2026.", field="period")
        tree = selectors.budget_tree(actor, period) if period else ()
        found = [row.effect for row in tree if row.effect is not None]
        return Response(BudgetListOut({"period": period, "budgets": found}).data)

    @extend_schema(
        operation_id="budgets_create",
        request=BudgetIn,
        responses={status.HTTP_201_CREATED: MeterOut},
    )
    def post(self, request: Request) -> Response:
        """Give a group a budget."""
        actor = org_request(request).actor
        given = BudgetIn(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        group = accounts.group_for(actor, values.pop("group"), Permission.VIEW_BUDGETS)
        budget = services.set_budget(
            actor=actor,
            group=group,
            kind=PeriodKind(values.pop("kind")),
            now=clock.now(),
            **values,
        )
        return Response(MeterOut(_standing(request, budget)).data, status=status.HTTP_201_CREATED)


class BudgetDetail(APIView):
    """One budget."""

    @extend_schema(operation_id="budgets_change_cap", request=CapIn, responses=MeterOut)
    def patch(self, request: Request, budget_id: UUID) -> Response:
        """Change the cap, from the current period on."""
        given = CapIn(data=request.data)
        given.is_valid(raise_exception=True)
        budget = services.change_cap(
            actor=org_request(request).actor,
            budget_id=budget_id,
            now=clock.now(),
            **given.validated_data,
        )
        return Response(MeterOut(_standing(request, budget)).data)


def _standing(request: Request, budget: Budget) -> Effect | None:
    """Return how a budget stands in the current period."""
    today = local_date(clock.now(), org_request(request).organization.time_zone)
    found = selectors.covering([budget.group_id], max(today, budget.starts_on))
    return next((e for e in effects(found, ZERO) if e.covering.budget_id == budget.id), None)
