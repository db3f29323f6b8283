"""The API of one period of a budget: its ledger, its outlook, and an earlier period beside it."""

from datetime import date
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.web import OrgRequest, org_request
from budgets import selectors
from budgets.api.fields import amount
from budgets.comparing import compare
from budgets.models import LedgerEntry
from budgets.outlook import Assumption, outlook
from budgets.rules import ZERO
from budgets.selectors import Narrowing
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.errors import NotFound
from procurement.core.paging import page_of

_PER_PAGE = 100
_PAGE = OpenApiParameter("page", int, description="100 lines a page; the first by default.")


class LedgerLineOut(serializers.Serializer[Any]):
    """One line of a ledger; the amounts are changes, ``used_after`` is the running balance."""

    number = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=LedgerEntry.Kind.choices)
    cap = amount(source="delta_cap")
    reserved = amount(source="delta_reserved")
    committed = amount(source="delta_committed")
    spent = amount(source="delta_spent")
    overrun = amount(source="delta_overrun")
    used_after = amount()
    document_kind = serializers.CharField()
    document_id = serializers.UUIDField()
    document = serializers.CharField(source="document_label")
    note = serializers.CharField()
    occurred_on = serializers.DateField()
    by = serializers.CharField(source="actor_label")
    at = serializers.DateTimeField()


class LedgerPageOut(serializers.Serializer[Any]):
    """One page of the lines that were asked for."""

    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    lines = LedgerLineOut(many=True, source="items")


class NarrowingIn(serializers.Serializer[Any]):
    """Which lines are asked for; all by default, the newest first."""

    kind = serializers.ChoiceField(choices=LedgerEntry.Kind.choices, default="", allow_blank=True)
    document = serializers.CharField(max_length=100, default="", allow_blank=True)
    by = serializers.CharField(max_length=100, default="", allow_blank=True)
    since = serializers.DateField(default=None)
    until = serializers.DateField(default=None)
    at_least = amount(default=None)
    oldest_first = serializers.BooleanField(default=False)


class RangeOut(serializers.Serializer[Any]):
    """An amount that is expected, and between which two it lies about four times in five."""

    low = amount()
    middle = amount()
    high = amount()


class RunsOutOut(serializers.Serializer[Any]):
    """The days on which orders stop; null means not within the period."""

    earliest = serializers.DateField(allow_null=True)
    expected = serializers.DateField(allow_null=True)
    latest = serializers.DateField(allow_null=True)


class PointOut(serializers.Serializer[Any]):
    """What is used at the end of a day, as it was or as it is expected."""

    on = serializers.DateField()
    used = RangeOut()
    is_past = serializers.BooleanField()


class UnusualWeekOut(serializers.Serializer[Any]):
    """A week that took far more than a usual one, or nothing."""

    first = serializers.DateField()
    last = serializers.DateField()
    usual = amount()
    took = amount(source="amount")


class OutlookOut(serializers.Serializer[Any]):
    """How long a period lasts; ``is_projected`` is false where too little is known, or it is over.

    ``cap`` is the one that was supposed, ``short`` what it lacks to last to the end.
    """

    is_projected = serializers.BooleanField()
    cap = amount(source="covering.cap")
    currency = serializers.CharField(source="covering.currency")
    used = amount(source="covering.used")
    end = RangeOut()
    runs_out = RunsOutOut()
    short = RangeOut()
    unusual = UnusualWeekOut(many=True)
    points = PointOut(many=True)


class AssumptionIn(serializers.Serializer[Any]):
    """What is supposed: a cap raised by percent, a pace, one more purchase on a day."""

    raise_by = serializers.DecimalField(
        max_digits=6, decimal_places=2, min_value=-100, max_value=1000, default=ZERO
    )
    pace = serializers.ChoiceField(choices=["quarter", "month"], default="quarter")
    extra = amount(min_value=ZERO, default=ZERO)
    extra_on = serializers.DateField(default=None)


class PeriodDifferenceOut(serializers.Serializer[Any]):
    """An amount now and before; ``percent`` is of what it was."""

    now = amount(allow_null=True)
    before = amount(allow_null=True)
    change = amount(allow_null=True)
    percent = serializers.DecimalField(max_digits=16, decimal_places=1, allow_null=True)


class StretchOut(serializers.Serializer[Any]):
    """A week or month of both periods."""

    name = serializers.CharField(source="label")
    name_before = serializers.CharField(source="label_before")
    used = PeriodDifferenceOut()


class ComparisonOut(serializers.Serializer[Any]):
    """Two periods of a budget side by side, up to the same day and as a whole."""

    days = serializers.IntegerField()
    is_whole = serializers.BooleanField()
    at_this_point = PeriodDifferenceOut()
    cap = PeriodDifferenceOut()
    used = PeriodDifferenceOut()
    spent = PeriodDifferenceOut()
    stretches = StretchOut(many=True)


class PeriodLedger(APIView):
    """The ledger of one period."""

    @extend_schema(
        operation_id="budget_ledger", parameters=[NarrowingIn, _PAGE], responses=LedgerPageOut
    )
    def get(self, request: Request, period_id: UUID) -> Response:
        """List the lines of a period that are asked for, a page at a time."""
        own = org_request(request)
        given = NarrowingIn(data=request.query_params)
        given.is_valid(raise_exception=True)
        covering = selectors.period_for(own.actor, period_id)
        lines = selectors.ledger_of(covering, Narrowing(**given.validated_data))
        return Response(LedgerPageOut(page_of(own, lines, per_page=_PER_PAGE)).data)


class PeriodOutlook(APIView):
    """The outlook of one period."""

    @extend_schema(operation_id="budget_outlook", parameters=[AssumptionIn], responses=OutlookOut)
    def get(self, request: Request, period_id: UUID) -> Response:
        """Say how long a period lasts, under what is supposed; nothing is kept."""
        own = org_request(request)
        given = AssumptionIn(data=request.query_params)
        given.is_valid(raise_exception=True)
        supposed = given.validated_data
        covering = selectors.period_for(own.actor, period_id)
        today = _today(own)
        days = selectors.days_of(covering, today)
        found = outlook(
            covering,
            days.history,
            days.so_far,
            today=today,
            assumption=Assumption(
                raise_percent=supposed["raise_by"],
                is_like_last_month=supposed["pace"] == "month",
                extra=supposed["extra"],
                extra_on=supposed["extra_on"],
            ),
        )
        return Response(OutlookOut(found).data)


class PeriodComparison(APIView):
    """One period beside another."""

    @extend_schema(
        operation_id="budget_comparison",
        parameters=[
            OpenApiParameter("with", str, description="2026-Q3; by default the period before.")
        ],
        responses=ComparisonOut,
    )
    def get(self, request: Request, period_id: UUID) -> Response:
        """Lay a period beside the one before it, or beside the one that is named."""
        own = org_request(request)
        now = selectors.period_for(own.actor, period_id)
        other = selectors.other_period(now, request.query_params.get("with", ""))
        if other is None:
            raise NotFound("This budget has no such period to compare with.")
        before = selectors.period_for(own.actor, other)
        days_now, days_before = selectors.days_of_both(now, before)
        found = compare(
            now,
            before,
            days_now=days_now,
            days_before=days_before,
            today=_today(own),
            calendar=selectors.fiscal_calendar(),
        )
        return Response(ComparisonOut(found).data)


def _today(request: OrgRequest) -> date:
    return local_date(clock.now(), request.organization.time_zone)
