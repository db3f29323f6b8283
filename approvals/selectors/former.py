"""The request that another one goes on from: whose approval it has, and for which content."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from approvals.carrying import Addition, Former, FormerApproval
from approvals.models import ApprovalRequest, Stage, StageSeat
from approvals.summary import SubjectSummary
from procurement.core import tenancy, writes

# The approvals of a request, each with the content of the decision really made: that at the end of
# the line along which it has been carried over.
_APPROVALS = """
WITH RECURSIVE line AS (
    SELECT d.id AS leaf, d.carried_from_id, d.request_id FROM approvals_decision d
    WHERE d.organization_id = %(organization)s AND d.request_id = %(request)s
      AND d.choice = 'APPROVE'
    UNION ALL
    SELECT l.leaf, d.carried_from_id, d.request_id FROM line l
    JOIN approvals_decision d
      ON d.organization_id = %(organization)s AND d.id = l.carried_from_id
)
SELECT d.id, coalesce(d.on_behalf_of_id, d.membership_id), coalesce(nullif(u.name, ''), u.email),
       d.membership_id, d.on_behalf_of_id, d.comment, d.channel, d.decided_at, r.summary
FROM line l
JOIN approvals_decision d ON d.organization_id = %(organization)s AND d.id = l.leaf
JOIN approvals_approvalrequest r ON r.organization_id = %(organization)s AND r.id = l.request_id
JOIN accounts_membership m
  ON m.organization_id = %(organization)s AND m.id = coalesce(d.on_behalf_of_id, d.membership_id)
JOIN accounts_user u ON u.id = m.user_id
WHERE l.carried_from_id IS NULL
ORDER BY d.decided_at, d.id
"""


def former_of(subject_kind: str, subject_id: UUID) -> Former | None:
    """Return the request that a further one for a subject would go on from, None for none.

    The caller has found the subject for its actor. Three SQL queries.
    """
    latest = (
        ApprovalRequest.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
        .order_by("-opened_at", "-id")
        .values_list("id", flat=True)
        .first()
    )
    return None if latest is None else former_request(latest)


def former_request(request_id: UUID) -> Former:
    """Return what of a request can count in one that goes on from it. Two SQL queries."""
    rows = writes.execute(
        _APPROVALS, {"organization": tenancy.current(), "request": request_id}
    ).fetchall()
    return Former(request_id, tuple(map(_approval, rows)), _additions(request_id))


def _approval(row: Sequence[Any]) -> FormerApproval:
    return FormerApproval(*(*row[:-1], SubjectSummary.from_json(json.loads(row[-1]))))


def _additions(request_id: UUID) -> tuple[Addition, ...]:
    """Return whom somebody had added and nobody took off, as far as they still have access."""
    seats = (
        StageSeat.objects.filter(
            request_id=request_id, stage__added_by__isnull=False, vacated_at__isnull=True
        )
        .exclude(stage__status=Stage.Status.REMOVED)
        .select_related("stage", "membership__user")
        .order_by("stage__wave", "stage__number", "id")
    )
    found: dict[UUID, Addition] = {}
    for seat in seats:
        stage, user = seat.stage, seat.membership.user
        if not seat.holder_is_active or stage.added_by_id is None:
            continue
        found.setdefault(
            seat.membership_id,
            Addition(
                holder_id=seat.membership_id,
                name=user.name or user.email,
                email=user.email,
                added_by_id=stage.added_by_id,
                wave=stage.wave,
                stage_name=stage.name,
                because=stage.because,
                label=seat.label,
                why=seat.why,
                told=seat.told,
            ),
        )
    return tuple(found.values())
