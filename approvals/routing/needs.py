"""What policies ask of a subject beyond itself, so that only that much is looked up (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from approvals.routing.rules import Aggregation
from approvals.routing.stages import InForce, aggregations_heard


@dataclass(frozen=True, slots=True)
class Needs:
    """What has to be known of the orders before: which count with a subject, and if any were.

    ``is_first_order`` holds where a rule asks whether one of the suppliers never had an order.
    """

    aggregations: tuple[Aggregation, ...] = ()
    is_first_order: bool = False

    def __bool__(self) -> bool:
        return bool(self.aggregations) or self.is_first_order


def needs_of(group_path: Sequence[UUID], policies: Sequence[InForce]) -> Needs:
    """Return what the nearest policy of a group, and what is mandatory above it, have to know.

    ``group_path`` leads from the root to the group; policies of other groups are ignored.
    """
    by_group = {policy.group_id: policy for policy in policies}
    upwards = [by_group[group] for group in reversed(group_path) if group in by_group]
    if not upwards:
        return Needs()
    own, *above = upwards
    binding = [policy for policy in above if policy.document.binds_below]
    rules = [
        *own.document.rules,
        *(rule for policy in binding for rule in policy.document.rules if rule.is_mandatory),
    ]
    return Needs(
        aggregations=tuple(aggregations_heard(own, binding)),
        is_first_order=any(rule.when.is_first_order is not None for rule in rules),
    )
