"""What the API of orders takes and gives. Money and quantities are decimal strings."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from approvals.serializers import WhyStageOut
from budgets.rules import BudgetState, PeriodStatus
from catalogs.guidance import Outcome
from procurement.orders.blocked import WhyBlocked
from procurement.orders.models import Requisition
from procurement.orders.services import SubmitOutcome


def _amount(**options: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=16, decimal_places=2, **options)


def price_field(**options: Any) -> serializers.DecimalField:
    """Return a field for the price of one unit, which may be finer than a cent."""
    return serializers.DecimalField(max_digits=16, decimal_places=4, **options)


def _quantity(**options: Any) -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=12, decimal_places=3, normalize_output=True, **options
    )


def _guidance(**options: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=[outcome.value for outcome in Outcome], **options)


class OrderListIn(serializers.Serializer[Any]):
    """How a list of orders is narrowed."""

    of = serializers.ChoiceField(
        choices=["mine", "all"], default="mine", help_text="Your own, or all that you may see."
    )
    status = serializers.ChoiceField(choices=Requisition.Status.choices, required=False)
    guidance = serializers.ChoiceField(
        choices=[Outcome.BLOCKED.value, Outcome.RESTRICTED.value],
        required=False,
        help_text="Only orders with a line that was BLOCKED (exceptions) or RESTRICTED.",
    )
    q = serializers.CharField(
        max_length=200, required=False, help_text="Part of a number or of an item's title."
    )
    page = serializers.IntegerField(min_value=1, default=1)


class OrderOut(serializers.Serializer[Any]):
    """An order in a list."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Requisition.Status.choices)
    group = serializers.UUIDField(source="group_id")
    group_name = serializers.CharField(source="group.name")
    requester = serializers.CharField(source="requester.user.name")
    currency = serializers.CharField()
    total = _amount(help_text="As last submitted; 0.00 for a draft that never was.")
    wanted_on = serializers.DateField(allow_null=True)
    charged_on = serializers.DateField(
        allow_null=True, help_text="The day whose budget periods it counts in."
    )
    waiting_since = serializers.DateTimeField(
        allow_null=True, help_text="Since when it waits for room on its budgets, if it does."
    )
    created_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class OrderPageOut(serializers.Serializer[Any]):
    """A page of orders, the last touched first."""

    count = serializers.IntegerField(source="total")
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    results = OrderOut(many=True, source="items")


class OrderLineOut(serializers.Serializer[Any]):
    """A line of an order, with what guided buying said when it was submitted."""

    id = serializers.UUIDField()
    item = serializers.UUIDField(source="item_id")
    title = serializers.CharField()
    sku = serializers.CharField()
    supplier = serializers.CharField(source="supplier.name")
    unit = serializers.CharField()
    quantity = _quantity()
    unit_price = price_field()
    amount = _amount()
    justification = serializers.CharField()
    guidance = serializers.CharField()
    guidance_sentence = serializers.CharField()


class RejectedLineOut(serializers.Serializer[Any]):
    """A line that an approver took out of an order, so that the rest could go on."""

    item = serializers.UUIDField(source="item_id")
    title = serializers.CharField()
    supplier = serializers.CharField(source="supplier.name")
    quantity = _quantity()
    unit_price = price_field()
    amount = _amount()
    reason = serializers.CharField()
    rejected_by = serializers.CharField(source="rejected_by.user.name")
    rejected_at = serializers.DateTimeField()


class PurchaseOrderOut(serializers.Serializer[Any]):
    """A purchase order that an order became."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    supplier = serializers.CharField(source="supplier.name")
    currency = serializers.CharField()
    total = _amount()
    placed_at = serializers.DateTimeField()


class RoutePersonOut(serializers.Serializer[Any]):
    """Somebody on the route."""

    name = serializers.CharField()
    seat = serializers.CharField()
    outcome = serializers.CharField()


class RouteStepOut(serializers.Serializer[Any]):
    """A step of the route: done, the present one (now), to come (next) or where it stopped."""

    state = serializers.ChoiceField(choices=["done", "now", "next", "stop"])
    rule = serializers.CharField()
    people = RoutePersonOut(many=True)


class OrderContentOut(serializers.Serializer[Any]):
    """What is on an order, its route, and what it became."""

    revision = serializers.IntegerField()
    note = serializers.CharField()
    explanation = serializers.ListField(child=serializers.CharField())
    lines = OrderLineOut(many=True)
    rejected_lines = RejectedLineOut(many=True)
    route = RouteStepOut(many=True)
    why = WhyStageOut(many=True)
    purchase_orders = PurchaseOrderOut(many=True)


class OrderDetailOut(OrderOut, OrderContentOut):
    """An order in full."""


class CartIn(serializers.Serializer[Any]):
    """The group to buy for, the day and the note to the approvers; what is left out stays."""

    group = serializers.UUIDField(required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    wanted_on = serializers.DateField(
        required=False,
        allow_null=True,
        help_text="The day it is wanted on: today, or one of the next 18 months; null for any.",
    )


class CartLineIn(serializers.Serializer[Any]):
    """An item to put into the cart; the same item twice adds up in one line."""

    item = serializers.UUIDField()
    quantity = _quantity(default=Decimal(1))
    group = serializers.UUIDField(
        required=False, help_text="The group to buy for, when this opens a new cart."
    )


class CartLineChangeIn(serializers.Serializer[Any]):
    """What to change of a line; what is left out stays."""

    quantity = _quantity(required=False)
    justification = serializers.CharField(required=False, allow_blank=True, max_length=4000)


class CartLineOut(serializers.Serializer[Any]):
    """A line of the cart."""

    id = serializers.UUIDField()
    item = serializers.UUIDField(source="item_id")
    title = serializers.CharField()
    sku = serializers.CharField()
    supplier = serializers.CharField(source="supplier_name")
    unit = serializers.CharField()
    quantity = _quantity()
    unit_price = price_field()
    currency = serializers.CharField()
    amount = _amount()
    justification = serializers.CharField()
    is_available = serializers.BooleanField()


class CartOut(serializers.Serializer[Any]):
    """The cart: the draft that was touched last."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    revision = serializers.IntegerField()
    group = serializers.UUIDField(source="group_id")
    group_name = serializers.CharField()
    currency = serializers.CharField()
    total = _amount()
    note = serializers.CharField()
    wanted_on = serializers.DateField(allow_null=True)
    lines = CartLineOut(many=True)


