"""Pages of approvals: deciding by link and in the app, the inbox, policies."""

from approvals.views.inbox import inbox, request_page, subject
from approvals.views.limits import end_limit, limit, limits, limits_csv, set_limit
from approvals.views.link import decide
from approvals.views.policies import policies, policy, policy_edit

__all__ = [
    "decide",
    "end_limit",
    "inbox",
    "limit",
    "limits",
    "limits_csv",
    "policies",
    "policy",
    "policy_edit",
    "request_page",
    "set_limit",
    "subject",
]
