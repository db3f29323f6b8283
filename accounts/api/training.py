"""The API of training: one's own, the pages, whom they are required of, and who is due."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import selectors, services
from accounts.permissions import Permission, require
from accounts.selectors import DueFilters
from accounts.serializers.training import (
    AcknowledgementIn,
    AcknowledgementOut,
    ArchivedIn,
    DueTrainingPageOut,
    KeptTrainingPageOut,
    OwnTrainingPageOut,
    RequirementIn,
    RequirementOut,
    RevisionIn,
    TrainingIn,
    TrainingVersionOut,
)
from accounts.web import OrgRequest, org_request, uuid_or_none
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.errors import NotAllowed, NotFound
from procurement.core.paging import page_of

_PAGE = OpenApiParameter("page", int, description="From 1; by default the first.")


class OwnTraining(APIView):
    """The caller's training."""

    @extend_schema(operation_id="training_own", parameters=[_PAGE], responses=OwnTrainingPageOut)
    def get(self, request: Request) -> Response:
        """List the training pages, those first that the caller has to read by now."""
        own = org_request(request)
        zone = own.organization.time_zone
        found = selectors.own_training(own.actor, on=local_date(clock.now(), zone), time_zone=zone)
        return Response(OwnTrainingPageOut(page_of(own, found)).data)


class TrainingPages(APIView):
    """All training pages, for those who keep them."""

    @extend_schema(operation_id="training_list", parameters=[_PAGE], responses=KeptTrainingPageOut)
    def get(self, request: Request) -> Response:
        """List the pages with whom they are required of, the archived last."""
        own = org_request(request)
        _require(own)
        return Response(KeptTrainingPageOut(page_of(own, selectors.kept_pages())).data)

    @extend_schema(
        operation_id="training_create",
        request=TrainingIn,
        responses={status.HTTP_201_CREATED: TrainingVersionOut},
    )
    def post(self, request: Request) -> Response:
        """Publish a training page."""
        given = TrainingIn(data=request.data)
        given.is_valid(raise_exception=True)
        page = services.create_training_page(
            actor=org_request(request).actor, now=clock.now(), **given.validated_data
        )
        version = selectors.latest_version(page)
        return Response(TrainingVersionOut(version).data, status=status.HTTP_201_CREATED)


class TrainingDetail(APIView):
    """One training page."""

    @extend_schema(operation_id="training_read", responses=TrainingVersionOut)
    def get(self, _request: Request, slug: str) -> Response:
        """Return what a page says now. Reading it here acknowledges nothing."""
        return Response(TrainingVersionOut(selectors.training_version(slug)).data)

    @extend_schema(operation_id="training_revise", request=RevisionIn, responses=TrainingVersionOut)
    def put(self, request: Request, slug: str) -> Response:
        """Change a page; what it says becomes a new version."""
        own = org_request(request)
        _require(own)
        given = RevisionIn(data=request.data)
        given.is_valid(raise_exception=True)
        version = services.revise_training_page(
            actor=own.actor,
            page=selectors.training_version(slug, with_archived=True).page,
            now=clock.now(),
            **given.validated_data,
        )
        return Response(TrainingVersionOut(version).data)


class TrainingArchived(APIView):
    """Whether a training page is put away."""

    @extend_schema(
        operation_id="training_archive", request=ArchivedIn, responses=TrainingVersionOut
    )
    def put(self, request: Request, slug: str) -> Response:
        """Archive a page, which ends its requirement, or restore it."""
        own = org_request(request)
        _require(own)
        given = ArchivedIn(data=request.data)
        given.is_valid(raise_exception=True)
        is_archived = given.validated_data["is_archived"]
        change: Any = (
            services.archive_training_page if is_archived else services.restore_training_page
        )
        page = selectors.training_version(slug, with_archived=True).page
        change(actor=own.actor, page=page, now=clock.now())
        version = selectors.training_version(slug, with_archived=True)
        return Response(TrainingVersionOut(version).data)


class TrainingRequired(APIView):
    """Who has to have read a training page."""

    @extend_schema(operation_id="training_require", request=RequirementIn, responses=RequirementOut)
    def put(self, request: Request, slug: str) -> Response:
        """Require a page of roles; what was required before is replaced."""
        own = org_request(request)
        _require(own)
        given = RequirementIn(data=request.data)
        given.is_valid(raise_exception=True)
        requirement = services.require_training(
            actor=own.actor,
            page=selectors.training_version(slug).page,
            now=clock.now(),
            **given.validated_data,
        )
        return Response(RequirementOut(requirement).data)

    @extend_schema(
        operation_id="training_require_no_longer",
        request=None,
        responses={status.HTTP_204_NO_CONTENT: None},
    )
    def delete(self, request: Request, slug: str) -> Response:
        """Require a page no longer."""
        own = org_request(request)
        _require(own)
        services.end_training_requirement(
            actor=own.actor, page=selectors.training_version(slug).page, now=clock.now()
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class TrainingAcknowledged(APIView):
    """That the caller has read a training page."""

    @extend_schema(
        operation_id="training_acknowledge",
        request=AcknowledgementIn,
        responses={status.HTTP_201_CREATED: AcknowledgementOut},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Say so of a version; 409 where another has been published meanwhile."""
        given = AcknowledgementIn(data=request.data)
        given.is_valid(raise_exception=True)
        acknowledgement = services.acknowledge_training(
            actor=org_request(request).actor,
            page=selectors.training_version(slug).page,
            number=given.validated_data["version"],
            now=clock.now(),
        )
        return Response(AcknowledgementOut(acknowledgement).data, status=status.HTTP_201_CREATED)


class TrainingDue(APIView):
    """Who has training due."""

    @extend_schema(
        operation_id="training_due",
        parameters=[
            OpenApiParameter("training", str, description="The slug of one page."),
            OpenApiParameter("group", str, description="The id of a group; it and those below."),
            OpenApiParameter(
                "show", str, enum=["blocked"], description="Only who cannot buy meanwhile."
            ),
            _PAGE,
        ],
        responses=DueTrainingPageOut,
    )
    def get(self, request: Request) -> Response:
        """List what is due of the people whom the caller manages, the longest first."""
        own = org_request(request)
        if not own.actor.can_anywhere(Permission.MANAGE_PEOPLE):
            raise NotAllowed("This list is for those who manage the people of some group.")
        zone, now = own.organization.time_zone, clock.now()
        rows = selectors.due_rows(
            own.actor, _filters(request, own), on=local_date(now, zone), time_zone=zone, now=now
        )
        return Response(DueTrainingPageOut(page_of(own, rows)).data)


def _filters(request: Request, own: OrgRequest) -> DueFilters:
    asked = request.query_params
    group_id = uuid_or_none(asked.get("group"))
    if asked.get("group") and group_id is None:
        raise NotFound("There is no such group.", field="group")
    if group_id is not None:
        selectors.group_for(own.actor, group_id, Permission.MANAGE_PEOPLE)
    return DueFilters(
        page=asked.get("training", ""), group_id=group_id, blocking=asked.get("show") == "blocked"
    )


def _require(own: OrgRequest) -> None:
    require(own.actor, Permission.MANAGE_PEOPLE, selectors.root_group())
