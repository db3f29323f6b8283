"""Every write of orders, by business action."""

from procurement.orders.services.appealing import AppealOutcome, AppealVerdict, appeal
from procurement.orders.services.cart import (
    REOPENABLE,
    add_to_cart,
    change_cart,
    change_line,
    remove_line,
    reopen,
    withdraw,
)
from procurement.orders.services.checking import check_ledger, check_ledger_nightly
from procurement.orders.services.ending import cancel_requisition
from procurement.orders.services.exceptions import adopt_proposal
from procurement.orders.services.increasing import Wish
from procurement.orders.services.placement import place_order
from procurement.orders.services.proceeding import proceed_waiting, stop_refused
from procurement.orders.services.rebuilding import Rebuilt, rebuild_cart, take_preferred
from procurement.orders.services.submission import SubmitOutcome, SubmitVerdict, submit_requisition
from procurement.orders.services.succession import hand_over_orders
from procurement.orders.services.waiting import ask_for_room, stop_waiting, wait_for_room

__all__ = [
    "REOPENABLE",
    "AppealOutcome",
    "AppealVerdict",
    "Rebuilt",
    "SubmitOutcome",
    "SubmitVerdict",
    "Wish",
    "add_to_cart",
    "adopt_proposal",
    "appeal",
    "ask_for_room",
    "cancel_requisition",
    "change_cart",
    "change_line",
    "check_ledger",
    "check_ledger_nightly",
    "hand_over_orders",
    "place_order",
    "proceed_waiting",
    "rebuild_cart",
    "remove_line",
    "reopen",
    "stop_refused",
    "stop_waiting",
    "submit_requisition",
    "take_preferred",
    "wait_for_room",
    "withdraw",
]
