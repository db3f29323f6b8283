"""The content of a policy version: amount bands with their stages, and what deviations add."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from uuid import UUID

from procurement.core.money import format_money, unit

SCHEMA = 1


class Mode(StrEnum):
    """How many seats of a stage have to agree."""

    ANY = "ANY"
    ALL = "ALL"


class ApproverKind(StrEnum):
    """How a seat finds its people."""

    POSITION = "POSITION"
    ROLE = "ROLE"
    MANAGER = "MANAGER"
    PERSON = "PERSON"


class DocumentError(ValueError):
    """A stored policy document cannot be read; nothing may be routed on it."""


@dataclass(frozen=True, slots=True)
class ApproverSpec:
    """One seat: a position's code, a role, a membership's id, or the requester's manager.

    ``label`` is how people call it, kept with the version so that it still reads years later.
    """

    kind: ApproverKind
    value: str = ""
    label: str = ""

    @property
    def title(self) -> str:
        """Return what the seat is called: ``Supervisor``, ``Manager``, a person's name."""
        if self.label:
            return self.label
        if self.kind is ApproverKind.MANAGER:
            return "Manager"
        return self.value.replace("_", " ").replace("-", " ").capitalize()

    @property
    def phrase(self) -> str:
        """Return the seat as it stands within a sentence: ``the supervisor``, ``finance``."""
        match self.kind:
            case ApproverKind.MANAGER:
                return "the requester’s manager"
            case ApproverKind.POSITION:
                return f"the {uncapitalized(self.title)}"
            case ApproverKind.ROLE:
                return uncapitalized(self.title)
            case ApproverKind.PERSON:
                return self.title


@dataclass(frozen=True, slots=True)
class StageSpec:
    """One step of the way: any one of its seats, or all of them, have to agree."""

    name: str
    mode: Mode
    approvers: tuple[ApproverSpec, ...]

    @property
    def phrase(self) -> str:
        """Return who is asked, within a sentence: ``the director and finance``."""
        joint = "or" if self.mode is Mode.ANY else "and"
        return enumerated([approver.phrase for approver in self.approvers], joint)


@dataclass(frozen=True, slots=True)
class Tier:
    """An amount band up to and including ``up_to``; None leaves it open. No stages: automatic."""

    up_to: Decimal | None
    stages: tuple[StageSpec, ...]


