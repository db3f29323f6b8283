"""The API of the check of all policies."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission
from accounts.web import org_request
from approvals import selectors
from approvals.checking import Finding, FindingCode, Found, Severity
from procurement.core import clock
from procurement.core.errors import NotAllowed
from procurement.core.paging import page_of

CODES = [(code.value, code.head) for code in FindingCode]
_PAGE = OpenApiParameter("page", int, description="From 1; 25 to a page.")


class FindingOut(serializers.Serializer[Any]):
    """A dead end of a policy, or what may become one."""

    code = serializers.ChoiceField(choices=CODES)
    severity = serializers.ChoiceField(choices=[one.value for one in Severity])
    where = serializers.CharField(help_text="Place in the document: tiers.1.stages.0.")
    sentence = serializers.CharField()
    way_out = serializers.CharField()
    groups = serializers.SerializerMethodField()
    people = serializers.SerializerMethodField()

    def get_groups(self, finding: Finding) -> int:
        """Return how many groups it concerns."""
        return len(finding.group_ids)

    def get_people(self, finding: Finding) -> int:
        """Return how many people it concerns."""
        return len(finding.people)


class FoundOut(serializers.Serializer[Any]):
    """A finding with the policy that it is in."""

    group = serializers.UUIDField(source="group_id")
    group_name = serializers.CharField()
    policy = serializers.CharField(source="policy_name")
    version = serializers.UUIDField(source="version_id")
    finding = FindingOut()


class PolicyCheckOut(serializers.Serializer[Any]):
    """One page of what the check has found, policy by policy, the gravest of each first."""

    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    findings = FoundOut(source="items", many=True)


class PolicyCheckView(APIView):
    """The dead ends of all policies in force that the caller may change."""

    @extend_schema(operation_id="policies_check", parameters=[_PAGE], responses=PolicyCheckOut)
    def get(self, request: Request) -> Response:
        """Check them now."""
        own = org_request(request)
        if not own.actor.can_anywhere(Permission.MANAGE_POLICIES):
            raise NotAllowed("This check is for those who write the policy of some group.")
        found: list[Found] = selectors.organization_findings(own.actor, clock.now())
        return Response(PolicyCheckOut(page_of(own, found)).data)
