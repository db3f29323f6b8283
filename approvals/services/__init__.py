"""Every write of approvals; each function is one business action."""

from approvals.services.deciding import Verdict, decide
from approvals.services.drafts import discard_draft, publish_draft, save_draft
from approvals.services.files import export_policies, import_policies
from approvals.services.policies import PolicyNotPublishable, publish_policy
from approvals.services.requests import (
    NotRoutable,
    open_request,
    supersede_request,
    withdraw_request,
)
from approvals.services.seating import Reseated, reseat_anew, reseat_requests
from approvals.services.versions import republish_version
from approvals.verdicts import VerdictCode

__all__ = [
    "NotRoutable",
    "PolicyNotPublishable",
    "Reseated",
    "Verdict",
    "VerdictCode",
    "decide",
    "discard_draft",
    "export_policies",
    "import_policies",
    "open_request",
    "publish_draft",
    "publish_policy",
    "republish_version",
    "reseat_anew",
    "reseat_requests",
    "save_draft",
    "supersede_request",
    "withdraw_request",
]
