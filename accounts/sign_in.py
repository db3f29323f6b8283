"""When an approver's link leads to the sign-in first (pure)."""

from decimal import Decimal


def must_sign_in(above: Decimal | None, amount: Decimal) -> bool:
    """Tell whether deciding an amount from a mail takes a sign-in.

    ``above`` is the organization's bound: None never asks, 0 always does.
    """
    return above is not None and (amount > above or not above)
