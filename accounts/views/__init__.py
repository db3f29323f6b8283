"""Pages of accounts, by noun: fetch, form, one service, render."""

from accounts.views.access import (
    group_access,
    group_access_csv,
    person_access,
    person_access_csv,
)
from accounts.views.devices import end_device, own_devices, renew_device, try_device
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
from accounts.views.moves import cancel_move, move_member, planned_moves
from accounts.views.notifications import notifications, unsubscribe
from accounts.views.people import (
    add_member,
    change_member,
    end_grant,
    people,
    people_csv,
    person,
    reinstate_member,
    suspend_member,
)
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
from accounts.views.training import own_training, training_page
from accounts.views.training_due import training_due, training_due_csv
from accounts.views.training_keeping import (
    add_starter_pages,
    archive_training,
    create_training,
    end_requirement,
    kept_training,
    require_training,
    revise_training,
)
from accounts.views.tree_files import (
    apply_tree,
    discard_tree,
    export_tree,
    import_tree,
    renew_tree,
    tree_import,
    tree_problems_csv,
)

__all__ = [
    "accept_duty",
    "add_member",
    "add_starter_pages",
    "apply_tree",
    "archive_group",
    "archive_position",
    "archive_training",
    "cancel_move",
    "change_group",
    "change_member",
    "check_hierarchy",
    "create_group",
    "create_position",
    "create_training",
    "discard_invitations",
    "discard_tree",
    "duties",
    "duties_csv",
    "end_device",
    "end_grant",
    "end_requirement",
    "export_tree",
    "fill_position",
    "find_groups",
    "find_people",
    "grant_role",
    "group_access",
    "group_access_csv",
    "groups",
    "import_tree",
    "invitation",
    "invitation_batch",
    "invitation_rejects",
    "invitations",
    "invite",
    "kept_training",
    "limit_orders",
    "merge_group",
    "move_group",
    "move_member",
    "notifications",
    "own_devices",
    "own_training",
    "people",
    "people_csv",
    "person",
    "person_access",
    "person_access_csv",
    "planned_moves",
    "positions",
    "reinstate_member",
    "rename_position",
    "renew_device",
    "renew_tree",
    "reopen_duty",
    "require_training",
    "resend_invitation",
    "restore_group",
    "retry_mail",
    "revise_training",
    "revoke_invitation",
    "revoke_role",
    "roles",
    "send_invitations",
    "suspend_member",
    "training_due",
    "training_due_csv",
    "training_page",
    "tree_import",
    "tree_problems_csv",
    "try_device",
    "undelivered_mail",
    "unsubscribe",
    "vacancies",
]
