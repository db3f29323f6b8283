"""Who must agree: policy turned into stages, stages turned into people. Pure; nothing is read here.

`facts` describes a subject, `policy` the rules of a group, `stages` decides which stages a subject
passes, `seating` who sits in them, `progress` when a stage has passed. Everything fails closed:
what no policy covers is refused with a sentence, never waved through.
"""

from approvals.routing.facts import Facts, Flag
from approvals.routing.policy import (
    ApproverKind,
    ApproverSpec,
    Mode,
    PolicyDocument,
    PolicyProblem,
    StageSpec,
    Tier,
    check_document,
)
from approvals.routing.progress import is_passed
from approvals.routing.seating import (
    DeadEnd,
    Person,
    Plan,
    PlannedStage,
    SeatedPerson,
    Seats,
    seat,
)
from approvals.routing.stages import InForce, Route, RoutedStage, route

__all__ = [
    "ApproverKind",
    "ApproverSpec",
    "DeadEnd",
    "Facts",
    "Flag",
    "InForce",
    "Mode",
    "Person",
    "Plan",
    "PlannedStage",
    "PolicyDocument",
    "PolicyProblem",
    "Route",
    "RoutedStage",
    "SeatedPerson",
    "Seats",
    "StageSpec",
    "Tier",
    "check_document",
    "is_passed",
    "route",
    "seat",
]
