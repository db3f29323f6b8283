"""Every non-trivial read of budgets, by noun."""

from budgets.selectors.covering import covering, keepers, standing_on

__all__ = ["covering", "keepers", "standing_on"]