@dataclass(frozen=True, slots=True)
class PolicyProblem:
    """What keeps a document from being published, and where: ``tiers.1.up_to``."""

    where: str
    sentence: str


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """What a policy version says. Amounts are in ``currency``; tiers stand in rising order.

    ``restricted`` and ``exception`` are the stages that come first when a line is restricted, or
    when a blocked item is asked for as an exception.
    """

    currency: str
    tiers: tuple[Tier, ...]
    restricted: tuple[StageSpec, ...]
    exception: tuple[StageSpec, ...]

    def tier_for(self, amount: Decimal) -> int | None:
        """Return the index of the first tier that covers an amount, None where none does."""
        for index, tier in enumerate(self.tiers):
            if tier.up_to is None or amount <= tier.up_to:
                return index
        return None

    def band(self, index: int) -> str:
        """Return a tier's band in words: ``over $100.00 and up to $1,000.00``."""
        upper = self.tiers[index].up_to
        lower = self.tiers[index - 1].up_to if index else None
        words = []
        if lower is not None:
            words.append(f"over {format_money(lower, self.currency)}")
        if upper is not None:
            words.append(f"up to {format_money(upper, self.currency)}")
        return " and ".join(words) or "of any amount"

    def heading(self, index: int) -> str:
        """Return a tier's band as it stands below the one before: ``Then up to $1,000.00``."""
        upper = self.tiers[index].up_to
        if upper is not None:
            return f"{'Then up' if index else 'Up'} to {format_money(upper, self.currency)}"
        lower = self.tiers[index - 1].up_to if index else None
        return "Any amount" if lower is None else f"Above {format_money(lower, self.currency)}"

    def to_json(self) -> dict[str, Any]:
        """Return the document as a JSON object; `from_json` reads it back equal."""
        return {
            "currency": self.currency,
            "exception": [_stage_to_json(stage) for stage in self.exception],
            "restricted": [_stage_to_json(stage) for stage in self.restricted],
            "schema": SCHEMA,
            "tiers": [
                {
                    "stages": [_stage_to_json(stage) for stage in tier.stages],
                    "up_to": None if tier.up_to is None else format(tier.up_to, "f"),
                }
                for tier in self.tiers
            ],
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "PolicyDocument":
        """Read what `to_json` wrote. Raises `DocumentError` on anything it does not know."""
        try:
            if stored["schema"] != SCHEMA:
                raise DocumentError(f"Policy document of unknown schema {stored['schema']!r}.")
            return cls(
                currency=stored["currency"],
                tiers=tuple(
                    Tier(
                        up_to=None if tier["up_to"] is None else Decimal(tier["up_to"]),
                        stages=tuple(_stage_from_json(stage) for stage in tier["stages"]),
                    )
                    for tier in stored["tiers"]
                ),
                restricted=tuple(_stage_from_json(stage) for stage in stored["restricted"]),
                exception=tuple(_stage_from_json(stage) for stage in stored["exception"]),
            )
        except (KeyError, TypeError, InvalidOperation, ValueError) as error:
            raise DocumentError(f"Policy document cannot be read: {error}") from error


def check_document(document: PolicyDocument) -> tuple[PolicyProblem, ...]:
    """Return every reason not to publish a document: gaps, overlaps, stages without seats."""
    return (
        *_tier_problems(document),
        *(
            problem
            for index, tier in enumerate(document.tiers)
            for problem in _stage_problems(f"tiers.{index}.stages", tier.stages)
        ),
        *_addition_problems("restricted", document.restricted, "a restricted line"),
        *_addition_problems("exception", document.exception, "an exception for a blocked item"),
    )


def enumerated(phrases: Sequence[str], joint: str = "and") -> str:
    """Join phrases as people list things: ``a, b and c``."""
    if len(phrases) < 2:  # noqa: PLR2004 – one thing is no list
        return "".join(phrases)
    return f"{', '.join(phrases[:-1])} {joint} {phrases[-1]}"


def uncapitalized(title: str) -> str:
    """Return a title as it stands within a sentence; ``HR partner`` keeps its capitals."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _tier_problems(document: PolicyDocument) -> Iterator[PolicyProblem]:
    if not document.tiers:
        yield PolicyProblem("tiers", "Add at least one tier: without one, no amount is covered.")
        return
    lower: Decimal | None = None
    for index, tier in enumerate(document.tiers):
        where = f"tiers.{index}.up_to"
        if tier.up_to is None:
            if index < len(document.tiers) - 1:
                sentence = "Only the last tier is open-ended; the tiers after it are out of reach."
                yield PolicyProblem(where, sentence)
            continue
        if not tier.up_to.is_finite() or tier.up_to <= 0:
            yield PolicyProblem(where, "Enter an amount above zero.")
            continue
        if tier.up_to != tier.up_to.quantize(unit(document.currency)):
            yield PolicyProblem(where, f"Enter an amount that {document.currency} can express.")
        if lower is not None and tier.up_to <= lower:
            shown = format_money(lower, document.currency)
            yield PolicyProblem(where, f"Enter more than {shown}, where the tier before ends.")
        lower = tier.up_to if lower is None else max(lower, tier.up_to)
    last = document.tiers[-1].up_to
    if last is not None and last.is_finite():
        shown = format_money(last, document.currency)
        sentence = f"Nobody is asked above {shown}. Leave the last tier open-ended."
        yield PolicyProblem(f"tiers.{len(document.tiers) - 1}.up_to", sentence)


def _addition_problems(
    where: str, stages: Sequence[StageSpec], what: str
) -> Iterator[PolicyProblem]:
    if not stages:
        yield PolicyProblem(where, f"Say who agrees to {what}: it always needs somebody.")
    yield from _stage_problems(where, stages)


def _stage_problems(where: str, stages: Sequence[StageSpec]) -> Iterator[PolicyProblem]:
    for index, stage in enumerate(stages):
        place = f"{where}.{index}"
        if not stage.name.strip():
            yield PolicyProblem(place, "Give the stage a name.")
        if not stage.approvers:
            yield PolicyProblem(place, "Name at least one seat: nobody could pass this stage.")
        seats = Counter((approver.kind, approver.value) for approver in stage.approvers)
        if any(count > 1 for count in seats.values()):
            yield PolicyProblem(place, "Name each seat once within a stage.")
        if any(not _is_complete(approver) for approver in stage.approvers):
            yield PolicyProblem(place, "Choose a position, role or person for each seat.")


def _is_complete(approver: ApproverSpec) -> bool:
    match approver.kind:
        case ApproverKind.MANAGER:
            return approver.value == ""
        case ApproverKind.PERSON:
            return _is_uuid(approver.value)
        case ApproverKind.POSITION | ApproverKind.ROLE:
            return bool(approver.value.strip())


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _stage_to_json(stage: StageSpec) -> dict[str, Any]:
    return {
        "approvers": [
            {"kind": approver.kind.value, "label": approver.label, "value": approver.value}
            for approver in stage.approvers
        ],
        "mode": stage.mode.value,
        "name": stage.name,
    }


def _stage_from_json(stored: dict[str, Any]) -> StageSpec:
    return StageSpec(
        name=stored["name"],
        mode=Mode(stored["mode"]),
        approvers=tuple(
            ApproverSpec(
                kind=ApproverKind(approver["kind"]),
                value=approver["value"],
                label=approver["label"],
            )
            for approver in stored["approvers"]
        ),
    )
