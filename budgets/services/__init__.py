"""Every write of budgets, by noun; each function is one business action or a step of an order's."""

from budgets.services.alerts import send_alert, send_waiting_alerts
from budgets.services.caps import end_budget, set_budget
from budgets.services.changing import BudgetChanges, change_budget, change_cap
from budgets.services.documents import commit, credit, release, spend
from budgets.services.history import HistoryPosting, record_history
from budgets.services.periods import ensure_periods, open_coming_periods, open_past_periods
from budgets.services.plan_files import (
    apply_budget_import,
    discard_budget_import,
    plan_budget_import,
    renew_budget_import,
)
from budgets.services.plans import (
    PlanRefused,
    copy_forward,
    plan_period,
    roll_up,
    split_down,
)
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
    "PlanRefused",
    "PreparedReservation",
    "Relocation",
    "Reservation",
    "apply_budget_import",
    "change_budget",
    "change_cap",
    "commit",
    "copy_forward",
    "credit",
    "discard_budget_import",
    "end_budget",
    "ensure_periods",
    "open_coming_periods",
    "open_past_periods",
    "plan_budget_import",
    "plan_period",
    "prepare_reservation",
    "record_history",
    "release",
    "renew_budget_import",
    "reserve",
    "roll_up",
    "send_alert",
    "send_waiting_alerts",
    "set_budget",
    "shift",
    "spend",
    "split_down",
]
