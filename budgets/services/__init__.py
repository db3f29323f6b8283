"""Every write of budgets, by noun; each function is one business action or a step of an order's."""

from budgets.services.alerts import rearm_alerts, send_alert, send_waiting_alerts
from budgets.services.caps import change_cap, end_budget, set_budget
from budgets.services.documents import commit, credit, release, spend
from budgets.services.history import HistoryPosting, record_history
from budgets.services.periods import ensure_periods, open_coming_periods, open_past_periods
from budgets.services.rebuilding import LedgerBroken, Rebuilt, rebuild_counters
from budgets.services.reservations import (
    Outcome,
    PreparedReservation,
    Reservation,
    prepare_reservation,
    reserve,
)
from budgets.services.shifting import Relocation, shift

__all__ = [
    "HistoryPosting",
    "LedgerBroken",
    "Outcome",
    "PreparedReservation",
    "Rebuilt",
    "Relocation",
    "Reservation",
    "change_cap",
    "commit",
    "credit",
    "end_budget",
    "ensure_periods",
    "open_coming_periods",
    "open_past_periods",
    "prepare_reservation",
    "rearm_alerts",
    "rebuild_counters",
    "record_history",
    "release",
    "reserve",
    "send_alert",
    "send_waiting_alerts",
    "set_budget",
    "shift",
    "spend",
]
