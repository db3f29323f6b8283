"""The API of policies as files: the download, what a file would change, and publishing it."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission
from accounts.web import org_request, uuid_or_none
from approvals import selectors, services
from approvals.policy_files.nodes import MOST_CHARACTERS
from procurement.core import clock
from procurement.core.downloads import yaml_download
from procurement.core.errors import NotAllowed


class PolicyFileIn(serializers.Serializer[Any]):
    """A file of policies, as the export writes it."""

    content = serializers.CharField(max_length=MOST_CHARACTERS, trim_whitespace=False)


class PolicyImportIn(PolicyFileIn):
    """A file, why it is published, and the ``seen`` of the check that was looked at, if any."""

    reason = serializers.CharField(max_length=2000)
    seen = serializers.CharField(required=False, max_length=64)
    accepted = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=2000,
        help_text="Why it is published in spite of dead ends, if it has any.",
    )


class PolicyFileProblemOut(serializers.Serializer[Any]):
    """What keeps a file from being published, and in which line."""

    line = serializers.IntegerField()
    sentence = serializers.CharField()


class PlannedPolicyOut(serializers.Serializer[Any]):
    """What a file changes of one group's policy; ``last_version`` is 0 where it has none yet."""

    group = serializers.UUIDField(source="group.id")
    place = serializers.CharField()
    last_version = serializers.IntegerField(source="last_number")
    is_change = serializers.BooleanField()
    changes = serializers.SerializerMethodField()

    def get_changes(self, one: selectors.PlannedPolicy) -> list[str]:
        """Return the differences from the last version as sentences."""
        return [change.sentence for change in one.changes]


class FileCheckOut(serializers.Serializer[Any]):
    """What a file would change; ``seen`` goes back with the import."""

    is_publishable = serializers.BooleanField()
    policies = PlannedPolicyOut(many=True)
    problems = PolicyFileProblemOut(many=True)
    seen = serializers.CharField()


class PublishedPolicyOut(serializers.Serializer[Any]):
    """A version that was published."""

    version = serializers.UUIDField(source="id")
    group = serializers.UUIDField(source="policy.group_id")
    number = serializers.IntegerField()
    in_force_from = serializers.DateTimeField()


class PolicyExport(APIView):
    """Policies as a file."""

    @extend_schema(
        operation_id="policies_export",
        parameters=[
            OpenApiParameter("group", OpenApiTypes.UUID, description="One group's policy only."),
            OpenApiParameter("version", int, description="One version of it; else the last."),
        ],
        responses={(200, "application/yaml"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> HttpResponse:
        """Download policies as YAML; imported again, the file changes nothing."""
        number = request.query_params.get("version", "")
        text = services.export_policies(
            actor=org_request(request).actor,
            group_id=uuid_or_none(request.query_params.get("group")),
            number=int(number) if number.isdecimal() and len(number) < 10 else None,  # noqa: PLR2004 – what a number column holds
            now=clock.now(),
        )
        return yaml_download(text, "policies")


class FileCheck(APIView):
    """Looking at a file."""

    @extend_schema(
        operation_id="policies_import_check", request=PolicyFileIn, responses=FileCheckOut
    )
    def post(self, request: Request) -> Response:
        """Say what a file would change, and what in it cannot be resolved; nothing is changed."""
        actor = org_request(request).actor
        if actor.groups_with(Permission.MANAGE_POLICIES) == frozenset():
            raise NotAllowed("This takes the permission to write policies.")
        given = PolicyFileIn(data=request.data)
        given.is_valid(raise_exception=True)
        plan = selectors.import_plan(actor, given.validated_data["content"])
        return Response(FileCheckOut(plan).data)


class PolicyImport(APIView):
    """Publishing a file."""

    @extend_schema(
        operation_id="policies_import",
        request=PolicyImportIn,
        responses={status.HTTP_201_CREATED: PublishedPolicyOut(many=True)},
    )
    def post(self, request: Request) -> Response:
        """Publish what a file changes as the next versions: all of it, or nothing."""
        actor = org_request(request).actor
        if actor.groups_with(Permission.MANAGE_POLICIES) == frozenset():
            raise NotAllowed("This takes the permission to write policies.")
        given = PolicyImportIn(data=request.data)
        given.is_valid(raise_exception=True)
        versions = services.import_policies(
            actor=actor,
            text=given.validated_data["content"],
            reason=given.validated_data["reason"],
            seen=given.validated_data.get("seen"),
            accepted=given.validated_data["accepted"],
            now=clock.now(),
        )
        return Response(
            PublishedPolicyOut(versions, many=True).data, status=status.HTTP_201_CREATED
        )
