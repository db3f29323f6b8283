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

__all__ = [
    "accept_duty",
    "add_member",
    "add_starter_pages",
    "archive_group",
    "archive_position",
    "archive_training",
    "change_group",
    "check_hierarchy",
    "create_group",
    "create_position",
    "create_training",
    "duties",
    "duties_csv",
    "end_requirement",
    "fill_position",
    "find_groups",
    "find_people",
    "grant_role",
    "group_access",
    "group_access_csv",
    "groups",
    "kept_training",
    "limit_orders",
    "merge_group",
    "move_group",
    "own_training",
    "person_access",
    "person_access_csv",
    "positions",
    "rename_position",
    "reopen_duty",
    "require_training",
    "restore_group",
    "retry_mail",
    "revise_training",
    "revoke_role",
    "roles",
    "suspend_member",
    "training_due",
    "training_due_csv",
    "training_page",
    "undelivered_mail",
    "vacancies",
]
