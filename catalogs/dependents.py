"""What guided buying shows of a group in the tree, and what follows when the tree changes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from typing_extensions import override

from accounts.dependents import Dependent
from accounts.effects import Glance
from catalogs.selectors import rules_for
from procurement.core.actors import Actor


class BuyingRules(Dependent):
    """The buying rules that hold for a group: its own, and those it inherits."""

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


def _glance(own: int, inherited: int) -> Glance:
    parts = [f"{own} own"] if own else []
    parts += [f"{inherited} from above"] if inherited else []
    return Glance(
        kind="rules",
        label="Buying rule" if own + inherited == 1 else "Buying rules",
        detail=", ".join(parts),
        inherited_from="" if own else "above",
    )
