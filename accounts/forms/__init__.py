"""Forms of accounts; services decide, forms only read."""

from accounts.forms.groups import GroupForm, MergeForm, MoveForm, ReasonForm
from accounts.forms.invitations import AcceptForm, InviteForm
from accounts.forms.people import AccessForm, GrantForm, LimitForm, MemberForm, SuspendForm
from accounts.forms.picking import GroupField, PersonField, PickingForm
from accounts.forms.seats import DutyForm, PositionForm, SeatForm

__all__ = [
    "AcceptForm",
    "AccessForm",
    "DutyForm",
    "GrantForm",
    "GroupField",
    "GroupForm",
    "InviteForm",
    "LimitForm",
    "MemberForm",
    "MergeForm",
    "MoveForm",
    "PersonField",
    "PickingForm",
    "PositionForm",
    "ReasonForm",
    "SeatForm",
    "SuspendForm",
]
