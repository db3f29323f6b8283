"""Pages of approvals: deciding by link and in the app, the inbox, policies."""

from approvals.views.files import (
    export_policies,
    export_version,
    import_policies,
    publish_import,
)
from approvals.views.inbox import inbox, request_page, subject
from approvals.views.link import decide
from approvals.views.policies import policies, policy
from approvals.views.policy_edit import policy_edit
from approvals.views.versions import republish, version

__all__ = [
    "decide",
    "export_policies",
    "export_version",
    "import_policies",
    "inbox",
    "policies",
    "policy",
    "policy_edit",
    "publish_import",
    "republish",
    "request_page",
    "subject",
    "version",
]
