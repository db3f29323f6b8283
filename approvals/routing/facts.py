"""What policy is evaluated on: the plain, frozen description of a subject."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID


class Flag(StrEnum):
    """What a subject carries beyond its figures, and policy has an answer to."""

    RESTRICTED = "RESTRICTED"
    BLOCKED_EXCEPTION = "BLOCKED_EXCEPTION"


@dataclass(frozen=True, slots=True)
class Facts:
    """A subject as policy sees it. Stored with the request, so that routing can be repeated.

    ``group_path`` leads from the root to the group itself; ``requester_id`` is a membership;
    ``guidance`` is the worst outcome of guided buying over all lines; ``on`` is the day that the
    subject was submitted, in the organization's time zone.
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

    def __post_init__(self) -> None:
        if not self.group_path or self.group_path[-1] != self.group_id:
            raise ValueError("A group's path ends with the group itself.")
        if not self.amount.is_finite():
            raise ValueError("An amount is a finite number.")

    def to_json(self) -> dict[str, Any]:
        """Return the canonical JSON object: keys sorted, sets and lists ordered, money as text."""
        return {
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
        )
