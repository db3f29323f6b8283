"""The API that plans caps: each action says what it would change, or changes it."""

from datetime import date
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.web import OrgRequest, org_request
from budgets import selectors, services
from budgets.api.fields import amount
from budgets.exports import budgets_response
from budgets.planning import LEAST_GROWTH, MOST_GROWTH, OwnShare, PlannedCap, SplitBy
from budgets.rules import ZERO
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.paging import page_of

_PERIOD = OpenApiParameter("period", str, description="2026-11, 2026-Q4, 2026-H2 or 2026.")
_MOST_ROWS = 10_000


class CapChangeOut(serializers.Serializer[Any]):
    """A cap that becomes another one; ``percent`` is null where it was zero."""

    budget = serializers.UUIDField(source="slot.covering.budget_id")
    group = serializers.UUIDField(source="slot.covering.group_id")
    title = serializers.CharField(source="slot.covering.title")
    period = serializers.CharField(source="slot.covering.period.code")
    before = amount()
    after = amount(source="cap")
    difference = amount()
    percent = serializers.DecimalField(max_digits=18, decimal_places=1, allow_null=True)
    is_new = serializers.BooleanField(source="slot.is_new")


class PlanRefusalOut(serializers.Serializer[Any]):
    """A cap that cannot be, and why."""

    budget = serializers.CharField(source="place")
    reason = serializers.CharField(source="sentence")


class PlanOut(serializers.Serializer[Any]):
    """What caps change. ``seen`` is the fingerprint to send along when it is carried out."""

    before = amount()
    after = amount()
    difference = amount()
    unchanged = serializers.IntegerField()
    changes = CapChangeOut(many=True)
    refusals = PlanRefusalOut(many=True)
    seen = serializers.CharField(source="digest")


class _PlanIn(serializers.Serializer[Any]):
    """What every action takes: ``is_preview`` changes nothing and only says what would change."""

    reason = serializers.CharField(max_length=500, allow_blank=True, default="")
    is_preview = serializers.BooleanField(default=False)
    seen = serializers.CharField(max_length=64, required=False, allow_null=True, default=None)


class PlannedCapIn(serializers.Serializer[Any]):
    """One cap."""

    budget = serializers.UUIDField()
    period = serializers.CharField(max_length=12)
    cap = amount()


class CapsIn(_PlanIn):
    """Caps given one by one: all of them are set, or none."""

    rows = serializers.ListField(child=PlannedCapIn(), min_length=1, max_length=_MOST_ROWS)


class CopyIn(_PlanIn):
    """Copy a period's caps to another one, grown by a percentage."""

    from_period = serializers.CharField(max_length=12)
    to_period = serializers.CharField(max_length=12)
    percent = serializers.DecimalField(
        max_digits=7,
        decimal_places=2,
        default=ZERO,
        min_value=LEAST_GROWTH,
        max_value=MOST_GROWTH,
    )
    groups = serializers.ListField(child=serializers.UUIDField(), default=list)


class SplitIn(_PlanIn):
    """Share a budget, or an amount of it, out among those next below it."""

    budget = serializers.UUIDField()
    period = serializers.CharField(max_length=12)
    by = serializers.ChoiceField(choices=[one.value for one in SplitBy])
    amount = amount(required=False, allow_null=True, default=None)
    makes_missing = serializers.BooleanField(default=False)


class RollUpIn(_PlanIn):
    """Make each cap the sum of those next below and the group's own share."""

    period = serializers.CharField(max_length=12)
    own = serializers.ChoiceField(choices=[one.value for one in OwnShare], default=OwnShare.KEPT)


class RollUpRowOut(serializers.Serializer[Any]):
    """A budget beside those next below it."""

    budget = serializers.UUIDField(source="slot.covering.budget_id")
    title = serializers.CharField(source="slot.covering.title")
    cap = amount(source="slot.covering.cap")
    used = amount(source="slot.covering.used")
    below = serializers.IntegerField()
    cap_below = amount()
    used_below = amount()
    own = amount()


class LevelOut(serializers.Serializer[Any]):
    """What the budgets at one level of the tree add up to."""

    level = serializers.IntegerField()
    budgets = serializers.IntegerField()
    cap = amount()
    used = amount()


class RollUpsOut(serializers.Serializer[Any]):
    """Budgets beside those next below them, a page at a time, and all levels."""

    total = serializers.IntegerField(source="page.total")
    page = serializers.IntegerField(source="page.number")
    pages = serializers.IntegerField(source="page.pages")
    budgets = RollUpRowOut(many=True, source="page.items")
    levels = LevelOut(many=True)


