"""The API of an organization's particulars and of its first-run guide."""

from dataclasses import replace
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import selectors, services
from accounts.models import Organization
from accounts.permissions import Permission, require
from accounts.serializers.organization import OrganizationOut, SetupIn, SetupOut
from accounts.web import org_request
from procurement.core import clock


class OrganizationDetail(APIView):
    """The organization's particulars."""

    @extend_schema(operation_id="organization_read", responses=OrganizationOut)
    def get(self, request: Request) -> Response:
        """Return the particulars."""
        return Response(OrganizationOut(_organization(request)).data)

    @extend_schema(
        operation_id="organization_change", request=OrganizationOut, responses=OrganizationOut
    )
    def patch(self, request: Request) -> Response:
        """Change particulars; what is left out stays as it is."""
        organization = _organization(request)
        given = OrganizationOut(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        changed = services.change_organization(
            actor=org_request(request).actor,
            organization=organization,
            particulars=replace(services.particulars_of(organization), **given.validated_data),
            now=clock.now(),
        )
        return Response(OrganizationOut(changed).data)


class Setup(APIView):
    """The first-run guide."""

    @extend_schema(operation_id="setup_read", responses=SetupOut)
    def get(self, request: Request) -> Response:
        """Return the steps with where each stands."""
        return _guide(_organization(request))

    @extend_schema(operation_id="setup_change", request=SetupIn, responses=SetupOut)
    def patch(self, request: Request) -> Response:
        """Leave steps out, take them up again, put the guide away or bring it back."""
        organization = _organization(request)
        given = SetupIn(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        common: dict[str, Any] = {"actor": org_request(request).actor, "now": clock.now()}
        for name, skip in (("skip", True), ("take_up", False)):
            for step in asked.get(name, ()):
                organization = services.skip_setup_step(
                    organization=organization, step=step, skip=skip, **common
                )
        if "is_closed" in asked:
            organization = services.close_setup(
                organization=organization, is_closed=asked["is_closed"], **common
            )
        return _guide(organization)


def _organization(request: Request) -> Organization:
    own = org_request(request)
    require(own.actor, Permission.MANAGE_GROUPS, selectors.root_group())
    return own.organization


def _guide(organization: Organization) -> Response:
    progress = selectors.setup_progress(organization, now=clock.now())
    return Response(
        SetupOut(
            {
                "done": progress.done,
                "is_complete": progress.is_complete,
                "is_closed": organization.setup_closed_at is not None,
                "steps": progress.steps,
            }
        ).data
    )
