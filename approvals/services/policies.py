"""Publishing approval policy."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import Membership, OrgGroup, Position, Role
from accounts.permissions import Permission, require
from approvals.checking import Finding, blocking
from approvals.models import ApprovalPolicy, PolicyVersion
from approvals.routing import (
    ApproverKind,
    ApproverSpec,
    PolicyDocument,
    PolicyProblem,
    check_document,
)
from approvals.selectors import draft_findings
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import Conflict, DomainError
from procurement.core.ids import new_id
from procurement.core.locking import lock


class PolicyNotPublishable(DomainError):
    """A document has problems; each names its place in the document."""

    title = "This policy cannot be published"

    def __init__(self, problems: Sequence[PolicyProblem]) -> None:
        super().__init__(" ".join(problem.sentence for problem in problems))
        self.problems = tuple(problems)
        self.errors = tuple((f"document.{one.where}", one.sentence) for one in self.problems)


class PolicyHasDeadEnds(DomainError):
    """Orders would get stuck under a document; each finding says where, and the way out."""

    title = "Orders would get stuck under this policy"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(
            " ".join(finding.sentence for finding in findings)
            + " Mend this, or say why it is published in spite of it."
        )
        self.findings = tuple(findings)
        self.errors = tuple((one.where, f"{one.sentence} {one.way_out}") for one in self.findings)


@transaction.atomic
def publish_policy(
    *,
    actor: Actor,
    group: OrgGroup,
    name: str,
    document: PolicyDocument,
    reason: str,
    based_on: int | None = None,
    in_force_from: datetime | None = None,
    accepted: str = "",
    now: datetime,
) -> PolicyVersion:
    """Publish the next version of a group's policy; the first one makes the policy.

    ``based_on`` is the number of the version that the author had before them (0 for none): when
    another one has been published since, `Conflict` is raised. Without ``in_force_from`` it is in
    force at once. ``accepted`` says why it is published in spite of its dead ends, if it has any,
    and is kept with them in the trail. Raises `PolicyNotPublishable` on a document with problems,
    `PolicyHasDeadEnds` on one with dead ends that nobody accepted, and `DomainError` without a
    reason, for a date in the past, or when nothing would change.
    """
    require(actor, Permission.MANAGE_POLICIES, group)
    if not reason.strip():
        raise DomainError("Say why, for the record.", field="reason")
    lock(OrgGroup.objects.filter(id=group.id))
    policy = ApprovalPolicy.objects.filter(group=group).first()
    last = PolicyVersion.objects.filter(policy=policy).order_by("-number").first()
    starts = in_force_from or max(now, last.in_force_from if last else now)
    problems = (*check_document(document), *_unknown_seats(document))
    if problems:
        raise PolicyNotPublishable(problems)
    _refuse_out_of_turn(last, document, based_on, starts, now)
    dead_ends = blocking(draft_findings(group, document, now))
    if dead_ends and not accepted.strip():
        raise PolicyHasDeadEnds(dead_ends)
    if policy is None:
        policy = _first_policy(actor, group, name, now)
    version = PolicyVersion.objects.create(
        id=new_id(),
        organization_id=actor.organization_id,
        policy=policy,
        number=last.number + 1 if last else 1,
        document=document.to_json(),
        in_force_from=starts,
        published_at=now,
        published_by_id=actor.id,
        published_by_label=actor.label[:200],
        reason=reason.strip(),
    )
    _record_version(actor, version, last, _accepted(dead_ends, accepted), now)
    return version


def _first_policy(actor: Actor, group: OrgGroup, name: str, now: datetime) -> ApprovalPolicy:
    return ApprovalPolicy.objects.create(
        id=new_id(),
        organization_id=actor.organization_id,
        group=group,
        name=" ".join(name.split()) or f"{group.name} approvals",
        created_at=now,
    )


def _record_version(
    actor: Actor,
    version: PolicyVersion,
    last: PolicyVersion | None,
    accepted: dict[str, Any],
    now: datetime,
) -> None:
    policy = version.policy
    record(
        actor=actor,
        action=AuditAction.POLICY_PUBLISHED,
        subject_type="approval_policy",
        subject_id=policy.id,
        subject_label=f"{policy.name}, version {version.number}",
        group_id=policy.group_id,
        before=last.document if last else None,
        after={
            **version.document,
            "version_id": version.id,
            "number": version.number,
            "in_force_from": version.in_force_from,
            **accepted,
        },
        reason=version.reason,
        now=now,
    )


def _accepted(dead_ends: Sequence[Finding], why: str) -> dict[str, Any]:
    """Return what the trail keeps of dead ends that somebody took into account."""
    if not dead_ends:
        return {}
    return {"accepted": why.strip(), "dead_ends": [one.sentence for one in dead_ends]}


def _refuse_out_of_turn(
    last: PolicyVersion | None,
    document: PolicyDocument,
    based_on: int | None,
    starts: datetime,
    now: datetime,
) -> None:
    last_number = last.number if last else 0
    if based_on is not None and based_on != last_number:
        raise Conflict(
            f"Version {last_number} has been published in the meantime. Look at it, and make your "
            "change on top of it."
        )
    if starts < now:
        raise DomainError(
            "A version comes into force now or later, never in the past.", field="in_force_from"
        )
    if last is None:
        return
    if starts < last.in_force_from:
        raise DomainError(
            f"Version {last.number} comes into force later than that; choose a later moment.",
            field="in_force_from",
        )
    if PolicyDocument.from_json(last.document) == document:
        raise DomainError(f"Nothing has changed since version {last.number}.")


def _unknown_seats(document: PolicyDocument) -> Iterator[PolicyProblem]:
    """Yield the seats that name a position, role or person that this organization does not have."""
    places = list(_seats_by_place(document))
    positions = set(Position.objects.in_use().values_list("code", flat=True))
    named = [_uuid(seat.value) for _, seat in places if seat.kind is ApproverKind.PERSON]
    people = set(
        Membership.objects.filter(
            id__in=[member for member in named if member],
            status=Membership.Status.ACTIVE,
            user__is_active=True,
        ).values_list("id", flat=True)
    )
    for place, seat in places:
        known = {
            ApproverKind.POSITION: seat.value in positions,
            ApproverKind.ROLE: seat.value in Role.values,
            ApproverKind.PERSON: _uuid(seat.value) in people,
        }
        if not known.get(seat.kind, True):
            sentence = f"“{seat.title}” is no seat here any more; choose another."
            yield PolicyProblem(place, sentence)


def _seats_by_place(document: PolicyDocument) -> Iterator[tuple[str, ApproverSpec]]:
    for place, stage in document.placed_stages():
        for approver in stage.approvers:
            yield place, approver


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
