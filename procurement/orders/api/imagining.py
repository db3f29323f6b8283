"""What would happen to an imagined order, in the API."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.web import org_request
from approvals.display import planned_steps
from approvals.reasons import held_rules
from approvals.serializers import OriginOut, WhyStageOut
from approvals.why import why_planned
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.orders import selectors
from procurement.orders.display.imagined import title_of_answer
from procurement.orders.imagining import MOST_LINES, Imagined, ImaginedOutcome, Wish, WishedLine
from procurement.orders.serializers.orders import (
    PreviewBudgetOut,
    PreviewLineOut,
    RefusalOut,
    RouteStepOut,
)

_CENT = Decimal("0.01")


class ImaginedLineIn(serializers.Serializer[Any]):
    """A line: an amount with category and supplier as far as they are known, or an item."""

    amount = serializers.DecimalField(
        max_digits=16, decimal_places=2, min_value=_CENT, required=False, allow_null=True
    )
    item = serializers.CharField(
        required=False, allow_blank=True, max_length=300, help_text="An item's SKU."
    )
    quantity = serializers.DecimalField(
        max_digits=12, decimal_places=3, min_value=_CENT, required=False, help_text="Of the item."
    )
    category = serializers.CharField(
        required=False, allow_blank=True, max_length=300, help_text="Its code or name."
    )
    supplier = serializers.CharField(
        required=False, allow_blank=True, max_length=300, help_text="Any spelling of its name."
    )


class ImaginedIn(serializers.Serializer[Any]):
    """An order that nobody has placed."""

    group = serializers.UUIDField()
    requester = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=300,
        help_text="A full name or an email address; left out for the caller.",
    )
    exception = serializers.BooleanField(
        default=False, help_text="Whether an exception is asked for what is blocked."
    )
    on = serializers.DateField(required=False, help_text="The day it is submitted; else today.")
    lines = serializers.ListField(child=ImaginedLineIn(), min_length=1, max_length=MOST_LINES)


class HeldRuleOut(serializers.Serializer[Any]):
    """A rule that holds for the order, and what it does."""

    name = serializers.CharField()
    does = serializers.CharField()
    origin = OriginOut()


class ImaginedOut(serializers.Serializer[Any]):
    """What would happen, judged as a submit would be."""

    outcome = serializers.ChoiceField(choices=[outcome.value for outcome in ImaginedOutcome])
    sentence = serializers.CharField()
    requester = serializers.CharField(source="requester_name")
    total = serializers.DecimalField(max_digits=16, decimal_places=2)
    currency = serializers.CharField()
    counted = serializers.DecimalField(
        max_digits=16,
        decimal_places=2,
        allow_null=True,
        help_text="What counts towards the tiers, earlier orders included.",
    )
    explanation = serializers.ListField(child=serializers.CharField())
    route = RouteStepOut(many=True)
    why = WhyStageOut(many=True)
    rules = HeldRuleOut(many=True)
    lines = PreviewLineOut(many=True)
    budgets = PreviewBudgetOut(
        many=True, help_text="Empty for a caller who may not see the budgets of the group."
    )
    refusals = RefusalOut(many=True)


class Imagine(APIView):
    """What would happen."""

    @extend_schema(
        operation_id="orders_imagine", request=ImaginedIn, responses=ImaginedOut, tags=["orders"]
    )
    def post(self, request: Request) -> Response:
        """Judge an order that nobody has placed as the submit would, and write nothing."""
        own = org_request(request)
        given = ImaginedIn(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        now = clock.now()
        wish = Wish(
            lines=tuple(WishedLine(**line) for line in asked["lines"]),
            on=asked.get("on") or local_date(now, own.organization.time_zone),
            requester=asked.get("requester", ""),
            asks_exception=asked["exception"],
        )
        imagined = selectors.imagine(own.actor, _group(asked), wish, now=now)
        return Response(ImaginedOut(_answer(imagined)).data)


def _group(asked: dict[str, Any]) -> UUID:
    group: UUID = asked["group"]
    return group


def _answer(imagined: Imagined) -> dict[str, Any]:
    assessment = imagined.assessment
    plan, facts = assessment.plan, assessment.facts
    counted = plan.route.counted
    return {
        "outcome": imagined.outcome.value,
        "sentence": title_of_answer(imagined),
        "requester_name": imagined.requester_name,
        "total": assessment.total,
        "currency": assessment.draft.currency,
        "counted": counted.amount if counted else None,
        "explanation": plan.sentences,
        "route": planned_steps(plan) if plan.is_ready else (),
        "why": why_planned(plan, facts, assessment.policies),
        "rules": held_rules(facts, plan.route),
        "lines": assessment.lines,
        "budgets": assessment.effects if imagined.shows_budgets else (),
        "refusals": imagined.refusals,
    }
