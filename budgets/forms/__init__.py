"""Forms of budgets, by noun; services decide, forms only read."""

from budgets.forms.caps import BudgetForm, CapForm, EndForm
from budgets.forms.fields import AmountField
from budgets.forms.ledger import LedgerFilterForm
from budgets.forms.outlook import WhatIfForm

__all__ = ["AmountField", "BudgetForm", "CapForm", "EndForm", "LedgerFilterForm", "WhatIfForm"]
