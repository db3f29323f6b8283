"""Who must agree: policy turned into stages, stages turned into people. Pure; nothing is read here.

`facts` describes a subject, `policy` the rules of a group, `stages` decides which stages a subject
passes, `seating` who sits in them, `progress` when a stage has passed. Everything fails closed:
what no policy covers is refused with a sentence, never waved through.
"""

from approvals.routing.checks import PolicyProblem, check_document
from approvals.routing.conditions import BudgetStanding, Conditions, Guided
from approvals.routing.counting import Counted
from approvals.routing.escalation import (
    HeldSeat,
    Level,
    NextPerson,
    next_in_line,
    spec_of_slot,
)
from approvals.routing.facts import Earlier, Facts, Flag
from approvals.routing.needs import Needs, needs_of
from approvals.routing.people import Person, Seats
from approvals.routing.phrases import (
    aggregation_sentence,
    condition_phrase,
    rule_sentence,
    rules_in_short,
    tiers_phrase,
)
from approvals.routing.policy import DocumentError, Part, PolicyDocument
from approvals.routing.progress import is_passed, needed
from approvals.routing.rules import Aggregation, CountedBy, CountedTo, Rule, RuleKind, Tier
from approvals.routing.seating import (
    DeadEnd,
    Plan,
    PlannedStage,
    SeatedPerson,
    seat,
)
from approvals.routing.specs import ApproverKind, ApproverSpec, Mode, StageSpec
from approvals.routing.stages import (
    InForce,
    Route,
    RoutedStage,
    Source,
    aggregations_heard,
    route,
    tolerances_heard,
)
from approvals.routing.tolerances import USUAL, Tolerances, strictest

__all__ = [
    "USUAL",
    "Aggregation",
    "ApproverKind",
    "ApproverSpec",
    "BudgetStanding",
    "Conditions",
    "Counted",
    "CountedBy",
    "CountedTo",
    "DeadEnd",
    "DocumentError",
    "Earlier",
    "Facts",
    "Flag",
    "Guided",
    "HeldSeat",
    "InForce",
    "Level",
    "Mode",
    "Needs",
    "NextPerson",
    "Part",
    "Person",
    "Plan",
    "PlannedStage",
    "PolicyDocument",
    "PolicyProblem",
    "Route",
    "RoutedStage",
    "Rule",
    "RuleKind",
    "SeatedPerson",
    "Seats",
    "Source",
    "StageSpec",
    "Tier",
    "Tolerances",
    "aggregation_sentence",
    "aggregations_heard",
    "check_document",
    "condition_phrase",
    "is_passed",
    "needed",
    "needs_of",
    "next_in_line",
    "route",
    "rule_sentence",
    "rules_in_short",
    "seat",
    "spec_of_slot",
    "strictest",
    "tiers_phrase",
    "tolerances_heard",
]
