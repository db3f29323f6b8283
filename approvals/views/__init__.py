"""Pages of approvals: deciding by link and in the app, the inbox, policies and their check."""

from approvals.views.absence import (
    absence,
    absences,
    end_absence,
    set_absence,
    set_absence_of,
)
from approvals.views.absence_feeds import add_feed, add_organization_feed, end_feed
from approvals.views.checking import policy_check, policy_check_csv
from approvals.views.deciding_many import decide_many
from approvals.views.files import (
    export_policies,
    export_version,
    import_policies,
    publish_import,
)
from approvals.views.inbox import inbox
from approvals.views.limits import end_limit, limit, limits, limits_csv, set_limit
from approvals.views.link import decide
from approvals.views.picking import add_approver, hand_over
from approvals.views.policies import policies, policy
from approvals.views.policy_edit import policy_edit
from approvals.views.request import request_page, subject
from approvals.views.settings import deciding_settings
from approvals.views.versions import republish, version

__all__ = [
    "absence",
    "absences",
    "add_approver",
    "add_feed",
    "add_organization_feed",
    "decide",
    "decide_many",
    "deciding_settings",
    "end_absence",
    "end_feed",
    "end_limit",
    "export_policies",
    "export_version",
    "hand_over",
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
    "set_absence",
    "set_absence_of",
    "set_limit",
    "subject",
    "version",
]
