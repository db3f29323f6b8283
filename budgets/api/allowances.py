"""The API of personal budgets, over the same selectors and services as the pages."""

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
from budgets.api.budgets import MeterOut
from budgets.api.fields import amount
from budgets.api.terms import EndIn
from budgets.fiscal import PeriodKind
from budgets.models import Budget
from budgets.rules import DEFAULT_WARN_PERCENT, FULL, ZERO, effects
from budgets.services import AllowanceTerms
from budgets.terms import Enforcement
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.paging import page_of

_PAGE = OpenApiParameter("page", int, description="From 1; by default the first.")
_PER_PAGE = 50


class AllowanceOut(serializers.Serializer[Any]):
    """A budget of their own for everybody of a group, and how those stand today."""

    id = serializers.UUIDField(source="allowance.id")
    group = serializers.UUIDField(source="allowance.group_id")
    title = serializers.CharField()
    about = serializers.CharField()
    kind = serializers.ChoiceField(choices=Budget.Kind.choices, source="allowance.kind")
    cap = amount(source="allowance.cap")
    category = serializers.UUIDField(source="allowance.category_id", allow_null=True)
    supplier = serializers.UUIDField(source="allowance.supplier_id", allow_null=True)
    warn_percent = serializers.IntegerField(source="allowance.warn_percent")
    enforcement = serializers.ChoiceField(
        choices=Budget.Enforcement.choices, source="allowance.enforcement"
    )
    reaches_below = serializers.BooleanField(source="allowance.reaches_below")
    ended_at = serializers.DateTimeField(source="allowance.ended_at", allow_null=True)
    people = serializers.IntegerField()
    past_mark = serializers.IntegerField()
    used_up = serializers.IntegerField()


class AllowanceListOut(serializers.Serializer[Any]):
    """A page of personal budgets, by group."""

    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    allowances = AllowanceOut(many=True)


class AllowanceIn(serializers.Serializer[Any]):
    """What gives everybody of a group a budget of their own."""

    group = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Budget.Kind.choices)
    cap = amount()
    category = serializers.UUIDField(allow_null=True, default=None)
    supplier = serializers.UUIDField(allow_null=True, default=None)
    warn_percent = serializers.IntegerField(
        min_value=1, max_value=FULL, default=DEFAULT_WARN_PERCENT
    )
    enforcement = serializers.ChoiceField(
        choices=Budget.Enforcement.choices, default=Enforcement.HARD.value
    )
    reaches_below = serializers.BooleanField(default=False)


class AllowanceChangeIn(serializers.Serializer[Any]):
    """What changes what everybody gets."""

    cap = amount()
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class OwnBudgetOut(serializers.Serializer[Any]):
    """One person's budget of those."""

    name = serializers.CharField()
    email = serializers.CharField()
    group_name = serializers.CharField()
    budget = MeterOut(source="effect")


class PeopleOut(serializers.Serializer[Any]):
    """A page of people, by name."""

    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    people = OwnBudgetOut(many=True)


class OwnOut(serializers.Serializer[Any]):
    """What is the caller's own."""

    budgets = MeterOut(many=True)


