"""Every write of accounts, by noun; each function is one business action."""

from accounts.services.calendar import (
    OwnDay,
    WorkingHours,
    change_calendar,
    remove_calendar_day,
    set_calendar_day,
    working_hours_of,
)
from accounts.services.devices import (
    BrowserSubscription,
    end_device,
    end_gone_devices,
    renew_device,
    subscribe_device,
    try_device,
)
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
from accounts.services.members import change_member
from accounts.services.moves import (
    MoveTerms,
    cancel_member_move,
    carry_out_due_moves,
    move_member,
    preview_member_move,
)
from accounts.services.notifying import notify
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
from accounts.services.roles import (
    end_grant,
    follow_ended_grants,
    grant_role,
    preview_end_grant,
    renew_permissions,
    revoke_role,
)
from accounts.services.seats import (
    fill_position,
    preview_filling,
    preview_vacating,
    vacate_position,
)
from accounts.services.secrets import issue_secret, issue_secrets
from accounts.services.setup import (
    Particulars,
    change_organization,
    close_setup,
    particulars_of,
    skip_setup_step,
)
from accounts.services.telling import (
    ChosenHours,
    choose_notifications,
    hours_chosen_by,
    resume_mails,
    stop_mails,
)
from accounts.services.training import (
    add_starter_pages,
    archive_training_page,
    create_training_page,
    restore_training_page,
    revise_training_page,
)
from accounts.services.training_duties import (
    acknowledge_training,
    end_training_requirement,
    remind_of_training,
    require_training,
)
from accounts.services.tree_imports import (
    apply_tree_import,
    discard_tree_import,
    export_tree,
    plan_tree_import,
    renew_tree_import,
)

__all__ = [
    "BrowserSubscription",
    "ChosenHours",
    "MoveTerms",
    "OwnDay",
    "Particulars",
    "WorkingHours",
    "accept_duty_conflict",
    "accept_invitation",
    "acknowledge_training",
    "add_member",
    "add_starter_pages",
    "apply_tree_import",
    "archive_group",
    "archive_position",
    "archive_training_page",
    "cancel_member_move",
    "carry_out_due_moves",
    "change_calendar",
    "change_group",
    "change_member",
    "change_organization",
    "check_invitations",
    "choose_notifications",
    "close_setup",
    "create_group",
    "create_organization",
    "create_position",
    "create_training_page",
    "discard_invitations",
    "discard_tree_import",
    "duties_that_meet",
    "end_device",
    "end_gone_devices",
    "end_grant",
    "end_training_requirement",
    "export_tree",
    "fill_position",
    "follow_ended_grants",
    "grant_agreed_role",
    "grant_role",
    "hours_chosen_by",
    "import_groups",
    "invite_next",
    "issue_secret",
    "issue_secrets",
    "merge_group",
    "move_group",
    "move_member",
    "notify",
    "particulars_of",
    "plan_tree_import",
    "preview_archive",
    "preview_end_grant",
    "preview_filling",
    "preview_grant",
    "preview_member_move",
    "preview_merge",
    "preview_move",
    "preview_restore",
    "preview_suspension",
    "preview_vacating",
    "reinstate_member",
    "remind_of_training",
    "remove_calendar_day",
    "rename_position",
    "renew_device",
    "renew_permissions",
    "renew_tree_import",
    "reopen_duty_conflict",
    "require_training",
    "resend_invitation",
    "restore_group",
    "restore_position",
    "restore_training_page",
    "resume_mails",
    "review_hierarchy",
    "review_when_due",
    "revise_training_page",
    "revoke_invitation",
    "revoke_role",
    "send_invitations",
    "set_calendar_day",
    "set_role_limit",
    "skip_setup_step",
    "stop_mails",
    "subscribe_device",
    "suspend_member",
    "try_device",
    "vacate_position",
    "working_hours_of",
]
