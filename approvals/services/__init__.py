"""Every write of approvals; each function is one business action."""

from approvals.services.checking import check_policies
from approvals.services.deciding import Verdict, decide
from approvals.services.policies import PolicyHasDeadEnds, PolicyNotPublishable, publish_policy
from approvals.services.requests import (
    NotRoutable,
    open_request,
    supersede_request,
    withdraw_request,
)
from approvals.services.seating import Reseated, reseat_anew, reseat_requests
from approvals.verdicts import VerdictCode

__all__ = [
    "NotRoutable",
    "PolicyHasDeadEnds",
    "PolicyNotPublishable",
    "Reseated",
    "Verdict",
    "VerdictCode",
    "check_policies",
    "decide",
    "open_request",
    "publish_policy",
    "reseat_anew",
    "reseat_requests",
    "supersede_request",
    "withdraw_request",
]
