"""Policies as administrators and everybody under them read them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from accounts.models import Membership, OrgGroup, Position, Role
from accounts.permissions import Permission
from accounts.selectors import group_for, groups_where, within
from approvals.effective import EffectivePolicy, effective_policy
from approvals.models import ApprovalPolicy, PolicyVersion
from approvals.routing import (
    ApproverKind,
    ApproverSpec,
    Facts,
    InForce,
    Mode,
    PolicyDocument,
    Route,
    RoutedStage,
    Seats,
    StageSpec,
    rules_in_short,
    seat,
)
from approvals.routing.specs import FOLLOWING
from approvals.selectors.routing import policies_in_force, routing_context
from procurement.core.actors import Actor
from procurement.core.ids import new_id

# People are offered by name up to this many; a policy that lasts names seats.
_MOST_PEOPLE = 200


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A published version: who, when, why, and until when it held."""

    version: PolicyVersion
    document: PolicyDocument
    until: datetime | None
    is_in_force: bool
    is_coming: bool


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A group's policy in the list of policies."""

    policy: ApprovalPolicy
    in_force: PolicyVersion | None
    document: PolicyDocument | None
    coming: PolicyVersion | None

    @property
    def sentence(self) -> str:
        """Return what the version in force asks, tier by tier and how many rules, in one line."""
        if self.document is None:
            return ""
        parts = []
        for index, tier in enumerate(self.document.tiers):
            asked = ", then ".join(stage.phrase for stage in tier.stages) or "automatic"
            parts.append(f"{self.document.heading(index)}: {asked}")
        return " · ".join([*parts, *filter(None, [rules_in_short(self.document)])])


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """What a group's policy page shows: its own versions, and what is in force on it.

    ``effective`` is the nearest policy; ``holds`` says it line by line, with what is mandatory.
    """

    group: OrgGroup
    policy: ApprovalPolicy | None
    versions: tuple[VersionRow, ...]
    effective: InForce | None
    may_publish: bool
    holds: EffectivePolicy | None = None

    @property
    def is_inherited(self) -> bool:
        """Tell whether what is in force comes from a group above."""
        return self.effective is not None and self.effective.group_id != self.group.id

    @property
    def last_number(self) -> int:
        """Return the number of the last version, 0 before the first."""
        return self.versions[0].version.number if self.versions else 0


def policies_in_sight(actor: Actor, now: datetime) -> list[PolicyRow]:
    """Return the policies of the groups that an actor may see, in the order of the tree.

    Two SQL queries.
    """
    policies = (
        ApprovalPolicy.objects.filter(
            within(actor, Permission.VIEW_GROUP, "group__")
            | within(actor, Permission.MANAGE_POLICIES, "group__")
        )
        .select_related("group")
        .order_by("group__path")
    )
    versions: dict[UUID, list[PolicyVersion]] = {}
    for version in PolicyVersion.objects.filter(policy__in=policies).order_by("number"):
        versions.setdefault(version.policy_id, []).append(version)
    return [_row(policy, versions.get(policy.id, []), now) for policy in policies]


def groups_without_policy(actor: Actor) -> list[OrgGroup]:
    """Return the groups for which an actor could write a first policy, by name. One SQL query."""
    return list(
        groups_where(actor, Permission.MANAGE_POLICIES).filter(approval_policies__isnull=True)
    )


def policy_page(actor: Actor, group_id: UUID, now: datetime) -> PolicyPage:
    """Return a group's policy with its versions, the latest first.

    Four SQL queries; raises `NotFound` for a group that is not the actor's to see.
    """
    group = group_for(actor, group_id)
    policy = ApprovalPolicy.objects.filter(group=group).first()
    versions = (
        list(PolicyVersion.objects.filter(policy=policy).order_by("-number")) if policy else []
    )
    holds = effective_policy(group.path, policies_in_force(group.path, now))
    return PolicyPage(
        group=group,
        policy=policy,
        versions=_versions(versions, now),
        effective=holds.nearest if holds else None,
        may_publish=actor.can(Permission.MANAGE_POLICIES, group.path),
        holds=holds,
    )


@dataclass(frozen=True, slots=True)
class SeatNow:
    """A seat that a policy names, and who would be asked in it today for an order of the group."""

    title: str
    names: tuple[str, ...]
    group_name: str
    sentence: str

    @property
    def is_vacant(self) -> bool:
        """Tell whether nobody could be asked."""
        return not self.names


