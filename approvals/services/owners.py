"""Who owns categories of what is bought: naming an owner, and ending it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.models import Membership, OrgGroup, Position
from accounts.permissions import Permission, require
from approvals.models import CategoryOwner
from approvals.selectors import answers_of, with_names
from approvals.services.seating import reseat_anew
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import DomainError
from procurement.core.locking import lock


@dataclass(frozen=True, slots=True)
class OwnedCategory:
    """A category as this floor knows it: its code, and its name as it is now."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Who is to own a category: a person, or the seat of a group (``Director of Marketing``)."""

    membership: Membership | None = None
    position: Position | None = None
    seat_group: OrgGroup | None = None

    @classmethod
    def of(cls, row: CategoryOwner) -> Self:
        """Return the owner that a row names."""
        return cls(row.membership, row.position, row.seat_group)

    @property
    def key(self) -> tuple[UUID | None, ...]:
        """Return what tells it from another owner."""
        return tuple(
            one.id if one else None for one in (self.membership, self.position, self.seat_group)
        )


@transaction.atomic
def name_category_owner(
    *, actor: Actor, group: OrgGroup, category: OwnedCategory, owner: Owner, now: datetime
) -> CategoryOwner:
    """Name who owns a category for a group and everything below it.

    A group has one owner for a category: whoever was named before is followed by this one, and
    stays on record. Requests that wait for them are asked of the new one. Raises `DomainError`
    where no owner, or both kinds, are given, for somebody without access, an archived kind of seat,
    and where somebody would name themselves.
    """
    require(actor, Permission.MANAGE_POLICIES, group)
    _refuse(actor, owner)
    lock(OrgGroup.objects.filter(id=group.id))
    before = _current(group.id, category.code)
    if before is not None and Owner.of(before).key == owner.key:
        return before
    was = _plain(before) if before else None
    if before is not None:
        _close(before, now)
    after = _name(actor, group, category, owner, now)
    _record(actor, AuditAction.CATEGORY_OWNER_NAMED, after, was, now)
    _ask_others(actor, before, now)
    return after


@transaction.atomic
def end_category_owner(*, actor: Actor, owner: CategoryOwner, now: datetime) -> CategoryOwner:
    """End an owner at once; the nearest group above that names one answers from then on.

    One that has ended stays as it is. Requests that wait for them are asked of whoever follows.
    """
    require(actor, Permission.MANAGE_POLICIES, owner.group)
    lock(OrgGroup.objects.filter(id=owner.group_id))
    current = _current(owner.group_id, owner.category_code)
    if current is None or current.id != owner.id:
        return owner
    _end(actor, current, now)
    _ask_others(actor, current, now)
    return current


def end_owners_of(*, actor: Actor, group_ids: list[UUID], now: datetime) -> list[CategoryOwner]:
    """End the owners of groups that have been closed; return them with their names.

    Part of the change of the tree, which asks for its own permissions and has others asked.
    One SQL query, and two for each owner.
    """
    ended = list(with_names(CategoryOwner.objects.current().filter(group_id__in=group_ids)))
    for owner in ended:
        _end(actor, owner, now)
    return ended


def move_owner(
    *,
    actor: Actor,
    owner: CategoryOwner,
    group: OrgGroup,
    seat_group: OrgGroup | None,
    now: datetime,
) -> CategoryOwner | None:
    """Have an owner hold for another group, or sit in a seat of another, as part of a merge.

    Where that group names an owner of its own for the category, this one ends and None is returned.
    """
    was = _plain(owner)
    _end(actor, owner, now)
    if _current(group.id, owner.category_code) is not None:
        return None
    after = _name(
        actor,
        group,
        OwnedCategory(owner.category_code, owner.category_name),
        Owner(owner.membership, owner.position, seat_group),
        now,
    )
    _record(actor, AuditAction.CATEGORY_OWNER_NAMED, after, was, now)
    return after


def _refuse(actor: Actor, owner: Owner) -> None:
    is_seat = owner.position is not None and owner.seat_group is not None
    if (owner.membership is not None) == is_seat:
        raise DomainError("Choose a person, or a seat and its group.", field="membership")
    if owner.membership is not None:
        if owner.membership.id == actor.id:
            raise DomainError(
                "Nobody names themselves; ask another administrator.", field="membership"
            )
        if owner.membership.status != Membership.Status.ACTIVE:
            raise DomainError(
                f"{owner.membership.user.name} has no access; choose somebody else.",
                field="membership",
            )
    if owner.position is not None and owner.position.archived_at is not None:
        raise DomainError(f"{owner.position.name} is archived; restore it first.", field="position")


def _name(
    actor: Actor, group: OrgGroup, category: OwnedCategory, owner: Owner, now: datetime
) -> CategoryOwner:
    return CategoryOwner.objects.create(
        organization_id=actor.organization_id,
        group=group,
        category_code=category.code,
        category_name=category.name,
        membership=owner.membership,
        position=owner.position,
        seat_group=owner.seat_group,
        since=now,
    )


def _current(group_id: UUID, code: str) -> CategoryOwner | None:
    found = CategoryOwner.objects.current().filter(group_id=group_id, category_code=code)
    return with_names(found).first()


def _close(owner: CategoryOwner, now: datetime) -> None:
    owner.until = now
    owner.save(update_fields=["until"])


def _end(actor: Actor, owner: CategoryOwner, now: datetime) -> None:
    was = _plain(owner)
    _close(owner, now)
    _record(actor, AuditAction.CATEGORY_OWNER_ENDED, owner, was, now)


def _ask_others(actor: Actor, before: CategoryOwner | None, now: datetime) -> None:
    """Work out anew whom open requests ask that wait for whoever owned the category."""
    answer = answers_of([before]).get(before.id) if before else None
    if before is None or answer is None:
        return
    waits = Q(
        group__path__contains=[before.group_id],
        seats__membership_id=answer.person.membership_id,
        seats__closed_at__isnull=True,
        seats__vacated_at__isnull=True,
    )
    reseat_anew(actor=actor, among=waits, now=now)


def _record(
    actor: Actor,
    action: AuditAction,
    owner: CategoryOwner,
    before: dict[str, object] | None,
    now: datetime,
) -> None:
    record(
        actor=actor,
        action=action,
        subject_type="category_owner",
        subject_id=owner.id,
        subject_label=f"{owner.category_name} for {owner.group.name}",
        group_id=owner.group_id,
        before=before,
        after=_plain(owner),
        now=now,
    )


def _plain(owner: CategoryOwner) -> dict[str, object]:
    return {
        "category": owner.category_code,
        "owner": owner.title,
        "since": owner.since,
        "until": owner.until,
    }
