"""Every write of approvals; each function is one business action."""

from approvals.services.absence_feeds import add_feed, end_feed, follow_feed, note_unread_feed
from approvals.services.absences import (
    AbsenceTerms,
    DelegationSet,
    end_delegation,
    end_delegations_of,
    set_delegation,
)
from approvals.services.adding import add_approver
from approvals.services.appealing import CannotBeAppealed, appeal_request
from approvals.services.checking import check_policies
from approvals.services.deciding import Verdict, decide
from approvals.services.deciding_many import decide_many
from approvals.services.drafts import discard_draft, publish_draft, save_draft
from approvals.services.extending import extend_due
from approvals.services.files import export_policies, import_policies
from approvals.services.handing import hand_over
from approvals.services.limits import end_approval_limit, set_approval_limit
from approvals.services.owners import (
    OwnedCategory,
    Owner,
    end_category_owner,
    end_owners_of,
    move_owner,
    name_category_owner,
)
from approvals.services.policies import PolicyHasDeadEnds, PolicyNotPublishable, publish_policy
from approvals.services.questions import answer_question, ask_question
from approvals.services.rejecting_lines import reject_lines
from approvals.services.removing import remove_approver
from approvals.services.requests import (
    NotRoutable,
    open_request,
    supersede_request,
    withdraw_request,
)
from approvals.services.seating import Reseated, reseat_anew, reseat_requests
from approvals.services.settings import (
    DecidingTimes,
    change_deciding_settings,
    deciding_times_of,
)
from approvals.services.settling import settle_carried
from approvals.services.standing_in import ask_deputies
from approvals.services.versions import republish_version
from approvals.services.watching import requests_due, watch_request
from approvals.verdicts import VerdictCode

__all__ = [
    "AbsenceTerms",
    "CannotBeAppealed",
    "DecidingTimes",
    "DelegationSet",
    "NotRoutable",
    "OwnedCategory",
    "Owner",
    "PolicyHasDeadEnds",
    "PolicyNotPublishable",
    "Reseated",
    "Verdict",
    "VerdictCode",
    "add_approver",
    "add_feed",
    "answer_question",
    "appeal_request",
    "ask_deputies",
    "ask_question",
    "change_deciding_settings",
    "check_policies",
    "decide",
    "decide_many",
    "deciding_times_of",
    "discard_draft",
    "end_approval_limit",
    "end_category_owner",
    "end_delegation",
    "end_delegations_of",
    "end_feed",
    "end_owners_of",
    "export_policies",
    "extend_due",
    "follow_feed",
    "hand_over",
    "import_policies",
    "move_owner",
    "name_category_owner",
    "note_unread_feed",
    "open_request",
    "publish_draft",
    "publish_policy",
    "reject_lines",
    "remove_approver",
    "republish_version",
    "requests_due",
    "reseat_anew",
    "reseat_requests",
    "save_draft",
    "set_approval_limit",
    "set_delegation",
    "settle_carried",
    "supersede_request",
    "watch_request",
    "withdraw_request",
]
