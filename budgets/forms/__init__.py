"""Forms of budgets, by noun; services decide, forms only read."""

from budgets.forms.caps import BudgetForm, CapForm, EndForm
from budgets.forms.fields import AmountField
from budgets.forms.ledger import LedgerFilterForm
from budgets.forms.periods import AdjustForm, AnswerForm, EarmarkForm, ReasonForm, TransferForm
from budgets.forms.settings import BudgetSettingsForm, CalendarForm

__all__ = [
    "AdjustForm",
    "AmountField",
    "AnswerForm",
    "BudgetForm",
    "BudgetSettingsForm",
    "CalendarForm",
    "CapForm",
    "EarmarkForm",
    "EndForm",
    "LedgerFilterForm",
    "ReasonForm",
    "TransferForm",
]
