"""How budgets are held, as the API reads and writes it."""

from typing import Any, cast

from rest_framework import serializers

from budgets.api.fields import amount
from budgets.models import Budget
from budgets.rules import DEFAULT_WARN_PERCENT, FULL, ZERO
from budgets.services import BudgetChanges
from budgets.terms import LONGEST_NAME, MOST_GIVEN_PERCENT, BudgetTerms, Enforcement


def _percent(most: int = FULL, **options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=most, **options)


def _marks(**options: Any) -> serializers.ListField:
    return serializers.ListField(child=_percent(), **options)


class TermsOut(serializers.Serializer[Any]):
    """What a budget is limited to, and how it is held; percents are whole ones of the cap."""

    name = serializers.CharField()
    category = serializers.UUIDField(source="category_id", allow_null=True)
    supplier = serializers.UUIDField(source="supplier_id", allow_null=True)
    membership = serializers.UUIDField(source="membership_id", allow_null=True)
    position = serializers.UUIDField(source="position_id", allow_null=True)
    enforcement = serializers.ChoiceField(choices=Budget.Enforcement.choices)
    warn_percent = serializers.IntegerField()
    block_percent = serializers.IntegerField()
    marks = serializers.ListField(child=serializers.IntegerField())
    children_percent = serializers.IntegerField(
        allow_null=True, help_text="What the budgets next below may together come to, of the cap."
    )
    carries_over = serializers.BooleanField()


class BudgetIn(serializers.Serializer[Any]):
    """What sets a budget; without a category, supplier, person or seat everything counts."""

    group = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Budget.Kind.choices)
    cap = amount(min_value=ZERO)
    starts_on = serializers.DateField(required=False)
    name = serializers.CharField(max_length=LONGEST_NAME, allow_blank=True, default="")
    category = serializers.UUIDField(allow_null=True, default=None)
    supplier = serializers.UUIDField(allow_null=True, default=None)
    membership = serializers.UUIDField(allow_null=True, default=None)
    position = serializers.UUIDField(allow_null=True, default=None)
    enforcement = serializers.ChoiceField(
        choices=Budget.Enforcement.choices, default=Enforcement.HARD.value
    )
    warn_percent = _percent(default=DEFAULT_WARN_PERCENT)
    block_percent = _percent(default=FULL)
    marks = _marks(default=list)
    children_percent = _percent(MOST_GIVEN_PERCENT, allow_null=True, default=None)
    carries_over = serializers.BooleanField(default=False)

    @property
    def terms(self) -> BudgetTerms:
        """Return the terms that were given."""
        given = self.validated_data
        return BudgetTerms(
            name=given["name"],
            category_id=given["category"],
            supplier_id=given["supplier"],
            membership_id=given["membership"],
            position_id=given["position"],
            enforcement=Enforcement(given["enforcement"]),
            warn_percent=given["warn_percent"],
            block_percent=given["block_percent"],
            marks=tuple(given["marks"]),
            children_percent=given["children_percent"],
            carries_over=given["carries_over"],
        )


class ChangesIn(serializers.Serializer[Any]):
    """What changes of a budget; what is left out stays. What it is limited to never changes."""

    cap = amount(min_value=ZERO, required=False)
    name = serializers.CharField(max_length=LONGEST_NAME, allow_blank=True, required=False)
    enforcement = serializers.ChoiceField(choices=Budget.Enforcement.choices, required=False)
    warn_percent = _percent(required=False)
    block_percent = _percent(required=False)
    marks = _marks(required=False)
    children_percent = _percent(MOST_GIVEN_PERCENT, allow_null=True, required=False)
    carries_over = serializers.BooleanField(required=False)
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")

    @property
    def changes(self) -> BudgetChanges:
        """Return what was given, as the service takes it."""
        given = dict(self.validated_data)
        given.pop("reason")
        if "enforcement" in given:
            given["enforcement"] = Enforcement(given["enforcement"])
        if "marks" in given:
            given["marks"] = tuple(given["marks"])
        return cast(BudgetChanges, given)


class EndIn(serializers.Serializer[Any]):
    """Why a budget ends, in the address of a DELETE."""

    reason = serializers.CharField(max_length=500)
