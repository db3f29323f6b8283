"""The API of insights: the same views, resolved and added up by the same code as the page."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.web import org_request
from analytics import selectors
from analytics.filters import Dimension, Source, SpendFilter, Structure
from analytics.selectors import Figures, Row, SpendView
from procurement.core import clock
from procurement.core.errors import DomainError


class FiguresOutput(serializers.Serializer[Any]):
    """What lines add up to. Amounts are decimal strings in the organization's currency."""

    amount = serializers.DecimalField(max_digits=20, decimal_places=2)
    purchases = serializers.DecimalField(
        max_digits=20, decimal_places=2, help_text="without refunds"
    )
    preferred = serializers.DecimalField(
        max_digits=20,
        decimal_places=2,
        help_text="the part of the purchases that guided buying called preferred",
    )
    lines = serializers.IntegerField()


class RowOutput(FiguresOutput):
    """One member of the dimension."""

    key = serializers.CharField(help_text="what narrows a further call to this row")
    name = serializers.CharField()
    is_own = serializers.BooleanField(
        help_text="lies on the group or category asked for itself, not below it"
    )


class SpendOutput(serializers.Serializer[Any]):
    """A view of spend, as a whole and by one dimension."""

    since = serializers.DateField()
    until = serializers.DateField()
    currency = serializers.CharField(help_text="ISO 4217")
    groups = serializers.ListField(child=serializers.UUIDField(), help_text="with all below them")
    up_to_date_to = serializers.DateTimeField(allow_null=True)
    by = serializers.ChoiceField([dimension.value for dimension in Dimension])
    total = FiguresOutput()
    rows = RowOutput(many=True)


_PARAMETERS = [
    OpenApiParameter("by", str, enum=[dimension.value for dimension in Dimension]),
    OpenApiParameter(
        "period",
        str,
        description="12m (the default), 2026, 2026-Q4, 2026-11, 2026-11-01..2026-11-24 or all",
    ),
    OpenApiParameter("group", str, description="the id of a group; it stands for all below it too"),
    OpenApiParameter("supplier", str, description="the id of a supplier"),
    OpenApiParameter("category", str, description="a category's code, or none"),
    OpenApiParameter("source", str, enum=[source.value for source in Source]),
    OpenApiParameter(
        "structure",
        str,
        enum=[structure.value for structure in Structure],
        description="what stood below a group: when it was bought (the default), or today",
    ),
]


class SpendApi(APIView):
    """Spend by one dimension."""

    @extend_schema(parameters=_PARAMETERS, responses=SpendOutput, operation_id="spend")
    def get(self, request: Request) -> Response:
        """Add up the spend whose reports the caller may see; every row counts into the total."""
        inner = org_request(request)
        organization = inner.organization
        dimension = _dimension(request.query_params.get("by"))
        today = clock.local_date(clock.now(), organization.time_zone)
        asked = SpendFilter.parse(request.query_params.dict(), today=today)
        view = selectors.spend_view(inner.actor, asked)
        found = selectors.spend(view, [dimension])
        body = {
            **_place(view),
            "currency": organization.currency,
            "up_to_date_to": selectors.caught_up_at(organization.id),
            "by": dimension,
            "total": _figures(found.total),
            "rows": [_row(row) for row in found.by[dimension]],
        }
        return Response(SpendOutput(body).data)


def _dimension(text: str | None) -> Dimension:
    try:
        return Dimension(text or Dimension.GROUP)
    except ValueError as error:
        known = ", ".join(Dimension)
        raise DomainError(
            f"“{text}” is not a dimension; choose one of {known}.", field="by"
        ) from error


def _place(view: SpendView) -> dict[str, Any]:
    return {
        "since": view.asked.period.since,
        "until": view.asked.period.until,
        "groups": [anchor.id for anchor in view.anchors],
    }


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "amount": figures.amount,
        "purchases": figures.purchases,
        "preferred": figures.preferred,
        "lines": figures.lines,
    }


def _row(row: Row) -> dict[str, Any]:
    return {"key": row.key, "name": row.label, "is_own": row.is_own, **_figures(row.figures)}
