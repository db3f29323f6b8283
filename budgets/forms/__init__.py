"""Forms of budgets, by noun; services decide, forms only read."""

from budgets.forms.caps import BudgetForm, CapForm, EndForm
from budgets.forms.fields import AmountField
from budgets.forms.increases import AnswerForm, IncreaseFilterForm, IncreaseForm
from budgets.forms.ledger import LedgerFilterForm
from budgets.forms.outlook import WhatIfForm

__all__ = [
    "AmountField",
    "AnswerForm",
    "BudgetForm",
    "CapForm",
    "EndForm",
    "IncreaseFilterForm",
    "IncreaseForm",
    "LedgerFilterForm",
    "WhatIfForm",
]
