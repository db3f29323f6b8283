"""Buying rules: setting one, and ending it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.models import OrgGroup
from accounts.permissions import Permission, require
from catalogs.guidance import Effect, Target
from catalogs.models import BuyingRule, CatalogItem, Category, Supplier
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import DomainError
from procurement.core.locking import lock


@dataclass(frozen=True, slots=True)
class _Aim:
    """What a rule is about."""

    kind: Target
    column: str
    id: UUID
    label: str


@transaction.atomic
def set_buying_rule(
    *,
    actor: Actor,
    group: OrgGroup,
    effect: Effect,
    target: Category | Supplier | CatalogItem,
    reason: str,
    exception_allowed: bool = False,
    valid_from: date,
    valid_to: date | None = None,
    now: datetime,
) -> BuyingRule:
    """Prefer, restrict or block something for a group and everything below it.

    A group says one thing of one target at a time: a rule of the same group about the same target
    whose days overlap is changed to what is said now. Both days are included; only a block can
    allow exceptions. Raises `DomainError` without a reason or with days out of order.
    """
    require(actor, Permission.MANAGE_CATALOG, group)
    _refuse(effect, reason, valid_from, valid_to, exception_allowed=exception_allowed)
    lock(OrgGroup.objects.filter(id=group.id))
    aim = _aim(target)
    values: dict[str, Any] = {
        "effect": effect.value,
        "reason": reason.strip(),
        "exception_allowed": exception_allowed,
        "valid_from": valid_from,
        "valid_to": valid_to,
    }
    current = _overlapping(group, aim, valid_from, valid_to)
    before = {name: getattr(current, name) for name in values} if current else None
    if current is not None and before == values:
        return current
    rule = current or BuyingRule(
        organization_id=actor.organization_id,
        group=group,
        target_kind=aim.kind.value,
        created_at=now,
        **{f"{aim.column}_id": aim.id},
    )
    for name, value in values.items():
        setattr(rule, name, value)
    rule.save()
    record(
        actor=actor,
        action=AuditAction.BUYING_RULE_SET,
        subject_type="buying_rule",
        subject_id=rule.id,
        subject_label=f"{effect.value.capitalize()} {aim.label} for {group.name}",
        group_id=group.id,
        before=before,
        after=values,
        reason=reason.strip(),
        now=now,
    )
    return rule


@transaction.atomic
def end_buying_rule(*, actor: Actor, rule: BuyingRule, now: datetime) -> BuyingRule:
    """End a rule at once; one that has ended stays as it is."""
    require(actor, Permission.MANAGE_CATALOG, rule.group)
    (current,) = lock(
        BuyingRule.objects.filter(id=rule.id).select_related(
            "group", "category", "supplier", "item"
        )
    )
    if current.ended_at is not None:
        return current
    current.ended_at = now
    current.save(update_fields=["ended_at"])
    target = current.category or current.supplier or current.item
    record(
        actor=actor,
        action=AuditAction.BUYING_RULE_ENDED,
        subject_type="buying_rule",
        subject_id=current.id,
        subject_label=f"{current.effect.capitalize()} {target} for {current.group.name}",
        group_id=current.group_id,
        before={"valid_from": current.valid_from, "valid_to": current.valid_to},
        after={"ended_at": now},
        now=now,
    )
    return current


def _refuse(
    effect: Effect,
    reason: str,
    valid_from: date,
    valid_to: date | None,
    *,
    exception_allowed: bool,
) -> None:
    if not reason.strip():
        raise DomainError("Say why: everybody who meets the rule reads it.", field="reason")
    if valid_to is not None and valid_to < valid_from:
        raise DomainError("The last day lies before the first.", field="valid_to")
    if exception_allowed and effect is not Effect.BLOCK:
        raise DomainError("Only a block can allow exceptions.", field="exception_allowed")


def _aim(target: Category | Supplier | CatalogItem) -> _Aim:
    if isinstance(target, Category):
        return _Aim(Target.CATEGORY, "category", target.id, target.name)
    if isinstance(target, Supplier):
        return _Aim(Target.SUPPLIER, "supplier", target.id, target.name)
    return _Aim(Target.ITEM, "item", target.id, target.title)


def _overlapping(
    group: OrgGroup, aim: _Aim, valid_from: date, valid_to: date | None
) -> BuyingRule | None:
    same = BuyingRule.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=valid_from),
        group=group,
        ended_at__isnull=True,
        **{f"{aim.column}_id": aim.id},
    )
    if valid_to is not None:
        same = same.filter(valid_from__lte=valid_to)
    return same.order_by("valid_from", "id").first()
