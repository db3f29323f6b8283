"""Forms of the cart and of orders, by noun; services decide, forms only read."""

from procurement.orders.forms.imagining import TryForm
from procurement.orders.forms.orders import (
    AddForm,
    AdoptForm,
    AnswerForm,
    AppealForm,
    CancelForm,
    CartForm,
    ExceptionsForm,
    LineChange,
    OrderFilterForm,
    TakePreferredForm,
    WithdrawForm,
    justification_name,
    quantity_name,
)
from procurement.orders.forms.waiting import RoomForm

__all__ = [
    "AddForm",
    "AdoptForm",
    "AnswerForm",
    "AppealForm",
    "CancelForm",
    "CartForm",
    "ExceptionsForm",
    "LineChange",
    "OrderFilterForm",
    "RoomForm",
    "TakePreferredForm",
    "TryForm",
    "WithdrawForm",
    "justification_name",
    "quantity_name",
]
