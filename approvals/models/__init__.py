"""What approvals stores, one noun a module."""

from approvals.models.deciding import (
    AbsenceFeed,
    DecidingSettings,
    Delegation,
    DelegationGroup,
    DeputyLink,
    Question,
    RequestEvent,
)
from approvals.models.draft import PolicyDraft
from approvals.models.limit import ApprovalLimit
from approvals.models.owner import CategoryOwner
from approvals.models.policy import ApprovalPolicy, PolicyCheck, PolicyVersion
from approvals.models.request import ApprovalRequest, Decision, Stage, StageSeat

__all__ = [
    "AbsenceFeed",
    "ApprovalLimit",
    "ApprovalPolicy",
    "ApprovalRequest",
    "CategoryOwner",
    "DecidingSettings",
    "Decision",
    "Delegation",
    "DelegationGroup",
    "DeputyLink",
    "PolicyCheck",
    "PolicyDraft",
    "PolicyVersion",
    "Question",
    "RequestEvent",
    "Stage",
    "StageSeat",
]
