"""Forms of approvals, by noun; services decide, forms only read."""

from approvals.forms.absences import (
    AbsenceForm,
    AbsenceOfForm,
    AbsencesFilterForm,
    FeedForm,
    presets,
)
from approvals.forms.acting import (
    DecideManyForm,
    DecisionForm,
    ExtendForm,
    PickForm,
    QuestionForm,
    RejectLinesForm,
    RemoveForm,
)
from approvals.forms.limits import ApprovalLimitForm, Asked, asked_of
from approvals.forms.policies import (
    AcceptingForm,
    PolicyFileForm,
    PolicyImportForm,
    PublishForm,
    RepublishForm,
)
from approvals.forms.settings import DecidingTimesForm

__all__ = [
    "AbsenceForm",
    "AbsenceOfForm",
    "AbsencesFilterForm",
    "AcceptingForm",
    "ApprovalLimitForm",
    "Asked",
    "DecideManyForm",
    "DecidingTimesForm",
    "DecisionForm",
    "ExtendForm",
    "FeedForm",
    "PickForm",
    "PolicyFileForm",
    "PolicyImportForm",
    "PublishForm",
    "QuestionForm",
    "RejectLinesForm",
    "RemoveForm",
    "RepublishForm",
    "asked_of",
    "presets",
]
