"""What a rule holds for, as fields: one row for each condition that is in use."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.http import QueryDict

from accounts.models import Role
from approvals.editor.reading import NOT_AN_AMOUNT, Place, read_amount, typed_amount
from approvals.routing import BudgetStanding, Conditions, Guided, condition_phrase
from approvals.routing.usual import NOUNS, several_of
from approvals.vocabulary import Term

AMOUNT = "amount"
FIRST_ORDER = "is_first_order"
_MOST_CHOSEN = 50

Labels = Callable[[str, Collection[str]], dict[str, str]]


class Shape(StrEnum):
    """How a condition is asked for."""

    AMOUNT = "amount"
    PICK = "pick"
    TICK = "tick"
    YES = "yes"


# What orders fill, as people look for it; the rest of the model is kept and not offered.
OFFERED: dict[str, tuple[str, Shape]] = {
    AMOUNT: ("Amount", Shape.AMOUNT),
    "subject_kinds": ("What is asked for", Shape.TICK),
    "categories": ("Category", Shape.PICK),
    "suppliers": ("Supplier", Shape.PICK),
    "groups": ("Group below", Shape.PICK),
    "cost_centres": ("Cost centre", Shape.PICK),
    "requester_roles": ("Requester’s role", Shape.TICK),
    "guidance": ("Guided buying", Shape.TICK),
    "budget_states": ("Budget", Shape.TICK),
    FIRST_ORDER: ("First order", Shape.YES),
}
_OPTIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "subject_kinds": tuple((kind, several_of(kind)) for kind in NOUNS),
    "requester_roles": tuple((role.value, str(role.label)) for role in Role),
    "guidance": (
        (Guided.PREFERRED, "Preferred"),
        (Guided.NEUTRAL, "Neither preferred nor restricted"),
        (Guided.RESTRICTED, "Restricted"),
        (Guided.BLOCKED, "Blocked, asked for as an exception"),
    ),
    "budget_states": (
        (BudgetStanding.WITHIN, "Within every budget"),
        (BudgetStanding.WARNING, "Close to the end of a budget"),
        (BudgetStanding.OVER, "Over a budget"),
    ),
}
_OF_IDS = frozenset({"suppliers", "groups"})


@dataclass(slots=True)
class Row:
    """One condition: values that were picked or ticked, and what a search has found.

    ``found`` is None before anything was searched.
    """

    name: str
    place: str = ""
    values: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    words: str = ""
    found: list[Term] | None = None

    @property
    def title(self) -> str:
        """Return how people call the condition."""
        return OFFERED[self.name][0]

    @property
    def shape(self) -> str:
        """Return how it is asked for."""
        return OFFERED[self.name][1].value

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        """Return what can be ticked: value, words, whether it is."""
        known = _OPTIONS.get(self.name, ())
        unknown = [(one, one) for one in self.values if one not in dict(known)]
        return [(value, said, value in self.values) for value, said in (*known, *unknown)]

    @property
    def chips(self) -> list[tuple[str, str]]:
        """Return what was picked: value, and its label where it has another one."""
        return [(value, self.labels.get(value, "")) for value in self.values]

    @property
    def was_searched(self) -> bool:
        """Tell whether a search has just been made, with or without finds."""
        return self.found is not None

    def take(self, values: Collection[str], labels: Labels) -> None:
        """Add what somebody has ticked among the found; what does not exist is left out."""
        new = [value for value in dict.fromkeys(values) if value not in self.values]
        if new:
            known = labels(self.name, new)
            self.values += [value for value in new if value in known]
            self.values = self.values[:_MOST_CHOSEN]
            self.labels |= {value: said for value, said in known.items() if said != value}


@dataclass(slots=True)
class ConditionFields(Place):
    """The conditions of a rule as typed. ``rest`` is what the form does not offer, and keeps."""

    rows: list[Row] = field(default_factory=list)
    over: str = ""
    up_to: str = ""
    rest: Conditions = field(default_factory=Conditions)

    @classmethod
    def of_conditions(cls, when: Conditions) -> "ConditionFields":
        """Return conditions in their fields."""
        made = cls("", over=typed_amount(when.over), up_to=typed_amount(when.up_to))
        labels = dict(when.labels)
        for name, (_, shape) in OFFERED.items():
            if shape is Shape.AMOUNT:
                if made.over or made.up_to:
                    made.rows.append(Row(name))
            elif shape is Shape.YES:
                if when.is_first_order is not None:
                    made.rows.append(Row(name, values=[_yes(when.is_first_order)]))
            elif name in when.names:
                values = [str(value) for value in getattr(when, name)]
                known = {value: labels[value] for value in values if value in labels}
                made.rows.append(Row(name, values=values, labels=known))
        kept = {name: getattr(when, name) for name in when.names if name in _not_offered()}
        others = {str(one) for many in kept.values() if isinstance(many, tuple) for one in many}
        said = tuple((value, label) for value, label in when.labels if value in others)
        made.rest = Conditions(**kept, labels=said)
        return made

    @classmethod
    def typed(cls, data: QueryDict, place: str, labels: Labels) -> "ConditionFields":
        """Return conditions as they were sent. One SQL query for each row with something ticked."""
        made = cls(
            place,
            over=data.get(f"{place}.over", "").strip(),
            up_to=data.get(f"{place}.up_to", "").strip(),
            rest=_rest(data.get(f"{place}.rest", "")),
        )
        for name in dict.fromkeys(data.getlist(place)):
            if name not in OFFERED:
                continue
            at = f"{place}.{name}"
            values = list(dict.fromkeys(data.getlist(at)))[:_MOST_CHOSEN]
            row = Row(name, at, values, words=data.get(f"{at}.search", "").strip())
            if row.shape == Shape.PICK:
                said = zip(data.getlist(at), data.getlist(f"{at}.label"), strict=False)
                row.labels = {value: label for value, label in said if label}
                row.take(data.getlist(f"{at}.found"), labels)
            made.rows.append(row)
        return made

    @property
    def rest_phrase(self) -> str:
        """Return in words what is kept and not offered; empty for nothing."""
        return condition_phrase(self.rest, "") if self.rest.names else ""

    @property
    def left(self) -> list[tuple[str, str]]:
        """Return which conditions could be added: name and title."""
        used = {row.name for row in self.rows}
        return [(name, title) for name, (title, _) in OFFERED.items() if name not in used]

    def settle(self, place: str) -> None:
        """Give the rows their places anew."""
        self.place = place
        for row in self.rows:
            row.place = f"{place}.{row.name}"

    def add(self, name: str, values: Sequence[str] = ()) -> None:
        """Ask for one more condition, of these values where it starts with some."""
        if name in dict(self.left):
            usual = ["yes"] if name == FIRST_ORDER else []
            self.rows.append(Row(name, values=list(values) or usual))

    def remove(self, tail: str) -> None:
        """Take away ``categories``, one of its values, ``categories.1``, or the ``rest``."""
        if tail == "rest":
            self.rest = Conditions()
        name, _, number = tail.partition(".")
        for row in [row for row in self.rows if row.name == name]:
            if not number:
                self.rows.remove(row)
                if name == AMOUNT:
                    self.over = self.up_to = ""
            elif number.isdecimal() and int(number) < len(row.values):
                del row.values[int(number)]

    def row(self, name: str) -> Row | None:
        """Return the row of a condition, None where it is not in use."""
        return next((row for row in self.rows if row.name == name), None)

    def conditions(self, currency: str, problems: list[str]) -> Conditions:
        """Return what the fields say; what cannot be read is added to ``problems``."""
        read: dict[str, Any] = {}
        labels = list(self.rest.labels)
        for row in self.rows:
            if row.name == AMOUNT:
                read |= self._amounts(currency, problems)
            elif row.name == FIRST_ORDER:
                read[row.name] = row.values[:1] != ["no"]
            else:
                read[row.name] = _values(row)
                labels += [pair for pair in row.labels.items() if pair[0] in row.values]
                if not row.values:
                    problems.append(f"{row.title}: choose at least one, or remove the condition.")
        return replace(self.rest, **read, labels=tuple(sorted(labels)))

    def _amounts(self, currency: str, problems: list[str]) -> dict[str, Any]:
        read = {}
        for name, text in (("over", self.over), ("up_to", self.up_to)):
            amount = read_amount(text, currency) if text else None
            if text and (amount is None or not amount.is_finite()):
                problems.append(NOT_AN_AMOUNT)
            else:
                read[name] = amount
        if not self.over and not self.up_to:
            problems.append("Amount: enter one, or remove the condition.")
        return read

    @property
    def rest_json(self) -> str:
        """Return what is kept and not offered, as it travels with the form."""
        return json.dumps(self.rest.to_json()) if self.rest.names else ""


def _values(row: Row) -> tuple[Any, ...]:
    if row.name not in _OF_IDS:
        return tuple(row.values)
    ids = []
    for value in row.values:
        try:
            ids.append(UUID(value))
        except ValueError:
            continue
    return tuple(ids)


def _rest(text: str) -> Conditions:
    """Read what `rest_json` wrote; anything else is nothing."""
    try:
        read = Conditions.from_json(json.loads(text)) if text else Conditions()
    except (ValueError, TypeError, AttributeError, ArithmeticError):
        return Conditions()
    kept = {name: getattr(read, name) for name in read.names if name in _not_offered()}
    return Conditions(**kept, labels=read.labels)


def _not_offered() -> frozenset[str]:
    known = {one.name for one in fields(Conditions)}
    return frozenset(known - OFFERED.keys() - {"over", "up_to", "labels"})


def _yes(value: bool) -> str:  # noqa: FBT001 – one value, turned into its word
    return "yes" if value else "no"
