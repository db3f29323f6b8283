"""The policy editor's state: what stands in its fields, between two presses of a button.

A document is turned into fields and back. Every button sends the whole form, so the editor works
without any script; a draft that is not yet a policy is kept as it was typed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.http import QueryDict

from approvals.routing import (
    ApproverSpec,
    Mode,
    PolicyDocument,
    PolicyProblem,
    StageSpec,
    Tier,
    check_document,
)
from approvals.routing.words import enumerated, uncapitalized
from approvals.starting import DIRECTOR, SUPERVISOR, starting_policy
from procurement.core.money import quantize

MOST_TIERS = 12
MOST_STAGES = 6
MOST_SEATS = 8
_ADDITIONS = ("restricted", "exception")


@dataclass(slots=True)
class StageFields:
    """A stage as typed: which seats, and how many of them have to agree."""

    place: str
    mode: str = Mode.ALL.value
    seats: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def is_shared(self) -> bool:
        """Tell whether it matters how many agree."""
        return len(self.seats) > 1

    @property
    def rows(self) -> list[str]:
        """Return the chosen seats and room for one more."""
        return [*self.seats, ""] if len(self.seats) < MOST_SEATS else self.seats


@dataclass(slots=True)
class TierFields:
    """A tier as typed; the last one is open-ended and has no amount."""

    place: str
    up_to: str = ""
    stages: list[StageFields] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    is_last: bool = False
    above: str = ""


@dataclass(slots=True)
class PolicyEditor:
    """The fields of a policy, in the currency and with the seats that can be chosen."""

    currency: str
    choices: dict[str, ApproverSpec]
    tiers: list[TierFields] = field(default_factory=list)
    restricted: list[StageFields] = field(default_factory=list)
    exception: list[StageFields] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @classmethod
    def of_document(cls, document: PolicyDocument, seats: Sequence[ApproverSpec]) -> "PolicyEditor":
        """Return the editor with a document in its fields."""
        named = [approver for stage in document.stages() for approver in stage.approvers]
        editor = cls(document.currency, _choices([*seats, *named]))
        editor.tiers = [
            TierFields("", "" if tier.up_to is None else f"{tier.up_to:,f}", _typed(tier.stages))
            for tier in document.tiers
        ]
        editor.restricted = _typed(document.restricted)
        editor.exception = _typed(document.exception)
        return editor.settled()

    @classmethod
    def typed(cls, data: QueryDict, currency: str, seats: Sequence[ApproverSpec]) -> "PolicyEditor":
        """Return the editor as it was sent."""
        editor = cls(currency, _choices(seats))
        for index in _indices(data, r"tiers\.(\d+)\.up_to")[:MOST_TIERS]:
            editor.tiers.append(
                TierFields(
                    "",
                    data.get(f"tiers.{index}.up_to", "").strip(),
                    editor._stages(data, f"tiers.{index}.stages"),
                )
            )
        editor.restricted = editor._stages(data, "restricted")
        editor.exception = editor._stages(data, "exception")
        return editor.settled()

    def press(self, button: str) -> None:
        """Carry out one of the editor's own buttons, such as ``add:tiers`` or ``remove:tiers.1``.

        What names nothing that is there changes nothing.
        """
        verb, _, place = button.partition(":")
        if verb == "add" and place == "tiers" and len(self.tiers) < MOST_TIERS:
            self.tiers.insert(max(len(self.tiers) - 1, 0), TierFields(""))
        elif verb == "add":
            stages = self._stages_at(place)
            if stages is not None and len(stages) < MOST_STAGES:
                stages.append(StageFields(""))
        elif verb == "remove":
            self._remove(place)
        self.settled()

    def settled(self) -> "PolicyEditor":
        """Give every part its place anew; the last tier is the open-ended one."""
        for index, tier in enumerate(self.tiers):
            tier.place = f"tiers.{index}"
            tier.is_last = index == len(self.tiers) - 1
            tier.above = self.tiers[index - 1].up_to if index else ""
            if tier.is_last:
                tier.up_to = ""
            _place(tier.stages, f"{tier.place}.stages")
        for name in _ADDITIONS:
            _place(getattr(self, name), name)
        return self

    def document(self) -> PolicyDocument | None:
        """Return the policy that the fields say, or None; what is wrong then stands beside it."""
        amounts = [self._amount(tier) for tier in self.tiers]
        document = PolicyDocument(
            currency=self.currency,
            tiers=tuple(
                Tier(amount, self._specs(tier.stages))
                for tier, amount in zip(self.tiers, amounts, strict=True)
            ),
            restricted=self._specs(self.restricted),
            exception=self._specs(self.exception),
        )
        unreadable = any(tier.problems for tier in self.tiers)
        self.show(
            problem
            for problem in check_document(document)
            if not (unreadable and problem.where.endswith(".up_to"))
        )
        return None if self.has_problems else document

    @property
    def has_problems(self) -> bool:
        """Tell whether anything keeps the fields from being a policy."""
        return bool(
            self.problems
            or any(tier.problems for tier in self.tiers)
            or any(stage.problems for stage in self._all_stages())
        )

    def show(self, problems: Iterable[PolicyProblem]) -> None:
        """Put problems beside the fields that they are about."""
        places = {f"{tier.place}.up_to": tier.problems for tier in self.tiers}
        places |= {stage.place: stage.problems for stage in self._all_stages()}
        for problem in problems:
            beside = places.get(problem.where, self.problems)
            if problem.sentence not in beside:
                beside.append(problem.sentence)

    def _all_stages(self) -> list[StageFields]:
        in_tiers = [stage for tier in self.tiers for stage in tier.stages]
        return [*in_tiers, *self.restricted, *self.exception]

    def _amount(self, tier: TierFields) -> Decimal | None:
        if tier.is_last:
            return None
        try:
            amount = Decimal(tier.up_to.replace(",", "").lstrip("$ "))
            rounded = quantize(amount, self.currency)
        except InvalidOperation:
            tier.problems.append("Enter an amount, such as 1,000.00.")
            return Decimal(1)
        return rounded if rounded == amount else amount

    def _specs(self, stages: Sequence[StageFields]) -> tuple[StageSpec, ...]:
        specs = []
        for stage in stages:
            seats = tuple(self.choices[seat] for seat in stage.seats if seat in self.choices)
            specs.append(StageSpec(_name(seats) or "Stage", Mode(stage.mode), seats))
        return tuple(specs)

    def _stages(self, data: QueryDict, prefix: str) -> list[StageFields]:
        pattern = re.escape(prefix) + r"\.(\d+)\.mode"
        stages = []
        for index in _indices(data, pattern)[:MOST_STAGES]:
            place = f"{prefix}.{index}"
            mode = data.get(f"{place}.mode", "")
            chosen = [seat for seat in data.getlist(f"{place}.seats") if seat in self.choices]
            stages.append(
                StageFields(
                    place,
                    mode if mode in set(Mode) else Mode.ALL.value,
                    chosen[:MOST_SEATS],
                )
            )
        return stages

    def _stages_at(self, place: str) -> list[StageFields] | None:
        if place in _ADDITIONS:
            stages: list[StageFields] = getattr(self, place)
            return stages
        return next((tier.stages for tier in self.tiers if f"{tier.place}.stages" == place), None)

    def _remove(self, place: str) -> None:
        self.tiers = [tier for tier in self.tiers if tier.place != place or tier.is_last]
        for stages in (*(tier.stages for tier in self.tiers), self.restricted, self.exception):
            stages[:] = [stage for stage in stages if stage.place != place]


def starting_document(currency: str, seats: Sequence[ApproverSpec]) -> PolicyDocument:
    """Return what a first policy starts from: the typical one, where its seats can be chosen.

    Where an organization has put those seats away, small orders pass and the first of its seats
    agrees to the rest.
    """
    if {key_of(SUPERVISOR), key_of(DIRECTOR)} <= {key_of(seat) for seat in seats}:
        return starting_policy(currency)
    first = seats[0]
    stage = StageSpec(first.title, Mode.ALL, (first,))
    return PolicyDocument(
        currency=currency,
        tiers=(Tier(Decimal(100), ()), Tier(None, (stage,))),
        restricted=(stage,),
        exception=(stage,),
    )


def key_of(spec: ApproverSpec) -> str:
    """Return how a seat is called in the form: ``POSITION:supervisor``."""
    return f"{spec.kind.value}:{spec.value}"


def _choices(seats: Iterable[ApproverSpec]) -> dict[str, ApproverSpec]:
    choices: dict[str, ApproverSpec] = {}
    for spec in seats:
        choices.setdefault(key_of(spec), spec)
    return choices


def _typed(stages: Iterable[StageSpec]) -> list[StageFields]:
    return [
        StageFields("", stage.mode.value, [key_of(approver) for approver in stage.approvers])
        for stage in stages
    ]


def _place(stages: Sequence[StageFields], prefix: str) -> None:
    for index, stage in enumerate(stages):
        stage.place = f"{prefix}.{index}"


def _name(seats: Sequence[ApproverSpec]) -> str:
    titles = [seats[0].title, *(uncapitalized(seat.title) for seat in seats[1:])] if seats else []
    return enumerated(titles)


def _indices(data: QueryDict, pattern: str) -> list[int]:
    found = (re.fullmatch(pattern, key) for key in data)
    return sorted({int(match[1]) for match in found if match})
