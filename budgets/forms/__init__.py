"""Forms of budgets, by noun; services decide, forms only read."""

from budgets.forms.caps import BudgetForm, CapForm, EndForm
from budgets.forms.fields import AmountField
from budgets.forms.increases import AnswerForm, IncreaseFilterForm, IncreaseForm
from budgets.forms.ledger import LedgerFilterForm
from budgets.forms.plans import BudgetFileForm, CopyForm, RollUpForm, SplitForm

__all__ = [
    "AmountField",
    "AnswerForm",
    "BudgetFileForm",
    "BudgetForm",
    "CapForm",
    "CopyForm",
    "EndForm",
    "IncreaseFilterForm",
    "IncreaseForm",
    "LedgerFilterForm",
    "RollUpForm",
    "SplitForm",
]