class PlanCaps(APIView):
    """Caps given one by one."""

    @extend_schema(operation_id="budget_plans_caps", request=CapsIn, responses=PlanOut)
    def post(self, request: Request) -> Response:
        """Give budgets the caps of some periods, or say what that would change."""
        own, given, common = _given(request, CapsIn)
        calendar = selectors.fiscal_calendar()
        rows = [
            PlannedCap(row["budget"], selectors.period_in(calendar, row["period"]), row["cap"])
            for row in given["rows"]
        ]
        if common.pop("is_preview"):
            plan = selectors.draft_caps(own.actor, rows, today=_today(own))
        else:
            plan = services.plan_period(actor=own.actor, rows=rows, now=clock.now(), **common)
        return Response(PlanOut(plan).data)


class PlanCopy(APIView):
    """Caps copied forward."""

    @extend_schema(operation_id="budget_plans_copy", request=CopyIn, responses=PlanOut)
    def post(self, request: Request) -> Response:
        """Copy a period's caps to another one, or say what that would change."""
        own, given, common = _given(request, CopyIn)
        asked = {
            "from_code": given["from_period"],
            "to_code": given["to_period"],
            "percent": given["percent"],
            "group_ids": given["groups"],
        }
        if common.pop("is_preview"):
            plan = selectors.draft_copy(own.actor, today=_today(own), **asked)
        else:
            plan = services.copy_forward(actor=own.actor, now=clock.now(), **asked, **common)
        return Response(PlanOut(plan).data)


class PlanSplit(APIView):
    """A budget split down."""

    @extend_schema(operation_id="budget_plans_split", request=SplitIn, responses=PlanOut)
    def post(self, request: Request) -> Response:
        """Share a budget out among those next below, or say what that would change."""
        own, given, common = _given(request, SplitIn)
        asked = {
            "budget_id": given["budget"],
            "code": given["period"],
            "by": SplitBy(given["by"]),
            "amount": given["amount"],
            "makes_missing": given["makes_missing"],
        }
        if common.pop("is_preview"):
            plan = selectors.draft_split(own.actor, today=_today(own), **asked)
        else:
            plan = services.split_down(actor=own.actor, now=clock.now(), **asked, **common)
        return Response(PlanOut(plan).data)


class PlanRollUp(APIView):
    """Caps rolled up from below."""

    @extend_schema(operation_id="budget_plans_roll_ups", parameters=[_PERIOD], responses=RollUpsOut)
    def get(self, request: Request) -> Response:
        """List the budgets of a period beside those next below them."""
        own = org_request(request)
        period = selectors.period_named(request.query_params.get("period", ""))
        rows, levels = selectors.roll_ups(own.actor, period)
        return Response(RollUpsOut({"page": page_of(own, rows), "levels": levels}).data)

    @extend_schema(operation_id="budget_plans_roll_up", request=RollUpIn, responses=PlanOut)
    def post(self, request: Request) -> Response:
        """Make each cap the sum of those next below, or say what that would change."""
        own, given, common = _given(request, RollUpIn)
        asked = {"code": given["period"], "own": OwnShare(given["own"])}
        if common.pop("is_preview"):
            plan = selectors.draft_roll_up(own.actor, today=_today(own), **asked)
        else:
            plan = services.roll_up(actor=own.actor, now=clock.now(), **asked, **common)
        return Response(PlanOut(plan).data)


class BudgetExport(APIView):
    """Caps as a file."""

    @extend_schema(
        operation_id="budgets_export",
        parameters=[_PERIOD],
        responses={(200, "text/csv"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Download caps; uploaded again, the file changes nothing."""
        own = org_request(request)
        selectors.require_planner(own.actor)
        code = request.query_params.get("period", "")
        period = selectors.period_named(code) if code else None
        lines = selectors.budget_lines(own.actor, period, today=_today(own))
        return budgets_response(lines, "budgets")


def _given(
    request: Request, kind: type[_PlanIn]
) -> tuple[OrgRequest, dict[str, Any], dict[str, Any]]:
    """Return the request, what it asks for, and what every action takes apart from that."""
    own = org_request(request)
    selectors.require_planner(own.actor)
    given = kind(data=request.data)
    given.is_valid(raise_exception=True)
    values = dict(given.validated_data)
    return own, values, {name: values[name] for name in ("reason", "is_preview", "seen")}


def _today(own: OrgRequest) -> date:
    return local_date(clock.now(), own.organization.time_zone)
