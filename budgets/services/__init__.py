"""Every write of budgets, by noun; each function is one business action or a step of an order's."""

from budgets.services.adjusting import adjust_spent
from budgets.services.alerts import rearm_alerts, send_alert, send_waiting_alerts
from budgets.services.aligning import align_allowances
from budgets.services.allowances import (
    AllowanceTerms,
    Given,
    change_allowance,
    end_allowance,
    set_allowance,
)
from budgets.services.caps import end_budget, set_budget
from budgets.services.carrying import carry_over, start_carrying_over
from budgets.services.changing import BudgetChanges, change_budget, change_cap
from budgets.services.closing import NoRoom, close_period, freeze_period, reopen_period, thaw_period
from budgets.services.closing_times import close_ended_period, start_closing
from budgets.services.documents import commit, credit, release, spend
from budgets.services.earmarks import release_due_earmarks, release_earmark, set_aside
from budgets.services.history import HistoryPosting, record_history
from budgets.services.increases import (
    approve_increase,
    ask_for_increase,
    expire_increase,
    refuse_increase,
    withdraw_increase,
)
from budgets.services.periods import ensure_periods, open_coming_periods, open_past_periods
from budgets.services.plan_applying import (
    carry_out_budget_import,
    start_budget_import,
    take_up_budget_import,
)
from budgets.services.plan_files import (
    apply_budget_import,
    discard_budget_import,
    plan_budget_import,
    renew_budget_import,
)
from budgets.services.plans import PlanRefused, copy_forward, plan_period, roll_up, split_down
from budgets.services.rebuilding import LedgerBroken, Rebuilt, rebuild_counters
from budgets.services.recapping import Recapped
from budgets.services.reservations import (
    Outcome,
    PreparedReservation,
    Reservation,
    prepare_reservation,
    reserve,
)
from budgets.services.settings import change_settings, set_fiscal_calendar
from budgets.services.shifting import Relocation, shift
from budgets.services.transfers import (
    answer_transfer,
    ask_transfer,
    expire_transfers,
    withdraw_transfer,
)

__all__ = [
    "AllowanceTerms",
    "BudgetChanges",
    "Given",
    "HistoryPosting",
    "LedgerBroken",
    "NoRoom",
    "Outcome",
    "PlanRefused",
    "PreparedReservation",
    "Rebuilt",
    "Recapped",
    "Relocation",
    "Reservation",
    "adjust_spent",
    "align_allowances",
    "answer_transfer",
    "apply_budget_import",
    "approve_increase",
    "ask_for_increase",
    "ask_transfer",
    "carry_out_budget_import",
    "carry_over",
    "change_allowance",
    "change_budget",
    "change_cap",
    "change_settings",
    "close_ended_period",
    "close_period",
    "commit",
    "copy_forward",
    "credit",
    "discard_budget_import",
    "end_allowance",
    "end_budget",
    "ensure_periods",
    "expire_increase",
    "expire_transfers",
    "freeze_period",
    "open_coming_periods",
    "open_past_periods",
    "plan_budget_import",
    "plan_period",
    "prepare_reservation",
    "rearm_alerts",
    "rebuild_counters",
    "record_history",
    "refuse_increase",
    "release",
    "release_due_earmarks",
    "release_earmark",
    "renew_budget_import",
    "reopen_period",
    "reserve",
    "roll_up",
    "send_alert",
    "send_waiting_alerts",
    "set_allowance",
    "set_aside",
    "set_budget",
    "set_fiscal_calendar",
    "shift",
    "spend",
    "split_down",
    "start_budget_import",
    "start_carrying_over",
    "start_closing",
    "take_up_budget_import",
    "thaw_period",
    "withdraw_increase",
    "withdraw_transfer",
]
