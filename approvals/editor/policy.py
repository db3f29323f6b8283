"""The policy editor's state: what stands in its fields, between two presses of a button."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.http import QueryDict

from approvals.editor.conditions import Labels, Row
from approvals.editor.reading import Place, indices, put, read_number
from approvals.editor.rules import MOST_RULES, STARTS, RuleFields
from approvals.editor.stages import (
    StageFields,
    TierFields,
    add_stage,
    add_tier,
    all_stages,
    key_of,
    read_stages,
    read_tiers,
    readable_tiers,
    seated,
    settle_stages,
    settle_tiers,
    specs_of,
    stages_of,
    tiers_of,
)
from approvals.editor.tolerances import ToleranceFields
from approvals.routing import (
    USUAL,
    Aggregation,
    ApproverSpec,
    CountedBy,
    CountedTo,
    Part,
    PolicyDocument,
    PolicyProblem,
    check_document,
)
from approvals.vocabulary import Term

MOST_AGGREGATIONS = 6
_ADDITIONS = ("restricted", "exception", "over_budget")
_BY = ((CountedBy.REQUESTER.value, "the same person"), (CountedBy.GROUP.value, "the same group"))
_BY_ADDRESS = (CountedBy.ADDRESS.value, "the same delivery address")
_TO = (
    (CountedTo.SUPPLIER.value, "to the same supplier"),
    (CountedTo.CATEGORY.value, "in the same category"),
)

Find = Callable[[str, str], list[Term]]


@dataclass(slots=True)
class AggregationFields(Place):
    """Which orders count together, as typed."""

    by: str = CountedBy.REQUESTER.value
    to: str = CountedTo.SUPPLIER.value
    days: str = "30"
    problems: list[str] = field(default_factory=list)

    @property
    def bys(self) -> tuple[tuple[str, str], ...]:
        """Return by whom orders can count: what orders fill, and what is chosen already."""
        return (*_BY, _BY_ADDRESS) if self.by == _BY_ADDRESS[0] else _BY

    @property
    def tos(self) -> tuple[tuple[str, str], ...]:
        """Return what orders can have in common."""
        return _TO

    def aggregation(self) -> Aggregation:
        """Return what the fields say; no number of days stands as 0."""
        return Aggregation(CountedBy(self.by), CountedTo(self.to), read_number(self.days))


@dataclass(slots=True)
class PolicyEditor:
    """The fields of a policy, in the currency and with the seats that can be chosen.

    ``focus`` is the place that the last button was about.
    """

    currency: str
    choices: dict[str, ApproverSpec]
    tiers: list[TierFields] = field(default_factory=list)
    restricted: list[StageFields] = field(default_factory=list)
    exception: list[StageFields] = field(default_factory=list)
    over_budget: list[StageFields] = field(default_factory=list)
    rules: list[RuleFields] = field(default_factory=list)
    aggregations: list[AggregationFields] = field(default_factory=list)
    tolerances: ToleranceFields = field(default_factory=lambda: ToleranceFields.of(USUAL))
    mandatory: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    focus: str = ""

    @classmethod
    def of_document(cls, document: PolicyDocument, seats: Sequence[ApproverSpec]) -> "PolicyEditor":
        """Return the editor with a document in its fields, its rules closed."""
        named = [approver for stage in document.stages() for approver in stage.approvers]
        return cls(
            document.currency,
            _choices([*seats, *named]),
            tiers=[TierFields.of_tier(tier) for tier in document.tiers],
            restricted=stages_of(document.restricted),
            exception=stages_of(document.exception),
            over_budget=stages_of(document.over_budget),
            rules=[RuleFields("", document.currency, rule) for rule in document.rules],
            aggregations=[
                AggregationFields("", one.by.value, one.to.value, str(one.days))
                for one in document.aggregations
            ],
            tolerances=ToleranceFields.of(document.tolerances),
            mandatory=sorted(part.value for part in document.mandatory),
        ).settled()

    @classmethod
    def typed(
        cls, data: QueryDict, currency: str, seats: Sequence[ApproverSpec], labels: Labels
    ) -> "PolicyEditor":
        """Return the editor as it was sent. ``labels`` is asked about what was ticked, by kind."""
        choices = _choices(seats)
        return cls(
            currency,
            choices,
            tiers=read_tiers(data, "tiers", choices),
            restricted=read_stages(data, "restricted", choices),
            exception=read_stages(data, "exception", choices),
            over_budget=read_stages(data, "over_budget", choices),
            rules=[
                RuleFields.typed(data, f"rules.{index}", currency, choices, labels)
                for index in indices(data, "rules", ["stored", "kind"], MOST_RULES)
            ],
            aggregations=[
                _aggregation(data, f"aggregations.{index}")
                for index in indices(data, "aggregations", ["days"], MOST_AGGREGATIONS)
            ],
            tolerances=ToleranceFields.typed(data),
            mandatory=[part for part in data.getlist("mandatory") if part in set(Part)],
        ).settled()

    def press(self, button: str, find: Find) -> None:
        """Carry out one of the editor's own buttons, such as ``add:tiers`` or ``remove:tiers.1``.

        ``find`` searches what conditions can name, at most once. What names nothing that is there
        changes nothing.
        """
        verb, _, place = button.partition(":")
        self.focus = place
        match verb:
            case "add":
                self._add(place)
            case "remove":
                self._remove(place)
                self.focus = place.rpartition(".")[0]
            case "edit":
                for rule in self._rules_at(place):
                    rule.open()
            case "done":
                self._close(place)
            case "find" | "take" | "show":
                self._search(verb, place, find)
        self.settled()

    def settled(self) -> "PolicyEditor":
        """Give every part its place anew; the last tier is the open-ended one."""
        settle_tiers(self.tiers, "tiers")
        for name in _ADDITIONS:
            settle_stages(getattr(self, name), name)
        for index, rule in enumerate(self.rules):
            rule.settle(f"rules.{index}")
        put(self.aggregations, "aggregations")
        return self

    def document(self) -> PolicyDocument | None:
        """Return the policy that the fields say, or None; what is wrong then stands beside it."""
        document, problems = self._read()
        self.show(problems)
        return None if self.has_problems else document

    def draft(self) -> PolicyDocument:
        """Return what the fields say so far, as far as it can be read; closed rules alone."""
        return PolicyDocument(
            currency=self.currency,
            tiers=readable_tiers(self.tiers, self.choices, self.currency),
            restricted=seated(self.restricted, self.choices),
            exception=seated(self.exception, self.choices),
            over_budget=seated(self.over_budget, self.choices),
            rules=tuple(rule.stored for rule in self.rules if rule.stored),
        )

    @property
    def has_problems(self) -> bool:
        """Tell whether anything keeps the fields from being a policy."""
        return bool(
            self.problems
            or any(tier.problems for tier in self.tiers)
            or any(stage.problems for stage in self._own_stages())
            or any(rule.has_problems for rule in self.rules)
            or any(one.problems for one in self.aggregations)
            or self.tolerances.has_problems
        )

    def show(self, problems: Iterable[PolicyProblem]) -> None:
        """Put problems beside the fields that they are about; a rule that has any is opened."""
        problems = list(problems)
        for rule in self.rules:
            if any(f"{problem.where}.".startswith(f"{rule.place}.") for problem in problems):
                rule.open()
        places = {f"{tier.place}.up_to": tier.problems for tier in self.tiers}
        places |= {stage.place: stage.problems for stage in self._own_stages()}
        places |= {one.place: one.problems for one in self.aggregations}
        places |= {one.place: one.problems for one in self.tolerances.percents}
        for rule in self.rules:
            places |= {f"{tier.place}.up_to": tier.problems for tier in rule.tiers}
            places |= {stage.place: stage.problems for stage in rule.all_stages()}
            for name in ("name", "code", "when", "stages", "tiers", "refusal"):
                beside = rule.problems.setdefault("name" if name == "code" else name, [])
                places[f"{rule.place}.{name}"] = beside
        for problem in problems:
            beside = places.get(problem.where, self.problems)
            if problem.sentence not in beside:
                beside.append(problem.sentence)

    def is_mandatory(self, part: str) -> bool:
        """Tell whether a part holds for groups below that have a policy of their own."""
        return part in self.mandatory

    def _read(self) -> tuple[PolicyDocument, list[PolicyProblem]]:
        """Return what the fields say, and what is wrong that is not beside a field already."""
        taken = {rule.stored.code if rule.stored else rule.code for rule in self.rules}
        rules = []
        for rule in self.rules:
            rules.append(rule.rule(self.choices, taken))
            taken.add(rules[-1].code)
        document = PolicyDocument(
            currency=self.currency,
            tiers=tiers_of(self.tiers, self.choices, self.currency),
            restricted=specs_of(self.restricted, self.choices),
            exception=specs_of(self.exception, self.choices),
            over_budget=specs_of(self.over_budget, self.choices),
            rules=tuple(rules),
            aggregations=tuple(one.aggregation() for one in self.aggregations),
            mandatory=frozenset(Part(part) for part in self.mandatory),
            tolerances=self.tolerances.tolerances(),
        )
        return document, [one for one in check_document(document) if not self._is_said(one.where)]

    def _is_said(self, where: str) -> bool:
        """Tell whether a problem follows from what could not be read, and is said there."""
        unreadable = [
            prefix
            for prefix, tiers in (
                ("tiers.", self.tiers),
                *((f"{rule.place}.tiers.", rule.tiers) for rule in self.rules),
            )
            if any(tier.problems for tier in tiers)
        ]
        if where.endswith(".up_to"):
            return any(where.startswith(prefix) for prefix in unreadable)
        return any(
            where == f"{rule.place}.when" and rule.problems.get("when") for rule in self.rules
        )

    def _own_stages(self) -> Iterator[StageFields]:
        return all_stages(self.tiers, self.restricted, self.exception, self.over_budget)

    def _tier_lists(self) -> dict[str, list[TierFields]]:
        return {"tiers": self.tiers} | {
            f"{rule.place}.tiers": rule.tiers for rule in self.rules if rule.is_open
        }

    def _stage_lists(self) -> dict[str, list[StageFields]]:
        lists: dict[str, list[StageFields]] = {name: getattr(self, name) for name in _ADDITIONS}
        for tiers in self._tier_lists().values():
            lists |= {f"{tier.place}.stages": tier.stages for tier in tiers}
        return lists | {f"{rule.place}.stages": rule.stages for rule in self.rules if rule.is_open}

    def _rules_at(self, place: str) -> list[RuleFields]:
        return [rule for rule in self.rules if rule.place == place]

    def _rows(self) -> dict[str, Row]:
        return {row.place: row for rule in self.rules for row in rule.when.rows}

    def _add(self, place: str) -> None:
        head, _, tail = place.partition(".")
        start = next((one for one in STARTS if one.key == tail), None)
        if place in self._tier_lists():
            tiers = self._tier_lists()[place]
            add_tier(tiers)
            self.focus = f"{place}.{len(tiers) - 2}"
        elif place in self._stage_lists():
            stages = self._stage_lists()[place]
            add_stage(stages)
            self.focus = f"{place}.{len(stages) - 1}"
        elif place == "aggregations" and len(self.aggregations) < MOST_AGGREGATIONS:
            self.aggregations.append(AggregationFields(""))
            self.focus = f"{place}.{len(self.aggregations) - 1}"
        elif head == "rules" and start is not None and len(self.rules) < MOST_RULES:
            self.rules.append(RuleFields.started(start, self.currency, self.choices))
            self.focus = f"rules.{len(self.rules) - 1}"
        for rule in self.rules:
            if place.startswith(f"{rule.when.place}.") and rule.is_open:
                rule.when.add(place.removeprefix(f"{rule.when.place}."))

    def _remove(self, place: str) -> None:
        for tiers in self._tier_lists().values():
            tiers[:] = [tier for tier in tiers if tier.place != place or tier.is_last]
        for stages in self._stage_lists().values():
            stages[:] = [stage for stage in stages if stage.place != place]
        self.rules = [rule for rule in self.rules if rule.place != place]
        self.aggregations = [one for one in self.aggregations if one.place != place]
        for rule in self.rules:
            if place.startswith(f"{rule.when.place}."):
                rule.when.remove(place.removeprefix(f"{rule.when.place}."))

    def _close(self, place: str) -> None:
        """Store a rule that is whole; what is wrong with one stands beside its fields."""
        for rule in self._rules_at(place):
            others = {
                other.stored.code if other.stored else other.code
                for other in self.rules
                if other is not rule
            }
            made = rule.rule(self.choices, others)
            alone = PolicyDocument(self.currency, (), (), (), (made,))
            found = [
                PolicyProblem(rule.place + problem.where.removeprefix("rules.0"), problem.sentence)
                for problem in check_document(alone)
                if problem.where.startswith("rules.0.")
            ]
            self.show(problem for problem in found if not self._is_said(problem.where))
            if not rule.has_problems:
                rule.stored = made

    def _search(self, verb: str, place: str, find: Find) -> None:
        """Search at a place, or at the first one where somebody has typed."""
        rows = self._rows()
        row = rows.get(place) or next((one for one in rows.values() if one.words), None)
        if row is None:
            return
        if verb == "take":
            row.words = ""
        elif row.words:
            self.focus = row.place
            row.found = [term for term in find(row.name, row.words) if term.value not in row.values]


def _aggregation(data: QueryDict, place: str) -> AggregationFields:
    by, to = data.get(f"{place}.by", ""), data.get(f"{place}.to", "")
    return AggregationFields(
        place,
        by if by in set(CountedBy) else CountedBy.REQUESTER.value,
        to if to in set(CountedTo) else CountedTo.SUPPLIER.value,
        data.get(f"{place}.days", "").strip(),
    )


def _choices(seats: Iterable[ApproverSpec]) -> dict[str, ApproverSpec]:
    choices: dict[str, ApproverSpec] = {}
    for spec in seats:
        choices.setdefault(key_of(spec), spec)
    return choices