class AllowanceList(APIView):
    """Personal budgets of groups, and giving some."""

    @extend_schema(
        operation_id="allowances_list",
        parameters=[_PAGE, OpenApiParameter("ended", bool, description="Those that have ended.")],
        responses=AllowanceListOut,
    )
    def get(self, request: Request) -> Response:
        """List those on groups whose budgets the caller may see."""
        own = org_request(request)
        ended = request.query_params.get("ended", "").lower() in ("1", "true")
        page = page_of(own, selectors.allowances_of(own.actor, ended=ended), per_page=_PER_PAGE)
        rows = selectors.allowance_rows(
            own.actor, page.items, currency=own.organization.currency, on=_today(request)
        )
        found = {"total": page.total, "number": page.number, "pages": page.pages}
        return Response(AllowanceListOut(found | {"allowances": rows}).data)

    @extend_schema(
        operation_id="allowances_create",
        request=AllowanceIn,
        responses={status.HTTP_201_CREATED: AllowanceOut},
    )
    def post(self, request: Request) -> Response:
        """Give everybody of a group a budget of their own, and whoever joins later."""
        actor = org_request(request).actor
        given = AllowanceIn(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        made = services.set_allowance(
            actor=actor,
            group=accounts.group_for(actor, values["group"], Permission.VIEW_BUDGETS),
            kind=PeriodKind(values["kind"]),
            cap=values["cap"],
            terms=AllowanceTerms(
                category_id=values["category"],
                supplier_id=values["supplier"],
                warn_percent=values["warn_percent"],
                enforcement=Enforcement(values["enforcement"]),
                reaches_below=values["reaches_below"],
            ),
            now=clock.now(),
        )
        return Response(_shown(request, made.allowance.id), status=status.HTTP_201_CREATED)


class AllowanceDetail(APIView):
    """The personal budgets of one group."""

    @extend_schema(operation_id="allowances_read", responses=AllowanceOut)
    def get(self, request: Request, allowance_id: UUID) -> Response:
        """Show them, with how many people have one."""
        return Response(_shown(request, allowance_id))

    @extend_schema(
        operation_id="allowances_change", request=AllowanceChangeIn, responses=AllowanceOut
    )
    def patch(self, request: Request, allowance_id: UUID) -> Response:
        """Change what everybody gets, from the running period on."""
        given = AllowanceChangeIn(data=request.data)
        given.is_valid(raise_exception=True)
        services.change_allowance(
            actor=org_request(request).actor,
            allowance_id=allowance_id,
            now=clock.now(),
            **given.validated_data,
        )
        return Response(_shown(request, allowance_id))

    @extend_schema(
        operation_id="allowances_end",
        parameters=[EndIn],
        responses={status.HTTP_204_NO_CONTENT: None},
    )
    def delete(self, request: Request, allowance_id: UUID) -> Response:
        """End everybody's; the ``reason`` is kept."""
        services.end_allowance(
            actor=org_request(request).actor,
            allowance_id=allowance_id,
            reason=request.query_params.get("reason", "")[:500],
            now=clock.now(),
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class AllowancePeople(APIView):
    """Who has one, and how each stands."""

    @extend_schema(
        operation_id="allowances_people",
        parameters=[_PAGE, OpenApiParameter("q", str, description="Words of name or address.")],
        responses=PeopleOut,
    )
    def get(self, request: Request, allowance_id: UUID) -> Response:
        """List the people with their meters, by name."""
        own = org_request(request)
        found = selectors.allowance_for(own.actor, allowance_id)
        people = selectors.people_with(found, request.query_params.get("q", "")[:100])
        page = page_of(own, people, per_page=_PER_PAGE)
        rows = selectors.own_rows(page.items, on=_today(request))
        shown = {"total": page.total, "number": page.number, "pages": page.pages}
        return Response(PeopleOut(shown | {"people": rows}).data)


class OwnBudgets(APIView):
    """What is the caller's own to use."""

    @extend_schema(operation_id="budgets_own", responses=OwnOut)
    def get(self, request: Request) -> Response:
        """List the caller's personal budgets and those of seats that they fill."""
        found = selectors.own_budgets(org_request(request).actor, _today(request))
        return Response(OwnOut({"budgets": effects(found, ZERO)}).data)


def _today(request: Request) -> Any:
    return local_date(clock.now(), org_request(request).organization.time_zone)


def _shown(request: Request, allowance_id: UUID) -> dict[str, Any]:
    own = org_request(request)
    found = selectors.allowance_for(own.actor, allowance_id)
    (row,) = selectors.allowance_rows(
        own.actor, [found], currency=own.organization.currency, on=_today(request)
    )
    return dict(AllowanceOut(row).data)
