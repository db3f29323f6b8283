"""A whole policy document in words, section by section, as people read it (pure)."""

from dataclasses import dataclass

from approvals.routing import (
    Part,
    PolicyDocument,
    aggregation_sentence,
    rule_sentence,
    tolerances,
)
from approvals.routing.specs import in_words

_MANDATORY = {
    Part.TIERS: "The tiers",
    Part.RESTRICTED: "What restricted lines ask",
    Part.EXCEPTION: "What exceptions ask",
    Part.OVER_BUDGET: "What orders beyond a soft budget ask",
    Part.AGGREGATIONS: "Which orders count together",
    Part.TOLERANCES: "Which changes let approvals stand",
}


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing that a document says: what for, and what then. ``what`` may be empty."""

    what: str
    then: str
    is_mandatory: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a document, with a title and at least one saying."""

    title: str
    sayings: tuple[Saying, ...]


def in_sections(document: PolicyDocument) -> tuple[Section, ...]:
    """Return everything that a document says; sections that say nothing are left out."""
    tiers = tuple(
        Saying(
            document.heading(index),
            in_words(tier.stages) or "approved at once",
            Part.TIERS in document.mandatory,
        )
        for index, tier in enumerate(document.tiers)
    )
    holds_below = Part.TOLERANCES in document.mandatory
    additions = (
        _addition(document, Part.RESTRICTED, "A restricted line"),
        _addition(document, Part.EXCEPTION, "An exception for a blocked item"),
        Saying(
            "An order beyond a soft budget",
            in_words(document.beyond_budget),
            Part.OVER_BUDGET in document.mandatory,
        ),
    )
    rules = tuple(
        Saying(rule.name, rule_sentence(rule, document.currency), rule.is_mandatory)
        for rule in document.rules
    )
    counted = tuple(
        Saying("", aggregation_sentence(one), Part.AGGREGATIONS in document.mandatory)
        for one in document.aggregations
    )
    changed = (
        *(
            Saying(what, tolerances.in_words(name, document.tolerances), holds_below)
            for name, what in tolerances.WHAT.items()
        ),
        Saying("Anything else is changed", "whoever agreed is asked again, always"),
    )
    binding = tuple(
        Saying("", f"{_MANDATORY[part]}, whatever a policy below says.", is_mandatory=True)
        for part in Part
        if part in document.mandatory
    )
    sections = (
        Section(f"By amount, in {document.currency}", tiers),
        Section("In addition, first", additions),
        Section("Rules", rules),
        Section("Counting together", counted),
        Section("When an order is changed while it waits", changed),
        Section("Mandatory for groups below", binding),
    )
    return tuple(section for section in sections if section.sayings)


def _addition(document: PolicyDocument, part: Part, what: str) -> Saying:
    stages = getattr(document, part.value)
    return Saying(what, in_words(stages) or "nobody", part in document.mandatory)