class PreviewLineOut(serializers.Serializer[Any]):
    """What guided buying says of a line, and what is wrong with it, if anything."""

    id = serializers.UUIDField(source="line.id")
    guidance = _guidance(source="guidance.outcome")
    sentence = serializers.CharField(source="guidance.sentence")
    needs_justification = serializers.BooleanField()
    problem = serializers.CharField()


class PreviewBudgetOut(serializers.Serializer[Any]):
    """What the order does to a budget that covers it."""

    budget = serializers.UUIDField(source="covering.budget_id")
    title = serializers.CharField(
        source="covering.title", help_text="The group, and what the budget is limited to."
    )
    group_name = serializers.CharField(source="covering.group_name")
    period = serializers.CharField(source="covering.period.label")
    renews_on = serializers.DateField(source="covering.period.renews_on")
    status = serializers.ChoiceField(
        choices=[status.value for status in PeriodStatus], source="covering.status"
    )
    is_soft = serializers.BooleanField(
        source="covering.is_soft",
        help_text="An order beyond it goes on, with one more approval.",
    )
    currency = serializers.CharField(source="covering.currency")
    cap = _amount(source="covering.cap")
    room = _amount(source="covering.room", help_text="What is left for new orders.")
    takes = _amount(source="amount", help_text="What the order takes of it.")
    used_before = _amount()
    used_after = _amount()
    free_after = _amount(help_text="Below zero when the order does not fit.")
    state = serializers.ChoiceField(choices=[state.value for state in BudgetState])
    sentence = serializers.CharField()


class RefusalOut(serializers.Serializer[Any]):
    """Why an order cannot be submitted as it stands, with the way out."""

    code = serializers.ChoiceField(
        choices=["EMPTY", "GROUP", "TRAINING", "LIMIT", "LINE", "ROUTE", "BUDGET", "REQUESTER"]
    )
    sentence = serializers.CharField()
    line = serializers.UUIDField(source="line_id", allow_null=True)
    training = serializers.CharField(help_text="The page to be read first; empty for other codes.")


class BlockedOut(serializers.Serializer[Any]):
    """A budget that stops the order: what is left, what is missing, and who can help."""

    budget = serializers.UUIDField(source="budget_id")
    title = serializers.CharField(help_text="The group, and what the budget is limited to.")
    period = serializers.CharField()
    renews_on = serializers.DateField(help_text="The day on which it begins anew.")
    fits_anew = serializers.BooleanField(
        help_text="The order fits then; where not, waiting alone does not help."
    )
    why = serializers.ChoiceField(choices=[why.value for why in WhyBlocked])
    currency = serializers.CharField()
    cap = _amount()
    room = _amount(help_text="What is left for new orders.")
    takes = _amount(help_text="What the order takes of it.")
    missing = _amount(help_text="By how much its cap has to rise, at least.")
    can_be_raised = serializers.BooleanField(
        help_text="An increase can be asked for; false where no orders are taken at all."
    )
    keepers = serializers.ListField(
        child=serializers.CharField(), help_text="The names of those who can raise it."
    )
    sentence = serializers.CharField()


class PreviewOut(serializers.Serializer[Any]):
    """What happens if the cart is submitted now; the submit judges by the very same."""

    total = _amount()
    currency = serializers.CharField(source="draft.currency")
    is_submittable = serializers.BooleanField()
    is_automatic = serializers.BooleanField(
        help_text="It is placed at once: nobody has to be asked, or all have agreed already."
    )
    counted = _amount(
        allow_null=True,
        help_text="What counts towards the tiers, earlier orders included; null without a policy.",
    )
    charged_on = serializers.DateField(
        help_text="The day whose budget periods it counts in: today, or the day it is wanted on."
    )
    explanation = serializers.ListField(child=serializers.CharField(), source="plan.sentences")
    lines = PreviewLineOut(many=True)
    route = RouteStepOut(many=True, source="steps")
    why = WhyStageOut(many=True)
    budgets = PreviewBudgetOut(many=True, source="effects")
    refusals = RefusalOut(many=True)
    blocked = BlockedOut(many=True)
    carried = serializers.ListField(
        child=serializers.CharField(),
        help_text="What becomes of approvals that were given before the order was changed.",
    )


class SubmitOut(serializers.Serializer[Any]):
    """What became of a submit. A refused order stays in the cart, for the reasons given."""

    outcome = serializers.ChoiceField(choices=[outcome.value for outcome in SubmitOutcome])
    id = serializers.UUIDField(source="requisition_id")
    number = serializers.CharField()
    refusals = RefusalOut(many=True)
    blocked = BlockedOut(many=True)


class WithdrawIn(serializers.Serializer[Any]):
    """Why an order is taken back."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")
