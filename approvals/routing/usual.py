"""What policy can be asked about, and who agrees where a policy says nothing of it (pure).

What stands here is part of routing: requests are re-derived with it for years. A way that should
change is given another name, and the former one stays for what was asked under it.
"""

from collections.abc import Mapping
from enum import StrEnum

from approvals.routing.specs import ApproverKind, ApproverSpec, Mode, StageSpec


class SubjectKind(StrEnum):
    """What can be asked for."""

    REQUISITION = "requisition"
    BUDGET_INCREASE = "budget_increase"


# A rule that names no kinds, and everything of a policy but its rules, is about these.
ORDERS = (SubjectKind.REQUISITION.value,)

# How sentences call subjects of each kind: one, and several of them.
NOUNS: Mapping[str, tuple[str, str]] = {
    SubjectKind.REQUISITION.value: ("an order", "Orders"),
    SubjectKind.BUDGET_INCREASE.value: ("a budget increase", "Budget increases"),
}

# The place of a stage that no policy has named.
USUAL_PART = "usual"

_FINANCE = StageSpec("Finance", Mode.ALL, (ApproverSpec(ApproverKind.ROLE, "FINANCE", "Finance"),))

# Who agrees to an order beyond a soft budget.
OVER_BUDGET = (_FINANCE,)

# Who agrees to what is no order, where no rule has tiers for it. What has no way here and no rule
# is refused.
WAYS: Mapping[str, tuple[StageSpec, ...]] = {SubjectKind.BUDGET_INCREASE.value: (_FINANCE,)}


def one_of(kind: str) -> str:
    """Return how a sentence calls one subject: ``a budget increase``."""
    return NOUNS[kind][0] if kind in NOUNS else "a request"


def several_of(kind: str) -> str:
    """Return how a sentence that begins with them calls several: ``Budget increases``."""
    return NOUNS[kind][1] if kind in NOUNS else "Requests"
