"""The API of absences: who decides for whom, setting it, ending it."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission
from accounts.selectors import member_for, members_by_id
from accounts.web import OrgRequest, org_request
from approvals import selectors, services
from approvals.models import Delegation
from procurement.core import clock
from procurement.core.errors import DomainError, NotAllowed
from procurement.core.paging import page_of

OWN, TO_ME, ALL = "own", "to_me", "all"


class NarrowedOut(serializers.Serializer[Any]):
    """A group that an absence is narrowed to, with everything below it."""

    group = serializers.UUIDField(source="group_id")
    name = serializers.CharField(source="group.name")


class AbsenceOut(serializers.Serializer[Any]):
    """Somebody is away, and a deputy decides for them.

    ``up_to`` is in the organization's currency, null for any amount; no groups stand for all.
    ``ended_at`` is set where it was ended before its time.
    """

    id = serializers.UUIDField()
    member = serializers.UUIDField(source="membership_id")
    member_name = serializers.CharField(source="membership.user.name")
    deputy = serializers.UUIDField(source="deputy_id")
    deputy_name = serializers.CharField(source="deputy.user.name")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    groups = NarrowedOut(many=True, source="groups.all")
    up_to = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)
    reason = serializers.CharField()
    set_how = serializers.ChoiceField(source="source", choices=Delegation.Source.choices)
    ended_at = serializers.DateTimeField(allow_null=True)


class AbsenceSetOut(AbsenceOut):
    """The absence that was set, and what to know about it, if anything."""

    warning = serializers.CharField()


class AbsencePageOut(serializers.Serializer[Any]):
    """One page of absences, the next one first."""

    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    absences = AbsenceOut(many=True, source="items")


class AbsencesIn(serializers.Serializer[Any]):
    """Whose absences: one's own, those for which one stands in, or all that one keeps."""

    of = serializers.ChoiceField(choices=[OWN, TO_ME, ALL], default=OWN)
    q = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)
    past = serializers.BooleanField(default=False)


class AbsenceIn(serializers.Serializer[Any]):
    """Who decides for whom, from when until when. Without a member, for the caller."""

    member = serializers.UUIDField(required=False, allow_null=True, default=None)
    deputy = serializers.UUIDField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    groups = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=100)
    up_to = serializers.DecimalField(
        max_digits=16, decimal_places=2, min_value=0, allow_null=True, default=None
    )
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")


class AbsenceList(APIView):
    """Absences."""

    @extend_schema(
        operation_id="absences",
        parameters=[AbsencesIn, OpenApiParameter("page", int, description="From 1; 25 to a page.")],
        responses=AbsencePageOut,
    )
    def get(self, request: Request) -> Response:
        """List absences now and to come; ``q`` and ``past`` narrow those of all."""
        own = org_request(request)
        given = AbsencesIn(data=request.query_params)
        given.is_valid(raise_exception=True)
        asked, now = given.validated_data, clock.now()
        if asked["of"] == OWN:
            found = selectors.own_delegations(own.actor, now)
        elif asked["of"] == TO_ME:
            found = selectors.delegations_to(own.actor, now)
        elif own.actor.can_anywhere(Permission.MANAGE_PEOPLE):
            found = selectors.delegations_in_sight(
                own.actor, query=asked["q"], past=asked["past"], now=now
            )
        else:
            raise NotAllowed("Everybody's absences are shown to those who manage people.")
        return Response(AbsencePageOut(page_of(own, found)).data)

    @extend_schema(
        operation_id="absence_set",
        request=AbsenceIn,
        responses={status.HTTP_201_CREATED: AbsenceSetOut},
    )
    def post(self, request: Request) -> Response:
        """Have somebody decide for the caller, or for somebody whom they manage."""
        own = org_request(request)
        given = AbsenceIn(data=request.data)
        given.is_valid(raise_exception=True)
        outcome = _set(own, given.validated_data)
        delegation = selectors.delegation_for(own.actor, outcome.delegation.id)
        answer = {**AbsenceOut(delegation).data, "warning": outcome.warning}
        return Response(answer, status=status.HTTP_201_CREATED)


class AbsenceDetail(APIView):
    """One absence."""

    @extend_schema(operation_id="absence_end", responses={status.HTTP_204_NO_CONTENT: None})
    def delete(self, request: Request, delegation_id: UUID) -> Response:
        """End an absence at once, or call off one that is to come."""
        services.end_delegation(
            actor=org_request(request).actor, delegation_id=delegation_id, now=clock.now()
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


def _set(own: OrgRequest, given: dict[str, Any]) -> services.DelegationSet:
    member_id = given["member"] or own.actor.membership_id
    if member_id == own.actor.membership_id:
        member = members_by_id([member_id])[member_id]
    else:
        member = member_for(own.actor, member_id, Permission.MANAGE_PEOPLE)
    deputy = members_by_id([given["deputy"]]).get(given["deputy"])
    if deputy is None:
        raise DomainError("There is no such person.", field="deputy")
    groups = selectors.groups_named(given["groups"])
    if len(groups) < len(set(given["groups"])):
        raise DomainError("There is no such group.", field="groups")
    return services.set_delegation(
        actor=own.actor,
        membership=member,
        deputy=deputy,
        terms=services.AbsenceTerms(
            starts_at=given["starts_at"],
            ends_at=given["ends_at"],
            groups=tuple(groups.values()),
            up_to=given["up_to"],
            reason=given["reason"],
        ),
        now=clock.now(),
    )
