"""Forms of accounts; services decide, forms only read."""

from accounts.forms.groups import GroupForm
from accounts.forms.people import GrantForm, MemberForm, SeatForm, SuspendForm
from accounts.forms.picking import PersonField, PickingForm

__all__ = [
    "GrantForm",
    "GroupForm",
    "MemberForm",
    "PersonField",
    "PickingForm",
    "SeatForm",
    "SuspendForm",
]
