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
from budgets.api.terms import BudgetIn, ChangesIn, EndIn, TermsOut
from budgets.fiscal import PeriodKind
from budgets.models import Budget
from budgets.rules import ZERO, BudgetState, Effect, effects
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.errors import DomainError
from procurement.core.paging import page_of

_PER_PAGE = 200


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
    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    budgets = MeterOut(many=True)


class BudgetOut(MeterOut):
    """A budget as it stands in the current period, and how it is held."""

    terms = TermsOut()
    meaning = serializers.CharField(help_text="The same in one breath.")
    is_active = serializers.BooleanField()


class BudgetFilter(serializers.Serializer[Any]):
    """What narrows the list; ``group`` takes its budgets and those below it."""

    group = serializers.UUIDField(required=False)
    kind = serializers.ChoiceField(choices=Budget.Kind.choices, required=False)
    scope = serializers.ChoiceField(
        choices=["everything", "limited", "personal"],
        required=False,
        help_text="What counts everything; what is limited to a category or supplier; what is one "
        "person’s or one seat’s.",
    )
    state = serializers.ChoiceField(choices=[state.value for state in BudgetState], required=False)
    page = serializers.IntegerField(min_value=1, required=False)


class BudgetList(APIView):
    """The budgets of a period, and setting a new one."""

    @extend_schema(
        operation_id="budgets_list",
        parameters=[
            BudgetFilter,
            OpenApiParameter(
                "period",
                str,
                description="2026-11, 2026-Q4 or 2026; by default the running period that has the "
                "most budgets.",
            ),
        ],
        responses=BudgetListOut,
    )
    def get(self, request: Request) -> Response:
        """List the budgets that the caller may see, with their meters."""
        actor = org_request(request).actor
        today = local_date(clock.now(), org_request(request).organization.time_zone)
        code = request.query_params.get("period")
        if code is None:
            choices = selectors.period_choices(actor, today)
            kind = request.query_params.get("kind")
            of_kind = [one for one in choices if kind in (None, "", one.period.kind.value)]
            period = selectors.period_shown(of_kind, today)
        else:
            period = selectors.fiscal_calendar().from_code(code)
            if period is None:
                raise DomainError("Name a period as 2026-11, 2026-Q4 or 2026.", field="period")
        asked = BudgetFilter(data=request.query_params)
        asked.is_valid(raise_exception=True)
        tree = selectors.budget_tree(actor, period) if period else ()
        found = [
            row.effect
            for row in tree
            if row.effect is not None and _fits(row.effect, asked.validated_data)
        ]
        page = page_of(org_request(request), found, per_page=_PER_PAGE)
        shown = {"total": page.total, "number": page.number, "pages": page.pages}
        return Response(BudgetListOut(shown | {"period": period, "budgets": page.items}).data)

    @extend_schema(
        operation_id="budgets_create",
        request=BudgetIn,
        responses={status.HTTP_201_CREATED: BudgetOut},
    )
    def post(self, request: Request) -> Response:
        """Give a group a budget."""
        actor = org_request(request).actor
        given = BudgetIn(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        budget = services.set_budget(
            actor=actor,
            group=accounts.group_for(actor, values["group"], Permission.VIEW_BUDGETS),
            kind=PeriodKind(values["kind"]),
            cap=values["cap"],
            terms=given.terms,
            starts_on=values.get("starts_on"),
            now=clock.now(),
        )
        return Response(_shown(request, budget.id), status=status.HTTP_201_CREATED)


class BudgetDetail(APIView):
    """One budget."""

    @extend_schema(operation_id="budgets_read", responses=BudgetOut)
    def get(self, request: Request, budget_id: UUID) -> Response:
        """Show a budget as it stands in the current period, and how it is held."""
        return Response(_shown(request, budget_id))

    @extend_schema(operation_id="budgets_change", request=ChangesIn, responses=BudgetOut)
    def patch(self, request: Request, budget_id: UUID) -> Response:
        """Change the cap or how it is held, from the current period on."""
        given = ChangesIn(data=request.data)
        given.is_valid(raise_exception=True)
        services.change_budget(
            actor=org_request(request).actor,
            budget_id=budget_id,
            changes=given.changes,
            reason=given.validated_data["reason"],
            now=clock.now(),
        )
        return Response(_shown(request, budget_id))

    @extend_schema(
        operation_id="budgets_end",
        parameters=[EndIn],
        responses={status.HTTP_204_NO_CONTENT: None},
    )
    def delete(self, request: Request, budget_id: UUID) -> Response:
        """End a budget: new orders are no longer held to it; the ``reason`` is kept."""
        services.end_budget(
            actor=org_request(request).actor,
            budget_id=budget_id,
            reason=request.query_params.get("reason", "")[:500],
            now=clock.now(),
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


def _shown(request: Request, budget_id: UUID) -> dict[str, Any]:
    """Return a budget as it stands in its current period, or its first or last one."""
    own = org_request(request)
    budget = selectors.budget_for(own.actor, budget_id)
    today = local_date(clock.now(), own.organization.time_zone)
    on = max(today, budget.starts_on)
    (standing,) = effects([selectors.standing_of([budget.id], on)[budget.id]], ZERO)
    found = MeterOut(standing).data
    return dict(found) | {
        "terms": TermsOut(budget).data,
        "meaning": selectors.meaning_of(budget, own.organization.currency),
        "is_active": budget.is_active,
    }


def _fits(effect: Effect, asked: dict[str, Any]) -> bool:
    covering = effect.covering
    scope = (
        "personal"
        if covering.scope.is_personal
        else ("everything" if covering.scope.is_everything else "limited")
    )
    return (
        asked.get("group") in (None, *covering.group_path)
        and asked.get("scope") in (None, scope)
        and asked.get("state") in (None, effect.state.value)
    )
