"""Who is not asked again about what they have rejected."""

from uuid import UUID

from approvals.models import ApprovalRequest, Decision


def barred_from(request: ApprovalRequest) -> frozenset[UUID]:
    """Return who is not asked on an appeal: whoever rejected before, and whom they stood in for.

    One SQL query for an appeal, none otherwise.
    """
    if request.follows_as != ApprovalRequest.FollowsAs.APPEAL:
        return frozenset()
    rejections = Decision.objects.filter(
        request_id=request.follows_id, choice=Decision.Choice.REJECT
    ).values_list("membership_id", "seat__membership_id")
    return frozenset(one for row in rejections for one in row)
