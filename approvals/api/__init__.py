"""The API of approvals, by noun, over the same selectors and services as the pages."""

from approvals.api.absences import AbsenceDetail, AbsenceList
from approvals.api.actions import (
    Answer,
    Approvers,
    DecideMany,
    Extend,
    HandOver,
    Questions,
    RemoveApprover,
)
from approvals.api.checking import PolicyCheckView
from approvals.api.limits import ApprovalLimitDetail, ApprovalLimitList, HistoryIn
from approvals.api.lines import RejectLines
from approvals.api.policies import GroupPolicy
from approvals.api.policy_files import FileCheck, PolicyExport, PolicyImport
from approvals.api.requests import Decide, Inbox, RequestView
from approvals.api.settings import DecidingSettingsView

__all__ = [
    "AbsenceDetail",
    "AbsenceList",
    "Answer",
    "ApprovalLimitDetail",
    "ApprovalLimitList",
    "Approvers",
    "Decide",
    "DecideMany",
    "DecidingSettingsView",
    "Extend",
    "FileCheck",
    "GroupPolicy",
    "HandOver",
    "HistoryIn",
    "Inbox",
    "PolicyCheckView",
    "PolicyExport",
    "PolicyImport",
    "Questions",
    "RejectLines",
    "RemoveApprover",
    "RequestView",
]
