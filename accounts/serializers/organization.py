"""An organization's particulars and its first-run guide, as the API has them."""

from typing import Any

from rest_framework import serializers

from accounts.setup import StepState


class OrganizationOut(serializers.Serializer[Any]):
    """What an organization is called, where it is taxed, its currency and time zone."""

    name = serializers.CharField(max_length=200)
    legal_name = serializers.CharField(max_length=200, allow_blank=True)
    currency = serializers.CharField(max_length=3)
    time_zone = serializers.CharField(max_length=60)
    tax_country = serializers.CharField(max_length=2, allow_blank=True)
    tax_number = serializers.CharField(max_length=40, allow_blank=True)
    address = serializers.CharField(max_length=1000, allow_blank=True)
    sign_in_above = serializers.DecimalField(
        max_digits=16,
        decimal_places=2,
        min_value=0,
        allow_null=True,
        help_text="Deciding from a mail takes a sign-in above this: null never, 0 always.",
    )


class SetupStepOut(serializers.Serializer[Any]):
    """A step of the first-run guide, and where it stands."""

    code = serializers.CharField(source="step.code")
    title = serializers.CharField(source="step.title")
    why = serializers.CharField(source="step.why")
    state = serializers.ChoiceField(choices=[state.value for state in StepState])
    done = serializers.CharField(source="step.done")


class SetupOut(serializers.Serializer[Any]):
    """The first-run guide."""

    done = serializers.IntegerField()
    is_complete = serializers.BooleanField()
    is_closed = serializers.BooleanField()
    steps = SetupStepOut(many=True)


class SetupIn(serializers.Serializer[Any]):
    """What changes the guide; what is left out stays as it is.

    ``skip`` and ``take_up`` name steps, ``is_closed`` puts the guide away or brings it back.
    """

    skip = serializers.ListField(child=serializers.CharField(max_length=20), required=False)
    take_up = serializers.ListField(child=serializers.CharField(max_length=20), required=False)
    is_closed = serializers.BooleanField(required=False)
