"""The API of kinds of seats, seats of groups and vacancies."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import selectors, services
from accounts.effects import Effect, fingerprint
from accounts.models import OrgGroup, Position
from accounts.permissions import Permission, require
from accounts.selectors import PositionRow
from accounts.serializers.seats import (
    PositionChangeIn,
    PositionIn,
    PositionOut,
    PositionPageOut,
    SeatChangeOut,
    SeatIn,
    SeatListOut,
    VacancyPageOut,
)
from accounts.web import org_request
from procurement.core import clock
from procurement.core.errors import NotAllowed, NotFound
from procurement.core.paging import page_of

_PAGE = OpenApiParameter("page", int, description="From 1; by default the first.")


class PositionList(APIView):
    """The organization's kinds of seats."""

    @extend_schema(operation_id="positions_list", parameters=[_PAGE], responses=PositionPageOut)
    def get(self, request: Request) -> Response:
        """List the kinds of seats with how much each is used; the archived come last."""
        own = org_request(request)
        require(own.actor, Permission.MANAGE_GROUPS, selectors.root_group())
        page = page_of(own, selectors.position_rows(now=clock.now()))
        return Response(PositionPageOut(page).data)

    @extend_schema(
        operation_id="positions_create",
        request=PositionIn,
        responses={status.HTTP_201_CREATED: PositionOut},
    )
    def post(self, request: Request) -> Response:
        """Introduce a kind of seat; one that exists is returned."""
        given = PositionIn(data=request.data)
        given.is_valid(raise_exception=True)
        position = services.create_position(
            actor=org_request(request).actor,
            root=selectors.root_group(),
            now=clock.now(),
            **given.validated_data,
        )
        return Response(PositionOut(_row(position)).data, status=status.HTTP_201_CREATED)


class PositionDetail(APIView):
    """One kind of seat."""

    @extend_schema(operation_id="positions_change", request=PositionChangeIn, responses=PositionOut)
    def patch(self, request: Request, position_id: UUID) -> Response:
        """Rename, archive or restore a kind of seat."""
        given = PositionChangeIn(data=request.data)
        given.is_valid(raise_exception=True)
        actor, root = org_request(request).actor, selectors.root_group()
        require(actor, Permission.MANAGE_GROUPS, root)
        position = selectors.position_for(position_id)
        common: dict[str, Any] = {"actor": actor, "root": root, "now": clock.now()}
        if "name" in given.validated_data:
            name = given.validated_data["name"]
            position = services.rename_position(position=position, name=name, **common)
        if "is_archived" in given.validated_data:
            archive = given.validated_data["is_archived"]
            change = services.archive_position if archive else services.restore_position
            position = change(position=position, **common)
        return Response(PositionOut(_row(position)).data)


class SeatList(APIView):
    """The seats of a group."""

    @extend_schema(operation_id="seats_list", responses=SeatListOut)
    def get(self, request: Request, group_id: UUID) -> Response:
        """List who fills each seat, its deputy, and who answers."""
        group = selectors.group_for(org_request(request).actor, group_id)
        return Response(SeatListOut({"seats": selectors.seat_overview(group)}).data)

    @extend_schema(operation_id="seats_change", request=SeatIn, responses=SeatChangeOut)
    def post(self, request: Request, group_id: UUID) -> Response:
        """Fill or empty a seat, or say what that would change."""
        given = SeatIn(data=request.data)
        given.is_valid(raise_exception=True)
        actor = org_request(request).actor
        group = selectors.group_for(actor, group_id, Permission.MANAGE_PEOPLE)
        effects = _change_seat(actor, group, given.validated_data)
        answer = {
            "seats": selectors.seat_overview(group),
            "effects": effects,
            "seen": fingerprint(effects) if given.validated_data["preview"] else "",
        }
        return Response(SeatChangeOut(answer).data)


class VacancyList(APIView):
    """Seats that something relies on and that are vacant, or answered by one person alone."""

    @extend_schema(
        operation_id="vacancies_list",
        parameters=[
            OpenApiParameter(
                "show", str, enum=["vacant", "lone"], description="Vacant by default."
            ),
            _PAGE,
        ],
        responses=VacancyPageOut,
    )
    def get(self, request: Request) -> Response:
        """List them at the topmost group each, with how many groups and people they concern."""
        own = org_request(request)
        if not own.actor.can_anywhere(Permission.MANAGE_PEOPLE):
            raise NotAllowed("Vacant seats are for those who manage the people of some group.")
        found = selectors.seat_findings(own.actor, now=clock.now())
        rows = found.lone if request.query_params.get("show") == "lone" else found.vacant
        return Response(VacancyPageOut(page_of(own, rows)).data)


def _row(position: Position) -> PositionRow:
    rows = selectors.position_rows(now=clock.now())
    return next(row for row in rows if row.position.id == position.id)


def _change_seat(actor: Any, group: OrgGroup, given: dict[str, Any]) -> list[Effect]:
    """Carry out or preview what was sent; return the effects of a preview."""
    seat: dict[str, Any] = {
        "actor": actor,
        "group": group,
        "position": selectors.position_for(given["position"]),
        "is_deputy": given["is_deputy"],
        "now": clock.now(),
    }
    if given["membership"] is not None:
        member = selectors.pickable_members(actor).filter(id=given["membership"]).first()
        if member is None:
            raise NotFound("There is no such person, or they have no access.", field="membership")
        seat["membership"] = member
        if given["preview"]:
            return services.preview_filling(**seat)
        services.fill_position(seen=given.get("seen"), **seat)
    elif given["preview"]:
        return services.preview_vacating(**seat)
    else:
        services.vacate_position(seen=given.get("seen"), **seat)
    return []
