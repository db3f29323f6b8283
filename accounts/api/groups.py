"""The API of groups: the tree, its changes, and who can do what."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import selectors, services
from accounts.effects import Effect, fingerprint, is_blocked
from accounts.permissions import Permission
from accounts.serializers.groups import (
    AccessIn,
    GroupChangeIn,
    GroupIn,
    GroupNodeOut,
    GroupNodePageOut,
    HolderPageOut,
    OrderLimitIn,
    PersonAccessOut,
    RestructureIn,
    RestructureOut,
    RestructureTargetIn,
)
from accounts.web import org_request
from procurement.core import clock
from procurement.core.paging import number_of, page_of, window

_PAGE = OpenApiParameter("page", int, description="From 1; by default the first.")
_PER_PAGE = 100


class GroupList(APIView):
    """The groups that the caller sees."""

    @extend_schema(
        operation_id="groups_list",
        parameters=[
            OpenApiParameter("q", str, description="A part of a name or code."),
            OpenApiParameter("archived", bool, description="Archived groups, too."),
            _PAGE,
        ],
        responses=GroupNodePageOut,
    )
    def get(self, request: Request) -> Response:
        """List groups, each after the one it stands below."""
        own = org_request(request)
        found = selectors.groups_in_sight(
            own.actor,
            query=request.query_params.get("q", ""),
            archived=request.query_params.get("archived") == "true",
        )
        return Response(GroupNodePageOut(page_of(own, found, per_page=_PER_PAGE)).data)

    @extend_schema(
        operation_id="groups_create",
        request=GroupIn,
        responses={status.HTTP_201_CREATED: GroupNodeOut},
    )
    def post(self, request: Request) -> Response:
        """Create a group below another."""
        given = GroupIn(data=request.data)
        given.is_valid(raise_exception=True)
        actor = org_request(request).actor
        asked = dict(given.validated_data)
        parent = selectors.group_for(actor, asked.pop("parent_id"), Permission.MANAGE_GROUPS)
        group = services.create_group(actor=actor, parent=parent, now=clock.now(), **asked)
        return Response(GroupNodeOut(group).data, status=status.HTTP_201_CREATED)


class GroupDetail(APIView):
    """One group."""

    @extend_schema(operation_id="groups_read", responses=GroupNodeOut)
    def get(self, request: Request, group_id: UUID) -> Response:
        """Return a group."""
        group = selectors.group_for(org_request(request).actor, group_id)
        return Response(GroupNodeOut(group).data)

    @extend_schema(operation_id="groups_change", request=GroupChangeIn, responses=GroupNodeOut)
    def patch(self, request: Request, group_id: UUID) -> Response:
        """Rename or describe a group."""
        given = GroupChangeIn(data=request.data)
        given.is_valid(raise_exception=True)
        actor = org_request(request).actor
        group = selectors.group_for(actor, group_id, Permission.MANAGE_GROUPS)
        known = {
            name: given.validated_data.get(name, getattr(group, name))
            for name in ("name", "kind", "code", "starts_on", "ends_on")
        }
        changed = services.change_group(actor=actor, group=group, now=clock.now(), **known)
        return Response(GroupNodeOut(changed).data)


class GroupMove(APIView):
    """Moving a group."""

    @extend_schema(
        operation_id="groups_move", request=RestructureTargetIn, responses=RestructureOut
    )
    def post(self, request: Request, group_id: UUID) -> Response:
        """Put a group and all below it under another one, or say what that would change."""
        return _restructure(
            request, group_id, RestructureTargetIn, services.move_group, services.preview_move
        )


class GroupMerge(APIView):
    """Merging a group into another one."""

    @extend_schema(
        operation_id="groups_merge", request=RestructureTargetIn, responses=RestructureOut
    )
    def post(self, request: Request, group_id: UUID) -> Response:
        """Merge a group into another one, or say what that would change."""
        return _restructure(
            request, group_id, RestructureTargetIn, services.merge_group, services.preview_merge
        )


class GroupArchive(APIView):
    """Closing a group."""

    @extend_schema(operation_id="groups_archive", request=RestructureIn, responses=RestructureOut)
    def post(self, request: Request, group_id: UUID) -> Response:
        """Close a group and all below it, or say what that would change."""
        return _restructure(
            request, group_id, RestructureIn, services.archive_group, services.preview_archive
        )


class GroupRestore(APIView):
    """Opening an archived group again."""

    @extend_schema(operation_id="groups_restore", request=RestructureIn, responses=RestructureOut)
    def post(self, request: Request, group_id: UUID) -> Response:
        """Open an archived group again, or say what that would change."""
        return _restructure(
            request, group_id, RestructureIn, services.restore_group, services.preview_restore
        )


class OrderLimit(APIView):
    """The limit on what a group\u2019s buyers may order at once."""

    @extend_schema(
        operation_id="groups_limit_orders",
        request=OrderLimitIn,
        responses={status.HTTP_204_NO_CONTENT: None},
    )
    def put(self, request: Request, group_id: UUID) -> Response:
        """Limit orders of a group and everything below it."""
        actor = org_request(request).actor
        group = selectors.group_for(actor, group_id, Permission.MANAGE_PEOPLE)
        given = OrderLimitIn(data=request.data)
        given.is_valid(raise_exception=True)
        services.set_role_limit(
            actor=actor, group=group, amount=given.validated_data["amount"], now=clock.now()
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class GroupAccess(APIView):
    """Who can do something on a group."""

    @extend_schema(
        operation_id="groups_access", parameters=[AccessIn, _PAGE], responses=HolderPageOut
    )
    def get(self, request: Request, group_id: UUID) -> Response:
        """List who can do something on a group, directly or by a grant on a group above."""
        own = org_request(request)
        group = selectors.group_for(own.actor, group_id, Permission.MANAGE_PEOPLE)
        asked = _asked(request)
        found = selectors.holders_on(
            group.id,
            Permission(asked["permission"]),
            at=asked["instant"],
            limit=_PER_PAGE,
            offset=(number_of(own) - 1) * _PER_PAGE,
        )
        page = window(own, found.rows, total=found.total, per_page=_PER_PAGE)
        return Response(HolderPageOut(page).data)


class PersonAccess(APIView):
    """What somebody can do."""

    @extend_schema(operation_id="people_access", parameters=[AccessIn], responses=PersonAccessOut)
    def get(self, request: Request, membership_id: UUID) -> Response:
        """List what somebody can do, where, by which grant; anybody may ask it of themselves."""
        member = selectors.member_or_self(org_request(request).actor, membership_id)
        access = selectors.access_of(member.id, at=_asked(request)["instant"])
        return Response(PersonAccessOut(access).data)


def _restructure(
    request: Request,
    group_id: UUID,
    asks: type[RestructureIn],
    carry_out: Callable[..., Sequence[Effect]],
    preview: Callable[..., Sequence[Effect]],
) -> Response:
    actor = org_request(request).actor
    names: dict[str, Any] = {
        "actor": actor,
        "group": selectors.group_for(actor, group_id, Permission.MANAGE_GROUPS),
        "now": clock.now(),
    }
    given = asks(data=request.data)
    given.is_valid(raise_exception=True)
    asked = given.validated_data
    if "target" in asked:
        names["target"] = selectors.group_for(actor, asked["target"], Permission.MANAGE_GROUPS)
    if asked["preview"]:
        effects = preview(**names)
    else:
        effects = carry_out(reason=asked["reason"], seen=asked.get("seen"), **names)
    return Response(
        RestructureOut(
            {
                "effects": effects,
                "is_blocked": is_blocked(effects),
                "seen": fingerprint(effects),
            }
        ).data
    )


def _asked(request: Request) -> dict[str, Any]:
    given = AccessIn(data=request.query_params)
    given.is_valid(raise_exception=True)
    organization = org_request(request).organization
    asked: dict[str, Any] = dict(given.validated_data)
    asked["instant"] = selectors.instant_of(
        asked["at"], time_zone=organization.time_zone, now=clock.now()
    )
    return asked
