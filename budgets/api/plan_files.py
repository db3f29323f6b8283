"""The API of files of caps: uploads that are looked over before they count."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import selectors as accounts
from accounts.permissions import Permission, require
from accounts.web import OrgRequest, org_request
from budgets import selectors, services
from budgets.api.fields import amount
from budgets.models import BudgetImport
from procurement.core import clock
from procurement.core.paging import page_of


class BudgetFileIn(serializers.Serializer[Any]):
    """A file of caps; ``period`` is meant by lines that name none."""

    file_name = serializers.CharField(max_length=300)
    content = serializers.CharField(max_length=10 * 1024 * 1024, trim_whitespace=False)
    period = serializers.CharField(max_length=12, allow_blank=True, default="")


class ApplyIn(serializers.Serializer[Any]):
    """Why the budgets are set so."""

    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class ImportOut(serializers.Serializer[Any]):
    """A file that was uploaded."""

    id = serializers.UUIDField()
    file_name = serializers.CharField()
    status = serializers.ChoiceField(choices=BudgetImport.Status.choices)
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(allow_null=True)
    failure = serializers.CharField(
        allow_blank=True, help_text="Why it was not applied the last time, if it was tried."
    )


class ImportPageOut(serializers.Serializer[Any]):
    """One page of files, newest first."""

    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    imports = ImportOut(many=True, source="items")


class PlanLineOut(serializers.Serializer[Any]):
    """A cap that a line of the file changes."""

    line = serializers.IntegerField()
    group = serializers.UUIDField(source="group_id")
    title = serializers.CharField()
    period = serializers.CharField()
    before = amount()
    after = amount()
    percent = serializers.DecimalField(max_digits=18, decimal_places=1, allow_null=True)


class ProblemOut(serializers.Serializer[Any]):
    """What is wrong with a line of the file."""

    line = serializers.IntegerField()
    column = serializers.CharField()
    sentence = serializers.CharField()


class TermOut(serializers.Serializer[Any]):
    """One thing that is chosen of a budget, before and after."""

    field = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class PlanTermsOut(serializers.Serializer[Any]):
    """A budget that the file has held otherwise."""

    line = serializers.IntegerField()
    budget = serializers.UUIDField(source="budget_id")
    title = serializers.CharField()
    changes = TermOut(many=True, source="fields")


class ImportPlanOut(ImportOut):
    """A file with all that it would change; one with problems cannot be applied."""

    counts = serializers.DictField(child=serializers.IntegerField(), source="plan.counts")
    before = amount(source="plan.before")
    after = amount(source="plan.after")
    problems = ProblemOut(many=True, source="plan.problems")
    additions = PlanLineOut(many=True, source="plan.additions")
    changes = PlanLineOut(many=True, source="plan.changes")
    terms = PlanTermsOut(many=True, source="plan.terms")


class BudgetImportList(APIView):
    """Files of caps."""

    @extend_schema(
        operation_id="budget_imports_list",
        parameters=[OpenApiParameter("page", int, description="From 1; by default the first.")],
        responses=ImportPageOut,
    )
    def get(self, request: Request) -> Response:
        """List the files that were uploaded, newest first."""
        own = _keeper(request)
        return Response(ImportPageOut(page_of(own, selectors.budget_imports())).data)

    @extend_schema(
        operation_id="budget_imports_plan",
        request=BudgetFileIn,
        responses={status.HTTP_201_CREATED: ImportPlanOut},
    )
    def post(self, request: Request) -> Response:
        """Say what a file would change; nothing is changed yet."""
        own = _keeper(request)
        given = BudgetFileIn(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        planned = services.plan_budget_import(
            actor=own.actor,
            period_code=values.pop("period"),
            now=clock.now(),
            **values,
        )
        return Response(ImportPlanOut(planned).data, status=status.HTTP_201_CREATED)


class BudgetImportDetail(APIView):
    """One file of caps."""

    @extend_schema(operation_id="budget_imports_read", responses=ImportPlanOut)
    def get(self, request: Request, file_id: UUID) -> Response:
        """Return what a file would change, or has changed."""
        _keeper(request)
        return Response(ImportPlanOut(selectors.budget_import_for(file_id)).data)

    @extend_schema(
        operation_id="budget_imports_discard", responses={status.HTTP_204_NO_CONTENT: None}
    )
    def delete(self, request: Request, file_id: UUID) -> Response:
        """Put a file aside."""
        services.discard_budget_import(actor=org_request(request).actor, import_id=file_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class BudgetImportApply(APIView):
    """Applying a file."""

    @extend_schema(
        operation_id="budget_imports_apply",
        request=ApplyIn,
        responses={status.HTTP_200_OK: ImportPlanOut, status.HTTP_202_ACCEPTED: ImportPlanOut},
    )
    def post(self, request: Request, file_id: UUID) -> Response:
        """Set budgets as the file says: all of it, or nothing.

        A file of more than 500 lines is APPLYING until the worker is through; read it again.
        """
        own = _keeper(request)
        given = ApplyIn(data=request.data)
        given.is_valid(raise_exception=True)
        found = services.start_budget_import(
            actor=own.actor,
            import_id=file_id,
            now=clock.now(),
            **given.validated_data,
        )
        is_under_way = found.status == BudgetImport.Status.APPLYING
        code = status.HTTP_202_ACCEPTED if is_under_way else status.HTTP_200_OK
        return Response(ImportPlanOut(found).data, status=code)


class BudgetImportAgain(APIView):
    """Comparing a file once more."""

    @extend_schema(operation_id="budget_imports_renew", request=None, responses=ImportPlanOut)
    def post(self, request: Request, file_id: UUID) -> Response:
        """Say what the file would change in the budgets as they are by now."""
        planned = services.renew_budget_import(
            actor=org_request(request).actor, import_id=file_id, now=clock.now()
        )
        return Response(ImportPlanOut(planned).data)


def _keeper(request: Request) -> OrgRequest:
    own = org_request(request)
    require(own.actor, Permission.MANAGE_BUDGETS, accounts.root_group())
    return own
