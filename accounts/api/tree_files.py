"""The API of files of groups: the download, and uploads that are looked over before they count."""

from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import selectors, services
from accounts.permissions import Permission, require
from accounts.serializers.tree_files import (
    TreeApplyIn,
    TreeFileIn,
    TreeImportPageOut,
    TreePlanOut,
)
from accounts.web import org_request
from procurement.core import clock
from procurement.core.downloads import csv_download
from procurement.core.paging import page_of


class TreeExport(APIView):
    """The whole tree as a file."""

    @extend_schema(operation_id="groups_export", responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def get(self, request: Request) -> HttpResponseBase:
        """Download all groups; uploaded again, the file changes nothing."""
        file = services.export_tree(actor=org_request(request).actor, now=clock.now())
        return csv_download(file, "groups")


class TreeImportList(APIView):
    """Files of groups."""

    @extend_schema(
        operation_id="tree_imports_list",
        parameters=[OpenApiParameter("page", int, description="From 1; by default the first.")],
        responses=TreeImportPageOut,
    )
    def get(self, request: Request) -> Response:
        """List the files that were uploaded, newest first."""
        own = org_request(request)
        require(own.actor, Permission.MANAGE_GROUPS, selectors.root_group())
        return Response(TreeImportPageOut(page_of(own, selectors.tree_imports())).data)

    @extend_schema(
        operation_id="tree_imports_plan",
        request=TreeFileIn,
        responses={status.HTTP_201_CREATED: TreePlanOut},
    )
    def post(self, request: Request) -> Response:
        """Say what a file would change; nothing is changed yet."""
        given = TreeFileIn(data=request.data)
        given.is_valid(raise_exception=True)
        planned = services.plan_tree_import(
            actor=org_request(request).actor, now=clock.now(), **given.validated_data
        )
        return Response(TreePlanOut(planned).data, status=status.HTTP_201_CREATED)


class TreeImportDetail(APIView):
    """One file of groups."""

    @extend_schema(operation_id="tree_imports_read", responses=TreePlanOut)
    def get(self, request: Request, import_id: UUID) -> Response:
        """Return what a file would change, or has changed."""
        require(org_request(request).actor, Permission.MANAGE_GROUPS, selectors.root_group())
        return Response(TreePlanOut(selectors.tree_import_for(import_id)).data)

    @extend_schema(
        operation_id="tree_imports_discard", responses={status.HTTP_204_NO_CONTENT: None}
    )
    def delete(self, request: Request, import_id: UUID) -> Response:
        """Put a file aside."""
        services.discard_tree_import(
            actor=org_request(request).actor, import_id=import_id, now=clock.now()
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class TreeImportApply(APIView):
    """Applying a file."""

    @extend_schema(operation_id="tree_imports_apply", request=TreeApplyIn, responses=TreePlanOut)
    def post(self, request: Request, import_id: UUID) -> Response:
        """Change the groups as the file says: all of it, or nothing."""
        given = TreeApplyIn(data=request.data)
        given.is_valid(raise_exception=True)
        done = services.apply_tree_import(
            actor=org_request(request).actor,
            import_id=import_id,
            now=clock.now(),
            **given.validated_data,
        )
        return Response(TreePlanOut(done).data)


class TreeImportAgain(APIView):
    """Comparing a file once more."""

    @extend_schema(operation_id="tree_imports_renew", request=None, responses=TreePlanOut)
    def post(self, request: Request, import_id: UUID) -> Response:
        """Say what the file would change in the groups as they are by now."""
        planned = services.renew_tree_import(
            actor=org_request(request).actor, import_id=import_id, now=clock.now()
        )
        return Response(TreePlanOut(planned).data)
