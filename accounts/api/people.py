"""The API of people: who there is, their roles, moves, and access that ends."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import selectors, services
from accounts.effects import Effect, fingerprint, is_blocked
from accounts.models import Membership
from accounts.permissions import Permission
from accounts.selectors import PeopleFilters
from accounts.serializers.people import (
    GrantIn,
    MemberChangeIn,
    MemberMovePageOut,
    MemberOut,
    MoveIn,
    PeopleIn,
    PeoplePageOut,
    PersonChangeOut,
    PersonOut,
    ReinstatementIn,
    SuspensionIn,
)
from accounts.services import MoveTerms
from accounts.web import org_request
from procurement.core import clock
from procurement.core.actors import Actor
from procurement.core.errors import NotAllowed, NotFound
from procurement.core.paging import page_of

_PAGE = OpenApiParameter("page", int, description="From 1; by default the first.")


class PeopleList(APIView):
    """The people whom the caller manages."""

    @extend_schema(
        operation_id="people_list", parameters=[PeopleIn, _PAGE], responses=PeoplePageOut
    )
    def get(self, request: Request) -> Response:
        """List people by name, with the roles they hold."""
        own = org_request(request)
        _refuse_strangers(own.actor)
        given = PeopleIn(data=request.query_params)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        filters = PeopleFilters(asked["q"], asked["status"], asked["role"], asked["group"])
        found = selectors.managed_people(own.actor, filters, at=clock.now())
        return Response(PeoplePageOut(page_of(own, found)).data)


class PersonDetail(APIView):
    """One person."""

    @extend_schema(operation_id="people_read", responses=PersonOut)
    def get(self, request: Request, membership_id: UUID) -> Response:
        """Return somebody with what they hold."""
        member = _member(request, membership_id)
        overview = selectors.person_overview(member, now=clock.now())
        return Response(PersonOut({"member": member, "overview": overview}).data)

    @extend_schema(operation_id="people_change", request=MemberChangeIn, responses=MemberOut)
    def patch(self, request: Request, membership_id: UUID) -> Response:
        """Change somebody's job title, site or manager."""
        member = _member(request, membership_id)
        given = MemberChangeIn(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        actor = org_request(request).actor
        changed = services.change_member(
            actor=actor,
            membership=member,
            title=asked.get("title", member.title),
            site=asked.get("site", member.site),
            manager=_picked(actor, asked["manager"], "manager")
            if "manager" in asked
            else member.manager,
            now=clock.now(),
        )
        return Response(MemberOut(changed).data)


class PersonSuspension(APIView):
    """Access that ends, and opens again."""

    @extend_schema(operation_id="people_suspend", request=SuspensionIn, responses=PersonChangeOut)
    def post(self, request: Request, membership_id: UUID) -> Response:
        """End somebody's access, or say what that would change."""
        member = _member(request, membership_id)
        given = SuspensionIn(data=request.data)
        given.is_valid(raise_exception=True)
        asked, actor = given.validated_data, org_request(request).actor
        common: dict[str, Any] = {
            "actor": actor,
            "membership": member,
            "successor": _picked(actor, asked["successor"], "successor"),
            "now": clock.now(),
        }
        suspend = partial(services.suspend_member, reason=asked["reason"])
        return _agreed(asked, common, services.preview_suspension, suspend)

    @extend_schema(operation_id="people_reinstate", request=ReinstatementIn, responses=MemberOut)
    def put(self, request: Request, membership_id: UUID) -> Response:
        """Open somebody's access again."""
        member = _member(request, membership_id)
        given = ReinstatementIn(data=request.data)
        given.is_valid(raise_exception=True)
        changed = services.reinstate_member(
            actor=org_request(request).actor,
            membership=member,
            reason=given.validated_data["reason"],
            now=clock.now(),
        )
        changed.group, changed.manager = member.group, member.manager
        return Response(MemberOut(changed).data)


class PersonMove(APIView):
    """Moving a person."""

    @extend_schema(operation_id="people_move", request=MoveIn, responses=PersonChangeOut)
    def post(self, request: Request, membership_id: UUID) -> Response:
        """Move somebody with what they may do, or say what that would change."""
        member = _member(request, membership_id)
        given = MoveIn(data=request.data)
        given.is_valid(raise_exception=True)
        asked, actor = given.validated_data, org_request(request).actor
        terms = MoveTerms(
            target=selectors.group_for(actor, asked["target"], Permission.MANAGE_PEOPLE),
            manager=_picked(actor, asked["manager"], "manager"),
            effective_at=asked["effective_at"],
            overlap_until=asked["overlap_until"],
            reason=asked["reason"],
        )
        common: dict[str, Any] = {
            "actor": actor,
            "membership": member,
            "terms": terms,
            "now": clock.now(),
        }
        return _agreed(asked, common, services.preview_member_move, services.move_member)


class PersonGrants(APIView):
    """Roles of a person."""

    @extend_schema(operation_id="people_grant", request=GrantIn, responses=PersonChangeOut)
    def post(self, request: Request, membership_id: UUID) -> Response:
        """Grant somebody a role on a group, or say which duties would then meet in them."""
        member = _member(request, membership_id)
        given = GrantIn(data=request.data)
        given.is_valid(raise_exception=True)
        asked, actor = given.validated_data, org_request(request).actor
        common: dict[str, Any] = {
            "actor": actor,
            "membership": member,
            "group": selectors.group_for(actor, asked["group"], Permission.MANAGE_PEOPLE),
            "now": clock.now(),
            **{name: asked[name] for name in ("role", "spending_limit", "starts_at", "ends_at")},
        }
        return _agreed(asked, common, services.preview_grant, services.grant_agreed_role)


class PersonGrant(APIView):
    """One role of a person."""

    @extend_schema(operation_id="people_end_grant", responses={status.HTTP_204_NO_CONTENT: None})
    def delete(self, request: Request, membership_id: UUID, grant_id: UUID) -> Response:
        """End a role, or take back one that was promised."""
        member = _member(request, membership_id)
        now = clock.now()
        grant = selectors.grant_of(member, grant_id, now=now)
        services.end_grant(actor=org_request(request).actor, grant=grant, now=now)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MoveList(APIView):
    """The moves to come."""

    @extend_schema(operation_id="moves_list", parameters=[_PAGE], responses=MemberMovePageOut)
    def get(self, request: Request) -> Response:
        """List the planned moves of people whom the caller manages, the next one first."""
        own = org_request(request)
        _refuse_strangers(own.actor)
        page = page_of(own, selectors.planned_moves_within(own.actor))
        return Response(MemberMovePageOut(page).data)


class MoveDetail(APIView):
    """One planned move."""

    @extend_schema(operation_id="moves_cancel", responses={status.HTTP_204_NO_CONTENT: None})
    def delete(self, request: Request, move_id: UUID) -> Response:
        """Call a planned move off."""
        actor = org_request(request).actor
        move = selectors.move_for(actor, move_id)
        services.cancel_member_move(actor=actor, move=move, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


def _refuse_strangers(actor: Actor) -> None:
    groups = actor.groups_with(Permission.MANAGE_PEOPLE)
    if groups is not None and not groups:
        raise NotAllowed("People are listed for those who manage the people of some group.")


def _member(request: Request, membership_id: UUID) -> Membership:
    actor = org_request(request).actor
    return selectors.member_for(actor, membership_id, Permission.MANAGE_PEOPLE)


def _picked(actor: Actor, membership_id: UUID | None, field: str) -> Membership | None:
    if membership_id is None:
        return None
    found = selectors.pickable_members(actor).filter(id=membership_id).first()
    if found is None:
        raise NotFound("There is no such person, or they have no access.", field=field)
    return found


def _agreed(
    asked: dict[str, Any],
    common: dict[str, Any],
    preview: Callable[..., Sequence[Effect]],
    carry_out: Callable[..., object],
) -> Response:
    """Say what a change would do, and carry it out where that was not all that was asked."""
    effects = preview(**common)
    if not asked["preview"]:
        carry_out(seen=asked.get("seen") or fingerprint(effects), **common)
    return Response(
        PersonChangeOut(
            {
                "effects": effects,
                "is_blocked": is_blocked(effects),
                "seen": fingerprint(effects),
            }
        ).data
    )
