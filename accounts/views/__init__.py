"""Pages of accounts, by noun: fetch, form, one service, render."""

from accounts.views.access import (
    group_access,
    group_access_csv,
    person_access,
    person_access_csv,
)
from accounts.views.duties import accept_duty, duties, duties_csv, reopen_duty
from accounts.views.finding import find_groups, find_people
from accounts.views.groups import change_group, create_group, groups
from accounts.views.health import check_hierarchy
from accounts.views.invitations import (
    discard_invitations,
    invitation_batch,
    invitation_rejects,
    invitations,
    invite,
    resend_invitation,
    revoke_invitation,
    send_invitations,
)
from accounts.views.joining import invitation
from accounts.views.mail import retry_mail, undelivered_mail
from accounts.views.people import add_member, suspend_member
from accounts.views.restructuring import (
    archive_group,
    merge_group,
    move_group,
    restore_group,
)
from accounts.views.roles import grant_role, limit_orders, revoke_role, roles
from accounts.views.seats import (
    archive_position,
    create_position,
    fill_position,
    positions,
    rename_position,
    vacancies,
)

__all__ = [
    "accept_duty",
    "add_member",
    "archive_group",
    "archive_position",
    "change_group",
    "check_hierarchy",
    "create_group",
    "create_position",
    "discard_invitations",
    "duties",
    "duties_csv",
    "fill_position",
    "find_groups",
    "find_people",
    "grant_role",
    "group_access",
    "group_access_csv",
    "groups",
    "invitation",
    "invitation_batch",
    "invitation_rejects",
    "invitations",
    "invite",
    "limit_orders",
    "merge_group",
    "move_group",
    "person_access",
    "person_access_csv",
    "positions",
    "rename_position",
    "reopen_duty",
    "resend_invitation",
    "restore_group",
    "retry_mail",
    "revoke_invitation",
    "revoke_role",
    "roles",
    "send_invitations",
    "suspend_member",
    "undelivered_mail",
    "vacancies",
]
