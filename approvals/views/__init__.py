"""Pages of approvals: deciding by link and in the app, the inbox, policies and their check."""

from approvals.views.checking import policy_check, policy_check_csv
from approvals.views.files import (
    export_policies,
    export_version,
    import_policies,
    publish_import,
)
from approvals.views.inbox import inbox, request_page, subject
from approvals.views.limits import end_limit, limit, limits, limits_csv, set_limit
from approvals.views.link import decide
from approvals.views.policies import policies, policy
from approvals.views.policy_edit import policy_edit
from approvals.views.settings import deciding_settings
from approvals.views.versions import republish, version

__all__ = [
    "decide",
    "deciding_settings",
    "end_limit",
    "export_policies",
    "export_version",
    "import_policies",
    "inbox",
    "limit",
    "limits",
    "limits_csv",
    "policies",
    "policy",
    "policy_check",
    "policy_check_csv",
    "policy_edit",
    "publish_import",
    "republish",
    "request_page",
    "set_limit",
    "subject",
    "version",
]
