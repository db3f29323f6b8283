"""Forms of accounts; services decide, forms only read."""

from accounts.forms.calendar import OwnDayForm, WorkingHoursForm
from accounts.forms.groups import GroupForm, MergeForm, MoveForm, ReasonForm
from accounts.forms.invitations import AcceptForm, InviteForm
from accounts.forms.notifications import NotificationsForm
from accounts.forms.organization import OrganizationForm
from accounts.forms.people import (
    AccessForm,
    GrantForm,
    LimitForm,
    MemberChangeForm,
    MemberForm,
    MemberMoveForm,
    PeopleFilterForm,
    ReinstateForm,
    SuspendForm,
)
from accounts.forms.picking import GroupField, PersonField, Picker, PickingForm
from accounts.forms.seats import DutyForm, PositionForm, SeatForm
from accounts.forms.training import RequirementForm, RevisionForm, TrainingForm
from accounts.forms.tree_files import TreeFileForm

__all__ = [
    "AcceptForm",
    "AccessForm",
    "DutyForm",
    "GrantForm",
    "GroupField",
    "GroupForm",
    "InviteForm",
    "LimitForm",
    "MemberChangeForm",
    "MemberForm",
    "MemberMoveForm",
    "MergeForm",
    "MoveForm",
    "NotificationsForm",
    "OrganizationForm",
    "OwnDayForm",
    "PeopleFilterForm",
    "PersonField",
    "Picker",
    "PickingForm",
    "PositionForm",
    "ReasonForm",
    "ReinstateForm",
    "RequirementForm",
    "RevisionForm",
    "SeatForm",
    "SuspendForm",
    "TrainingForm",
    "TreeFileForm",
    "WorkingHoursForm",
]
