"""Forms of accounts; services decide, forms only read."""

from accounts.forms.groups import GroupForm, MergeForm, MoveForm, ReasonForm
from accounts.forms.people import AccessForm, GrantForm, LimitForm, MemberForm, SuspendForm
from accounts.forms.picking import GroupField, PersonField, PickingForm
from accounts.forms.seats import DutyForm, PositionForm, SeatForm
from accounts.forms.training import RequirementForm, RevisionForm, TrainingForm

__all__ = [
    "AccessForm",
    "DutyForm",
    "GrantForm",
    "GroupField",
    "GroupForm",
    "LimitForm",
    "MemberForm",
    "MergeForm",
    "MoveForm",
    "PersonField",
    "PickingForm",
    "PositionForm",
    "ReasonForm",
    "RequirementForm",
    "RevisionForm",
    "SeatForm",
    "SuspendForm",
    "TrainingForm",
]
