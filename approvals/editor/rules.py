"""Rules as fields. One that nobody is writing at travels whole, and shows as its sentence."""

import json
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from django.http import QueryDict

from approvals.editor.conditions import FIRST_ORDER, ConditionFields, Labels
from approvals.editor.reading import Place
from approvals.editor.stages import (
    Choices,
    StageFields,
    TierFields,
    all_stages,
    key_of,
    read_stages,
    read_tiers,
    settle_stages,
    settle_tiers,
    specs_of,
    stages_of,
    tiers_of,
)
from approvals.routing import ApproverKind, ApproverSpec, Rule, RuleKind, rule_sentence
from approvals.routing.rules import ASKING
from approvals.routing.usual import SubjectKind

MOST_RULES = 250
_LONGEST_CODE = 40
_OWNER = key_of(ApproverSpec(ApproverKind.CATEGORY_OWNER))
_FINANCE = key_of(ApproverSpec(ApproverKind.ROLE, "FINANCE"))

# What a rule can do, as somebody chooses it.
KINDS = (
    (RuleKind.ASK_BEFORE.value, "Ask first", "before the tiers have their say"),
    (RuleKind.ASK_BESIDE.value, "Ask beside", "at the same time as the tiers"),
    (RuleKind.ASK_AFTER.value, "Ask last", "once the tiers have agreed"),
    (RuleKind.TIERS.value, "Use its own tiers", "in place of the tiers above"),
    (RuleKind.REFUSE.value, "Refuse", "with a sentence that says what to do instead"),
)


@dataclass(frozen=True, slots=True)
class Start:
    """A typical rule to start from; ``values`` are those of its one condition."""

    key: str
    title: str
    name: str
    kind: RuleKind
    conditions: tuple[str, ...]
    seat: str = ""
    values: tuple[str, ...] = ()


STARTS = (
    Start(
        "owner", "A category to its owner", "Category owner", RuleKind.ASK_BEFORE,
        ("categories",), _OWNER,
    ),
    Start(
        "first", "A supplier’s first order to finance", "First order from a supplier",
        RuleKind.ASK_AFTER, (FIRST_ORDER,), _FINANCE,
    ),
    Start(
        "centre", "A cost centre’s own tiers", "Tiers of a cost centre", RuleKind.TIERS,
        ("cost_centres",),
    ),
    Start(
        "increases", "Tiers of budget increases", "Budget increases", RuleKind.TIERS,
        ("subject_kinds",), values=(SubjectKind.BUDGET_INCREASE.value,),
    ),
    Start("refuse", "Refuse something", "Not bought here", RuleKind.REFUSE, ("categories",)),
    Start("other", "Something else", "", RuleKind.ASK_BEFORE, ()),
)  # fmt: skip


