"""Rules of a policy: what they hold for and what they ask then (pure)."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from approvals.routing.conditions import Conditions
from approvals.routing.specs import StageSpec


@dataclass(frozen=True, slots=True)
class Tier:
    """An amount band up to and including ``up_to``; None leaves it open. No stages: automatic."""

    up_to: Decimal | None
    stages: tuple[StageSpec, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the tier as a JSON object."""
        return {
            "stages": [stage.to_json() for stage in self.stages],
            "up_to": None if self.up_to is None else format(self.up_to, "f"),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Read what `to_json` wrote; raises KeyError, TypeError or ValueError on anything else."""
        return cls(
            up_to=None if stored["up_to"] is None else Decimal(stored["up_to"]),
            stages=tuple(StageSpec.from_json(stage) for stage in stored["stages"]),
        )


class RuleKind(StrEnum):
    """What a rule does where it holds.

    The first three ask further stages, before, beside or after what the tiers ask. TIERS puts tiers
    of its own in the place of the policy's. REFUSE lets nothing through, and says why.
    """

    ASK_BEFORE = "ASK_BEFORE"
    ASK_BESIDE = "ASK_BESIDE"
    ASK_AFTER = "ASK_AFTER"
    TIERS = "TIERS"
    REFUSE = "REFUSE"


ASKING = frozenset({RuleKind.ASK_BEFORE, RuleKind.ASK_BESIDE, RuleKind.ASK_AFTER})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``code`` is unique in its document and stays through versions; people see ``name``.

    The order in which rules are stored means nothing. Of several TIERS rules that hold, the one
    with more conditions counts, then the lower code. ``stages`` belong to the rules that ask,
    ``tiers`` to TIERS, ``refusal`` (a whole sentence) to REFUSE. A mandatory rule holds for groups
    below that have a policy of their own, too.
    """

    code: str
    name: str
    kind: RuleKind
    when: Conditions = field(default_factory=Conditions)
    stages: tuple[StageSpec, ...] = ()
    tiers: tuple[Tier, ...] = ()
    refusal: str = ""
    is_mandatory: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the rule as a JSON object."""
        return {
            "code": self.code,
            "kind": self.kind.value,
            "mandatory": self.is_mandatory,
            "name": self.name,
            "refusal": self.refusal,
            "stages": [stage.to_json() for stage in self.stages],
            "tiers": [tier.to_json() for tier in self.tiers],
            "when": self.when.to_json(),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Read what `to_json` wrote; raises KeyError, TypeError or ValueError on anything else."""
        return cls(
            code=stored["code"],
            name=stored["name"],
            kind=RuleKind(stored["kind"]),
            when=Conditions.from_json(stored["when"]),
            stages=tuple(StageSpec.from_json(stage) for stage in stored["stages"]),
            tiers=tuple(Tier.from_json(tier) for tier in stored["tiers"]),
            refusal=stored["refusal"],
            is_mandatory=bool(stored["mandatory"]),
        )


class CountedBy(StrEnum):
    """Whose orders count together."""

    REQUESTER = "REQUESTER"
    GROUP = "GROUP"
    ADDRESS = "ADDRESS"


class CountedTo(StrEnum):
    """What orders have in common to count together."""

    SUPPLIER = "SUPPLIER"
    CATEGORY = "CATEGORY"


@dataclass(frozen=True, slots=True, order=True)
class Aggregation:
    """Which earlier orders count towards the tiers with a new one: those within ``days``."""

    by: CountedBy
    to: CountedTo
    days: int

    def to_json(self) -> dict[str, Any]:
        """Return the aggregation as a JSON object."""
        return {"by": self.by.value, "days": self.days, "to": self.to.value}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Read what `to_json` wrote; raises KeyError, TypeError or ValueError on anything else."""
        return cls(CountedBy(stored["by"]), CountedTo(stored["to"]), int(stored["days"]))
