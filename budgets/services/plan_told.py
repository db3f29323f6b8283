"""What a file of caps would change, as plain values that are kept with it. No SQL."""

from typing import Any

from budgets.plan_files import BudgetFile
from budgets.planning import CapChange, Plan


def counts_of(file: BudgetFile, plan: Plan) -> dict[str, int]:
    """Return how many lines there are of each sort."""
    made = sum(change.slot.is_new for change in plan.changes)
    return {
        "problems": len(file.problems) + len(plan.refusals),
        "additions": made,
        "changes": len(plan.changes) - made,
        "terms": len(file.terms),
        "unchanged": plan.unchanged,
    }


def told(file: BudgetFile, plan: Plan, currency: str) -> dict[str, Any]:
    """Return problems, new caps, changed caps and changed terms by line, and the totals."""
    line_of = {(one.budget_id, one.period.starts_on): one.line for one in file.caps}
    rows = [_change(change, line_of[change.slot.key]) for change in plan.changes]
    problems = [
        {"line": one.line, "column": one.column, "sentence": one.sentence} for one in file.problems
    ]
    problems += [
        {"line": one.line or 0, "column": "cap", "sentence": f"{one.place}: {one.sentence}"}
        for one in plan.refusals
    ]
    return {
        "currency": currency,
        "before": _text(plan.before),
        "after": _text(plan.after),
        "difference": _text(plan.difference),
        "problems": sorted(problems, key=lambda one: int(one["line"])),
        "additions": [one for one in rows if one["is_new"]],
        "changes": [one for one in rows if not one["is_new"]],
        "terms": [
            {
                "line": one.line,
                "budget_id": str(one.budget_id),
                "title": one.title,
                "fields": [
                    {"field": name, "before": before, "after": after}
                    for name, before, after in one.fields
                ],
            }
            for one in file.terms
        ],
    }


def _change(change: CapChange, line: int | None) -> dict[str, Any]:
    covering = change.slot.covering
    return {
        "line": line or 0,
        "group_id": str(covering.group_id),
        "title": covering.title,
        "period": covering.period.label,
        "before": _text(change.before),
        "after": _text(change.cap),
        "percent": None if change.percent is None else _text(change.percent),
        "is_new": change.slot.is_new,
    }


def _text(amount: Any) -> str:
    return format(amount, "f")