@dataclass(slots=True)
class RuleFields(Place):
    """A rule: as it is stored while it is closed, in its fields while somebody writes at it.

    ``code`` is empty until the rule has a name; once made, it stays. ``problems`` stand by the
    field that they are about: ``name``, ``when``, ``stages``, ``tiers``, ``refusal``.
    """

    currency: str
    stored: Rule | None = None
    code: str = ""
    name: str = ""
    kind: str = RuleKind.ASK_BEFORE.value
    when: ConditionFields = field(default_factory=lambda: ConditionFields(""))
    stages: list[StageFields] = field(default_factory=list)
    tiers: list[TierFields] = field(default_factory=list)
    refusal: str = ""
    is_mandatory: bool = False
    problems: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def started(cls, start: Start, currency: str, choices: Choices) -> "RuleFields":
        """Return a new rule to write at, as it typically is."""
        made = cls("", currency, name=start.name, kind=start.kind.value)
        for name in start.conditions:
            made.when.add(name, start.values)
        made.stages = [StageFields("", seats=[start.seat] if start.seat in choices else [])]
        made.tiers = [TierFields(""), TierFields("")]
        return made

    @classmethod
    def typed(
        cls, data: QueryDict, place: str, currency: str, choices: Choices, labels: Labels
    ) -> "RuleFields":
        """Return a rule as it was sent."""
        if f"{place}.stored" in data:
            stored = _stored(data.get(f"{place}.stored", ""))
            if stored is not None:
                return cls(place, currency, stored)
        kind = data.get(f"{place}.kind", "")
        return cls(
            place,
            currency,
            code=data.get(f"{place}.code", ""),
            name=data.get(f"{place}.name", "").strip(),
            kind=kind if kind in set(RuleKind) else RuleKind.ASK_BEFORE.value,
            when=ConditionFields.typed(data, f"{place}.when", labels),
            stages=read_stages(data, f"{place}.stages", choices),
            tiers=read_tiers(data, f"{place}.tiers", choices),
            refusal=data.get(f"{place}.refusal", "").strip(),
            is_mandatory=f"{place}.mandatory" in data,
        )

    @property
    def is_open(self) -> bool:
        """Tell whether somebody writes at it."""
        return self.stored is None

    @property
    def title(self) -> str:
        """Return how it is called."""
        return (self.stored.name if self.stored else self.name) or "New rule"

    @property
    def stored_json(self) -> str:
        """Return the closed rule as it travels with the form."""
        return json.dumps(self.stored.to_json()) if self.stored else ""

    @property
    def kinds(self) -> list[tuple[str, str, str, bool]]:
        """Return what it can do: value, words, a further hint, whether it is chosen."""
        return [(value, words, hint, value == self.kind) for value, words, hint in KINDS]

    @property
    def has_problems(self) -> bool:
        """Tell whether anything about it is wrong."""
        return bool(
            any(self.problems.values())
            or any(tier.problems for tier in self.tiers)
            or any(stage.problems for stage in self.all_stages())
        )

    def all_stages(self) -> Iterator[StageFields]:
        """Yield the stages in its fields."""
        return all_stages(self.tiers, self.stages)

    @property
    def said(self) -> str:
        """Return what the closed rule says, in one sentence."""
        return rule_sentence(self.stored, self.currency) if self.stored else ""

    def open(self) -> None:
        """Put the stored rule into fields."""
        rule = self.stored
        if rule is None:
            return
        self.stored = None
        self.code, self.name, self.kind = rule.code, rule.name, rule.kind.value
        self.when = ConditionFields.of_conditions(rule.when)
        self.stages = stages_of(rule.stages) or [StageFields("")]
        self.tiers = [TierFields.of_tier(tier) for tier in rule.tiers]
        self.tiers = self.tiers or [TierFields(""), TierFields("")]
        self.refusal, self.is_mandatory = rule.refusal, rule.is_mandatory
        self.settle(self.place)

    def settle(self, place: str) -> None:
        """Give every part its place anew."""
        self.place = place
        self.when.settle(f"{place}.when")
        settle_stages(self.stages, f"{place}.stages")
        settle_tiers(self.tiers, f"{place}.tiers")

    def rule(self, choices: Choices, taken: Collection[str]) -> Rule:
        """Return the rule that the fields say; what cannot be read is said beside its field.

        A rule without a code gets one, made from its name, that is none of those ``taken``.
        """
        if self.stored is not None:
            return self.stored
        code = self.code or code_of(self.name, taken)
        self.code = code if self.name else self.code
        kind = RuleKind(self.kind)
        return Rule(
            code=code,
            name=self.name,
            kind=kind,
            when=self.when.conditions(self.currency, self.problems.setdefault("when", [])),
            stages=specs_of(self.stages, choices) if kind in ASKING else (),
            tiers=tiers_of(self.tiers, choices, self.currency) if kind is RuleKind.TIERS else (),
            refusal=self.refusal if kind is RuleKind.REFUSE else "",
            is_mandatory=self.is_mandatory,
        )


def code_of(name: str, taken: Collection[str]) -> str:
    """Return a code made from a name, such as ``bulk-ppe``; numbered where that is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: _LONGEST_CODE - 4].strip("-") or "rule"
    number = 1
    code = made
    while code in taken:
        number += 1
        code = f"{made}-{number}"
    return code


def _stored(text: str) -> Rule | None:
    try:
        return Rule.from_json(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError):
        return None
