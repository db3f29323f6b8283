"""The API of policies: what holds on a group and where it comes from, and the next version."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission, require
from accounts.web import org_request
from approvals import selectors, services
from approvals.effective import LinePart
from approvals.routing import DocumentError, PolicyDocument
from approvals.selectors import PolicyPage
from procurement.core import clock


class PolicyLineOut(serializers.Serializer[Any]):
    """One line of what holds, and where it comes from.

    ``place`` is where it stands in its version's document; rules stand there by their code.
    ``is_mandatory`` holds for what a group above has made so for a group that follows a nearer
    policy; ``binds_below`` for what this version makes mandatory for the groups below.
    """

    part = serializers.ChoiceField(choices=[part.value for part in LinePart])
    place = serializers.CharField()
    title = serializers.CharField()
    sentence = serializers.CharField()
    from_group = serializers.UUIDField(source="origin.group_id")
    from_group_name = serializers.CharField(source="origin.group_name")
    version = serializers.UUIDField(source="origin.version_id")
    version_number = serializers.IntegerField(source="origin.number")
    is_own = serializers.BooleanField(source="origin.is_own")
    is_mandatory = serializers.BooleanField(source="origin.is_mandatory")
    binds_below = serializers.BooleanField()


class PolicyVersionOut(serializers.Serializer[Any]):
    """A published version: its document, from when it is in force, who published it and why."""

    version = serializers.UUIDField(source="id")
    number = serializers.IntegerField()
    document = serializers.JSONField()
    in_force_from = serializers.DateTimeField()
    published_at = serializers.DateTimeField()
    published_by = serializers.CharField(source="published_by_label")
    reason = serializers.CharField()


class GroupPolicyOut(serializers.Serializer[Any]):
    """What holds on a group, line by line, and the versions of its own policy, the latest first.

    ``document`` is that of the nearest policy in force, and nothing where there is none.
    """

    group = serializers.UUIDField(source="group.id")
    group_name = serializers.CharField(source="group.name")
    policy_name = serializers.CharField(allow_blank=True)
    is_inherited = serializers.BooleanField()
    lines = PolicyLineOut(many=True)
    document = serializers.JSONField(allow_null=True)
    versions = PolicyVersionOut(many=True)


class PublishPolicyIn(serializers.Serializer[Any]):
    """The next version of a group's policy.

    ``based_on`` is the number of the last version that its author has seen, 0 for none: where
    another one has been published since, the answer is 409. Without ``in_force_from`` it is in
    force at once.
    """

    document = serializers.JSONField()
    reason = serializers.CharField(max_length=2000)
    name = serializers.CharField(max_length=200, allow_blank=True, default="")
    based_on = serializers.IntegerField(min_value=0, allow_null=True, default=None)
    in_force_from = serializers.DateTimeField(allow_null=True, default=None)

    def validate_document(self, stored: Any) -> PolicyDocument:
        """Read the document as it is stored."""
        try:
            return PolicyDocument.from_json(stored)
        except DocumentError as error:
            raise serializers.ValidationError(str(error)) from error


class GroupPolicy(APIView):
    """The policy of a group."""

    @extend_schema(operation_id="approvals_policy", responses=GroupPolicyOut)
    def get(self, request: Request, group_id: UUID) -> Response:
        """Show what holds on a group, where each line comes from, and all versions."""
        page = selectors.policy_page(org_request(request).actor, group_id, clock.now())
        return Response(GroupPolicyOut(_shown(page)).data)

    @extend_schema(
        operation_id="approvals_publish_policy",
        request=PublishPolicyIn,
        responses={201: PolicyVersionOut},
    )
    def post(self, request: Request, group_id: UUID) -> Response:
        """Publish the next version; what is wrong with a document is named with its place."""
        actor, now = org_request(request).actor, clock.now()
        page = selectors.policy_page(actor, group_id, now)
        require(actor, Permission.MANAGE_POLICIES, page.group)
        given = PublishPolicyIn(data=request.data)
        given.is_valid(raise_exception=True)
        version = services.publish_policy(
            actor=actor, group=page.group, now=now, **given.validated_data
        )
        return Response(PolicyVersionOut(version).data, status=status.HTTP_201_CREATED)


def _shown(page: PolicyPage) -> dict[str, Any]:
    return {
        "group": page.group,
        "policy_name": page.effective.policy_name if page.effective else "",
        "is_inherited": page.is_inherited,
        "lines": page.holds.lines if page.holds else (),
        "document": page.effective.document.to_json() if page.effective else None,
        "versions": [row.version for row in page.versions],
    }
