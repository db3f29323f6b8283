"""The API of how an organization's budgets run."""

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission, require
from accounts.selectors import root_group
from accounts.web import OrgRequest, org_request
from budgets import selectors, services
from budgets.api.budgets import PeriodOut
from budgets.calendar_changes import coming, first_possible
from budgets.fiscal import NamedFor, Pattern, YearEnd, YearRule
from budgets.models import BudgetSettings, FiscalYearRule
from procurement.core import clock
from procurement.core.clock import local_date


class BudgetSettingsOut(serializers.Serializer[Any]):
    """Which day decides an order's period, and days after which periods close; null: never."""

    charged_on = serializers.ChoiceField(choices=BudgetSettings.ChargedOn.choices)
    close_after_days = serializers.IntegerField(min_value=0, max_value=365, allow_null=True)
    transfers_expire_after_days = serializers.IntegerField(
        min_value=1,
        max_value=365,
        required=False,
        help_text="Days after which a transfer that nobody answers ends; left as it is by default.",
    )


class YearRuleOut(serializers.Serializer[Any]):
    """How fiscal years run from a day on; null stands for always. Monday is 0."""

    from_on = serializers.DateField(allow_null=True, default=None)
    start_month = serializers.IntegerField(min_value=1, max_value=12, default=1)
    pattern = serializers.ChoiceField(choices=FiscalYearRule.Pattern.choices, default="MONTHS")
    weekday = serializers.IntegerField(min_value=0, max_value=6, default=0)
    year_end = serializers.ChoiceField(choices=FiscalYearRule.YearEnd.choices, default="NEAREST")
    named_for = serializers.ChoiceField(choices=FiscalYearRule.NamedFor.choices, default="ENDS")


class FiscalCalendarOut(serializers.Serializer[Any]):
    """The rules in force and to come, when a change can begin, and the periods of a year."""

    rules = YearRuleOut(many=True)
    first_possible = serializers.DateField(allow_null=True)
    coming = PeriodOut(many=True)


class BudgetSettingsView(APIView):
    """How budgets run."""

    @extend_schema(operation_id="budget_settings_read", responses=BudgetSettingsOut)
    def get(self, request: Request) -> Response:
        """Return what is chosen."""
        require(org_request(request).actor, Permission.MANAGE_BUDGETS, root_group())
        return Response(BudgetSettingsOut(selectors.budget_settings()).data)

    @extend_schema(
        operation_id="budget_settings_change",
        request=BudgetSettingsOut,
        responses=BudgetSettingsOut,
    )
    def put(self, request: Request) -> Response:
        """Choose it, for what comes from now on."""
        actor = org_request(request).actor
        require(actor, Permission.MANAGE_BUDGETS, root_group())
        given = BudgetSettingsOut(data=request.data)
        given.is_valid(raise_exception=True)
        found = services.change_settings(actor=actor, now=clock.now(), **given.validated_data)
        return Response(BudgetSettingsOut(found).data)


class FiscalCalendarView(APIView):
    """The fiscal calendar."""

    @extend_schema(operation_id="fiscal_calendar_read", responses=FiscalCalendarOut)
    def get(self, request: Request) -> Response:
        """Return the rules, and the periods of the coming year."""
        own = org_request(request)
        require(own.actor, Permission.MANAGE_BUDGETS, root_group())
        return _calendar(own)

    @extend_schema(
        operation_id="fiscal_calendar_set", request=YearRuleOut, responses=FiscalCalendarOut
    )
    def put(self, request: Request) -> Response:
        """Have years run by a rule, from a day on that no opened period holds."""
        own = org_request(request)
        require(own.actor, Permission.MANAGE_BUDGETS, root_group())
        given = YearRuleOut(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        rule = YearRule(
            from_on=values["from_on"] or date.min,
            start_month=values["start_month"],
            pattern=Pattern(values["pattern"]),
            weekday=values["weekday"],
            year_end=YearEnd(values["year_end"]),
            named_for=NamedFor(values["named_for"]),
        )
        services.set_fiscal_calendar(actor=own.actor, rule=rule, now=clock.now())
        return _calendar(own)


def _calendar(own: OrgRequest) -> Response:
    calendar = selectors.fiscal_calendar()
    today = local_date(clock.now(), own.organization.time_zone)
    rules = [
        {
            "from_on": None if rule.from_on == date.min else rule.from_on,
            "start_month": rule.start_month,
            "pattern": rule.pattern.value,
            "weekday": rule.weekday,
            "year_end": rule.year_end.value,
            "named_for": rule.named_for.value,
        }
        for rule in calendar.rules
    ]
    periods = [period for kind in coming(calendar, today) for period in kind.periods]
    shown = {
        "rules": rules,
        "first_possible": first_possible(selectors.opened_until()),
        "coming": periods,
    }
    return Response(FiscalCalendarOut(shown).data)
