"""Every non-trivial read of approvals, by noun."""

from approvals.selectors.policies import (
    PolicyPage,
    PolicyRow,
    VersionRow,
    policies_in_sight,
    policy_page,
    seat_choices,
)
from approvals.selectors.requests import (
    RequestDetail,
    StageDetail,
    decided_by,
    inbox,
    is_seated_on,
    latest_request_about,
    pending_count,
    rederive,
    request_for,
    request_of_seat,
    standing_of,
    waiting_for_member,
)
from approvals.selectors.routing import RoutingContext, plan_for, policies_in_force, routing_context

__all__ = [
    "PolicyPage",
    "PolicyRow",
    "RequestDetail",
    "RoutingContext",
    "StageDetail",
    "VersionRow",
    "decided_by",
    "inbox",
    "is_seated_on",
    "latest_request_about",
    "pending_count",
    "plan_for",
    "policies_in_force",
    "policies_in_sight",
    "policy_page",
    "rederive",
    "request_for",
    "request_of_seat",
    "routing_context",
    "seat_choices",
    "standing_of",
    "waiting_for_member",
]
