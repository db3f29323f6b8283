"""What follows here when the tree or a person changes: requests under way, and who approves."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q
from typing_extensions import override

from accounts.dependents import Dependent
from accounts.effects import (
    Effect,
    EffectKind,
    Glance,
    GroupChange,
    MemberChange,
    MemberChangeKind,
    SeatDemand,
)
from accounts.setup import SetupStep
from approvals import dead_ends, ownership, selectors, services
from approvals.checking.asked import asked_of
from approvals.models import ApprovalLimit, ApprovalPolicy
from approvals.routing import ApproverKind, InForce, PolicyDocument
from approvals.services import Reseated
from procurement.core.actors import Actor


class Approvals(Dependent):
    """Requests go to whoever sits there now; policies count where their group stands."""

    @override
    def follow_group_change(
        self, *, actor: Actor, change: GroupChange, now: datetime
    ) -> Sequence[Effect]:
        """Ask the right people of open requests; say what starts and stops to count.

        Owners of categories come first: whom requests ask follows from them. Dead ends that begin
        with the change are said, too.
        """
        owners = ownership.follow_group_change(actor=actor, change=change, now=now)
        among = Q(group_id__in=change.ids)
        if change.seats_changed_on:
            among |= Q(group__path__overlap=list(change.seats_changed_on))
        reseated = services.reseat_anew(actor=actor, among=among, now=now)
        begun = dead_ends.after_group_change(change, now)
        return (*_policies(change, now), *owners, *begun, *_rerouted(reseated))

    @override
    def follow_member_change(
        self, *, actor: Actor, change: MemberChange, now: datetime
    ) -> Sequence[Effect]:
        """Ask others where somebody who was asked has no seat or no access any more.

        Whoever leaves or moves stands in for nobody any more, and nobody for them. Say which dead
        ends begin with it. Whoever joins takes nothing from anybody.
        """
        if change.kind is MemberChangeKind.JOIN:
            return ()
        waits = Q(
            seats__membership_id=change.membership_id,
            seats__closed_at__isnull=True,
            seats__vacated_at__isnull=True,
        )
        owners = ownership.follow_member_change(change)
        absences = _absences_end(actor, change, now)
        rerouted = _rerouted(services.reseat_anew(actor=actor, among=waits, now=now))
        return (*owners, *absences, *dead_ends.after_member_change(change, now), *rerouted)

    @override
    def at_a_glance(
        self, *, actor: Actor, paths: Mapping[UUID, Sequence[UUID]], on: date, now: datetime
    ) -> Mapping[UUID, Sequence[Glance]]:
        """Say which policy governs each group. One SQL query."""
        by_group = {policy.group_id: policy for policy in _in_force(now)}
        found: dict[UUID, Sequence[Glance]] = {}
        for group_id, path in paths.items():
            governing = next((by_group[one] for one in reversed(path) if one in by_group), None)
            if governing is not None:
                found[group_id] = (_glance(governing, group_id),)
        return found

    @override
    def seats_relied_on(self, *, now: datetime) -> Sequence[SeatDemand]:
        """Return the seats that policies in force ask, once a policy, and those that own something.

        A policy's own parts end where another policy stands; mandatory ones go on below it. Two SQL
        queries.
        """
        policies = _in_force(now)
        own_elsewhere = frozenset(policy.group_id for policy in policies)
        asked = [
            SeatDemand(
                code,
                policy.group_id,
                f"the policy “{policy.policy_name}”",
                frozenset() if is_mandatory else own_elsewhere - {policy.group_id},
            )
            for policy in policies
            for code, is_mandatory in sorted(_seats_of(policy.document).items())
        ]
        return [*asked, *ownership.seats_relied_on()]

    @override
    def setup_steps(self, *, now: datetime) -> Sequence[SetupStep]:
        """Ask for a first policy. One SQL query."""
        policies = _in_force(now)
        return (
            SetupStep(
                code="policy",
                place=40,
                title="A starting policy",
                why="Say who has to agree. A typical start is on the page already: up to 100 goes "
                "through, 101 to 1,000 asks the supervisor, above that the director and finance.",
                action="Look at the typical start",
                route="approvals:policy-edit",
                about_root=True,
                is_done=bool(policies),
                done=", ".join(sorted(policy.policy_name for policy in policies)[:3]),
            ),
        )

    @override
    def keeps_money(self) -> bool:
        """Tell whether a policy or a limit has been set: both are amounts. Two SQL queries."""
        return ApprovalPolicy.objects.exists() or ApprovalLimit.objects.exists()


def _in_force(now: datetime) -> tuple[InForce, ...]:
    return selectors.all_policies_in_force(now)


def _glance(policy: InForce, group_id: UUID) -> Glance:
    is_own = policy.group_id == group_id
    return Glance(
        kind="policy",
        label="Own policy" if is_own else "Policy",
        detail=policy.policy_name,
        inherited_from="" if is_own else policy.group_name,
    )


def _seats_of(document: PolicyDocument) -> dict[str, bool]:
    """Return the codes of the seats that a document asks, and whether a mandatory part does."""
    found: dict[str, bool] = {}
    for one in asked_of(document):
        for approver in one.stage.approvers:
            if approver.kind is ApproverKind.POSITION:
                found[approver.value] = found.get(approver.value, False) or one.is_mandatory
    return found


def _policies(change: GroupChange, now: datetime) -> list[Effect]:
    """Say which policies govern other groups than before: the nearest above each is what counts."""
    by_group = {policy.group_id: policy for policy in _in_force(now)}
    starts: dict[UUID, int] = {}
    stops: dict[UUID, int] = {}
    for place in change.places:
        was = next((one for one in reversed(place.before) if one in by_group), None)
        becomes = next((one for one in reversed(place.after) if one in by_group), None)
        if was == becomes or not place.is_active:
            continue
        if was is not None:
            stops[was] = stops.get(was, 0) + 1
        if becomes is not None:
            starts[becomes] = starts.get(becomes, 0) + 1
    return [
        Effect(
            kind=EffectKind.APPROVAL_CHANGED,
            about=by_group[group_id].version_id,
            subject=by_group[group_id].policy_name,
            sentence=(
                f"The policy “{by_group[group_id].policy_name}” of {by_group[group_id].group_name} "
                f"{verb} to decide for {_groups(count)}."
            ),
            group_id=group_id,
        )
        for verb, counted in (("starts", starts), ("ceases", stops))
        for group_id, count in counted.items()
    ]


def _rerouted(reseated: Iterable[Reseated]) -> list[Effect]:
    return [
        Effect(
            kind=EffectKind.REQUEST_REROUTED,
            about=one.request.id,
            subject=one.request.subject_label,
            sentence=one.sentence,
            group_id=one.request.group_id,
        )
        for one in reseated
    ]


def _absences_end(actor: Actor, change: MemberChange, now: datetime) -> list[Effect]:
    """End the delegations from and to somebody who loses access or moves. One SQL query a change.

    Other powers than those of a role are not touched by a change of roles.
    """
    if change.kind is MemberChangeKind.ROLES:
        return []
    return [
        Effect(
            EffectKind.APPROVAL_CHANGED,
            ended.id,
            ended.membership.user.name,
            f"{ended.deputy.user.name} does not decide for {ended.membership.user.name} any more "
            "while they are away.",
            group_id=ended.membership.group_id,
        )
        for ended in services.end_delegations_of(
            actor=actor, membership_id=change.membership_id, now=now
        )
    ]


def _groups(count: int) -> str:
    return "1 group" if count == 1 else f"{count:,} groups"
