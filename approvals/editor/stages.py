"""Stages and tiers as fields: which seats are asked, how many of them, up to which amount."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.http import QueryDict

from approvals.editor.reading import (
    NOT_AN_AMOUNT,
    Place,
    indices,
    put,
    read_amount,
    read_number,
    typed_amount,
)
from approvals.routing import ApproverSpec, Mode, StageSpec, Tier
from approvals.routing.words import enumerated, uncapitalized

MOST_TIERS = 12
MOST_STAGES = 6
MOST_SEATS = 8
_BETWEEN = " "

Choices = Mapping[str, ApproverSpec]


@dataclass(slots=True)
class StageFields(Place):
    """A stage as typed: which seats, how many of them have to agree, whether beside another.

    ``name`` is empty for a stage that is called by its seats. Another name is kept as long as the
    seats are those that it was given to, ``named``.
    """

    mode: str = Mode.ALL.value
    seats: list[str] = field(default_factory=list)
    at_least: str = ""
    beside: bool = False
    name: str = ""
    named: str = ""
    problems: list[str] = field(default_factory=list)

    @classmethod
    def of_spec(cls, spec: StageSpec) -> "StageFields":
        """Return a stage in its fields."""
        seats = [key_of(approver) for approver in spec.approvers]
        return cls(
            "",
            mode=spec.mode.value,
            seats=seats,
            at_least=str(spec.at_least or ""),
            beside=spec.beside,
            name="" if spec.name == _called(spec.approvers) else spec.name,
            named=_BETWEEN.join(seats),
        )

    @property
    def is_shared(self) -> bool:
        """Tell whether it matters how many agree."""
        return len(self.seats) > 1

    @property
    def rows(self) -> list[str]:
        """Return the chosen seats and room for one more."""
        return [*self.seats, ""] if len(self.seats) < MOST_SEATS else self.seats

    def spec(self, choices: Choices) -> StageSpec:
        """Return the stage that the fields say."""
        seats = tuple(choices[seat] for seat in self.seats if seat in choices)
        mode = Mode(self.mode)
        at_least = read_number(self.at_least) if mode is Mode.AT_LEAST else 0
        name = self.name if self.named == _BETWEEN.join(self.seats) else ""
        return StageSpec(name or _called(seats) or "Stage", mode, seats, at_least, self.beside)


@dataclass(slots=True)
class TierFields(Place):
    """A tier as typed; the last one is open-ended and has no amount."""

    up_to: str = ""
    stages: list[StageFields] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    is_last: bool = False
    above: str = ""

    @classmethod
    def of_tier(cls, tier: Tier) -> "TierFields":
        """Return a tier in its fields."""
        return cls("", typed_amount(tier.up_to), stages_of(tier.stages))


def key_of(spec: ApproverSpec) -> str:
    """Return how a seat is called in the form: ``POSITION:supervisor``."""
    return f"{spec.kind.value}:{spec.value}"


def stages_of(specs: Iterable[StageSpec]) -> list[StageFields]:
    """Return stages in their fields."""
    return [StageFields.of_spec(spec) for spec in specs]


def read_stages(data: QueryDict, prefix: str, choices: Choices) -> list[StageFields]:
    """Return the stages that were sent below a place."""
    stages = []
    for index in indices(data, prefix, ["mode"], MOST_STAGES):
        place = f"{prefix}.{index}"
        mode = data.get(f"{place}.mode", "")
        chosen = [seat for seat in data.getlist(f"{place}.seats") if seat in choices]
        stages.append(
            StageFields(
                place,
                mode=mode if mode in set(Mode) else Mode.ALL.value,
                seats=chosen[:MOST_SEATS],
                at_least=data.get(f"{place}.at_least", "").strip(),
                beside=f"{place}.beside" in data,
                name=data.get(f"{place}.name", "").strip(),
                named=data.get(f"{place}.named", ""),
            )
        )
    return stages


def read_tiers(data: QueryDict, prefix: str, choices: Choices) -> list[TierFields]:
    """Return the tiers that were sent below a place."""
    return [
        TierFields(
            "",
            data.get(f"{prefix}.{index}.up_to", "").strip(),
            read_stages(data, f"{prefix}.{index}.stages", choices),
        )
        for index in indices(data, prefix, ["up_to"], MOST_TIERS)
    ]


def settle_stages(stages: Sequence[StageFields], prefix: str) -> None:
    """Give stages their places anew; the first has none before it to stand beside."""
    put(stages, prefix)
    for stage in stages[:1]:
        stage.beside = False


def settle_tiers(tiers: Sequence[TierFields], prefix: str) -> None:
    """Give tiers their places anew; the last one is open-ended."""
    put(tiers, prefix)
    for index, tier in enumerate(tiers):
        tier.is_last = index == len(tiers) - 1
        tier.above = tiers[index - 1].up_to if index else ""
        if tier.is_last:
            tier.up_to = ""
        settle_stages(tier.stages, f"{tier.place}.stages")


def add_tier(tiers: list[TierFields]) -> None:
    """Put one more tier before the last, as far as there is room."""
    if len(tiers) < MOST_TIERS:
        tiers.insert(max(len(tiers) - 1, 0), TierFields(""))


def add_stage(stages: list[StageFields]) -> None:
    """Put one more stage at the end, as far as there is room."""
    if len(stages) < MOST_STAGES:
        stages.append(StageFields(""))


def specs_of(stages: Iterable[StageFields], choices: Choices) -> tuple[StageSpec, ...]:
    """Return the stages that fields say."""
    return tuple(stage.spec(choices) for stage in stages)


def tiers_of(tiers: Iterable[TierFields], choices: Choices, currency: str) -> tuple[Tier, ...]:
    """Return the tiers that fields say. What is no amount is said beside it, and stands as 1."""
    read = []
    for tier in tiers:
        amount = None if tier.is_last else read_amount(tier.up_to, currency)
        if amount is None and not tier.is_last:
            tier.problems.append(NOT_AN_AMOUNT)
            amount = Decimal(1)
        read.append(Tier(amount, specs_of(tier.stages, choices)))
    return tuple(read)


def readable_tiers(
    tiers: Iterable[TierFields], choices: Choices, currency: str
) -> tuple[Tier, ...]:
    """Return the tiers of a draft as far as they can be read, and say nothing beside any field.

    A tier without an amount that rises is left out, and so is a stage without a seat.
    """
    read: list[Tier] = []
    lower = Decimal(0)
    for tier in tiers:
        amount = None if tier.is_last else read_amount(tier.up_to, currency)
        if not tier.is_last and (amount is None or not amount.is_finite() or amount <= lower):
            continue
        lower = lower if amount is None else amount
        read.append(Tier(amount, seated(tier.stages, choices)))
    return tuple(read)


def seated(stages: Iterable[StageFields], choices: Choices) -> tuple[StageSpec, ...]:
    """Return the stages of a draft that name anybody."""
    return tuple(spec for spec in specs_of(stages, choices) if spec.approvers)


def all_stages(
    tiers: Iterable[TierFields], *others: Iterable[StageFields]
) -> Iterator[StageFields]:
    """Yield every stage of tiers and of what stands beside them."""
    for tier in tiers:
        yield from tier.stages
    for stages in others:
        yield from stages


def _called(seats: Sequence[ApproverSpec]) -> str:
    titles = [seats[0].title, *(uncapitalized(seat.title) for seat in seats[1:])] if seats else []
    return enumerated(titles)
