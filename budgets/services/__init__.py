"""Every write of budgets, by noun; each function is one business action or a step of an order's."""

from budgets.services.alerts import send_alert, send_waiting_alerts
from budgets.services.caps import end_budget, set_budget
from budgets.services.changing import BudgetChanges, change_budget, change_cap
from budgets.services.documents import commit, credit, release, spend
from budgets.services.history import HistoryPosting, record_history
from budgets.services.increases import (
    approve_increase,
    ask_for_increase,
    expire_increase,
    refuse_increase,
    withdraw_increase,
)
from budgets.services.periods import ensure_periods, open_coming_periods, open_past_periods
from budgets.services.reservations import (
    Outcome,
    PreparedReservation,
    Reservation,
    prepare_reservation,
    reserve,
)
from budgets.services.shifting import Relocation, shift

__all__ = [
    "BudgetChanges",
    "HistoryPosting",
    "Outcome",
    "PreparedReservation",
    "Relocation",
    "Reservation",
    "approve_increase",
    "ask_for_increase",
    "change_budget",
    "change_cap",
    "commit",
    "credit",
    "end_budget",
    "ensure_periods",
    "expire_increase",
    "open_coming_periods",
    "open_past_periods",
    "prepare_reservation",
    "record_history",
    "refuse_increase",
    "release",
    "reserve",
    "send_alert",
    "send_waiting_alerts",
    "set_budget",
    "shift",
    "spend",
    "withdraw_increase",
]
