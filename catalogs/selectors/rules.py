"""The buying rules that hold for a group, and the list of them for administrators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now, TruncDate

from accounts.permissions import Permission
from accounts.selectors import within
from catalogs.guidance import Effect, RuleFacts, Target
from catalogs.models import BuyingRule
from procurement.core.actors import Actor
from procurement.core.errors import NotFound


def rules_for(group_path: Sequence[UUID], on: date | None = None) -> tuple[RuleFacts, ...]:
    """Return the rules in force on a day for a group, its ancestors' included. One SQL query.

    Without a day, the database's own (UTC) holds.
    """
    in_force = _in_force(on).filter(group_id__in=list(group_path)).order_by("id")
    return tuple(_facts(rule) for rule in in_force)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as its row on a page shows it."""

    facts: RuleFacts
    group_level: int
    valid_from: date
    is_in_force: bool


def rules_kept_by(actor: Actor, on: date) -> list[RuleRow]:
    """Return the rules of the groups whose catalog an actor keeps, the root's first. One SQL query.

    Those that will begin later are among them, those that are over are not.
    """
    rows = (
        _with_names(BuyingRule.objects.filter(within(actor, Permission.MANAGE_CATALOG, "group__")))
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), ended_at__isnull=True)
        .order_by("group__path", "effect", "valid_from", "id")
    )
    return [
        RuleRow(_facts(rule), rule.group.level, rule.valid_from, rule.valid_from <= on)
        for rule in rows
    ]


def rule_for(actor: Actor, rule_id: UUID) -> BuyingRule:
    """Return a rule of a group whose catalog the actor keeps. One SQL query; raises `NotFound`."""
    found = (
        _with_names(BuyingRule.objects.filter(within(actor, Permission.MANAGE_CATALOG, "group__")))
        .filter(id=rule_id)
        .first()
    )
    if found is None:
        raise NotFound("There is no such rule, or it is not yours to change.")
    return found


def _in_force(on: date | None) -> QuerySet[BuyingRule]:
    day = TruncDate(Now()) if on is None else on
    return _with_names(
        BuyingRule.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
            valid_from__lte=day,
            ended_at__isnull=True,
        )
    )


def _with_names(rules: QuerySet[BuyingRule]) -> QuerySet[BuyingRule]:
    return rules.select_related("group").annotate(
        category_code=F("category__code"),
        target_name=Coalesce("category__name", "supplier__name", "item__title"),
    )


def _facts(rule: BuyingRule) -> RuleFacts:
    keys = {
        Target.CATEGORY: rule.category_code,  # type: ignore[attr-defined]
        Target.SUPPLIER: rule.supplier_id,
        Target.ITEM: rule.item_id,
    }
    target = Target(rule.target_kind)
    return RuleFacts(
        rule_id=rule.id,
        group_id=rule.group_id,
        group_name=rule.group.name,
        effect=Effect(rule.effect),
        target=target,
        target_key=str(keys[target]),
        reason=rule.reason,
        exception_allowed=rule.exception_allowed,
        target_name=rule.target_name,  # type: ignore[attr-defined]
        valid_to=rule.valid_to,
    )
