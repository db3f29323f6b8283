"""The buying rules that hold for a group, and the list of them for administrators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.permissions import Permission
from accounts.selectors import within
from catalogs.guidance import OUTCOME_OF, Effect, Outcome, RuleFacts, Target
from catalogs.models import BuyingRule
from procurement.core import tenancy, writes
from procurement.core.actors import Actor
from procurement.core.errors import NotFound

# Part of every preview and submit, so it is one prepared statement on plain values.
_RULES = """
SELECT r.id, r.group_id, g.name, r.effect, r.target_kind,
       coalesce(c.code, r.supplier_id::text, r.item_id::text), r.reason, r.exception_allowed,
       coalesce(c.name, s.name, i.title), r.valid_to
FROM catalogs_buyingrule r
JOIN accounts_orggroup g ON g.organization_id = r.organization_id AND g.id = r.group_id
LEFT JOIN catalogs_category c ON c.organization_id = r.organization_id AND c.id = r.category_id
LEFT JOIN catalogs_supplier s ON s.organization_id = r.organization_id AND s.id = r.supplier_id
LEFT JOIN catalogs_catalogitem i ON i.organization_id = r.organization_id AND i.id = r.item_id
CROSS JOIN LATERAL (
    SELECT coalesce(%(on)s::date, (now() AT TIME ZONE 'UTC')::date) AS today
) AS d
WHERE r.organization_id = %(organization)s AND r.group_id = ANY(%(path)s) AND r.ended_at IS NULL
  AND r.valid_from <= d.today AND (r.valid_to IS NULL OR r.valid_to >= d.today)
ORDER BY r.id
"""


def rules_for(group_path: Sequence[UUID], on: date | None = None) -> tuple[RuleFacts, ...]:
    """Return the rules in force on a day for a group and its ancestors. One SQL query.

    ``on`` is a day of the organization's time zone; without it, the database's own (UTC) holds.
    """
    cursor = writes.execute(
        _RULES, {"organization": tenancy.current(), "path": list(group_path), "on": on}
    )
    return tuple(
        RuleFacts(
            rule_id=row[0],
            group_id=row[1],
            group_name=row[2],
            effect=Effect(row[3]),
            target=Target(row[4]),
            target_key=row[5],
            reason=row[6],
            exception_allowed=row[7],
            target_name=row[8],
            valid_to=row[9],
        )
        for row in cursor.fetchall()
    )


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as its row on a page shows it."""

    facts: RuleFacts
    valid_from: date
    is_in_force: bool

    @property
    def outcome(self) -> Outcome:
        """Return what the rule says of what it is about."""
        return OUTCOME_OF[self.facts.effect]


def rules_kept_by(actor: Actor, on: date) -> list[RuleRow]:
    """Return the rules of the groups whose catalog an actor keeps, the root's first. One SQL query.

    Those that will begin later are among them, those that are over are not.
    """
    rows = (
        _kept_by(actor)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), ended_at__isnull=True)
        .order_by("group__path", "effect", "valid_from", "id")
    )
    return [_row(rule, on) for rule in rows]


def rule_row(actor: Actor, rule_id: UUID, on: date) -> RuleRow:
    """Return a rule as lists show it. One SQL query; raises `NotFound`."""
    return _row(rule_for(actor, rule_id), on)


def rule_for(actor: Actor, rule_id: UUID) -> BuyingRule:
    """Return a rule of a group whose catalog the actor keeps. One SQL query; raises `NotFound`."""
    found = _kept_by(actor).filter(id=rule_id).first()
    if found is None:
        raise NotFound("There is no such rule, or it is not yours to change.")
    return found


def _kept_by(actor: Actor) -> QuerySet[BuyingRule]:
    return _with_names(
        BuyingRule.objects.filter(within(actor, Permission.MANAGE_CATALOG, "group__"))
    )


def _row(rule: BuyingRule, on: date) -> RuleRow:
    return RuleRow(_facts(rule), rule.valid_from, rule.valid_from <= on)


def _with_names(rules: QuerySet[BuyingRule]) -> QuerySet[BuyingRule]:
    return rules.select_related("group").annotate(
        category_code=F("category__code"),
        target_name=Coalesce("category__name", "supplier__name", "item__title"),
    )


def _facts(rule: BuyingRule) -> RuleFacts:
    keys = {
        Target.CATEGORY: rule.category_code,  # type: ignore[attr-defined]  # by `_with_names`
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
        target_name=rule.target_name,  # type: ignore[attr-defined]  # by `_with_names`
        valid_to=rule.valid_to,
    )
