"""Commands of budgets."""
