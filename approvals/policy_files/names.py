"""What a file can name within one organization, and what each name stands for (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from approvals.routing import ApproverKind, Mode, RuleKind

FORMAT = "approval-policies"
EDITION = "1"

AGREE = {Mode.ALL: "all", Mode.ANY: "any"}
AT_LEAST = "at least "
FOLLOWING = {
    ApproverKind.MANAGER: "manager",
    ApproverKind.MANAGER_LIMIT: "managers up to the limit",
    ApproverKind.CATEGORY_OWNER: "category owner",
}
DOES = {
    RuleKind.ASK_BEFORE: "ask before the tiers",
    RuleKind.ASK_BESIDE: "ask beside the tiers",
    RuleKind.ASK_AFTER: "ask after the tiers",
    RuleKind.TIERS: "tiers of its own",
    RuleKind.REFUSE: "refuse",
}
# Conditions whose values are ids that only one organization knows, and what one of them is called.
TERMS = {"suppliers": "supplier", "payment_methods": "payment method"}
# Conditions whose values are words or codes.
PLAIN = (
    "cost_centres",
    "requester_roles",
    "guidance",
    "budget_states",
    "subject_kinds",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A group: its id, the names on the way to it without the root's, and its code."""

    id: UUID
    names: tuple[str, ...]
    code: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """What exists in one organization.

    ``people`` are e-mail addresses by membership; ``terms`` are labels by value for each kind of
    `TERMS`. ``categories`` are codes, None where nobody keeps any and every code is taken.
    """

    groups: tuple[Place, ...] = ()
    people: Mapping[UUID, str] = field(default_factory=dict)
    positions: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    terms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    categories: frozenset[str] | None = None
