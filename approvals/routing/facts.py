"""What policy is evaluated on: the plain, frozen description of a subject."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self
from uuid import UUID


class Flag(StrEnum):
    """What a subject carries beyond its figures, and policy has an answer to."""

    RESTRICTED = "RESTRICTED"
    BLOCKED_EXCEPTION = "BLOCKED_EXCEPTION"
    OVER_BUDGET = "OVER_BUDGET"


@dataclass(frozen=True, slots=True)
class Earlier:
    """Earlier orders that count with a subject, under one aggregation of a policy.

    ``by``, ``to`` and ``days`` are the aggregation's; ``amount`` is what the earlier orders come to
    in the subject's currency, ``orders`` how many they are, ``label`` names the supplier or
    category that they have in common with it.
    """

    by: str
    to: str
    days: int
    amount: Decimal
    orders: int
    label: str

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "amount": format(self.amount, "f"),
            "by": self.by,
            "days": self.days,
            "label": self.label,
            "orders": self.orders,
            "to": self.to,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Read what `to_json` wrote; raises KeyError or ValueError on anything else."""
        return cls(
            stored["by"],
            stored["to"],
            stored["days"],
            Decimal(stored["amount"]),
            stored["orders"],
            stored["label"],
        )


@dataclass(frozen=True, slots=True)
class Facts:
    """A subject as policy sees it. Stored with the request, so that routing can be repeated.

    ``group_path`` leads from the root to the group itself; ``requester_id`` is a membership;
    ``guidance`` is the worst outcome of guided buying over all lines; ``on`` is the day that the
    subject was submitted, in the organization's time zone.

    ``category_paths`` leads to each category from the widest above it, in codes that
    ``category_labels`` name; ``cost_centre`` is the code of the nearest group that has one;
    ``requester_roles`` are those held on the group or above it; ``budget_state`` says how the
    tightest budget would stand (`approvals.routing.conditions.BudgetStanding`); ``is_first_order``
    whether one of the suppliers never had an order. ``earlier`` are the orders that count with it.
    """

    subject_kind: str
    currency: str
    amount: Decimal
    group_id: UUID
    group_path: tuple[UUID, ...]
    requester_id: UUID
    category_codes: tuple[str, ...]
    supplier_ids: tuple[UUID, ...]
    guidance: str
    flags: frozenset[str]
    on: date
    category_paths: tuple[tuple[str, ...], ...] = ()
    category_labels: tuple[tuple[str, str], ...] = ()
    cost_centre: str = ""
    requester_roles: frozenset[str] = frozenset()
    budget_state: str = ""
    is_first_order: bool = False
    payment_method_ids: tuple[UUID, ...] = ()
    is_home_delivery: bool = False
    earlier: tuple[Earlier, ...] = ()
    all_categories: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.group_path or self.group_path[-1] != self.group_id:
            raise ValueError("A group's path ends with the group itself.")
        if not self.amount.is_finite():
            raise ValueError("An amount is a finite number.")
        above = (code for path in self.category_paths for code in path)
        object.__setattr__(self, "all_categories", frozenset((*self.category_codes, *above)))

    def to_json(self) -> dict[str, Any]:
        """Return the canonical JSON object: keys sorted, sets and lists ordered, money as text.

        What is as usual is left out, so that what was stored before it was known reads the same.
        """
        further: dict[str, Any] = {
            "budget_state": self.budget_state,
            "category_labels": dict(sorted(self.category_labels)),
            "category_paths": sorted(list(path) for path in self.category_paths),
            "cost_centre": self.cost_centre,
            "earlier": [one.to_json() for one in self.earlier],
            "is_first_order": self.is_first_order,
            "is_home_delivery": self.is_home_delivery,
            "payment_method_ids": sorted(str(one) for one in self.payment_method_ids),
            "requester_roles": sorted(self.requester_roles),
        }
        known = {
            "amount": format(self.amount, "f"),
            "category_codes": sorted(self.category_codes),
            "currency": self.currency,
            "flags": sorted(self.flags),
            "group_id": str(self.group_id),
            "group_path": [str(group) for group in self.group_path],
            "guidance": self.guidance,
            "on": self.on.isoformat(),
            "requester_id": str(self.requester_id),
            "subject_kind": self.subject_kind,
            "supplier_ids": sorted(str(supplier) for supplier in self.supplier_ids),
        }
        known |= {name: value for name, value in further.items() if value}
        return dict(sorted(known.items()))

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Facts":
        """Read what `to_json` wrote; raises KeyError or ValueError on anything else."""
        return cls(
            subject_kind=stored["subject_kind"],
            currency=stored["currency"],
            amount=Decimal(stored["amount"]),
            group_id=UUID(stored["group_id"]),
            group_path=tuple(UUID(group) for group in stored["group_path"]),
            requester_id=UUID(stored["requester_id"]),
            category_codes=tuple(stored["category_codes"]),
            supplier_ids=tuple(UUID(supplier) for supplier in stored["supplier_ids"]),
            guidance=stored["guidance"],
            flags=frozenset(stored["flags"]),
            on=date.fromisoformat(stored["on"]),
            category_paths=tuple(tuple(path) for path in stored.get("category_paths", ())),
            category_labels=tuple(sorted(stored.get("category_labels", {}).items())),
            cost_centre=stored.get("cost_centre", ""),
            requester_roles=frozenset(stored.get("requester_roles", ())),
            budget_state=stored.get("budget_state", ""),
            is_first_order=stored.get("is_first_order", False),
            payment_method_ids=tuple(UUID(one) for one in stored.get("payment_method_ids", ())),
            is_home_delivery=stored.get("is_home_delivery", False),
            earlier=tuple(Earlier.from_json(one) for one in stored.get("earlier", ())),
        )
