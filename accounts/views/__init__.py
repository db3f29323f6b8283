"""Pages of accounts, by noun: fetch, form, one service, render."""

from accounts.views.finding import find_people
from accounts.views.groups import change_group, create_group, groups
from accounts.views.mail import retry_mail, undelivered_mail
from accounts.views.people import add_member, suspend_member
from accounts.views.roles import grant_role, revoke_role, roles
from accounts.views.seats import fill_position

__all__ = [
    "add_member",
    "change_group",
    "create_group",
    "fill_position",
    "find_people",
    "grant_role",
    "groups",
    "retry_mail",
    "revoke_role",
    "roles",
    "suspend_member",
    "undelivered_mail",
]
