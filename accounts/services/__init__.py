"""Every write of accounts, by noun; each function is one business action."""

from accounts.services.duties import (
    accept_duty_conflict,
    duties_that_meet,
    grant_agreed_role,
    preview_grant,
    reopen_duty_conflict,
)
from accounts.services.groups import change_group, create_group
from accounts.services.health import review_hierarchy, review_when_due
from accounts.services.importing import import_groups
from accounts.services.invitations import (
    accept_invitation,
    check_invitations,
    discard_invitations,
    invite_next,
    resend_invitation,
    revoke_invitation,
    send_invitations,
)
from accounts.services.limits import set_role_limit
from accounts.services.organizations import create_organization
from accounts.services.people import (
    add_member,
    preview_suspension,
    reinstate_member,
    suspend_member,
)
from accounts.services.positions import (
    archive_position,
    create_position,
    rename_position,
    restore_position,
)
from accounts.services.restructuring import (
    archive_group,
    merge_group,
    move_group,
    preview_archive,
    preview_merge,
    preview_move,
    preview_restore,
    restore_group,
)
from accounts.services.roles import grant_role, renew_permissions, revoke_role
from accounts.services.seats import (
    fill_position,
    preview_filling,
    preview_vacating,
    vacate_position,
)
from accounts.services.secrets import issue_secret, revoke_secrets

__all__ = [
    "accept_duty_conflict",
    "accept_invitation",
    "add_member",
    "archive_group",
    "archive_position",
    "change_group",
    "check_invitations",
    "create_group",
    "create_organization",
    "create_position",
    "discard_invitations",
    "duties_that_meet",
    "fill_position",
    "grant_agreed_role",
    "grant_role",
    "import_groups",
    "invite_next",
    "issue_secret",
    "merge_group",
    "move_group",
    "preview_archive",
    "preview_filling",
    "preview_grant",
    "preview_merge",
    "preview_move",
    "preview_restore",
    "preview_suspension",
    "preview_vacating",
    "reinstate_member",
    "rename_position",
    "renew_permissions",
    "reopen_duty_conflict",
    "resend_invitation",
    "restore_group",
    "restore_position",
    "review_hierarchy",
    "review_when_due",
    "revoke_invitation",
    "revoke_role",
    "revoke_secrets",
    "send_invitations",
    "set_role_limit",
    "suspend_member",
    "vacate_position",
]
