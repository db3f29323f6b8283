"""Forms of budgets, by noun; services decide, forms only read."""

from budgets.forms.caps import BudgetForm, CapForm, EndForm
from budgets.forms.fields import AmountField
from budgets.forms.increases import AnswerForm, IncreaseFilterForm, IncreaseForm
from budgets.forms.ledger import LedgerFilterForm
from budgets.forms.periods import (
    AdjustForm,
    EarmarkForm,
    ReasonForm,
    TransferAnswerForm,
    TransferForm,
)
from budgets.forms.plans import BudgetFileForm, CopyForm, RollUpForm, SplitForm
from budgets.forms.settings import BudgetSettingsForm, CalendarForm

__all__ = [
    "AdjustForm",
    "AmountField",
    "AnswerForm",
    "BudgetFileForm",
    "BudgetForm",
    "BudgetSettingsForm",
    "CalendarForm",
    "CapForm",
    "CopyForm",
    "EarmarkForm",
    "EndForm",
    "IncreaseFilterForm",
    "IncreaseForm",
    "LedgerFilterForm",
    "ReasonForm",
    "RollUpForm",
    "SplitForm",
    "TransferAnswerForm",
    "TransferForm",
]
