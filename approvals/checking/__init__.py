"""Dead ends of a policy, found before an order gets stuck in one. Pure; nothing is read here.

`content` looks at what a document says, `seats` at who would be asked on each group that it
governs, and `report` puts both together for one document or for a whole organization.
"""

from approvals.checking.findings import Finding, FindingCode, Severity, begun, blocking
from approvals.checking.report import (
    Found,
    check_policies,
    check_policy,
    named_seats,
)
from approvals.checking.staffing import Lineage, Place, Staffing, Worker

__all__ = [
    "Finding",
    "FindingCode",
    "Found",
    "Lineage",
    "Place",
    "Severity",
    "Staffing",
    "Worker",
    "begun",
    "blocking",
    "check_policies",
    "check_policy",
    "named_seats",
]