def seats_now(group: OrgGroup, document: PolicyDocument, now: datetime) -> list[SeatNow]:
    """Return who sits today in the seats that a policy names. Two SQL queries.

    What differs from order to order, such as a requester's manager, is left out.
    """
    specs = dict.fromkeys(
        approver
        for stage in document.stages()
        for approver in stage.approvers
        if approver.kind not in FOLLOWING
    )
    return list(people_in(group, document.currency, specs, now).values())


def people_in(
    group: OrgGroup, currency: str, specs: Iterable[ApproverSpec], now: datetime
) -> dict[ApproverSpec, SeatNow]:
    """Return who sits today in each of these seats, none of which follows from an order.

    Two SQL queries. People who are named are taken at their word.
    """
    anybody = new_id()
    seats = routing_context(group.path, anybody, now).seats
    facts = Facts(
        subject_kind="",
        currency=currency,
        amount=Decimal(0),
        group_id=group.id,
        group_path=tuple(group.path),
        requester_id=anybody,
        category_codes=(),
        supplier_ids=(),
        guidance="",
        flags=frozenset(),
        on=now.date(),
    )
    return {spec: _seat_now(spec, facts, seats) for spec in specs}


def _seat_now(spec: ApproverSpec, facts: Facts, seats: Seats) -> SeatNow:
    if spec.kind is ApproverKind.PERSON and UUID(spec.value) not in seats.people:
        return SeatNow(spec.title, (spec.title,), "", "")
    stage = RoutedStage(StageSpec(spec.title, Mode.ALL, (spec,)), "")
    plan = seat(Route(None, None, (stage,), ()), facts, seats)
    if plan.dead_ends:
        return SeatNow(spec.title, (), "", plan.dead_ends[0].sentence)
    people = plan.stages[0].people
    return SeatNow(
        spec.title, tuple(person.name for person in people), people[0].group_name, people[0].why
    )


def seat_choices(group: OrgGroup) -> list[ApproverSpec]:
    """Return the seats that a policy of a group can name: positions, roles, the manager, people.

    Two SQL queries; people are the active members of the group, of its ancestors and below.
    """
    positions = Position.objects.in_use().order_by("name").values_list("code", "name")
    people = (
        Membership.objects.filter(
            Q(group__path__contains=[group.id]) | Q(group_id__in=group.path),
            status=Membership.Status.ACTIVE,
            user__is_active=True,
        )
        .order_by("user__name")
        .values_list("id", "user__name", "user__email")[:_MOST_PEOPLE]
    )
    return [
        *(ApproverSpec(ApproverKind.POSITION, code, name) for code, name in positions),
        ApproverSpec(ApproverKind.MANAGER, "", "Manager"),
        ApproverSpec(ApproverKind.MANAGER_LIMIT, "", "Managers up to the limit"),
        ApproverSpec(ApproverKind.CATEGORY_OWNER, "", "Category owner"),
        *(
            ApproverSpec(ApproverKind.ROLE, role.value, str(role.label))
            for role in (Role.FINANCE, Role.ADMINISTRATOR)
        ),
        *(
            ApproverSpec(ApproverKind.PERSON, str(member), name or email)
            for member, name, email in people
        ),
    ]


def _row(policy: ApprovalPolicy, versions: Sequence[PolicyVersion], now: datetime) -> PolicyRow:
    current = [version for version in versions if version.in_force_from <= now]
    coming = [version for version in versions if version.in_force_from > now]
    in_force = current[-1] if current else None
    return PolicyRow(
        policy=policy,
        in_force=in_force,
        document=PolicyDocument.from_json(in_force.document) if in_force else None,
        coming=coming[0] if coming else None,
    )


def _versions(versions: Sequence[PolicyVersion], now: datetime) -> tuple[VersionRow, ...]:
    rows = []
    until: datetime | None = None
    for version in versions:
        started = version.in_force_from <= now
        rows.append(
            VersionRow(
                version=version,
                document=PolicyDocument.from_json(version.document),
                until=until,
                is_in_force=started and (until is None or until > now),
                is_coming=not started,
            )
        )
        until = version.in_force_from
    return tuple(rows)
