"""Policies as administrators and everybody under them read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from accounts.models import Membership, OrgGroup, Position, Role
from accounts.permissions import Permission
from accounts.selectors import group_for, within
from approvals.models import ApprovalPolicy, PolicyVersion
from approvals.routing import ApproverKind, ApproverSpec, InForce, PolicyDocument
from approvals.selectors.routing import policies_in_force
from procurement.core.actors import Actor


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


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """What a group's policy page shows: its own versions, and what is in force on it."""

    group: OrgGroup
    policy: ApprovalPolicy | None
    versions: tuple[VersionRow, ...]
    effective: InForce | None
    may_publish: bool

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


def policy_page(actor: Actor, group_id: UUID, now: datetime) -> PolicyPage:
    """Return a group's policy with its versions, the latest first.

    Four SQL queries; raises `NotFound` for a group that is not the actor's to see.
    """
    group = group_for(actor, group_id)
    policy = ApprovalPolicy.objects.filter(group=group).first()
    versions = (
        list(PolicyVersion.objects.filter(policy=policy).order_by("-number")) if policy else []
    )
    by_group = {found.group_id: found for found in policies_in_force(group.path, now)}
    effective = next((by_group[found] for found in reversed(group.path) if found in by_group), None)
    return PolicyPage(
        group=group,
        policy=policy,
        versions=_versions(versions, now),
        effective=effective,
        may_publish=actor.can(Permission.MANAGE_POLICIES, group.path),
    )


def seat_choices(group: OrgGroup) -> list[ApproverSpec]:
    """Return the seats that a policy of a group can name: positions, roles, the manager, people.

    Two SQL queries; people are the active members of the group, of its ancestors and below.
    """
    positions = Position.objects.order_by("name").values_list("code", "name")
    people = (
        Membership.objects.filter(
            Q(group__path__contains=[group.id]) | Q(group_id__in=group.path),
            status=Membership.Status.ACTIVE,
            user__is_active=True,
        )
        .order_by("user__name")
        .values_list("id", "user__name", "user__email")
    )
    return [
        *(ApproverSpec(ApproverKind.POSITION, code, name) for code, name in positions),
        ApproverSpec(ApproverKind.MANAGER, "", "Manager"),
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
