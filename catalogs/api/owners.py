"""The API of category owners."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Membership, Position
from accounts.permissions import Permission
from accounts.selectors import group_for, instant_of, pickable_members, positions
from accounts.web import org_request
from approvals import selectors as approvals
from approvals import services
from approvals.api import HistoryIn
from approvals.services import OwnedCategory, Owner
from catalogs.guidance import Target
from catalogs.models import Category
from catalogs.selectors import target_named
from procurement.core import clock
from procurement.core.actors import Actor
from procurement.core.errors import DomainError, NotAllowed
from procurement.core.paging import page_of


class OwnerAnswerOut(serializers.Serializer[Any]):
    """Who is asked for an owner; ``answered_by`` names a group above that fills an empty seat."""

    member = serializers.UUIDField(source="person.membership_id")
    name = serializers.CharField(source="person.name")
    has_access = serializers.BooleanField(source="person.is_active")
    is_deputy = serializers.BooleanField()
    answered_by = serializers.CharField(allow_blank=True)


class CategoryOwnerOut(serializers.Serializer[Any]):
    """An owner: a seat of a group (``position`` and ``seat_group``), or a ``member``.

    Holds for ``group`` and below, from ``since`` up to ``until``. ``inherited_from`` names that
    group where the owners of one below it were asked for.
    """

    id = serializers.UUIDField(source="owner.id")
    category = serializers.CharField(source="owner.category_code")
    category_name = serializers.CharField(source="owner.category_name")
    group = serializers.UUIDField(source="owner.group_id")
    group_name = serializers.CharField(source="owner.group.name")
    owner = serializers.CharField(source="owner.title")
    position = serializers.CharField(source="owner.position.code", default=None, allow_null=True)
    seat_group = serializers.UUIDField(source="owner.seat_group_id", allow_null=True)
    member = serializers.UUIDField(source="owner.membership_id", allow_null=True)
    answer = OwnerAnswerOut(allow_null=True)
    inherited_from = serializers.CharField(allow_blank=True)
    since = serializers.DateTimeField(source="owner.since")
    until = serializers.DateTimeField(source="owner.until", allow_null=True)


class CategoryOwnerPageOut(serializers.Serializer[Any]):
    """One page of owners, by category."""

    total = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    owners = CategoryOwnerOut(many=True)


class OwnersIn(HistoryIn):
    """How owners are narrowed; ``group`` asks which count for it, its own or inherited."""

    group = serializers.UUIDField(required=False, default=None)


class CategoryOwnerIn(serializers.Serializer[Any]):
    """Who is to own a category, named by its code or name, for a group and below.

    Either a ``member``, or a ``position`` by its code, with the ``seat_group`` whose seat it is;
    without one, the group's own.
    """

    category = serializers.CharField(max_length=200)
    group = serializers.UUIDField()
    member = serializers.UUIDField(required=False, default=None, allow_null=True)
    position = serializers.CharField(required=False, default="", allow_blank=True, max_length=60)
    seat_group = serializers.UUIDField(required=False, default=None, allow_null=True)


class CategoryOwnerList(APIView):
    """Owners of categories."""

    @extend_schema(
        operation_id="category_owners",
        parameters=[OwnersIn, OpenApiParameter("page", int, description="From 1; 25 to a page.")],
        responses=CategoryOwnerPageOut,
    )
    def get(self, request: Request) -> Response:
        """List who owns what and who answers, now or on a day of the past."""
        own = org_request(request)
        _require_keeper(own.actor)
        given = OwnersIn(data=request.query_params)
        given.is_valid(raise_exception=True)
        asked, now = given.validated_data, clock.now()
        at = instant_of(asked["at"], time_zone=own.organization.time_zone, now=now)
        group = None
        if asked["group"] is not None:
            group = group_for(own.actor, asked["group"], Permission.MANAGE_POLICIES)
        page = page_of(
            own,
            approvals.owners_for(group, query=asked["q"], at=at)
            if group is not None
            else approvals.owners_in_sight(own.actor, query=asked["q"], at=at),
        )
        rows = approvals.owner_rows(page.items, at=None if at == now else at, group=group)
        body = {"total": page.total, "page": page.number, "pages": page.pages, "owners": rows}
        return Response(CategoryOwnerPageOut(body).data)

    @extend_schema(
        operation_id="category_owner_name",
        request=CategoryOwnerIn,
        responses={status.HTTP_201_CREATED: CategoryOwnerOut},
    )
    def post(self, request: Request) -> Response:
        """Name the owner of a category; one that the group has is followed by it."""
        actor = org_request(request).actor
        _require_keeper(actor)
        given = CategoryOwnerIn(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        group = group_for(actor, asked["group"], Permission.MANAGE_POLICIES)
        category = target_named(Target.CATEGORY, asked["category"])
        assert isinstance(category, Category)
        position = _position(asked["position"])
        seat_group = group
        if asked["seat_group"] is not None:
            seat_group = group_for(actor, asked["seat_group"], Permission.MANAGE_POLICIES)
        owner = services.name_category_owner(
            actor=actor,
            group=group,
            category=OwnedCategory(category.code, category.name),
            owner=Owner(
                membership=_member(actor, asked["member"]),
                position=position,
                seat_group=seat_group if position else None,
            ),
            now=clock.now(),
        )
        (row,) = approvals.owner_rows([approvals.owner_for(actor, owner.id)])
        return Response(CategoryOwnerOut(row).data, status=status.HTTP_201_CREATED)


class CategoryOwnerDetail(APIView):
    """One owner."""

    @extend_schema(operation_id="category_owner_end", responses={status.HTTP_204_NO_CONTENT: None})
    def delete(self, request: Request, owner_id: UUID) -> Response:
        """End an owner at once; who owned it when stays on record."""
        actor = org_request(request).actor
        services.end_category_owner(
            actor=actor, owner=approvals.owner_for(actor, owner_id), now=clock.now()
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


def _require_keeper(actor: Actor) -> None:
    groups = actor.groups_with(Permission.MANAGE_POLICIES)
    if groups is not None and not groups:
        raise NotAllowed("Category owners are named by those who write approval policies.")


def _position(code: str) -> Position | None:
    if not code:
        return None
    found = positions().filter(code=code).first()
    if found is None:
        raise DomainError(f"No kind of seat has the code “{code}”.", field="position")
    return found


def _member(actor: Actor, membership_id: UUID | None) -> Membership | None:
    if membership_id is None:
        return None
    found = pickable_members(actor).filter(id=membership_id).first()
    if found is None:
        raise DomainError("There is no such person with access.", field="member")
    return found
