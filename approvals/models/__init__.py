"""What approvals stores, one noun a module."""

from approvals.models.policy import ApprovalPolicy, PolicyCheck, PolicyVersion
from approvals.models.request import ApprovalRequest, Decision, Stage, StageSeat

__all__ = [
    "ApprovalPolicy",
    "ApprovalRequest",
    "Decision",
    "PolicyCheck",
    "PolicyVersion",
    "Stage",
    "StageSeat",
]
