"""What a rule holds for: conditions on a subject's facts, all of which have to be met (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from approvals.routing.facts import Facts
from approvals.routing.usual import ORDERS


class Guided(StrEnum):
    """The outcomes of guided buying, from best to worst."""

    PREFERRED = "PREFERRED"
    NEUTRAL = "NEUTRAL"
    RESTRICTED = "RESTRICTED"
    BLOCKED = "BLOCKED"


class BudgetStanding(StrEnum):
    """How the tightest budget above a subject would stand with it."""

    WITHIN = "WITHIN"
    WARNING = "WARNING"
    OVER = "OVER"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What has to be true of a subject. What is empty or None does not matter.

    All that is set must be met; of several values, one is enough. ``over`` and ``up_to`` bound the
    amount that counts, in the document's currency: more than ``over``, at most ``up_to``.
    ``categories`` are codes; a subject in a category below one of them is in it, too. ``groups``
    hold for what stands below them. Without ``subject_kinds`` they are about orders alone.
    ``labels`` says how people call each category, supplier, group and payment method that is named,
    kept so that the version still reads years later.
    """

    over: Decimal | None = None
    up_to: Decimal | None = None
    categories: tuple[str, ...] = ()
    suppliers: tuple[UUID, ...] = ()
    groups: tuple[UUID, ...] = ()
    payment_methods: tuple[UUID, ...] = ()
    cost_centres: tuple[str, ...] = ()
    requester_roles: tuple[str, ...] = ()
    guidance: tuple[str, ...] = ()
    budget_states: tuple[str, ...] = ()
    subject_kinds: tuple[str, ...] = ()
    is_first_order: bool | None = None
    is_home_delivery: bool | None = None
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds of subjects that they are about."""
        return self.subject_kinds or ORDERS

    @property
    def names(self) -> frozenset[str]:
        """Return which conditions are set, the labels aside."""
        return frozenset(
            one.name
            for one in fields(self)
            if one.name != "labels" and getattr(self, one.name) not in (None, ())
        )

    def label(self, value: object) -> str:
        """Return how people call a value that is named here."""
        return dict(self.labels).get(str(value), str(value))

    def are_met(self, facts: Facts, amount: Decimal) -> bool:
        """Tell whether a subject meets all of them. ``amount`` is what counts towards tiers."""
        return (
            (self.over is None or amount > self.over)
            and (self.up_to is None or amount <= self.up_to)
            and _meets(self.categories, facts.all_categories)
            and _meets(self.suppliers, facts.supplier_ids)
            and _meets(self.groups, facts.group_path)
            and _meets(self.payment_methods, facts.payment_method_ids)
            and (not self.cost_centres or facts.cost_centre in self.cost_centres)
            and _meets(self.requester_roles, facts.requester_roles)
            and (not self.guidance or facts.guidance in self.guidance)
            and (not self.budget_states or facts.budget_state in self.budget_states)
            and facts.subject_kind in self.kinds
            and (self.is_first_order is None or self.is_first_order == facts.is_first_order)
            and (self.is_home_delivery is None or self.is_home_delivery == facts.is_home_delivery)
        )

    def to_json(self) -> dict[str, Any]:
        """Return the conditions as a JSON object; what does not matter is left out."""
        stored: dict[str, Any] = {}
        for name in sorted(self.names):
            value = getattr(self, name)
            if isinstance(value, Decimal):
                stored[name] = format(value, "f")
            elif isinstance(value, bool):
                stored[name] = value
            else:
                stored[name] = [str(one) for one in value]
        if self.labels:
            stored["labels"] = dict(self.labels)
        return stored

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Read what `to_json` wrote; raises KeyError, TypeError or ValueError on anything else."""
        unknown = stored.keys() - {one.name for one in fields(cls)}
        if unknown:
            raise ValueError(f"unknown conditions {', '.join(sorted(unknown))}")
        read: dict[str, Any] = {}
        for name, value in stored.items():
            if name in ("over", "up_to"):
                read[name] = Decimal(value)
            elif name in ("suppliers", "groups", "payment_methods"):
                read[name] = tuple(UUID(one) for one in value)
            elif name == "labels":
                read[name] = tuple(sorted((str(key), str(said)) for key, said in value.items()))
            elif name.startswith("is_"):
                read[name] = bool(value)
            else:
                read[name] = tuple(str(one) for one in value)
        return cls(**read)


def _meets(wanted: Iterable[object], there: Iterable[object]) -> bool:
    """Tell whether one of the wanted values is there; nothing wanted is met."""
    if not wanted:
        return True
    return any(one in there for one in wanted)
