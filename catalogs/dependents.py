"""What guided buying shows of a group in the tree, and what follows when the tree changes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from typing_extensions import override

from accounts.consequences import counted as _groups
from accounts.dependents import Dependent
from accounts.effects import Effect, EffectKind, Glance, GroupChange
from accounts.selectors import organization_by_id
from catalogs import guidance
from catalogs.guidance import RuleFacts
from catalogs.models import BuyingRule
from catalogs.selectors import rules_for
from catalogs.services import end_buying_rule
from procurement.core.actors import Actor
from procurement.core.clock import local_date

_VERBS = {
    guidance.Effect.PREFER: "prefers",
    guidance.Effect.RESTRICT: "restricts",
    guidance.Effect.BLOCK: "blocks",
}


class BuyingRules(Dependent):
    """The buying rules that hold for a group: its own, and those it inherits."""

    @override
    def follow_group_change(
        self, *, actor: Actor, change: GroupChange, now: datetime
    ) -> Sequence[Effect]:
        """Say which rules start and stop to apply; end those of groups that have been closed.

        Two SQL queries, and a few for each rule that ends.
        """
        ended = _end_rules(actor, change, now)
        counted: Counter[tuple[EffectKind, UUID]] = Counter()
        for place in change.places:
            if place.is_active:
                counted.update((EffectKind.RULE_STARTS, group) for group in place.joined)
                counted.update((EffectKind.RULE_STOPS, group) for group in place.left)
        zone = organization_by_id(actor.organization_id).time_zone
        rules = rules_for(list({group for _, group in counted}), local_date(now, zone))
        return [
            *ended,
            *(
                _effect(kind, rule, counted[kind, rule.group_id])
                for kind in (EffectKind.RULE_STARTS, EffectKind.RULE_STOPS)
                for rule in rules
                if counted[kind, rule.group_id]
            ),
        ]

    @override
    def at_a_glance(
        self, *, actor: Actor, paths: Mapping[UUID, Sequence[UUID]], on: date, now: datetime
    ) -> Mapping[UUID, Sequence[Glance]]:
        """Count each group's rules, own and inherited. One SQL query."""
        above = {group_id for path in paths.values() for group_id in path}
        counted = Counter(rule.group_id for rule in rules_for(list(above), on))
        found: dict[UUID, Sequence[Glance]] = {}
        for group_id, path in paths.items():
            own = counted[group_id]
            inherited = sum(counted[one] for one in path[:-1])
            if own or inherited:
                found[group_id] = (_glance(own, inherited),)
        return found


def _end_rules(actor: Actor, change: GroupChange, now: datetime) -> list[Effect]:
    closed = [place.id for place in change.places if place.was_active and not place.is_active]
    rules = BuyingRule.objects.filter(group_id__in=closed, ended_at__isnull=True).select_related(
        "group", "category", "supplier", "item"
    )
    effects = []
    for rule in rules if closed else ():
        end_buying_rule(actor=actor, rule=rule, now=now)
        target = rule.category or rule.supplier or rule.item
        effects.append(
            Effect(
                EffectKind.RULE_STOPS,
                rule.id,
                rule.group.name,
                f"The rule of {rule.group.name} on {target} ends: {rule.reason}.",
                group_id=rule.group_id,
            )
        )
    return effects


def _effect(kind: EffectKind, rule: RuleFacts, groups: int) -> Effect:
    verb = "starts" if kind is EffectKind.RULE_STARTS else "ceases"
    return Effect(
        kind,
        rule.rule_id,
        rule.group_name,
        f"The rule of {rule.group_name} that {_VERBS[rule.effect]} {rule.target_name} {verb} to "
        f"apply to {_groups(groups)}.",
        group_id=rule.group_id,
    )


def _glance(own: int, inherited: int) -> Glance:
    parts = [f"{own} own"] if own else []
    parts += [f"{inherited} from above"] if inherited else []
    return Glance(
        kind="rules",
        label="Buying rule" if own + inherited == 1 else "Buying rules",
        detail=", ".join(parts),
        inherited_from="" if own else "above",
    )
