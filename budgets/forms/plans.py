"""Forms that plan caps; services decide, forms only read."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms

from accounts.selectors import GroupNode
from budgets.fiscal import Period
from budgets.forms.fields import AmountField
from budgets.planning import LEAST_GROWTH, MOST_GROWTH, OwnShare, SplitBy
from procurement.core.forms import TableField

_REASON = "Kept in the ledger of each budget and in the audit trail."


class ReasonField(forms.CharField):
    """Why caps are planned so."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=500, help_text=_REASON, **options)


def period_choices(periods: Sequence[Period]) -> list[tuple[str, str]]:
    """Return periods as a select has them."""
    return [(period.code, period.title) for period in periods]


class CopyForm(forms.Form):
    """Copy a period's caps to another one."""

    from_period = forms.ChoiceField(label="Copy the caps of")
    to_period = forms.ChoiceField(label="To")
    percent = forms.DecimalField(
        label="Growth in percent",
        initial=Decimal(0),
        min_value=LEAST_GROWTH,
        max_value=MOST_GROWTH,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text="3 makes 1,000.00 into 1,030.00; -5 makes it 950.00. Each cap is rounded to the "
        "cent.",
        error_messages={"invalid": "Enter a percentage, such as 2.5."},
    )
    group = forms.TypedChoiceField(
        label="Only this group and all below it",
        required=False,
        coerce=UUID,
        empty_value=None,
    )
    reason = ReasonField()

    def __init__(
        self, *args: Any, periods: Sequence[Period], groups: Sequence[GroupNode], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in ("from_period", "to_period"):
            _choose(self.fields[name], period_choices(periods))
        _choose(self.fields["group"], [("", "All groups"), *((n.id, n.name) for n in groups)])


class SplitForm(forms.Form):
    """Share a budget out among the budgets next below it."""

    amount = AmountField(
        label="Amount to share out", help_text="By default the whole cap of this period."
    )
    by = forms.ChoiceField(
        label="How",
        choices=[
            (SplitBy.EQUALLY.value, "The same to each"),
            (SplitBy.SPENT.value, "By what each spent in the period before"),
            (SplitBy.PEOPLE.value, "By how many people each group has"),
        ],
        initial=SplitBy.EQUALLY.value,
        widget=forms.RadioSelect,
    )
    makes_missing = forms.BooleanField(
        required=False,
        label="Make budgets for groups that have none",
        help_text="Groups next below without a budget of this kind get one.",
    )
    reason = ReasonField()


class RollUpForm(forms.Form):
    """Make caps the sum of those below."""

    own = forms.ChoiceField(
        label="For its own orders, each group",
        choices=[
            (OwnShare.KEPT.value, "Keeps what it had beyond its groups in the period before"),
            (OwnShare.NOTHING.value, "Keeps nothing: its cap is the sum of those below"),
        ],
        initial=OwnShare.KEPT.value,
        widget=forms.RadioSelect,
    )
    reason = ReasonField()


class BudgetFileForm(forms.Form):
    """A file of caps."""

    file = TableField(
        help_text="Up to 10 MB and 50,000 lines. Nothing is changed before you have looked."
    )
    period_code = forms.CharField(
        required=False,
        label="Period of lines that name none",
        max_length=12,
        help_text="Such as 2027, 2027-Q1 or 2027-01.",
    )


def _choose(field: forms.Field, choices: Sequence[tuple[Any, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
