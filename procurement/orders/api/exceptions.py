"""The API of exceptions: what was asked for against guided buying, and making rules of it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.web import OrgRequest, org_request
from catalogs.guidance import Target
from procurement.core import clock
from procurement.core.paging import page_of
from procurement.orders import selectors, services
from procurement.orders.display import rule_lines
from procurement.orders.selectors import ExceptionRow, ExceptionsAsked

_BY = ["CATEGORY", "SUPPLIER", "ITEM"]
_OUTCOMES = ["BLOCKED", "RESTRICTED"]


class ExceptionsIn(serializers.Serializer[Any]):
    """Which exceptions are looked at; without days, those of the last quarter."""

    by = serializers.ChoiceField(choices=_BY, default=Target.ITEM.value)
    since = serializers.DateField(required=False, help_text="The first day; a year at most.")
    until = serializers.DateField(required=False, help_text="The last day; today by default.")


class ExceptionsPageIn(ExceptionsIn):
    """The same, cut into pages."""

    page = serializers.IntegerField(min_value=1, default=1)


class AdoptIn(ExceptionsIn):
    """Which proposal is put in force, and why."""

    outcome = serializers.ChoiceField(choices=_OUTCOMES)
    key = serializers.CharField(max_length=60)
    group = serializers.UUIDField(help_text="The group that the list proposed it for.")
    reason = serializers.CharField(max_length=300)
    accepted = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=2000,
        help_text="Why a policy is published in spite of dead ends, if it has any.",
    )


class ExceptionOut(serializers.Serializer[Any]):
    """Exceptions or restricted orders about one subject. ``proposal`` is empty without one."""

    outcome = serializers.ChoiceField(choices=_OUTCOMES, source="group.outcome.value")
    by = serializers.ChoiceField(choices=_BY, source="group.subject.target.value")
    key = serializers.CharField(source="group.subject.key")
    name = serializers.CharField(source="group.subject.label")
    group = serializers.UUIDField(source="group.group_id")
    group_name = serializers.CharField()
    sentence = serializers.CharField(source="group.sentence")
    orders = serializers.IntegerField(source="group.orders")
    approved = serializers.IntegerField(source="group.approved")
    rejected = serializers.IntegerField(source="group.rejected")
    pending = serializers.IntegerField(source="group.pending")
    amount = serializers.DecimalField(
        max_digits=20, decimal_places=2, source="group.amount", help_text="The lines alone."
    )
    currency = serializers.CharField(source="group.currency")
    deciders = serializers.ListField(child=serializers.CharField(), source="group.deciders")
    median_hours = serializers.DecimalField(
        max_digits=10, decimal_places=1, allow_null=True, source="group.median_hours"
    )
    proposal = serializers.SerializerMethodField()
    changes = serializers.SerializerMethodField()
    may_adopt = serializers.BooleanField()

    def get_proposal(self, row: ExceptionRow) -> str:
        """Return the proposed rule in a sentence."""
        return row.proposal.sentence if row.proposal else ""

    def get_changes(self, row: ExceptionRow) -> list[str]:
        """Return what the proposed rule says, line by line."""
        return list(rule_lines(row.proposal)) if row.proposal else []


class ExceptionPageOut(serializers.Serializer[Any]):
    """A page of exceptions, those with the most orders first."""

    count = serializers.IntegerField(source="total")
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    results = ExceptionOut(many=True, source="items")


class AdoptedOut(serializers.Serializer[Any]):
    """The rule that is in force now."""

    sentence = serializers.CharField()
    group = serializers.UUIDField(source="group_id")
    group_name = serializers.CharField()


class Exceptions(APIView):
    """Exceptions and restricted orders by what they were about."""

    @extend_schema(
        operation_id="exceptions_list",
        parameters=[ExceptionsPageIn],
        responses=ExceptionPageOut,
        tags=["orders"],
    )
    def get(self, request: Request) -> Response:
        """List them, 25 a page, of the groups whose reports the caller may see."""
        given = ExceptionsPageIn(data=request.query_params)
        given.is_valid(raise_exception=True)
        org = org_request(request)
        asked = _asked(org, given.validated_data)
        rows = selectors.exception_rows(org.actor, asked, clock.now())
        return Response(ExceptionPageOut(page_of(org, rows)).data)


class AdoptException(APIView):
    """Putting a proposed rule in force."""

    @extend_schema(
        operation_id="exceptions_adopt", request=AdoptIn, responses=AdoptedOut, tags=["orders"]
    )
    def post(self, request: Request) -> Response:
        """Set the buying rule, or publish the policy's next version, that a list proposed."""
        given = AdoptIn(data=request.data)
        given.is_valid(raise_exception=True)
        wanted, org = given.validated_data, org_request(request)
        proposal = services.adopt_proposal(
            actor=org.actor,
            asked=_asked(org, wanted),
            outcome=wanted["outcome"],
            key=wanted["key"],
            group_id=wanted["group"],
            reason=wanted["reason"],
            accepted=wanted["accepted"],
            now=clock.now(),
        )
        return Response(AdoptedOut(proposal).data)


def _asked(request: OrgRequest, wanted: dict[str, Any]) -> ExceptionsAsked:
    return selectors.exceptions_asked(
        by=Target(wanted["by"]),
        since=wanted.get("since"),
        until=wanted.get("until"),
        today=clock.local_date(clock.now(), request.organization.time_zone),
    )
