"""The API of backtests: start one, follow it, read what it found, put two side by side."""

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import selectors as accounts
from accounts.web import org_request
from analytics import backtest_pages, selectors, services
from analytics.backtesting.guiding import TriedRule
from analytics.filters import Source
from analytics.models import BacktestRun
from analytics.serializers import (
    BacktestChangePageOut,
    BacktestIn,
    BacktestOut,
    BacktestPageOut,
    DifferencePageOut,
)
from approvals.routing import PolicyDocument
from approvals.routing.policy import DocumentError
from procurement.core import clock
from procurement.core.errors import Conflict, DomainError
from procurement.core.paging import page_of

_PAGE = OpenApiParameter("page", int, description="From 1; by default the first.")
_PER_PAGE = 100


class BacktestList(APIView):
    """What was tried on the past."""

    @extend_schema(operation_id="backtests_list", parameters=[_PAGE], responses=BacktestPageOut)
    def get(self, request: Request) -> Response:
        """List runs, the newest first."""
        own = org_request(request)
        selectors.require_backtests(own.actor)
        found = selectors.backtests_in_sight(own.actor)
        return Response(BacktestPageOut(page_of(own, found, per_page=_PER_PAGE)).data)

    @extend_schema(
        operation_id="backtests_start",
        request=BacktestIn,
        responses={status.HTTP_201_CREATED: BacktestOut},
    )
    def post(self, request: Request) -> Response:
        """Have a worker try a document or a buying rule; its address says how far it is."""
        given = BacktestIn(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        own, now = org_request(request), clock.now()
        actor = own.actor
        rule = TriedRule.from_json(values["rule"]) if "rule" in values else None
        try:
            document = (
                selectors.to_try(
                    actor, values["group"], currency=own.organization.currency, now=now
                ).base
                if rule
                else PolicyDocument.from_json(values["document"])
            )
        except DocumentError as error:
            raise DomainError(f"{error}.", field="document") from error
        run = services.start_backtest(
            actor=actor,
            group=accounts.group_for(actor, values["group"]),
            document=document,
            label=values["label"],
            first=values["first"],
            last=values["last"],
            sources=[Source(source) for source in values["sources"]],
            rule=rule,
            now=now,
        )
        return Response(BacktestOut(run).data, status=status.HTTP_201_CREATED)


class BacktestDetail(APIView):
    """One run."""

    @extend_schema(operation_id="backtests_read", responses=BacktestOut)
    def get(self, request: Request, run_id: UUID) -> Response:
        """Return how far a run is, and what it found once it is finished."""
        run = selectors.backtest_for(org_request(request).actor, run_id)
        return Response(BacktestOut(run).data)

    @extend_schema(
        operation_id="backtests_cancel",
        request=None,
        responses={status.HTTP_204_NO_CONTENT: None},
    )
    def delete(self, request: Request, run_id: UUID) -> Response:
        """Cancel a run; one that is over stays as it is."""
        actor = org_request(request).actor
        run = selectors.backtest_for(actor, run_id)
        services.cancel_backtest(actor=actor, run=run, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class BacktestChanges(APIView):
    """The orders that fare differently."""

    @extend_schema(
        operation_id="backtests_orders",
        parameters=[
            OpenApiParameter(
                "step", str, description="From one outcome to another: ASKED-AUTOMATIC."
            ),
            _PAGE,
        ],
        responses=BacktestChangePageOut,
    )
    def get(self, request: Request, run_id: UUID) -> Response:
        """List them by their days, each with its stages and sentences before and after."""
        own = org_request(request)
        run = selectors.backtest_for(own.actor, run_id)
        found = selectors.changes_of(run, step=request.query_params.get("step", ""))
        return Response(BacktestChangePageOut(page_of(own, found, per_page=_PER_PAGE)).data)


class BacktestComparison(APIView):
    """Two runs side by side."""

    @extend_schema(
        operation_id="backtests_compare", parameters=[_PAGE], responses=DifferencePageOut
    )
    def get(self, request: Request, run_id: UUID, other_id: UUID) -> Response:
        """List the orders that fare differently under two finished runs."""
        own = org_request(request)
        runs = [selectors.backtest_for(own.actor, one) for one in (run_id, other_id)]
        if any(run.status != BacktestRun.Status.DONE for run in runs):
            raise Conflict("Both backtests have to be finished before they can be compared.")
        found = backtest_pages.comparison(*runs)
        page = page_of(own, found.differences, per_page=_PER_PAGE)
        body = {
            "total": page.total,
            "pages": page.pages,
            "notes": found.notes,
            "items": page.items,
        }
        return Response(DifferencePageOut(body).data)
