"""Forms of accounts; services decide, forms only read."""

from accounts.forms.groups import GroupForm
from accounts.forms.people import GrantForm, MemberForm, SeatForm, SuspendForm

__all__ = ["GrantForm", "GroupForm", "MemberForm", "SeatForm", "SuspendForm"]
