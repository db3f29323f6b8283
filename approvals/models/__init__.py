"""What approvals stores, one noun a module."""

from approvals.models.draft import PolicyDraft
from approvals.models.limit import ApprovalLimit
from approvals.models.owner import CategoryOwner
from approvals.models.policy import ApprovalPolicy, PolicyCheck, PolicyVersion
from approvals.models.request import ApprovalRequest, Decision, Stage, StageSeat

__all__ = [
    "ApprovalLimit",
    "ApprovalPolicy",
    "ApprovalRequest",
    "CategoryOwner",
    "Decision",
    "PolicyCheck",
    "PolicyDraft",
    "PolicyVersion",
    "Stage",
    "StageSeat",
]
