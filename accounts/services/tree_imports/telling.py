"""A plan as it is kept and shown: with the names of all that it mentions."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from accounts.effects import Effect
from accounts.tree_files import Plan, Problem, TreeGroup

STEP = " › "


def counts_of(plan: Plan) -> dict[str, int]:
    """Return how many of everything there are in a plan."""
    return {
        "additions": len(plan.additions),
        "moves": len(plan.moves),
        "changes": len(plan.changes),
        "removals": len(plan.closing),
        "unchanged": plan.unchanged,
        "notes": len(plan.notes),
        "problems": len(plan.problems),
    }


def told(plan: Plan, tree: Sequence[TreeGroup], effects: Sequence[Effect]) -> dict[str, Any]:
    """Return a plan as plain values, such as pages and the API show."""
    before = _Places({group.id: (group.parent_id, group.name) for group in tree})
    after = _Places(
        before.groups
        | {one.id: (one.parent_id, one.name) for one in (*plan.targets, *plan.additions)}
    )
    return {
        "additions": [
            {
                "line": one.line,
                "name": one.name,
                "code": one.code,
                "kind": one.kind,
                "place": after.above(one.id),
            }
            for one in plan.additions
        ],
        "moves": [
            {
                "line": one.line,
                "group_id": str(one.id),
                "name": one.name,
                "from": before.way(one.from_id),
                "to": after.way(one.to_id),
            }
            for one in plan.moves
        ],
        "changes": [
            {
                "line": one.line,
                "group_id": str(one.id),
                "name": one.name,
                "fields": [
                    {"field": field, "before": was, "after": becomes}
                    for field, was, becomes in one.fields
                ],
            }
            for one in plan.changes
        ],
        "removals": [
            {
                "group_id": str(one),
                "name": before.groups[one][1],
                "place": before.above(one),
            }
            for one in plan.closing
        ],
        "notes": [_said(one) for one in plan.notes],
        "problems": [_said(one) for one in plan.problems],
        "effects": [_effect(one) for one in effects],
    }


class _Places:
    """Ways through a tree in words."""

    def __init__(self, groups: dict[UUID, tuple[UUID | None, str]]) -> None:
        self.groups = groups

    def way(self, group_id: UUID) -> str:
        """Return the names from below the top down to a group; the top's own for the top."""
        parent, name = self.groups[group_id]
        names = [name]
        while parent is not None:
            above, called = self.groups[parent]
            if above is not None:
                names.append(called)
            parent = above
        return STEP.join(reversed(names))

    def above(self, group_id: UUID) -> str:
        """Return the way to what a group stands below."""
        parent = self.groups[group_id][0]
        return "" if parent is None else self.way(parent)


def _said(problem: Problem) -> dict[str, Any]:
    return {"line": problem.line, "column": problem.column, "sentence": problem.sentence}


def _effect(effect: Effect) -> dict[str, Any]:
    return {
        **asdict(effect),
        "kind": effect.kind.value,
        "about": str(effect.about),
        "group_id": str(effect.group_id) if effect.group_id else None,
        "amount": None if effect.amount is None else str(effect.amount),
    }
