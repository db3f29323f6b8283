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

__all__ = [
    "accept_duty_conflict",
    "acknowledge_training",
    "add_member",
    "add_starter_pages",
    "archive_group",
    "archive_position",
    "archive_training_page",
    "change_group",
    "create_group",
    "create_organization",
    "create_position",
    "create_training_page",
    "duties_that_meet",
    "end_training_requirement",
    "fill_position",
    "grant_agreed_role",
    "grant_role",
    "import_groups",
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
    "remind_of_training",
    "rename_position",
    "renew_permissions",
    "reopen_duty_conflict",
    "require_training",
    "restore_group",
    "restore_position",
    "restore_training_page",
    "review_hierarchy",
    "review_when_due",
    "revise_training_page",
    "revoke_role",
    "revoke_secrets",
    "set_role_limit",
    "suspend_member",
    "vacate_position",
]
