"""What approvals stores, one noun a module."""

from approvals.models.draft import PolicyDraft
from approvals.models.policy import ApprovalPolicy, PolicyVersion
from approvals.models.request import ApprovalRequest, Decision, Stage, StageSeat

__all__ = [
    "ApprovalPolicy",
    "ApprovalRequest",
    "Decision",
    "PolicyDraft",
    "PolicyVersion",
    "Stage",
    "StageSeat",
]
