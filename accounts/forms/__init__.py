"""Forms of accounts; services decide, forms only read."""

from accounts.forms.groups import GroupForm
from accounts.forms.people import GrantForm, MemberForm, SuspendForm
from accounts.forms.picking import PersonField, PickingForm
from accounts.forms.seats import DutyForm, PositionForm, SeatForm

__all__ = [
    "DutyForm",
    "GrantForm",
    "GroupForm",
    "MemberForm",
    "PersonField",
    "PickingForm",
    "PositionForm",
    "SeatForm",
    "SuspendForm",
]
