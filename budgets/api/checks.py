"""The API of the checks of the ledger."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.web import org_request
from budgets import selectors
from procurement.core.paging import page_of


class LedgerCheckOut(serializers.Serializer[Any]):
    """One comparison of counters, ledger and orders; ``found`` says how much does not hold."""

    id = serializers.UUIDField()
    made_at = serializers.DateTimeField()
    made_by = serializers.CharField()
    is_scheduled = serializers.BooleanField()
    periods = serializers.IntegerField()
    entries = serializers.IntegerField()
    documents = serializers.IntegerField(help_text="How many orders were held against the ledger.")
    found = serializers.IntegerField()


class LedgerCheckPageOut(serializers.Serializer[Any]):
    """A page of checks, the latest first."""

    count = serializers.IntegerField(source="total")
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    results = LedgerCheckOut(many=True, source="items")


class LedgerFindingOut(serializers.Serializer[Any]):
    """A row that does not hold: what is expected, and what is found."""

    period_id = serializers.UUIDField()
    sentence = serializers.CharField()


class LedgerCheckDetailOut(LedgerCheckOut):
    """One check with its first 300 findings."""

    findings = LedgerFindingOut(many=True)


class LedgerCheckList(APIView):
    """Checks of the ledger."""

    @extend_schema(
        operation_id="ledger_checks_list",
        parameters=[OpenApiParameter("page", int)],
        responses=LedgerCheckPageOut,
        tags=["budgets"],
    )
    def get(self, request: Request) -> Response:
        """List the checks, 25 a page, the latest first."""
        found = org_request(request)
        page = page_of(found, selectors.ledger_checks(found.actor))
        return Response(LedgerCheckPageOut(page).data)


class LedgerCheckDetail(APIView):
    """One check of the ledger."""

    @extend_schema(
        operation_id="ledger_checks_retrieve", responses=LedgerCheckDetailOut, tags=["budgets"]
    )
    def get(self, request: Request, check_id: UUID) -> Response:
        """Show what one check has found."""
        check = selectors.ledger_check_for(org_request(request).actor, check_id)
        return Response(LedgerCheckDetailOut(check).data)
