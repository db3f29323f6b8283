"""Forms of budgets, by noun; services decide, forms only read."""

from budgets.forms.allowances import AllowanceChangeForm, AllowanceForm
from budgets.forms.caps import BudgetForm, ChangeForm, EndForm
from budgets.forms.fields import AmountField
from budgets.forms.increases import AnswerForm, IncreaseFilterForm, IncreaseForm
from budgets.forms.ledger import LedgerFilterForm
from budgets.forms.plans import BudgetFileForm, CopyForm, RollUpForm, SplitForm

__all__ = [
    "AllowanceChangeForm",
    "AllowanceForm",
    "AmountField",
    "AnswerForm",
    "BudgetFileForm",
    "BudgetForm",
    "ChangeForm",
    "CopyForm",
    "EndForm",
    "IncreaseFilterForm",
    "IncreaseForm",
    "LedgerFilterForm",
    "RollUpForm",
    "SplitForm",
]
